// The chart of what can be promised day by day: steps from day to day, diamonds where nothing is left. Pure.

import type { TopLevelSpec } from 'vega-lite'
import { chartConfig } from './config.ts'
import type { Palette } from './palette.ts'
import { ticksBetween } from './rows.ts'

/** A day and the units that can be promised for it. */
export interface AtpPoint {
  /** Its first instant, epoch ms. */
  t: number
  value: number
}

/** What the chart draws. */
export interface AtpChart {
  points: readonly AtpPoint[]
  palette: Palette
  height: number
}

const x = { field: 't', type: 'temporal', scale: { type: 'utc' } } as const
const y = { field: 'value', type: 'quantitative' } as const

/** The Vega-Lite spec of available to promise by day. */
export function atpSpec({ points, palette, height }: AtpChart): TopLevelSpec {
  const { values, format } = ticksBetween(points[0]?.t ?? 0, points.at(-1)?.t ?? 0)
  const axisX = { values: { expr: `[${values.join(',')}]` }, format, title: null }
  const least = Math.min(0, ...points.map(({ value }) => value))
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 'container',
    height,
    autosize: { type: 'fit', contains: 'padding' },
    config: chartConfig(palette),
    data: { values: points },
    encoding: {
      y: { ...y, title: null, scale: { zero: true, nice: true }, axis: { format: ',.0f', title: null } },
    },
    layer: [
      {
        mark: { type: 'area', interpolate: 'step-after', color: palette.band },
        encoding: { x: { ...x, title: null, axis: axisX }, y },
      },
      {
        mark: { type: 'line', interpolate: 'step-after', color: palette.line, strokeWidth: 2 },
        encoding: { x, y },
      },
      ...(least < 0 ? [{ mark: { type: 'rule', color: palette.ghost }, encoding: { y: { datum: 0 } } }] : []),
      {
        data: { values: emptyRuns(points) },
        mark: { type: 'point', shape: 'diamond', filled: true, size: 80, color: palette.bad, opacity: 1 },
        encoding: { x, y },
      },
    ],
  } as unknown as TopLevelSpec
}

/** First days of every stretch in which nothing is left. */
export function emptyRuns(points: readonly AtpPoint[]): AtpPoint[] {
  return points.filter(({ value }, i) => value <= 0 && (i === 0 || (points[i - 1]?.value ?? 0) > 0))
}
