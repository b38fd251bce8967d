// The chart of calibration: what was told against what came, as large as it is often, beside the line on which both
// agree. Pure.

import type { TopLevelSpec } from 'vega-lite'
import { chartConfig } from './config.ts'
import type { Palette } from './palette.ts'

/** What was told about as likely, and how often it came. */
export interface CalibrationPoint {
  /** Mean chance that was told, 0 to 1. */
  predicted: number
  /** Share of them that came, 0 to 1. */
  observed: number
  count: number
}

/** What the chart draws. */
export interface CalibrationChart {
  points: readonly CalibrationPoint[]
  palette: Palette
  height: number
}

/** Nineteen of twenty shares of so many would lie within this, were the chance as told. */
const sigmas = 1.96

/** Most that is shown on both axes: 1, or less where nothing comes near it. */
export function reachOf(points: readonly CalibrationPoint[]): number {
  const most = Math.max(0, ...points.flatMap(({ predicted, observed }) => [predicted, observed]))
  return [0.1, 0.2, 0.4, 0.6].find((step) => most <= step * 0.95) ?? 1
}

/** Where the share may lie by chance alone, 0 to 1. */
export function chanceRange({ predicted, count }: CalibrationPoint): { low: number; high: number } {
  const half = sigmas * Math.sqrt((predicted * (1 - predicted)) / Math.max(1, count))
  return { low: Math.max(0, predicted - half), high: Math.min(1, predicted + half) }
}

/** Whether the share is further from what was told than chance explains. */
export function isOff(point: CalibrationPoint): boolean {
  const { low, high } = chanceRange(point)
  return point.observed < low || point.observed > high
}

const percent = (value: number) => Number((value * 100).toPrecision(6))

/** The Vega-Lite spec of calibration. */
export function calibrationSpec({ points, palette, height }: CalibrationChart): TopLevelSpec {
  const most = percent(reachOf(points))
  const rows = points.map((point) => {
    const { low, high } = chanceRange(point)
    return {
      predicted: percent(point.predicted),
      observed: percent(point.observed),
      low: percent(low),
      high: percent(high),
      count: point.count,
      off: isOff(point),
    }
  })
  const axis = (title: string) => ({
    type: 'quantitative',
    scale: { domain: [0, most], nice: false, clamp: true },
    axis: { format: '.0f', title, titleColor: palette.text, titleFontSize: 11, titleFontWeight: 'normal' },
  })
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 'container',
    height,
    autosize: { type: 'fit', contains: 'padding' },
    config: chartConfig(palette),
    layer: [
      {
        data: {
          values: [
            { predicted: 0, observed: 0 },
            { predicted: most, observed: most },
          ],
        },
        mark: { type: 'line', color: palette.ghost, strokeWidth: 1.4, strokeDash: [3, 3] },
        encoding: {
          x: { field: 'predicted', ...axis('told, %') },
          y: { field: 'observed', ...axis('came, %') },
        },
      },
      {
        data: { values: rows },
        mark: { type: 'rule', color: palette.band, strokeWidth: 7, strokeCap: 'round' },
        encoding: {
          x: { field: 'predicted', type: 'quantitative' },
          y: { field: 'low', type: 'quantitative' },
          y2: { field: 'high' },
        },
      },
      pointLayer(rows, 'off', 'diamond', palette.bad, palette),
      pointLayer(rows, 'on', 'circle', palette.line, palette),
    ],
  } as unknown as TopLevelSpec
}

function pointLayer(
  rows: readonly { off: boolean; count: number }[],
  which: 'off' | 'on',
  markShape: string,
  color: string,
  palette: Palette,
): object {
  const most = Math.max(1, ...rows.map(({ count }) => count))
  return {
    data: { values: rows.filter(({ off }) => off === (which === 'off')) },
    mark: {
      type: 'point',
      shape: markShape,
      filled: true,
      color,
      opacity: 1,
      stroke: palette.panel,
      strokeWidth: 1,
    },
    encoding: {
      x: { field: 'predicted', type: 'quantitative' },
      y: { field: 'observed', type: 'quantitative' },
      size: {
        field: 'count',
        type: 'quantitative',
        scale: { domain: [0, most], range: [24, 260] },
        legend: null,
      },
    },
  }
}
