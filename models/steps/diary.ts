// What was told of steps in the last weeks, so that it can be said what other thresholds would have told. It judges
// nothing now.

import type { PreviewedAlert } from '../series/preview.ts'
import type { AlarmLimits } from './evidence.ts'
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
}

/** The diary of one market. */
export class Diary {
  #entries: Entry[] = []

  /** Notes the roots of an hour. */
  note(hour: number, roots: readonly Root[]): void {
    for (const { slice, point, seen, usual, gain } of roots) {
      const known = this.#entries.findLast((one) => one.slice === slice && one.way === point.way)
      const change = Math.abs(seen - usual)
      const share = change / Math.max(usual, 1e-9)
      const weight = Math.max(gain, point.evidence.weight)
      if (known === undefined || hour - known.to > sameHours) {
        this.#entries.push({ slice, way: point.way, from: hour, to: hour, weight, share, change })
        continue
      }
      known.to = hour
      known.weight = Math.max(known.weight, weight)
      known.share = Math.max(known.share, share)
      known.change = Math.max(known.change, change)
    }
    if (this.#entries.some(({ to }) => to < hour - keptHours)) {
      this.#entries = this.#entries.filter(({ to }) => to >= hour - keptHours)
    }
  }

  /** The alerts since an hour that other limits would have let through, one for each slice and stretch. */
  alerts(since: number, limitsOf: (slice: Slice, way: Way) => AlarmLimits): PreviewedAlert[] {
    const told: PreviewedAlert[] = []
    for (const { slice, way, from, to, weight, share, change } of this.#entries) {
      if (to < since) continue
      const { alarm, leastShare, leastChange } = limitsOf(slice, way)
      if (weight < alarm || share < leastShare || change < leastChange) continue
      const known = told.findLast(
        (one) => one.key === slice.key && from * hourMs - one.to <= sameHours * hourMs,
      )
      const severity = Math.min(1, 0.3 + 0.1 * (weight / alarm) + 0.3 * Math.min(1, share))
      if (known === undefined) {
        const metric = slice.kind.metric[way]
        told.push({ key: slice.key, metric, from: from * hourMs, to: to * hourMs, severity })
      } else {
        known.to = Math.max(known.to, to * hourMs)
        known.severity = Math.max(known.severity, severity)
      }
    }
    return told
  }
}
