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
/** Hours that are for learning only, until every hour of the week was seen; of a short history a third. */
const warmUp = 192
/** From here on a residual may belong to an earlier incident, where two aspects of a slice show it at once. */
const incidentZ = 4
/** Hours around such a one that do not calibrate, and the most that are left out. */
const incidentHours = 6
const runHours = 3
const leftOutAtMost = 0.05
/** Orders that have to wait for a line that did not leave: orders often have several lines. */
const ordersPerLine = 0.4
/** Slices of a kind from which on what they share is taken off each: that is the matter of the whole. */
const manySlices = 4

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
  for (const group of Map.groupBy(scored, peersOf).values()) takeCommonOff(group)
  for (const group of Map.groupBy(scored, kinOf).values()) takeCommonOff(group)
  return scored
}

const peersOf = (series: WatchedSeries): string => `${kinOf(series)}/${series.peers}`
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

/** Whether a lack would show: where next to nothing is expected, nothing is no news. */
export function canTell({ watched, outlooks: seen }: ScoredSeries, hour: number): boolean {
  if (watched.kind !== 'flow' || watched.concern !== 'low') return true
  const outlook = seen[hour] ?? null
  return outlook !== null && scaleOf(watched.unit).back(outlook.expected) >= watched.leastChange
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
  for (const family of Map.groupBy(scored, familyOf).values()) {
    const pValueOf = conformal(heldBack(family, incidents, from))
    for (const series of family) {
      for (let hour = from; hour < frame.hours; hour++) {
        const z = series.strayed[hour] as number
        if (Number.isNaN(z) || !canTell(series, hour)) continue
        found.push({ series, hour, z, p: pValueOf(z), isFlagged: false, ...seenAt(series, hour) })
      }
    }
  }
  const threshold = discoveryThreshold(
    found.map(({ p }) => p),
    fdr,
  )
  const waiting = new Map(
    scored
      .filter(({ watched }) => watched.metric === 'backlog')
      .map((series) => [sliceOf(series), series.values]),
  )
  for (const one of found) {
    one.isFlagged = one.p <= threshold && matters(one) && !isIdle(one, waiting)
  }
  return found
}

/** Series whose residuals are alike, so that they calibrate each other. */
const familyOf = ({ watched }: WatchedSeries): string =>
  watched.kind === 'ratio' ? `ratio of ${watched.unit}` : watched.kind

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

/** Little leaves a node because little came: no constraint where what waits would not make up for what lacks. */
function isIdle(
  { series, hour, value, expected }: Finding,
  waiting: Map<string, (number | null)[]>,
): boolean {
  if (series.watched.metric !== 'lines_shipped') return false
  const orders = waiting.get(sliceOf(series))?.[hour] ?? 0
  return orders < ordersPerLine * (expected - value)
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

/** Adds runs of telling hours in which a flow or ratio strayed far: those too were something, not chance. */
function withRuns(series: ScoredSeries, marked: Uint8Array | undefined): Uint8Array {
  const all = marked?.slice() ?? new Uint8Array(series.strayed.length)
  if (series.watched.kind === 'state') return all
  let run: number[] = []
  const endRun = (): void => {
    if (run.length >= runHours) for (const hour of run) all[hour] = 1
    run = []
  }
  series.strayed.forEach((z, hour) => {
    if (Number.isNaN(z) || !canTell(series, hour)) return
    if (z >= incidentZ) run.push(hour)
    else endRun()
  })
  endRun()
  return all
}

function heldBack(
  family: readonly ScoredSeries[],
  incidents: Map<string, Uint8Array>,
  from: number,
): number[] {
  const first = Math.max(Math.min(warmUp, Math.floor(from / 3)), from - calibrationHours)
  const kept: number[] = []
  const leftOut: number[] = []
  for (const series of family) {
    const marked = withRuns(series, incidents.get(sliceOf(series)))
    for (let hour = first; hour < from; hour++) {
      const z = series.strayed[hour] as number
      if (Number.isNaN(z) || !canTell(series, hour)) continue
      if (marked?.[hour] === 1) leftOut.push(z)
      else kept.push(z)
    }
  }
  const most = Math.floor(leftOutAtMost * (kept.length + leftOut.length))
  return leftOut.length <= most
    ? kept
    : kept.concat(leftOut.sort((a, b) => a - b).slice(0, -most || undefined))
}
