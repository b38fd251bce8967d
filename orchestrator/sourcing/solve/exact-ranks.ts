// The places that could send most of an order, the cheapest first, as far as they are asked for: those that are too
// dear for sure are not priced. It puts no pieces together.

import { costOf, fits, leastOf, type Supply } from './exact-task.ts'
import type { Piece, Place, SolverOrder, Way } from './problem.ts'

/** A place as it is to one order on its own. */
export interface RankedPlace {
  place: number
  /** The piece with all that it can send, on its cheapest way; null = it can send nothing. */
  piece: Piece | null
  /** Whether that is the whole order. */
  isWhole: boolean
}

/**
 * Places of an order: those that send most come first, of these the cheapest, then the first.
 * @param most so many are told
 * @param isLeftOut places that are not told
 */
export function rankPlaces(
  order: SolverOrder,
  supply: Supply,
  most = order.places.length,
  isLeftOut: (place: number) => boolean = () => false,
): RankedPlace[] {
  const wanted = order.lines.reduce((sum, line) => sum + line.quantity, 0)
  const counts = order.places.map((place) => countOf(order, place, supply))
  const ranked: RankedPlace[] = []
  const idle: number[] = []
  for (const count of [...new Set(counts)].sort((a, b) => b - a)) {
    if (ranked.length >= most) break
    const some = new Cheapest(most - ranked.length)
    for (let place = 0; place < counts.length; place++) {
      if (counts[place] !== count || isLeftOut(place)) continue
      const isIdle = count === 0 || !some.offer(order, supply, place)
      if (isIdle) idle.push(place)
    }
    for (const piece of some.pieces) ranked.push({ place: piece.place, piece, isWhole: count === wanted })
  }
  idle.sort((a, b) => a - b)
  for (const place of idle.slice(0, Math.max(0, most - ranked.length)))
    ranked.push({ place, piece: null, isWhole: wanted === 0 })
  return ranked
}

/** Pieces of places that send as much, the cheapest first, at most so many. */
class Cheapest {
  readonly pieces: Piece[] = []
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** Takes the piece of a place in where it belongs. @returns false where the place can send nothing */
  offer(order: SolverOrder, supply: Supply, place: number): boolean {
    const last = this.pieces[this.#most - 1]
    const units = unitsOf(order, order.places[place] as Place, supply)
    // Places come in their order: of two as dear the one before stays.
    if (last !== undefined && leastOf(order.places[place] as Place, units) >= last.cost) return true
    const piece = largestPiece(order, supply, place, units)
    if (piece === null) return false
    if (last !== undefined && piece.cost >= last.cost) return true
    if (last !== undefined) this.pieces.pop()
    const at = this.pieces.findIndex(({ cost }) => cost > piece.cost)
    this.pieces.splice(at < 0 ? this.pieces.length : at, 0, piece)
    return true
  }
}

function mostOf(
  { node, can }: Place,
  { sku, quantity }: SolverOrder['lines'][number],
  i: number,
  supply: Supply,
) {
  return (can >> i) & 1 ? Math.max(0, Math.min(quantity, Math.floor(supply.stock(node, sku)))) : 0
}

function countOf({ lines }: SolverOrder, place: Place, supply: Supply): number {
  let count = 0
  for (let i = 0; i < lines.length; i++)
    count += mostOf(place, lines[i] as SolverOrder['lines'][number], i, supply)
  return count
}

function unitsOf({ lines }: SolverOrder, place: Place, supply: Supply): number[] {
  return lines.map((line, i) => mostOf(place, line, i, supply))
}

/** All that a place can send, on its cheapest way. */
function largestPiece(
  { places }: SolverOrder,
  supply: Supply,
  place: number,
  units: readonly number[],
): Piece | null {
  let count = 0
  let lines = 0
  for (const amount of units) {
    count += amount
    if (amount > 0) lines++
  }
  let found: Piece | null = null
  const { ways } = places[place] as Place
  for (let way = 0; way < ways.length; way++) {
    const candidate = ways[way] as Way
    if (!fits(candidate, supply, lines, count)) continue
    const cost = costOf(candidate, units)
    if (cost < (found?.cost ?? Number.POSITIVE_INFINITY)) found = { place, way, units, cost }
  }
  return found
}
