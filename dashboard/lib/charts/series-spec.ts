// The focused chart: expected band, previous period as a ghost, the line, diamonds where it is odd, reroutes. Pure.

import type { TopLevelSpec } from 'vega-lite'
import type { LayerSpec, UnitSpec } from 'vega-lite/types_unstable/spec/index.js'
import type { api } from '#data/contracts'
import { bucketZone, wallMs } from '../times.ts'
import { chartConfig } from './config.ts'
import type { Palette } from './palette.ts'
import { aloneIn, type Row, rowsOf, type Ticks, ticksBetween } from './rows.ts'

/** An instant to mark: orders were moved then. */
export interface Mark {
  at: string
  text: string
}

/** What the chart draws. */
export interface SeriesChart {
  series: api.MetricSeries
  marks: readonly Mark[]
  palette: Palette
  height: number
  /** Digits after the point of the currency. */
  minorUnits?: number
}

/** From here on a row has only a few pixels. */
const manyRows = 200

type Layer = LayerSpec<string> | UnitSpec<string>

const x = { field: 't', type: 'temporal', scale: { type: 'utc' } } as const

/** The Vega-Lite spec of a series. */
export function seriesSpec({ series, marks, palette, height, minorUnits = 2 }: SeriesChart): TopLevelSpec {
  const rows = rowsOf(series, minorUnits)
  const [from, to] = [rows[0]?.t ?? 0, rows.at(-1)?.t ?? 0]
  const ticks = ticksBetween(from, to)
  const layers: Layer[] = [
    bandLayer(palette, ticks),
    ...aloneLayers(rows, palette),
    lineLayer('previous', palette.ghost, 1.4, [3, 3]),
    lineLayer('value', palette.line, 2),
    oddLayer(rows, palette),
    ...markLayers(marks, bucketZone(series), from, to, palette),
  ]
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 'container',
    height,
    autosize: { type: 'fit', contains: 'padding' },
    config: { ...chartConfig(palette), mark: { invalid: 'break-paths-filter-domains' } },
    data: { values: rows },
    encoding: { y: axisY(series.metric.unit, rows) },
    layer: layers,
  } as TopLevelSpec
}

function axisY(unit: string, rows: Row[]) {
  const largest = Math.max(
    0,
    ...rows.flatMap(({ value, high, previous }) => [value ?? 0, high ?? 0, previous ?? 0]),
  )
  const format = unit === 'share' || largest < 10 ? '.1~f' : ',.0f'
  return {
    type: 'quantitative',
    title: null,
    scale: { zero: false, nice: true },
    axis: { format, title: null },
  }
}

/**
 * The first layer brings the time axis; the others share it. Its ticks are an expression, because a list of times would
 * be compiled to `datetime(ms)`, which the interpreter of expressions reads as a year.
 */
function bandLayer(palette: Palette, { values, format }: Ticks): Layer {
  return {
    mark: { type: 'area', color: palette.band },
    encoding: {
      x: { ...x, title: null, axis: { values: { expr: `[${values.join(',')}]` }, format, title: null } },
      y: { field: 'low', type: 'quantitative' },
      y2: { field: 'high' },
    },
  } as Layer
}

function lineLayer(field: string, color: string, strokeWidth: number, dash?: number[]): Layer {
  const strokeDash = dash === undefined ? {} : { strokeDash: dash }
  return {
    mark: { type: 'line', color, strokeWidth, strokeJoin: 'round', ...strokeDash },
    encoding: { x, y: { field, type: 'quantitative' } },
  } as Layer
}

/** Single points between gaps, which lines and areas do not show: a bar for the band, dots for the values. */
function aloneLayers(rows: Row[], palette: Palette): Layer[] {
  const isDense = rows.length > manyRows
  const dots = (field: 'previous' | 'value', color: string, size: number) => ({
    data: { values: aloneIn(rows, field) },
    mark: { type: 'point', filled: true, size, color, opacity: 1 },
    encoding: { x, y: { field, type: 'quantitative' } },
  })
  const layers = [
    {
      data: { values: aloneIn(rows, 'high') },
      mark: { type: 'rule', color: palette.band, strokeWidth: isDense ? 1.5 : 5, strokeCap: 'round' },
      encoding: { x, y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
    },
    dots('previous', palette.ghost, isDense ? 5 : 14),
    dots('value', palette.line, isDense ? 8 : 26),
  ]
  return layers.filter(({ data }) => data.values.length > 0) as Layer[]
}

function oddLayer(rows: Row[], palette: Palette): Layer {
  return {
    data: { values: rows.filter((row) => row.odd && row.value !== null) },
    mark: {
      type: 'point',
      shape: 'diamond',
      filled: true,
      size: 90,
      color: palette.bad,
      opacity: 1,
      stroke: palette.panel,
      strokeWidth: 1,
    },
    encoding: { x, y: { field: 'value', type: 'quantitative' } },
  } as Layer
}

function markLayers(
  marks: readonly Mark[],
  timeZone: string,
  from: number,
  to: number,
  palette: Palette,
): Layer[] {
  const values = marks
    .map(({ at, text }) => ({ t: wallMs(at, timeZone), text }))
    .filter(({ t }) => t >= from && t <= to)
    .sort((a, b) => a.t - b.t)
  const newest = values.at(-1)
  if (newest === undefined) return []
  const isRight = newest.t > (from + to) / 2
  const text = isRight ? `${newest.text} ↘` : `↙ ${newest.text}`
  const side = { align: isRight ? 'right' : 'left', dx: isRight ? -6 : 6, dy: 5 }
  const label = (mark: object) => ({
    data: { values: [{ t: newest.t, text }] },
    mark: { type: 'text', ...side, ...mark },
    encoding: { x, y: { value: 0 }, text: { field: 'text' } },
  })
  return [
    {
      data: { values },
      mark: { type: 'rule', color: palette.good, strokeDash: [4, 3], strokeWidth: 1.2 },
      encoding: { x, y: { value: 0 } },
    },
    // Ground of the label first, so that it stays readable over lines.
    label({ color: palette.panel, stroke: palette.panel, strokeWidth: 5 }),
    label({ color: palette.good }),
  ] as Layer[]
}
