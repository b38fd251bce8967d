// Which series a book keeps, and in which portions they are read. Pure: it reads nothing.

import { hourMs } from './kept.ts'
import type { SeriesCount } from './read.ts'
import type { Judgement } from './settings.ts'
import { type WatchedMetric, watchedOf } from './watched.ts'

/** Slices of a dimension at most, the busiest first. */
export const slicesAtMost = 2_000
/** Points read at once. */
const pointsAtOnce = 2_000_000
/** Points with enough records without which a ratio is left out. */
export const leastPoints = 8
/** No places, but what is not known or not one. */
export const noPlace = ['unknown', 'multiple', 'none', '']

/** Key of the points of a metric and a slice. */
export const keyOf = (metric: string, dimension: string, value: string): string =>
  `${metric}\u001F${dimension}\u001F${value}`

/** Days take twice as long to become usual: there are few of them. */
export function settleTicksOf({ settings }: Judgement, stepMs: number): number {
  return stepMs === hourMs
    ? settings.newLevelHours
    : Math.max(4, Math.ceil((2 * settings.newLevelHours) / 24))
}

/** The series of the busiest slices of each dimension; what is not known or not one is no slice. */
export function busiest(rows: readonly SeriesCount[]): SeriesCount[] {
  const points = new Map<string, Map<string, number>>()
  for (const { dimension, value, points: count } of rows) {
    const of = points.get(dimension) ?? new Map<string, number>()
    points.set(dimension, of.set(value, (of.get(value) ?? 0) + count))
  }
  const kept = new Set<string>()
  for (const [dimension, of] of points) {
    const names = [...of]
      .filter(([value]) => !noPlace.includes(value))
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    for (const [value] of names.slice(0, slicesAtMost)) kept.add(`${dimension}/${value}`)
  }
  return rows.filter(({ dimension, value }) => kept.has(`${dimension}/${value}`))
}

/** The ways in which a series is watched and can tell something. */
export function tellingOf(
  { metric, dimension, most, telling }: SeriesCount,
  stepMs: number,
): WatchedMetric[] {
  return watchedOf(stepMs).filter(
    (watched) =>
      watched.metric === metric &&
      watched.dimensions.includes(dimension) &&
      (watched.kind === 'ratio' ? telling >= leastPoints : most >= watched.leastChange),
  )
}

/** Metrics by batches of as many points as are read at once. */
export function batches(rows: readonly SeriesCount[]): string[][] {
  const points = new Map<string, number>()
  for (const { metric, points: count } of rows) points.set(metric, (points.get(metric) ?? 0) + count)
  const found: { metrics: string[]; points: number }[] = []
  for (const [metric, count] of points) {
    const last = found.at(-1)
    if (last === undefined || last.points + count > pointsAtOnce)
      found.push({ metrics: [metric], points: count })
    else {
      last.metrics.push(metric)
      last.points += count
    }
  }
  return found.map(({ metrics }) => metrics)
}

/** Whole numbers from `from` on before `to`. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
