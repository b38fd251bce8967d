// Which slices stand out as a whole: several buckets, or several metrics at once, and rare enough among all slices
// looked at. It tells no story of them.

import { simes } from './calibrate.ts'
import { hourMs, keptOf } from './kept.ts'
import type { Finding } from './score.ts'
import type { Judgement } from './settings.ts'
import { sliceOf, type Tracked } from './tracked.ts'
import type { Dimension } from './watched.ts'

/** It is confirmed by one bucket in which two aspects stray this far, or by one metric that strays further still. */
const jointZ = 5
const extremeZ = 8

/** A slice that may be out of the ordinary. */
export interface Suspect {
  key: string
  dimension: Dimension
  dimensionValue: string
  series: Tracked[]
  flagged: Finding[]
  isConfirmed: boolean
}

/** Least distance of a day that tells of its slice by itself. */
const leastDayZ = 4

/** Slices that can become constraints, by the hour and by the day; the others are told as single anomalies. */
const byHour: readonly Dimension[] = ['all', 'node', 'carrier', 'channel']
const byDay: readonly Dimension[] = ['lane', 'region', 'sku_class', 'channel']

/** Whether a series can show a constraint of its slice. */
export function canSuspect({ dimension, stepMs }: Tracked): boolean {
  return (keptOf(stepMs).isHourly ? byHour : byDay).includes(dimension)
}

/**
 * The slices, with what was flagged of them.
 * @param end first bucket that is not complete yet; @param keyOf what is taken together, by default what is of a slice
 */
export function suspectsOf(
  end: number,
  all: readonly Tracked[],
  found: readonly Finding[],
  judgement: Judgement,
  keyOf: (series: Tracked) => string = sliceOf,
): Suspect[] {
  const foundOf = Map.groupBy(found, ({ series }) => keyOf(series))
  const suspects: (Suspect & { p: number })[] = []
  for (const [key, series] of Map.groupBy(all.filter(canSuspect), keyOf)) {
    const [first] = series
    if (first === undefined) continue
    const { dimension, dimensionValue } = first
    const own = foundOf.get(key) ?? []
    const isHourly = first.stepMs === hourMs
    // A day gathers many hours: it need not be confirmed by another one, but has to stray further.
    const flagged = own.filter(({ isOdd, z }) => isOdd && (isHourly || z >= leastDayZ))
    const rules = { ...judgement.settings, confirmBy: isHourly ? judgement.settings.confirmBy : 1 }
    const among = flagged.filter(({ isFlagged }) => isFlagged)
    // Rare among all buckets and confirmed, or far beyond all bounds now, or rare as a slice among all slices.
    const isFar = flagged.some(({ z, tick }) => z >= extremeZ && tick >= end - rules.confirmOf)
    const isSure = isHourly && (isFar || confirms(end, series, among, rules))
    const p = confirms(end, series, flagged, rules) ? evidenceOf(own, rules.confirmBy) : 1
    suspects.push({ key, dimension, dimensionValue, series, flagged, isConfirmed: isSure, p })
  }
  const threshold = judgement.threshold(suspects.map(({ p }) => p))
  return suspects.map(({ p, ...suspect }) => ({
    ...suspect,
    isConfirmed: suspect.isConfirmed || p <= threshold,
  }))
}

/**
 * One p-value for a slice: of each series the rarest bucket but `confirmBy - 1`, for one alone may be chance, or its
 * rarest times the buckets looked at; then over its series.
 */
function evidenceOf(found: readonly Finding[], confirmBy: number): number {
  const ofSeries = [...Map.groupBy(found, ({ series }) => series).values()].map((own) => {
    const sorted = own.map(({ p }) => p).sort((a, b) => a - b)
    const lasting = sorted[confirmBy - 1] ?? 1
    return Math.min(1, Math.min(lasting, (sorted[0] ?? 1) * own.length))
  })
  return simes(ofSeries)
}

function confirms(
  end: number,
  series: readonly Tracked[],
  flagged: readonly Finding[],
  { confirmBy, confirmOf }: { confirmBy: number; confirmOf: number },
): boolean {
  const fresh = flagged.filter(({ tick }) => tick >= end - confirmOf)
  const buckets = Map.groupBy(fresh, ({ tick }) => tick)
  if (buckets.size >= confirmBy) return true
  for (const group of buckets.values()) {
    if (group.some(({ z }) => z >= extremeZ)) return true
    const far = group.filter(({ z }) => z >= jointZ)
    if (new Set(far.map((one) => one.series.watched.aspect)).size >= 2) return true
  }
  return series.some((one) => {
    const own = new Set(flagged.filter((finding) => finding.series === one).map(({ tick }) => tick))
    if (own.size < confirmBy) return false
    const telling = newestTelling(one, end, confirmOf)
    return own.has(telling[0] ?? -1) && telling.filter((tick) => own.has(tick)).length >= confirmBy
  })
}

/** The newest buckets of a series in which something could be seen, newest first. */
export function newestTelling(series: Tracked, end: number, count: number): number[] {
  const ticks: number[] = []
  const oldest = Math.max(series.first, end - keptOf(series.stepMs).scores)
  for (let tick = end - 1; tick >= oldest && ticks.length < count; tick--) {
    if (!Number.isNaN(series.alone(tick)) && series.canTell(tick)) ticks.push(tick)
  }
  return ticks
}
