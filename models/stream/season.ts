// What a series should be at an instant, from its level and the usual course of its day or week, and within which
// bounds. It never looks ahead and its memory does not grow.

/** The forecaster; plain data. */
export interface Season {
  /** Slowly following mean. */
  level: number | null
  /** Sums and counts of what slots of the day or week stand above the level. */
  sums: number[]
  counts: number[]
  /** Mean size of residuals, and bounds of a residual. */
  scale: number
  low: number
  high: number
  seen: number
}

const dayMs = 86_400_000
/** Slots of a day, half an hour each, for series with several points a day; else slots of a week. */
const daySlots = 48
const weekSlots = 7
/** From this step on a series has no course of the day. */
const longStep = dayMs / 2
/** Share by which the level follows. */
const follow = 0.02
/** Points of a slot before it counts, and after which its past weighs half. */
const slotAtLeast = 3
const slotAtMost = 200
/** Share by which the mean size of residuals follows, and the largest residual that counts for it, in sizes. */
const scaleFollow = 0.02
const scaleAtMost = 8
/** Share of residuals outside of each bound; steps of the bounds, in sizes. */
const outside = 0.005
const boundStep = 0.2
/** Bounds before any were learned, in sizes. */
const firstBound = 4

/** Nothing seen yet. */
export function emptySeason(): Season {
  return { level: null, sums: [], counts: [], scale: 0, low: 0, high: 0, seen: 0 }
}

/** Which slot an instant falls into; `stepMs` is the usual distance of points. */
function slotOf(time: number, stepMs: number): number {
  if (stepMs >= longStep) return daySlots + (((Math.floor(time / dayMs) % weekSlots) + weekSlots) % weekSlots)
  return ((Math.floor((time / dayMs) * daySlots) % daySlots) + daySlots) % daySlots
}

/** Expected value and the bounds of 99 %, before the value is known; null before the first point. */
export function foresee(
  { level, sums, counts, low, high, scale, seen }: Season,
  time: number,
  stepMs: number,
): { expected: number; lower: number; upper: number } | null {
  if (level === null) return null
  const slot = slotOf(time, stepMs)
  const count = counts[slot] ?? 0
  const expected = level + (count > slotAtLeast ? (sums[slot] ?? 0) / count : 0)
  const first = seen < 1 / outside ? firstBound * scale : 0
  return { expected, lower: expected + Math.min(low, -first), upper: expected + Math.max(high, first) }
}

/** Learns a value that was expected to be `expected`. */
export function learn(season: Season, time: number, stepMs: number, value: number, expected: number): void {
  const level = season.level ?? value
  const slot = slotOf(time, stepMs)
  const count = season.counts[slot] ?? 0
  const sum = season.sums[slot] ?? 0
  const course = count > slotAtLeast ? sum / count : 0
  const isOld = count + 1 > slotAtMost
  season.sums[slot] = (sum + value - level) * (isOld ? 0.5 : 1)
  season.counts[slot] = (count + 1) * (isOld ? 0.5 : 1)
  for (let i = 0; i < slot; i++) {
    season.sums[i] ??= 0
    season.counts[i] ??= 0
  }
  season.level = level + follow * (value - level - course)
  bound(season, value - expected)
}

/** Moves the bounds so that in the long run the wanted share of residuals stays outside of each. */
function bound(season: Season, residual: number): void {
  const size = Math.abs(residual)
  season.seen++
  const share = Math.max(scaleFollow, 1 / season.seen)
  const counted = season.scale > 0 ? Math.min(size, scaleAtMost * season.scale) : size
  season.scale += share * (counted - season.scale)
  const step = boundStep * season.scale
  season.high = Math.max(0, season.high + step * (residual > season.high ? 1 - outside : -outside))
  season.low = Math.min(0, season.low - step * (residual < season.low ? 1 - outside : -outside))
}
