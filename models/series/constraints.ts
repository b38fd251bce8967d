// Turns flagged hours into constraints: what is confirmed, when it began, how bad it is, and whether it is over.
// It opens and closes nothing; that is decided by who asked.

import type { Constraint, MetricFinding } from './detection.ts'
import type { Frame } from './read.ts'
import { canTell, type Finding, type ScoredSeries, seenAt, sliceOf } from './score.ts'

/** Version of the rules and of the baseline: part of every id that must change when they do. */
export const seriesModel = 'seasonal-baseline 1'

const hourMs = 3_600_000
/** A constraint is confirmed by this many of the newest hours, */
const confirmHours = 2
const confirmOf = 3
/** by one hour in which two aspects stray this far, or by one metric that strays further still. */
const jointZ = 5
const extremeZ = 9
/**
 * It is over when every metric that strayed stayed below this for its newest two telling hours. How long work took and
 * how well it was done is known of work that is over: it tells of the past, and need not be as calm.
 */
const recoveredZ = 1.5
const laggingRecoveredZ = 2.5
const recoveredHours = 2
/** An hour belongs to a constraint from here on, with at most so many quiet hours between. */
const belongsZ = 3
const gapHours = 4
const lookBackHours = 96

/** A slice that may hold work up. */
export interface Suspect {
  key: string
  dimension: Constraint['dimension']
  dimensionValue: string
  series: ScoredSeries[]
  flagged: Finding[]
  isConfirmed: boolean
}

/** The nodes, the carriers and the whole, with what was flagged of them. */
export function suspectsOf(
  frame: Frame,
  scored: readonly ScoredSeries[],
  found: readonly Finding[],
): Suspect[] {
  const flaggedOf = Map.groupBy(
    found.filter(({ isFlagged }) => isFlagged),
    ({ series }) => sliceOf(series),
  )
  const suspects: Suspect[] = []
  for (const [key, series] of Map.groupBy(scored, sliceOf)) {
    const [first] = series
    if (first === undefined || first.dimension === 'channel') continue
    const flagged = flaggedOf.get(key) ?? []
    const isConfirmed = confirms(frame, series, flagged)
    const { dimension, dimensionValue } = first
    suspects.push({ key, dimension, dimensionValue, series, flagged, isConfirmed })
  }
  return suspects
}

function confirms(frame: Frame, series: readonly ScoredSeries[], flagged: readonly Finding[]): boolean {
  const fresh = flagged.filter(({ hour }) => hour >= frame.hours - confirmOf)
  const hours = Map.groupBy(fresh, ({ hour }) => hour)
  if (hours.size >= confirmHours) return true
  for (const group of hours.values()) {
    if (group.some(({ z }) => z >= extremeZ)) return true
    const far = group.filter(({ z }) => z >= jointZ)
    if (new Set(far.map((one) => one.series.watched.aspect)).size >= 2) return true
  }
  return series.some((one) => {
    const own = new Set(flagged.filter((finding) => finding.series === one).map(({ hour }) => hour))
    if (own.size < confirmHours) return false
    const telling = newestTelling(one, confirmOf)
    return own.has(telling[0] ?? -1) && telling.filter((hour) => own.has(hour)).length >= confirmHours
  })
}

/** The newest hours of a series in which something could be seen, newest first. */
function newestTelling(series: ScoredSeries, count: number): number[] {
  const hours: number[] = []
  for (let hour = series.strayed.length - 1; hour >= 0 && hours.length < count; hour--) {
    if (Number.isNaN(series.strayed[hour] as number)) continue
    if (canTell(series, hour)) hours.push(hour)
  }
  return hours
}

/** The constraint of a suspect; its causes are found elsewhere. */
export function constraintOf(frame: Frame, suspect: Suspect): Constraint {
  const { key, dimension, dimensionValue } = suspect
  const metrics = metricsOf(frame, suspect)
  const [lead] = metrics
  const shown = lead ?? worstOf(frame, suspect)
  const isBreaching = suspect.isConfirmed && lead !== undefined
  return {
    key,
    dimension,
    dimensionValue,
    metric: shown?.metric ?? 'backlog',
    severity: severityOf(metrics),
    beganAt: frame.start + beganAt(frame, suspect) * hourMs,
    value: shown?.value ?? null,
    expected: shown?.expected ?? null,
    expectedLow: shown?.expectedLow ?? null,
    expectedHigh: shown?.expectedHigh ?? null,
    pValue: shown?.pValue ?? null,
    isBreaching,
    hasRecovered: !isBreaching && hasRecovered(suspect),
    model: seriesModel,
    causes: [],
    metrics,
  }
}

