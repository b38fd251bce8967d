// Watches one series point by point: what is expected, how odd the point is, and whether to alarm. A point is judged
// by itself and the past alone, at constant cost and memory, and nothing is chosen for a series.

import { type Alarm, emptyAlarm, sound } from './alarm.ts'
import { emptyViews, type StreamReason, type Views, weigh } from './evidence.ts'
import { emptySeason, foresee, learn, type Season } from './season.ts'

/** What is said about a point. Every number is finite. */
export interface StreamVerdict {
  /** Value that was expected, and bounds of 99 %; null before the first value. */
  expected: number | null
  lower: number | null
  upper: number | null
  /** Oddness in [0, 1): 0 = nothing new, from 0.5 on an alarm. */
  score: number
  /** Share of points before that scored as high, in (0, 1]. */
  pValue: number
  anomaly: boolean
  /** What is odd about it; null where nothing is. */
  reason: StreamReason | null
}

/** All a detector remembers; plain data that JSON keeps. */
export interface StreamState {
  version: 1
  /** First value: everything is measured from it. */
  origin: number | null
  time: number | null
  /** Least distance of two points, ms; null before it is known. */
  step: number | null
  seen: number
  season: Season
  views: Views
  alarm: Alarm
}

/** Points that are only learned from. */
const learning = 30
const alarmFrom = 0.5
/** Largest number that can be squared and added up. */
const largest = 1e150

/** Whether a number can be judged: finite, and not so large that its square is not. */
export function isUsable(value: number): boolean {
  return Math.abs(value) <= largest
}

/** A detector of one series; about 10 kB, and some microseconds a point. */
export class StreamDetector {
  readonly #state: StreamState

  /** @param state what an earlier detector remembered; it is taken over, not copied */
  constructor(state?: StreamState) {
    this.#state = state ?? {
      version: 1,
      origin: null,
      time: null,
      step: null,
      seen: 0,
      season: emptySeason(),
      views: emptyViews(),
      alarm: emptyAlarm(),
    }
  }

  /** What it remembers; JSON of it makes the same detector again. */
  get state(): StreamState {
    return this.#state
  }

  /**
   * Judges a point and then learns from it.
   * @param time epoch ms, not before the last one; where it is no number, one step after the last point
   * @param value a value that is no number is missing: what was expected is said, and nothing is learned
   */
  update(time: number, value: number): StreamVerdict {
    const state = this.#state
    const at = Number.isFinite(time) ? time : (state.time ?? 0) + (state.step ?? 0)
    const step = state.step ?? 0
    const foreseen = foresee(state.season, at, step)
    const origin = state.origin ?? 0
    const shown = {
      expected: finite(foreseen?.expected, origin),
      lower: finite(foreseen?.lower, origin),
      upper: finite(foreseen?.upper, origin),
    }
    if (!isUsable(value)) return { ...shown, score: 0, pValue: 1, anomaly: false, reason: null }
    state.origin ??= value
    const from = value - state.origin
    const expected = foreseen?.expected ?? from
    const { evidence, reason } = weigh(state.views, from, from - expected)
    learn(state.season, at, step, from, expected)
    this.#keepTime(at)
    state.seen++
    const { score, pValue } = sound(state.alarm, state.seen > learning ? evidence : 0)
    return { ...shown, score, pValue, anomaly: score >= alarmFrom, reason: score > 0 ? reason : null }
  }

  #keepTime(at: number): void {
    const state = this.#state
    const gap = at - (state.time ?? at)
    if (gap > 0 && (state.step === null || gap < state.step)) state.step = gap
    state.time = at
  }
}

function finite(from: number | undefined, origin: number): number | null {
  return from === undefined ? null : from + origin
}
