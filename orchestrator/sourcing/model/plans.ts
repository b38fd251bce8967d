// Reads answers of solvers back: pieces of work with lines, times and terms, and what is left over. It changes nothing.

import type { api } from '#data/contracts'
import type { OrderSolution, Piece } from '../solve/problem.ts'
import type { PlannedWork } from '../world.ts'
import type { OrderModel } from './build.ts'
import type { WorkWay } from './way.ts'

type Terms = PlannedWork['terms']

/** A piece of work with what it was read from. */
export interface PlannedPiece {
  work: PlannedWork
  way: WorkWay
  units: readonly number[]
}

/** An answer, read. */
export interface ReadPlan {
  pieces: readonly PlannedPiece[]
  /** Units of lines without a node. */
  left: readonly { lineId: string; sku: string; quantity: number }[]
  costCents: number
}

/** What an answer means. */
export function readPlan(
  model: OrderModel,
  { pieces, unserved }: Pick<OrderSolution, 'pieces' | 'unserved'>,
): ReadPlan {
  const counters = model.goods.lines.map((lines) => new LineCounter(lines))
  const found = pieces.flatMap((piece, i) => {
    const way = model.places[piece.place]?.ways[piece.way]
    return way === undefined ? [] : [pieceOf(model, way, piece, counters, i === 0 ? [] : splitTerms(model))]
  })
  const last = found.at(-1)
  const crowd = crowdCents(model, pieces)
  if (last !== undefined && crowd > 0) last.work = withTerms(last.work, [{ name: 'soft', cents: crowd }])
  const left = unserved.flatMap((quantity, i) => {
    const sku = model.goods.skus[i] ?? ''
    return quantity > 0 ? (counters[i]?.take(quantity) ?? []).map((line) => ({ ...line, sku })) : []
  })
  return { pieces: found, left, costCents: found.reduce((sum, { work }) => sum + work.costCents, 0) }
}

/** Hands out units of a SKU to the lines that ask for it, in their order. */
class LineCounter {
  readonly #lines: readonly { lineId: string; quantity: number }[]
  #at = 0
  #taken = 0

  constructor(lines: readonly { lineId: string; quantity: number }[]) {
    this.#lines = lines
  }

  take(units: number): { lineId: string; quantity: number }[] {
    const taken: { lineId: string; quantity: number }[] = []
    for (let left = units; left > 0; ) {
      const line = this.#lines[this.#at]
      if (line === undefined) break
      const quantity = Math.min(left, line.quantity - this.#taken)
      taken.push({ lineId: line.lineId, quantity })
      left -= quantity
      this.#taken += quantity
      if (this.#taken < line.quantity) break
      this.#at++
      this.#taken = 0
    }
    return taken
  }
}

function pieceOf(
  model: OrderModel,
  way: WorkWay,
  { units }: Piece,
  counters: readonly LineCounter[],
  extra: Terms,
): PlannedPiece {
  const { stand, course } = way
  const work: PlannedWork = {
    nodeId: stand.facts.node.nodeId,
    carrierId: course.carrierId,
    serviceId: course.lane?.service.serviceId ?? null,
    dispatchAt: Math.round(course.day.dispatchAt),
    arrivesAt: Math.round(course.arrivesAt),
    lines: linesOf(model, units, counters),
    terms: way.terms(units),
    costCents: 0,
    lateRisk: course.lateRisk,
    distanceKm: course.lane?.distanceKm ?? stand.distanceKm,
    co2Grams: way.co2Grams(units),
  }
  return { work: withTerms(work, extra), way, units }
}

function linesOf({ goods }: OrderModel, units: readonly number[], counters: readonly LineCounter[]) {
  const order = new Map(goods.lines.flat().map(({ lineId }, i) => [lineId, i]))
  return units
    .flatMap((count, i) => (count > 0 ? (counters[i]?.take(count) ?? []) : []))
    .sort((a, b) => (order.get(a.lineId) ?? 0) - (order.get(b.lineId) ?? 0))
}

/** Work with further terms, and the sum of all. */
function withTerms(work: PlannedWork, extra: Terms): PlannedWork {
  const cents = new Map<api.CostTerm, number>(work.terms.map((term) => [term.name, term.cents]))
  for (const term of extra) cents.set(term.name, (cents.get(term.name) ?? 0) + term.cents)
  const terms = [...cents].flatMap(([name, value]) => (value === 0 ? [] : [{ name, cents: value }]))
  return { ...work, terms, costCents: terms.reduce((sum, term) => sum + term.cents, 0) }
}

/** What a piece of work beyond the first costs. */
function splitTerms({ trip, solver }: OrderModel): Terms {
  const { world } = trip.session
  const { weights, prices } = world.strategy
  const cents = weights.split * prices.splitCents
  const split = world.rounding === 'cents' ? Math.round(cents) : cents
  return [
    { name: 'split', cents: split },
    { name: 'soft', cents: solver.splitCost - split },
  ]
}

/**
 * Prices of soft limits on pieces that a split cost cannot say: more nodes than a limit above one, lines from more
 * nodes than a limit.
 */
export function crowdCents({ trip, goods }: OrderModel, pieces: readonly Pick<Piece, 'units'>[]): number {
  const { rules, world } = trip.session
  let cents = 0
  for (const { isHard, limit, priceCents } of rules.of('max_nodes_per_order')) {
    if (!isHard && (limit ?? 1) > 1) cents += priceCents * Math.max(0, pieces.length - (limit ?? 1))
  }
  for (const { isHard, limit, priceCents } of rules.of('max_nodes_per_line')) {
    if (isHard) continue
    for (let i = 0; i < goods.skus.length; i++) {
      const sharing = pieces.filter(({ units }) => (units[i] ?? 0) > 0).length
      cents += priceCents * Math.max(0, sharing - (limit ?? 1))
    }
  }
  return world.rounding === 'cents' ? Math.round(cents) : cents
}
