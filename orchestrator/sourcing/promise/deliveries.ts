// Ways to have a cart brought: the best by the strategy, and what is sooner and dearer or later and cheaper. It
// promises nothing by itself.

import type { Model, OrderModel } from '../model/build.ts'
import { type ReadPlan, readPlan } from '../model/plans.ts'
import { mostSkus, type Solved } from '../model/solve-alone.ts'
import { supplyOf } from '../model/solve-one.ts'
import type { WorkWay } from '../model/way.ts'
import { zoneClock } from '../network/zone-clock.ts'
import { solveOrder } from '../solve/exact.ts'
import type { Piece, Way } from '../solve/problem.ts'
import { arrivalOf } from './arrival.ts'
import { type Draft, dayEnd, draftOf, type PromiseTerms } from './option.ts'

/** Plans that are made to find dates; each is sooner than the one before. */
const plansMost = 8

/**
 * Options for what was solved, the best first, then by date; none of them is both later and dearer than another.
 * @param optionsMost at least 1
 */
export function deliveriesOf(best: Solved, terms: PromiseTerms, optionsMost: number): Draft[] {
  if (best.plan.pieces.length === 0) return []
  const first = draftOf(best.order, best.plan, terms)
  if (first === null) return []
  if (optionsMost === 1 || best.order.goods.skus.length > mostSkus) return [first]
  const others = soonerAndSooner(best, terms).flatMap((plan) => draftOf(best.order, plan, terms) ?? [])
  return [first, ...spread(undominated(others, first), optionsMost - 1)]
}

/** Not later and dearer than, or the same as, any other. */
function undominated(drafts: readonly Draft[], first: Draft): Draft[] {
  const kept: Draft[] = []
  const sorted = drafts.toSorted((a, b) => a.option.costCents - b.option.costCents || timeOf(a) - timeOf(b))
  for (const draft of sorted) {
    const isWorse = [first, ...kept].some(
      (other) => timeOf(other) <= timeOf(draft) && other.option.costCents <= draft.option.costCents,
    )
    if (!isWorse) kept.push(draft)
  }
  return kept
}

function timeOf({ option }: Draft): number {
  return Date.parse(option.promisedAt)
}

/** So many, the soonest and the cheapest within, by date. */
function spread(drafts: readonly Draft[], most: number): Draft[] {
  const byTime = drafts.toSorted((a, b) => timeOf(a) - timeOf(b))
  if (byTime.length <= most) return byTime
  if (most === 1) return byTime.slice(0, 1)
  return Array.from({ length: most }, (_, i) => Math.round((i * (byTime.length - 1)) / (most - 1))).flatMap(
    (i) => byTime[i] ?? [],
  )
}

/** The cheapest plan, time aside, then the cheapest of those that are sooner than it, and so on. */
function soonerAndSooner({ model, order, plan }: Solved, terms: PromiseTerms): ReadPlan[] {
  const endOf = dayOf(order, terms)
  const places = order.places.map(({ ways }) => ways.map((way, i) => new UntimedWay(way, i, endOf(way))))
  const missing = unitsLeft(plan)
  const found: ReadPlan[] = []
  let before = Number.POSITIVE_INFINITY
  while (found.length < plansMost) {
    const next = cheapestBefore(model, order, places, before)
    if (next === null || next.plan.pieces.length === 0 || unitsLeft(next.plan) > missing) break
    found.push(next.plan)
    before = next.end
  }
  return found
}

/** End of the day by which a way is there as surely as asked for. */
function dayOf({ order }: OrderModel, { confidence, timeZone }: PromiseTerms): (way: WorkWay) => number {
  const clock = zoneClock(timeZone)
  return (way) => {
    const at = arrivalOf(order, way, timeZone).kept(confidence) ?? Number.POSITIVE_INFINITY
    return clock === null || !Number.isFinite(at) ? at : dayEnd(clock, clock.dayAt(at))
  }
}

/** The cheapest plan by ways that end before, and its last end. */
function cheapestBefore(
  model: Model,
  order: OrderModel,
  all: readonly (readonly UntimedWay[])[],
  before: number,
): { plan: ReadPlan; end: number } | null {
  const from: number[] = []
  const open: UntimedWay[][] = []
  for (const [at, every] of all.entries()) {
    const ways = every.filter(({ end }) => end < before)
    if (ways.length === 0) continue
    from.push(at)
    open.push(ways)
  }
  if (open.length === 0) return null
  const places = open.flatMap((ways, i) => {
    const place = order.places[from[i] ?? -1]
    return place === undefined ? [] : [{ ...place, ways }]
  })
  const answer = solveOrder({ ...order.solver, places }, supplyOf(model.problem))
  let end = Number.NEGATIVE_INFINITY
  const pieces = answer.pieces.map((piece): Piece => {
    const way = open[piece.place]?.[piece.way]
    end = Math.max(end, way?.end ?? end)
    return { ...piece, place: from[piece.place] ?? -1, way: way?.index ?? -1 }
  })
  return { plan: readPlan(order, { pieces, unserved: answer.unserved }), end }
}

/** A way whose time costs nothing. */
class UntimedWay implements Way {
  readonly index: number
  /** Epoch ms. */
  readonly end: number
  readonly uses: Way['uses']
  readonly #way: WorkWay
  readonly #timeCents: number
  #least: NonNullable<Way['least']> | null = null

  /** @param index among the ways of its place @param end by which it is there */
  constructor(way: WorkWay, index: number, end: number) {
    const { world } = way.asked.session
    const { weights, prices } = world.strategy
    const cents = weights.time * way.course.hours * prices.hourCents
    this.#way = way
    this.#timeCents = world.rounding === 'cents' ? Math.round(cents) : cents
    this.index = index
    this.end = end
    this.uses = way.uses
  }

  get least(): NonNullable<Way['least']> {
    if (this.#least === null) {
      const { each, perUnit } = this.#way.least
      this.#least = { each: Math.max(0, each - this.#timeCents), perUnit }
    }
    return this.#least
  }

  cost(units: readonly number[]): number {
    return Math.max(0, this.#way.cost(units) - this.#timeCents)
  }
}

function unitsLeft({ left }: ReadPlan): number {
  return left.reduce((sum, { quantity }) => sum + quantity, 0)
}
