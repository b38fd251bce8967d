// What moves changed: late orders avoided, hours saved and extra cost with intervals, against orders that were left in
// place; where too few were, against what was foretold when it was decided, and said so. Pure.

import { seededRandom } from '#data/kernel'
import { bootstrapInterval, type Figure, normalInterval, proportionInterval } from './intervals.ts'

/** An order that was moved, or left in place although it could have been. */
export interface MeasuredOrder {
  isMoved: boolean
  /** Its end counts for nothing but what its moves cost. */
  isCancelled: boolean
  /** Whether it has a promise and was not cancelled. */
  canBeLate: boolean
  /** Whether it was late; null = not known yet, or it cannot be. */
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

/** An effect. Figures are of all moved orders together; late can only be what has a promise and was not cancelled. */
export interface Effect {
  moved: number
  heldOut: number
  movedKnown: number
  heldOutKnown: number
  /** Those that can be late and of which it is not known yet whether they were. */
  movedOpen: number
  heldOutOpen: number
  method: 'hold_out' | 'model' | 'none'
  /** How hours are known; what is late is known before what came is. */
  hoursMethod: 'hold_out' | 'model' | 'none'
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
  const isCompared = isEnough(late)
  const perhapsLate = moved.filter(({ canBeLate }) => canBeLate)
  const waitedFor = moved.filter(({ isCancelled }) => !isCancelled)
  const hours = { moved: moved.flatMap(hoursPair), heldOut: heldOut.flatMap(hoursPair) }
  const methodOf = (groups: Groups) => (moved.length === 0 ? 'none' : isEnough(groups) ? 'hold_out' : 'model')
  return {
    moved: moved.length,
    heldOut: heldOut.length,
    movedKnown: late.moved.length,
    heldOutKnown: late.heldOut.length,
    movedOpen: perhapsLate.length - late.moved.length,
    heldOutOpen: heldOut.filter(({ canBeLate }) => canBeLate).length - late.heldOut.length,
    method: methodOf(late),
    hoursMethod: methodOf(hours),
    lateAvoided: isCompared ? comparedLate(late, perhapsLate.length) : foretoldLate(perhapsLate),
    hoursSaved: isEnough(hours) ? scaled(compared(hours), waitedFor.length) : foretoldHours(waitedFor),
    extraCents: normalInterval(moved.map(({ extraCents }) => extraCents)),
  }
}

function latePair({ canBeLate, isLate, riskBefore }: MeasuredOrder): Pair[] {
  return isLate === null || !canBeLate ? [] : [{ value: isLate ? 1 : 0, foretold: riskBefore ?? 0 }]
}

function hoursPair({ hours, hoursBefore, isCancelled }: MeasuredOrder): Pair[] {
  return hours === null || isCancelled ? [] : [{ value: hours, foretold: hoursBefore ?? 0 }]
}

interface Groups {
  moved: Pair[]
  heldOut: Pair[]
}

function isEnough({ moved, heldOut }: Groups): boolean {
  return Math.min(moved.length, heldOut.length) >= comparedFrom
}

/** Late orders that those left in place say would have been. Where almost none or almost all were, by exact bounds. */
function comparedLate(groups: Groups, count: number): Figure {
  const ones = (pairs: readonly Pair[]) => pairs.reduce((sum, { value }) => sum + value, 0)
  const isRare = (pairs: readonly Pair[]) => Math.min(ones(pairs), pairs.length - ones(pairs)) < 5
  const { moved, heldOut } = groups
  if (!isRare(moved) && !isRare(heldOut)) return scaled(compared(groups), count)
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
/** Orders of which so many are compared that resampling them tells no more than their scatter does. */
const manyOrders = 2_000

function compared(groups: Groups): Figure {
  const { moved, heldOut } = groups
  return moved.length + heldOut.length > manyOrders ? byScatter(groups) : bootstrap(groups)
}

/** The difference with the interval that the scatter around what was foretold gives. */
function byScatter({ moved, heldOut }: Groups): Figure {
  const slope = slopeOf(heldOut)
  const meanVariance = (pairs: readonly Pair[]) => {
    const rests = pairs.map(({ value, foretold }) => value - slope * foretold)
    const middle = rests.reduce((sum, rest) => sum + rest, 0) / rests.length
    return rests.reduce((sum, rest) => sum + (rest - middle) ** 2, 0) / (rests.length - 1) / rests.length
  }
  const value = difference(heldOut, moved)
  const half = z * Math.sqrt(meanVariance(heldOut) + meanVariance(moved))
  return { value, low: value - half, high: value + half }
}

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
  return y0 + slopeOf(left) * (mean(gone, 'foretold') - mean(left, 'foretold')) - y1
}

/** How much of what was foretold differently came differently, 0 to 1. */
function slopeOf(pairs: readonly Pair[]): number {
  const [x0, y0] = [mean(pairs, 'foretold'), mean(pairs, 'value')]
  let [covariance, variance] = [0, 0]
  for (const { value, foretold } of pairs) {
    covariance += (foretold - x0) * (value - y0)
    variance += (foretold - x0) ** 2
  }
  return variance > 0 ? Math.min(1, Math.max(0, covariance / variance)) : 0
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
  // No more can be avoided, nor caused, than could be late.
  const most = moved.length
  return { value, low: Math.max(-most, value - half), high: Math.min(most, value + half) }
}

function foretoldHours(moved: readonly MeasuredOrder[]): Figure {
  return normalInterval(
    moved.map(({ hours, hoursBefore, hoursAfter }) =>
      hoursBefore === null ? 0 : hoursBefore - (hours ?? hoursAfter ?? hoursBefore),
    ),
  )
}
