// What the forecaster sees of a series when a day begins, and what it is asked: the next 24 hours against what the
// memory of the series expects of them, in its standard deviations. It learns nothing.

/** Hours ahead that are forecast at once. */
export const ahead = 24
/** Quantiles of each hour. */
export const quantiles = [0.1, 0.5, 0.9] as const
/** Hours whose residuals are seen one by one, and days of which the mean is. */
const hoursSeen = 48
const daysSeen = 14
/** Kinds of series: by scale and by whether they are states. */
export const kinds = ['flow', 'state', 'hours', 'share', 'amount'] as const
/** Kind of a series. */
export type Kind = (typeof kinds)[number]

/** Numbers the forecaster is given. */
export const inputs = hoursSeen + daysSeen + 3 * ahead + kinds.length + 7 + 2
/** Numbers it answers. */
export const outputs = ahead * quantiles.length

/** A series at the first hour of a day of its clock. */
export interface View {
  kind: Kind
  /** 0 = Sunday. */
  weekday: number
  /** What the memory expects of the next hours, and its spread now, on the scale of the series. */
  expected: Float64Array
  sigma: number
  level: number
  /** Residual of an hour that is over, in standard deviations; `back` = 1 is the newest. NaN = not known. */
  residual(back: number): number
  /** Value on the scale `back` hours before an hour ahead (0 = the first); NaN = not known. */
  before(hour: number, back: number): number
}

/** Large residuals tell of faults, not of what comes: beyond 3 they count less and less, from 6 on nothing. */
function cautious(z: number): number {
  if (Number.isNaN(z)) return 0
  const far = Math.abs(z)
  if (far <= 3) return z / 3
  return far >= 6 ? 0 : (Math.sign(z) * (6 - far)) / 3
}

/** What the net is given. @returns [inputs] */
export function inputsOf(view: View): Float32Array {
  const list = new Float32Array(inputs)
  let at = 0
  for (let back = hoursSeen; back >= 1; back--) list[at++] = cautious(view.residual(back))
  for (let day = 0; day < daysSeen; day++) list[at++] = meanOfDay(view, day)
  for (let hour = 0; hour < ahead; hour++) {
    list[at++] = Math.tanh(((view.expected[hour] as number) - view.level) / view.sigma / 6)
  }
  for (const back of [168, 336]) {
    for (let hour = 0; hour < ahead; hour++) {
      list[at++] = cautious((view.before(hour, back) - (view.expected[hour] as number)) / view.sigma)
    }
  }
  list[at + kinds.indexOf(view.kind)] = 1
  at += kinds.length
  list[at + view.weekday] = 1
  at += 7
  list[at++] = Math.tanh(view.level / view.sigma / 10)
  list[at] = Math.tanh(Math.log1p(Math.abs(view.level)) / 5)
  return list
}

/** What an example showed of its series, read back from the inputs; strong residuals count as little as they did. */
export function seenOf(row: Float32Array): {
  lastDay: number
  twoWeeks: number
  scatter: number
  kind: Kind | null
} {
  const mean = (from: number, to: number, of = (z: number) => z) =>
    (3 * row.subarray(from, to).reduce((sum, z) => sum + of(z), 0)) / (to - from)
  const kindsAt = hoursSeen + daysSeen + 3 * ahead
  return {
    lastDay: mean(hoursSeen - 24, hoursSeen),
    twoWeeks: mean(hoursSeen, hoursSeen + daysSeen),
    scatter: mean(0, hoursSeen, Math.abs),
    kind: kinds.find((_, i) => row[kindsAt + i] === 1) ?? null,
  }
}

function meanOfDay(view: View, day: number): number {
  let sum = 0
  for (let hour = 1; hour <= 24; hour++) sum += cautious(view.residual(day * 24 + hour))
  return sum / 24
}

/** Largest target, in standard deviations. */
const targetMost = 8

/** How far an hour came out from what the memory had expected; NaN where nothing is known. */
export function targetOf(view: Pick<View, 'expected' | 'sigma'>, hour: number, scaled: number): number {
  const off = (scaled - (view.expected[hour] as number)) / view.sigma
  return Math.min(targetMost, Math.max(-targetMost, off))
}

/** What is said of an hour ahead: expectation and standard deviation on the scale of the series. */
export function opinionOf(view: Pick<View, 'expected' | 'sigma'>, hour: number, answer: ArrayLike<number>) {
  const [low, middle, high] = quantiles.map((_, i) => answer[hour * quantiles.length + i] as number) as [
    number,
    number,
    number,
  ]
  // A tenth on each side: 2.563 standard deviations of a normal spread between them.
  const spread = Math.min(4, Math.max(0.2, (high - low) / 2.563))
  return { expected: (view.expected[hour] as number) + view.sigma * middle, sigma: view.sigma * spread }
}
