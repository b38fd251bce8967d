// What moves changed: late orders avoided, hours saved and extra cost with intervals, against orders that were left in
// place; where too few were, against what was foretold when it was decided, and said so. Pure.

import { seededRandom } from '#data/kernel'
import { bootstrapInterval, type Figure, normalInterval, proportionInterval } from './intervals.ts'

/** An order that was moved, or left in place although it could have been. */
export interface MeasuredOrder {
  isMoved: boolean
  /** Whether it was late; null = not known yet. */
  isLate: boolean | null
  /** Hours from the decision until the customer had it; null = not known yet. */
  hours: number | null
  /** Foretold at the decision: probability of being late and hours, staying and moved; null = not told. */
  riskBefore: number | null
  riskAfter: number | null
  hoursBefore: number | null
  hoursAfter: number | null
  extraCents: number
}

/** An effect. Figures are of all moved orders together. */
export interface Effect {
  moved: number
  heldOut: number
  movedKnown: number
  heldOutKnown: number
  method: 'hold_out' | 'model' | 'none'
  lateAvoided: Figure
  hoursSaved: Figure
  extraCents: Figure
}

/** Orders of either kind, with a known end, from which on they are compared. */
export const comparedFrom = 30

/** A moved or held-out order with a figure that is known, and what was foretold of it. */
interface Pair {
  value: number
  foretold: number
}

/** The effect of moves; the same orders give the same answer. */
export function effectOf(orders: readonly MeasuredOrder[]): Effect {
  const moved = orders.filter(({ isMoved }) => isMoved)
  const heldOut = orders.filter(({ isMoved }) => !isMoved)
  const late = { moved: moved.flatMap(latePair), heldOut: heldOut.flatMap(latePair) }
  const isCompared = late.moved.length >= comparedFrom && late.heldOut.length >= comparedFrom
  return {
    moved: moved.length,
    heldOut: heldOut.length,
    movedKnown: late.moved.length,
    heldOutKnown: late.heldOut.length,
    method: moved.length === 0 ? 'none' : isCompared ? 'hold_out' : 'model',
    lateAvoided: isCompared ? comparedLate(late, moved.length) : foretoldLate(moved),
    hoursSaved: hoursSaved(moved, heldOut),
    extraCents: normalInterval(moved.map(({ extraCents }) => extraCents)),
  }
}

function latePair({ isLate, riskBefore }: MeasuredOrder): Pair[] {
  return isLate === null ? [] : [{ value: isLate ? 1 : 0, foretold: riskBefore ?? 0 }]
}

function hoursPair({ hours, hoursBefore }: MeasuredOrder): Pair[] {
  return hours === null ? [] : [{ value: hours, foretold: hoursBefore ?? 0 }]
}

interface Groups {
  moved: Pair[]
  heldOut: Pair[]
}

/** Late orders that those left in place say would have been. Where almost none or almost all were, by exact bounds. */
function comparedLate(groups: Groups, count: number): Figure {
  const ones = (pairs: readonly Pair[]) => pairs.reduce((sum, { value }) => sum + value, 0)
  const isRare = (pairs: readonly Pair[]) => Math.min(ones(pairs), pairs.length - ones(pairs)) < 5
  const { moved, heldOut } = groups
  if (!isRare(moved) && !isRare(heldOut)) return scaled(bootstrap(groups), count)
  const bounds = proportionInterval(
    { ones: ones(heldOut), of: heldOut.length },
    { ones: ones(moved), of: moved.length },
  )
  return scaled(bounds, count)
}

function scaled({ value, low, high }: Figure, count: number): Figure {
  return { value: value * count, low: low * count, high: high * count }
}

const rounds = 600

function bootstrap({ moved, heldOut }: Groups): Figure {
  const random = seededRandom(`effect/${moved.length}/${heldOut.length}`)
  return bootstrapInterval(
    [heldOut, moved],
    ([left = [], gone = []]) => difference(left, gone),
    rounds,
    () => random.next(),
  )
}

/** Mean of those left in place, as if they were like those moved, minus the mean of those moved. */
function difference(left: readonly Pair[], gone: readonly Pair[]): number {
  const [y0, y1] = [mean(left, 'value'), mean(gone, 'value')]
  const [x0, x1] = [mean(left, 'foretold'), mean(gone, 'foretold')]
  let [covariance, variance] = [0, 0]
  for (const { value, foretold } of left) {
    covariance += (foretold - x0) * (value - y0)
    variance += (foretold - x0) ** 2
  }
  const slope = variance > 0 ? Math.min(1, Math.max(0, covariance / variance)) : 0
  return y0 + slope * (x1 - x0) - y1
}

function mean(pairs: readonly Pair[], name: keyof Pair): number {
  return pairs.length === 0 ? 0 : pairs.reduce((sum, pair) => sum + pair[name], 0) / pairs.length
}

const z = 1.96

/** Against what was foretold: what is not known yet is taken as foretold, too. */
function foretoldLate(moved: readonly MeasuredOrder[]): Figure {
  let [value, variance] = [0, 0]
  for (const { isLate, riskBefore, riskAfter } of moved) {
    const before = riskBefore ?? 0
    const after = isLate === null ? (riskAfter ?? before) : isLate ? 1 : 0
    value += before - after
    variance += before * (1 - before) + (isLate === null ? after * (1 - after) : 0)
  }
  const half = z * Math.sqrt(variance)
  // No more can be avoided, nor caused, than were moved.
  const most = moved.length
  return { value, low: Math.max(-most, value - half), high: Math.min(most, value + half) }
}

function hoursSaved(moved: readonly MeasuredOrder[], heldOut: readonly MeasuredOrder[]): Figure {
  const groups = { moved: moved.flatMap(hoursPair), heldOut: heldOut.flatMap(hoursPair) }
  if (Math.min(groups.moved.length, groups.heldOut.length) >= comparedFrom) {
    return scaled(bootstrap(groups), moved.length)
  }
  return normalInterval(
    moved.map(({ hours, hoursBefore, hoursAfter }) =>
      hoursBefore === null ? 0 : hoursBefore - (hours ?? hoursAfter ?? hoursBefore),
    ),
  )
}
