// Turns flagged hours into constraints: what is confirmed, when it began, how bad it is, and whether it is over.
// It opens and closes nothing; that is decided by who asked.

import type { Constraint, MetricFinding } from './detection.ts'
import { hourMs, keptOf } from './kept.ts'
import { type Finding, seenAt } from './score.ts'
import type { Judgement } from './settings.ts'
import { newestTelling, type Suspect } from './suspects.ts'
import type { Tracked } from './tracked.ts'

/** Version of the rules and of the baseline: part of every id that must change when they do. */
export const seriesModel = 'series 2'

/**
 * It is over when every metric that strayed stayed below this for its newest two telling hours. How long work took and
 * how well it was done is known of work that is over: it tells of the past, and need not be as calm.
 */
const laggingMore = 1
const recoveredBuckets = 2
/** A bucket belongs to a constraint from here on, with at most so many quiet ones between. */
const belongsZ = 3
const gap = { hour: 4, day: 1 }
/** Newest buckets in which what was flagged counts in full. */
const freshBuckets = 3

/** The constraint of a suspect; its causes are found elsewhere. */
export function constraintOf(end: number, suspect: Suspect, judgement: Judgement): Constraint {
  const { key, dimension, dimensionValue } = suspect
  const metrics = metricsOf(end, suspect)
  const [lead] = metrics
  const shown = lead ?? worstOf(end, suspect)
  const isBreaching = suspect.isConfirmed && lead !== undefined
  const stepMs = suspect.series[0]?.stepMs ?? hourMs
  return {
    key,
    dimension,
    dimensionValue,
    metric: shown?.metric ?? 'backlog',
    severity: severityOf(metrics),
    beganAt: beganAt(end, suspect) * stepMs,
    value: shown?.value ?? null,
    expected: shown?.expected ?? null,
    expectedLow: shown?.expectedLow ?? null,
    expectedHigh: shown?.expectedHigh ?? null,
    pValue: shown?.pValue ?? null,
    isBreaching,
    hasRecovered: !isBreaching && hasRecovered(end, suspect, judgement.settings.recoveredBelow),
    newLevelSince: newLevelSince(end, suspect),
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
    return z * (isPlain ? 1.5 : 1) * (tick >= end - freshBuckets ? 1 : 0.5)
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
      isOdd: false,
    }
    return { ...tell(told), pValue: null }
  }
  return null
}

const rankOf = ({ watched }: Tracked): number =>
  ['backlog', 'transit_hours', 'late_share', 'orders'].indexOf(watched.metric) >>> 0

function beganAt(end: number, { series, flagged }: Suspect): number {
  const { isHourly, lately } = keptOf(series[0]?.stepMs ?? hourMs)
  const most = isHourly ? gap.hour : gap.day
  const newest = flagged.reduce((last, { tick }) => Math.max(last, tick), -1)
  let first = newest < 0 ? end - 1 : newest
  for (let tick = first; tick >= Math.max(0, end - lately); tick--) {
    if (first - tick > most) break
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

function hasRecovered(end: number, { series }: Suspect, below: number): boolean {
  return series.every((one) => {
    const isConcerned = one.watched.metric === 'backlog' || strayedLately(one, end)
    if (!isConcerned) return true
    const { aspect } = one.watched
    const bound = aspect === 'time' || aspect === 'quality' ? below + laggingMore : below
    return newestTelling(one, end, recoveredBuckets).every((tick) => one.z(tick) < bound)
  })
}

function strayedLately(series: Tracked, end: number): boolean {
  for (let tick = end - keptOf(series.stepMs).lately; tick < end; tick++)
    if (series.z(tick) >= belongsZ) return true
  return false
}

/** Start of a level that counts as usual since lately, epoch ms. */
function newLevelSince(end: number, { series }: Suspect): number | null {
  let since: number | null = null
  for (const { shift, stepMs } of series) {
    if (shift === null || end - shift.tick > keptOf(stepMs).lately) continue
    since = Math.max(since ?? 0, shift.began * stepMs)
  }
  return since
}
