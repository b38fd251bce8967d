// Scores the newest buckets of all series together: how likely it is by chance that they strayed so far, and which
// count after false discoveries are bounded.

import type { Calibration } from './calibration.ts'
import type { Judgement, Thresholds } from './settings.ts'
import { sliceOf, type Tracked } from './tracked.ts'

/** A scored bucket of a series. */
export interface Finding {
  series: Tracked
  tick: number
  value: number
  expected: number
  low: number
  high: number
  /** How far it strayed in the direction of concern, in standard deviations. */
  z: number
  p: number
  /** Large enough to matter, and among the findings whose false share is bounded. */
  isFlagged: boolean
  /** Large enough to matter and rare by itself: evidence for its slice, whose false share is bounded apart. */
  isOdd: boolean
}

/** A bucket is odd by itself up to this p-value. */
const oddP = 0.002
/** Orders that have to wait for a line that did not leave: orders often have several lines. */
const ordersPerLine = 0.4

/** The buckets from `from` on before `end`, with p-values pooled over series of the same kind. */
export function findings(
  all: readonly Tracked[],
  calibration: Calibration,
  { from, end, judgement }: { from: number; end: number; judgement: Judgement },
): Finding[] {
  const found: Finding[] = []
  const limits = new Map<Tracked, Thresholds>()
  for (const series of all) {
    const own = judgement.of(series)
    limits.set(series, own)
    for (let tick = from; tick < end; tick++) {
      const z = series.z(tick)
      if (Number.isNaN(z) || !series.canTell(tick)) continue
      const seen = seenAt(series, tick)
      if (seen !== null)
        found.push({
          series,
          tick,
          z,
          p: calibration.pValue(series, z),
          isFlagged: false,
          isOdd: false,
          ...seen,
        })
    }
  }
  const threshold = judgement.threshold(found.map(({ p, series }) => weighed(p, limits.get(series))))
  const waiting = new Map(
    all.filter(({ watched }) => watched.metric === 'backlog').map((series) => [sliceOf(series), series]),
  )
  for (const one of found) {
    const own = limits.get(one.series) as Thresholds
    const p = weighed(one.p, own)
    if (p > Math.max(oddP, threshold) || own.isMuted || !matters(one, own) || isIdle(one, waiting)) continue
    one.isOdd = true
    one.isFlagged = p <= threshold
  }
  return found
}

/** What was seen and what was to be expected in a bucket; null where either is not known. */
export function seenAt(series: Tracked, tick: number) {
  const band = series.band(tick)
  const value = series.value(tick)
  if (band === null || Number.isNaN(value)) return null
  return { value, expected: band.expected, low: band.low, high: band.high }
}

/** A p-value as strict as people asked for. */
function weighed(p: number, limits: Thresholds | undefined): number {
  return Math.min(1, p * (limits?.strictness ?? 1))
}

/** Whether the change is large enough, in itself and against what is expected. */
function matters({ series, value, expected }: Finding, { leastChange, leastShare }: Thresholds): boolean {
  const change = series.watched.concern === 'high' ? value - expected : expected - value
  return change >= leastChange && change >= leastShare * Math.abs(expected)
}

/** Little leaves a node because little came: no constraint where what waits would not make up for what lacks. */
function isIdle({ series, tick, value, expected }: Finding, waiting: Map<string, Tracked>): boolean {
  if (series.watched.metric !== 'lines_shipped' || series.dimension !== 'node') return false
  const orders = waiting.get(sliceOf(series))?.value(tick) ?? 0
  return !(orders >= ordersPerLine * (expected - value))
}
