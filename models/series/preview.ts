// What the last days would have shown with other thresholds: the same rules over residuals that are kept anyway. It
// changes nothing and reads no tables.

import { setImmediate } from 'node:timers/promises'
import type { SeriesBook } from './book.ts'
import type { Calibration } from './calibration.ts'
import { constraintOf } from './constraints.ts'
import { dayMs, hourMs } from './kept.ts'
import { findings } from './score.ts'
import type { Judgement } from './settings.ts'
import { suspectsOf } from './suspects.ts'
import { sliceOf, type Tracked } from './tracked.ts'

/** An alert as it would have been told. */
export interface PreviewedAlert {
  key: string
  metric: string
  /** First and last bucket in which it was confirmed, epoch ms. */
  from: number
  to: number
  severity: number
}

/** How far back, and whether what is of one slice makes one alert. */
export interface PreviewOptions {
  /** 1 to 27. */
  days: number
  isGrouped?: boolean
}

/** Buckets looked at together, and time after which the same slice makes a new alert. */
const together = { hour: 6, day: 3 }
const sameMs = { hour: 12 * hourMs, day: 3 * dayMs }

/** Alerts of the last days for each judgement. */
export async function preview(
  sides: readonly { stepMs: number; book: SeriesBook; calibration: Calibration }[],
  judgements: readonly Judgement[],
  { days, isGrouped = true }: PreviewOptions,
): Promise<PreviewedAlert[][]> {
  const told: PreviewedAlert[][] = []
  for (const judgement of judgements) {
    const alerts: PreviewedAlert[] = []
    for (const side of sides) alerts.push(...(await ofSide(side, judgement, { days, isGrouped })))
    told.push(alerts.sort((a, b) => a.from - b.from || (a.key < b.key ? -1 : 1)))
  }
  return told
}

async function ofSide(
  { stepMs, book, calibration }: { stepMs: number; book: SeriesBook; calibration: Calibration },
  judgement: Judgement,
  { days, isGrouped }: Required<PreviewOptions>,
): Promise<PreviewedAlert[]> {
  // A cycle may be under way: what it has not finished is not looked at.
  const { series, end: newest } = book.settled
  const grain = stepMs === hourMs ? 'hour' : 'day'
  const keyOf = isGrouped ? sliceOf : (one: Tracked) => `${sliceOf(one)}/${one.watched.metric}`
  const alerts: PreviewedAlert[] = []
  const running = new Map<string, PreviewedAlert>()
  for (let end = newest - Math.round((days * dayMs) / stepMs) + 1; end <= newest; end++) {
    const found = findings(series, calibration, { from: end - together[grain], end, judgement })
    for (const suspect of suspectsOf(end, series, found, judgement, keyOf)) {
      if (!suspect.isConfirmed) continue
      const { key, metric, severity } = constraintOf(end, suspect, judgement)
      const at = (end - 1) * stepMs
      const known = running.get(key)
      if (known !== undefined && at - known.to <= sameMs[grain]) {
        known.to = at
        known.severity = Math.max(known.severity, severity)
      } else {
        const alert = { key, metric, from: at, to: at, severity }
        running.set(key, alert)
        alerts.push(alert)
      }
    }
    await setImmediate()
  }
  return alerts
}
