// Turns flagged hours into constraints: what is confirmed, when it began, how bad it is, and whether it is over.
// It opens and closes nothing; that is decided by who asked.

import type { Constraint, MetricFinding } from './detection.ts'
import { hourMs, keptOf } from './kept.ts'
import { type Finding, seenAt } from './score.ts'
import { sliceOf, type Tracked } from './tracked.ts'

/** Version of the rules and of the baseline: part of every id that must change when they do. */
export const seriesModel = 'seasonal-baseline 1'

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
  series: Tracked[]
  flagged: Finding[]
  isConfirmed: boolean
}

/** The nodes, the carriers and the whole, with what was flagged of them. */
export function suspectsOf(end: number, scored: readonly Tracked[], found: readonly Finding[]): Suspect[] {
  const flaggedOf = Map.groupBy(
    found.filter(({ isFlagged }) => isFlagged),
    ({ series }) => sliceOf(series),
  )
  const suspects: Suspect[] = []
  for (const [key, series] of Map.groupBy(scored, sliceOf)) {
    const [first] = series
    if (first === undefined) continue
    const { dimension, dimensionValue } = first
    if (dimension !== 'node' && dimension !== 'carrier' && dimension !== 'all') continue
    const flagged = flaggedOf.get(key) ?? []
    const isConfirmed = confirms(end, series, flagged)
    suspects.push({ key, dimension, dimensionValue, series, flagged, isConfirmed })
  }
  return suspects
}

function confirms(end: number, series: readonly Tracked[], flagged: readonly Finding[]): boolean {
  const fresh = flagged.filter(({ tick }) => tick >= end - confirmOf)
  const hours = Map.groupBy(fresh, ({ tick }) => tick)
  if (hours.size >= confirmHours) return true
  for (const group of hours.values()) {
    if (group.some(({ z }) => z >= extremeZ)) return true
    const far = group.filter(({ z }) => z >= jointZ)
    if (new Set(far.map((one) => one.series.watched.aspect)).size >= 2) return true
  }
  return series.some((one) => {
    const own = new Set(flagged.filter((finding) => finding.series === one).map(({ tick }) => tick))
    if (own.size < confirmHours) return false
    const telling = newestTelling(one, end, confirmOf)
    return own.has(telling[0] ?? -1) && telling.filter((tick) => own.has(tick)).length >= confirmHours
  })
}

/** The newest hours of a series in which something could be seen, newest first. */
function newestTelling(series: Tracked, end: number, count: number): number[] {
  const ticks: number[] = []
  const oldest = Math.max(series.first, end - keptOf(series.stepMs).scores)
  for (let tick = end - 1; tick >= oldest && ticks.length < count; tick--) {
    if (!Number.isNaN(series.alone(tick)) && series.canTell(tick)) ticks.push(tick)
  }
  return ticks
}

/** The constraint of a suspect; its causes are found elsewhere. */
export function constraintOf(end: number, suspect: Suspect): Constraint {
  const { key, dimension, dimensionValue } = suspect
  const metrics = metricsOf(end, suspect)
  const [lead] = metrics
  const shown = lead ?? worstOf(end, suspect)
  const isBreaching = suspect.isConfirmed && lead !== undefined
  return {
    key,
    dimension,
    dimensionValue,
    metric: shown?.metric ?? 'backlog',
    severity: severityOf(metrics),
    beganAt: beganAt(end, suspect) * hourMs,
    value: shown?.value ?? null,
    expected: shown?.expected ?? null,
    expectedLow: shown?.expectedLow ?? null,
    expectedHigh: shown?.expectedHigh ?? null,
    pValue: shown?.pValue ?? null,
    isBreaching,
    hasRecovered: !isBreaching && hasRecovered(end, suspect),
    model: seriesModel,
    causes: [],
    metrics,
  }
}

/** Each flagged metric in its newest flagged hour, the one that shows the constraint best first. */
function metricsOf(end: number, { flagged }: Suspect): MetricFinding[] {
  const newest = new Map<string, Finding>()
  for (const finding of flagged) {
    const known = newest.get(finding.series.watched.metric)
    if (known === undefined || finding.tick > known.tick) newest.set(finding.series.watched.metric, finding)
  }
  const weightOf = ({ series, z, tick }: Finding): number => {
    const isPlain = ['backlog', 'transit_hours', 'late_share'].includes(series.watched.metric)
    return z * (isPlain ? 1.5 : 1) * (tick >= end - confirmOf ? 1 : 0.5)
  }
  return [...newest.values()].sort((a, b) => weightOf(b) - weightOf(a)).map(tell)
}

function tell({ series, tick, value, expected, low, high, z, p }: Finding): MetricFinding {
  return {
    metric: series.watched.metric,
    bucketStart: tick * series.stepMs,
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
  end: number,
  { series }: Suspect,
): (Omit<MetricFinding, 'pValue'> & { pValue: null }) | null {
  const byWaiting = [...series].sort((a, b) => rankOf(a) - rankOf(b))
  for (const one of byWaiting) {
    const [tick] = newestTelling(one, end, 1)
    const seen = tick === undefined ? null : seenAt(one, tick)
    if (tick === undefined || seen === null) continue
    const told = {
      series: one,
      tick,
      ...seen,
      z: one.z(tick),
      p: 1,
      isFlagged: false,
    }
    return { ...tell(told), pValue: null }
  }
  return null
}

const rankOf = ({ watched }: Tracked): number =>
  ['backlog', 'transit_hours', 'late_share', 'orders'].indexOf(watched.metric) >>> 0

function beganAt(end: number, { series, flagged }: Suspect): number {
  const newest = flagged.reduce((last, { tick }) => Math.max(last, tick), -1)
  let first = newest < 0 ? end - 1 : newest
  for (let tick = first; tick >= Math.max(0, end - lookBackHours); tick--) {
    if (first - tick > gapHours) break
    if (series.some((one) => one.z(tick) >= belongsZ)) first = tick
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

function hasRecovered(end: number, { series }: Suspect): boolean {
  return series.every((one) => {
    const isConcerned = one.watched.metric === 'backlog' || strayedLately(one, end)
    if (!isConcerned) return true
    const { aspect } = one.watched
    const bound = aspect === 'time' || aspect === 'quality' ? laggingRecoveredZ : recoveredZ
    return newestTelling(one, end, recoveredHours).every((tick) => one.z(tick) < bound)
  })
}

function strayedLately(series: Tracked, end: number): boolean {
  for (let tick = end - lookBackHours; tick < end; tick++) if (series.z(tick) >= belongsZ) return true
  return false
}
