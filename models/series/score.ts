// Scores the newest hours of all series together: how far each strayed in its direction of concern, how likely
// that is by chance, and which points count after false discoveries are bounded.

import { setImmediate } from 'node:timers/promises'
import { median } from 'simple-statistics'
import { bandOf, outlooks } from './baseline.ts'
import { conformal, discoveryThreshold } from './calibrate.ts'
import type { Outlook } from './memory.ts'
import type { Frame, WatchedSeries } from './read.ts'
import { scaleOf } from './scales.ts'

/** A series with how far each hour strayed in the direction of concern, in standard deviations; NaN = not known. */
export interface ScoredSeries extends WatchedSeries {
  outlooks: (Outlook | null)[]
  strayed: Float64Array
}

/** A scored hour of a series. */
export interface Finding {
  series: ScoredSeries
  /** Place in the frame. */
  hour: number
  value: number
  expected: number
  low: number
  high: number
  z: number
  p: number
  /** Large enough to matter, and among the findings whose false share is bounded. */
  isFlagged: boolean
}

const hourMs = 3_600_000
/** Newest hours before the scored ones whose residuals calibrate. */
const calibrationHours = 28 * 24
/** Hours of a series that are for learning only. */
const warmUp = 72
/** From here on a residual may belong to an earlier incident, where two aspects of a slice show it at once. */
const incidentZ = 4
/** Hours around such a one that do not calibrate, and the most that are left out. */
const incidentHours = 6
const leftOutAtMost = 0.05
/** Slices from which on what they share is taken off each: that is the matter of the whole. */
const manySlices = 5

/** The series of the frame with their residuals. Lets other work run between series. */
export async function scoreSeries(frame: Frame): Promise<ScoredSeries[]> {
  const scored: ScoredSeries[] = []
  for (const series of frame.series) {
    const { watched, values, denominators, timeZone } = series
    const seen = outlooks({
      start: frame.start,
      stepMs: hourMs,
      values,
      denominators,
      unit: watched.unit,
      timeZone,
    })
    scored.push({ ...series, outlooks: seen, strayed: strayedOf(series, seen) })
    if (scored.length % 12 === 0) await setImmediate()
  }
  for (const group of Map.groupBy(scored, kinOf).values()) takeCommonOff(group)
  return scored
}

const kinOf = (series: WatchedSeries): string => `${series.watched.metric}/${series.dimension}`

function strayedOf(series: WatchedSeries, seen: readonly (Outlook | null)[]): Float64Array {
  const { concern, unit, leastRecords } = series.watched
  const { forth } = scaleOf(unit)
  const sign = concern === 'high' ? 1 : -1
  return Float64Array.from(series.values, (value, i) => {
    const outlook = seen[i] ?? null
    if (value === null || outlook === null) return Number.NaN
    if ((series.denominators[i] ?? leastRecords) < leastRecords) return Number.NaN
    return (sign * (forth(value) - outlook.expected)) / outlook.sigma
  })
}

/** What half of the slices strayed in an hour is no constraint of one of them. */
function takeCommonOff(group: readonly ScoredSeries[]): void {
  if (group.length < manySlices) return
  const hours = group[0]?.strayed.length ?? 0
  for (let hour = 0; hour < hours; hour++) {
    const known = group.map(({ strayed }) => strayed[hour] as number).filter((z) => !Number.isNaN(z))
    if (known.length < manySlices) continue
    const shared = median(known)
    if (shared <= 0) continue
    for (const { strayed } of group) strayed[hour] = (strayed[hour] as number) - shared
  }
}

/** The scored hours from `from` on, with p-values pooled over series of the same kind. */
export function findings(
  frame: Frame,
  scored: readonly ScoredSeries[],
  from: number,
  fdr: number,
): Finding[] {
  const incidents = earlierIncidents(scored)
  const found: Finding[] = []
  for (const family of Map.groupBy(scored, ({ watched }) => watched.kind).values()) {
    const pValueOf = conformal(heldBack(family, incidents, from))
    for (const series of family) {
      for (let hour = from; hour < frame.hours; hour++) {
        const z = series.strayed[hour] as number
        if (Number.isNaN(z)) continue
        found.push({ series, hour, z, p: pValueOf(z), isFlagged: false, ...seenAt(series, hour) })
      }
    }
  }
  const threshold = discoveryThreshold(
    found.map(({ p }) => p),
    fdr,
  )
  const waiting = new Map(
    found
      .filter(({ series }) => series.watched.metric === 'backlog')
      .map((one) => [`${sliceOf(one.series)}@${one.hour}`, one.z]),
  )
  for (const one of found) {
    one.isFlagged = one.p <= threshold && matters(one) && !isIdle(one, waiting)
  }
  return found
}

/** `dimension/value` of a series. */
export const sliceOf = (series: WatchedSeries): string => `${series.dimension}/${series.dimensionValue}`

/** What was seen and what was to be expected in an hour whose residual is known. */
export function seenAt(series: ScoredSeries, hour: number) {
  const scale = scaleOf(series.watched.unit)
  const { expected, low, high } = bandOf(series.outlooks[hour] as Outlook, scale)
  return { value: series.values[hour] as number, expected, low, high }
}

/** Whether the change is large enough, in itself and against what is expected. */
function matters({ series, value, expected }: Finding): boolean {
  const { concern, leastChange, leastShare } = series.watched
  const change = concern === 'high' ? value - expected : expected - value
  return change >= leastChange && change >= leastShare * Math.abs(expected)
}

/** Little leaves a node because little came: no constraint while less waits than usual. */
function isIdle({ series, hour }: Finding, waiting: Map<string, number>): boolean {
  if (series.watched.metric !== 'lines_shipped') return false
  return (waiting.get(`${sliceOf(series)}@${hour}`) ?? 0) < 1
}

/** Hours of slices in which two aspects strayed far at once. */
function earlierIncidents(scored: readonly ScoredSeries[]): Map<string, Uint8Array> {
  const incidents = new Map<string, Uint8Array>()
  for (const [slice, group] of Map.groupBy(scored, sliceOf)) {
    const hours = group[0]?.strayed.length ?? 0
    const marked = new Uint8Array(hours)
    for (let hour = 0; hour < hours; hour++) {
      const far = group.filter(({ strayed }) => (strayed[hour] as number) >= incidentZ)
      if (new Set(far.map(({ watched }) => watched.aspect)).size < 2) continue
      marked.fill(1, Math.max(0, hour - incidentHours), hour + incidentHours + 1)
    }
    incidents.set(slice, marked)
  }
  return incidents
}

function heldBack(
  family: readonly ScoredSeries[],
  incidents: Map<string, Uint8Array>,
  from: number,
): number[] {
  const first = Math.max(warmUp, from - calibrationHours)
  const kept: number[] = []
  const leftOut: number[] = []
  for (const series of family) {
    const marked = incidents.get(sliceOf(series))
    for (let hour = first; hour < from; hour++) {
      const z = series.strayed[hour] as number
      if (Number.isNaN(z)) continue
      if (marked?.[hour] === 1) leftOut.push(z)
      else kept.push(z)
    }
  }
  const most = Math.floor(leftOutAtMost * (kept.length + leftOut.length))
  return leftOut.length <= most
    ? kept
    : kept.concat(leftOut.sort((a, b) => a - b).slice(0, -most || undefined))
}
