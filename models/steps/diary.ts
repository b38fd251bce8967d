// What was told of steps in the last weeks, so that it can be said what other thresholds would have told. It judges
// nothing now.

import type { PreviewedAlert } from '../series/preview.ts'
import { sureChangeOf } from './constraints.ts'
import type { TellingLimits } from './evidence.ts'
import type { Way } from './kinds.ts'
import type { Slice } from './slices.ts'
import type { Root } from './sums.ts'

/** Hours that are remembered. */
const keptHours = 28 * 24
/** Hours after which the same slice makes a new alert. */
const sameHours = 12
const hourMs = 3_600_000

interface Entry {
  slice: Slice
  way: Way
  from: number
  to: number
  /** The most it weighed, and the most it differed. */
  weight: number
  share: number
  change: number
  /** The most that what was told of it differed for certain, in the unit of its metric. */
  told: number
}

/** The diary of one market. */
export class Diary {
  #entries: Entry[] = []

  /** Notes the roots of an hour. */
  note(hour: number, roots: readonly Root[]): void {
    for (const root of roots) {
      const { slice, point, seen, usual, gain } = root
      const known = this.#entries.findLast((one) => one.slice === slice && one.way === point.way)
      const change = Math.abs(seen - usual)
      const share = change / Math.max(usual, 1e-9)
      const weight = Math.max(gain, point.evidence.weight)
      const told = sureChangeOf(root, (hour + 1) * hourMs)
      if (known === undefined || hour - known.to > sameHours) {
        this.#entries.push({ slice, way: point.way, from: hour, to: hour, weight, share, change, told })
        continue
      }
      known.to = hour
      known.weight = Math.max(known.weight, weight)
      known.share = Math.max(known.share, share)
      known.change = Math.max(known.change, change)
      known.told = Math.max(known.told, told)
    }
    if (this.#entries.some(({ to }) => to < hour - keptHours)) {
      this.#entries = this.#entries.filter(({ to }) => to >= hour - keptHours)
    }
  }

  /** The alerts since an hour that other limits would have let through, one for each slice and stretch. */
  alerts(since: number, limitsOf: (slice: Slice, way: Way) => TellingLimits): PreviewedAlert[] {
    const alerts: PreviewedAlert[] = []
    for (const { slice, way, from, to, weight, share, change, told } of this.#entries) {
      if (to < since) continue
      const { alarm, leastShare, leastChange, leastTold, isMuted } = limitsOf(slice, way)
      if (isMuted || weight < alarm || share < leastShare || change < leastChange || told < leastTold)
        continue
      const known = alerts.findLast(
        (one) => one.key === slice.key && from * hourMs - one.to <= sameHours * hourMs,
      )
      const severity = Math.min(1, 0.3 + 0.1 * (weight / alarm) + 0.3 * Math.min(1, share))
      if (known === undefined) {
        const metric = slice.kind.metric[way]
        alerts.push({ key: slice.key, metric, from: from * hourMs, to: to * hourMs, severity })
      } else {
        known.to = Math.max(known.to, to * hourMs)
        known.severity = Math.max(known.severity, severity)
      }
    }
    return alerts
  }
}