/** Each flagged metric in its newest flagged hour, the one that shows the constraint best first. */
function metricsOf(frame: Frame, { flagged }: Suspect): MetricFinding[] {
  const newest = new Map<string, Finding>()
  for (const finding of flagged) {
    const known = newest.get(finding.series.watched.metric)
    if (known === undefined || finding.hour > known.hour) newest.set(finding.series.watched.metric, finding)
  }
  const weightOf = ({ series, z, hour }: Finding): number => {
    const isPlain = ['backlog', 'transit_hours', 'late_share'].includes(series.watched.metric)
    return z * (isPlain ? 1.5 : 1) * (hour >= frame.hours - confirmOf ? 1 : 0.5)
  }
  return [...newest.values()].sort((a, b) => weightOf(b) - weightOf(a)).map((one) => tell(frame, one))
}

function tell(frame: Frame, { series, hour, value, expected, low, high, z, p }: Finding): MetricFinding {
  return {
    metric: series.watched.metric,
    bucketStart: frame.start + hour * hourMs,
    value,
    expected,
    expectedLow: low,
    expectedHigh: high,
    pValue: p,
    z,
  }
}

/** Where nothing is flagged, what an open constraint looks like now: its waiting work, else any metric it has. */
function worstOf(
  frame: Frame,
  { series }: Suspect,
): (Omit<MetricFinding, 'pValue'> & { pValue: null }) | null {
  const byWaiting = [...series].sort((a, b) => rankOf(a) - rankOf(b))
  for (const one of byWaiting) {
    const [hour] = newestTelling(one, 1)
    if (hour === undefined) continue
    const told = {
      series: one,
      hour,
      ...seenAt(one, hour),
      z: one.strayed[hour] as number,
      p: 1,
      isFlagged: false,
    }
    return { ...tell(frame, told), pValue: null }
  }
  return null
}

const rankOf = ({ watched }: ScoredSeries): number =>
  ['backlog', 'transit_hours', 'late_share', 'orders'].indexOf(watched.metric) >>> 0

function beganAt(frame: Frame, { series, flagged }: Suspect): number {
  const newest = flagged.reduce((last, { hour }) => Math.max(last, hour), -1)
  let first = newest < 0 ? frame.hours - 1 : newest
  for (let hour = first; hour >= Math.max(0, frame.hours - lookBackHours); hour--) {
    if (first - hour > gapHours) break
    if (series.some((one) => (one.strayed[hour] as number) >= belongsZ)) first = hour
  }
  return first
}

function severityOf(metrics: readonly MetricFinding[]): number {
  if (metrics.length === 0) return 0
  const far = Math.min(1, Math.max(...metrics.map(({ z }) => z)) / 12)
  const changes = metrics.map(({ value, expected }) => Math.abs(value - expected) / Math.max(1e-9, expected))
  const large = 1 - Math.exp(-Math.max(...changes))
  const broad = Math.min(1, metrics.length / 4)
  return Math.round(Math.min(1, 0.35 * far + 0.45 * large + 0.2 * broad) * 1000) / 1000
}

function hasRecovered({ series }: Suspect): boolean {
  return series.every((one) => {
    const from = Math.max(0, one.strayed.length - lookBackHours)
    const isConcerned =
      one.watched.metric === 'backlog' || one.strayed.subarray(from).some((z) => z >= belongsZ)
    if (!isConcerned) return true
    const { aspect } = one.watched
    const bound = aspect === 'time' || aspect === 'quality' ? laggingRecoveredZ : recoveredZ
    return newestTelling(one, recoveredHours).every((hour) => (one.strayed[hour] as number) < bound)
  })
}
