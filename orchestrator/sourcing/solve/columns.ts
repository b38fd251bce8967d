// Tables of what each order could be sent by: the cost of every place and way for every amount, worked out once, and
// what can really run out. It chooses nothing.

import { fail } from '#data/kernel'
import { type Box, Boxes } from './boxes.ts'
import type { Pace } from './pace.ts'
import type { Place, Problem, SolverOrder, Way } from './problem.ts'
import { type Rows, rowsOf } from './rows.ts'

/**
 * An order made ready. An offer is a place with those of its ways that take the same of what can run out; the cheapest
 * of them counts.
 */
export interface OrderTable {
  index: number
  order: SolverOrder
  quantities: readonly number[]
  units: number
  /** Null: too many amounts for a table. */
  box: Box | null
  offers: number
  place: Int32Array
  /** First way of the offer; its others take the same. */
  way: Int32Array
  /** Row of the stock of each line, of each offer; -1 = never runs out. */
  lineRow: Int32Array
  /** Uses of offer j: `useStart[j]..useStart[j + 1]`. */
  useStart: Int32Array
  useRow: Int32Array
  useEach: Float64Array
  usePerLine: Float64Array
  usePerUnit: Float64Array
  /** What is possible for amount v, the cheapest first: `entryStart[v]..entryStart[v + 1]`. */
  entryStart: Int32Array
  entryOffer: Int32Array
  entryCost: Float64Array
}

/** A problem made ready. */
export interface Tables {
  problem: Problem
  rows: Rows
  orders: OrderTable[]
}

/** Entries of all tables; beyond it an order has none. 80 M entries are 960 MB. */
const entriesMost = 80_000_000

/**
 * Makes a problem ready, in steps.
 * @returns null when the time was over before
 * @throws SOURCING_PROBLEM_INVALID for a cost or a stock that is no number or below zero
 */
export async function tablesOf(problem: Problem, pace: Pace): Promise<Tables | null> {
  const rows = await rowsOf(problem, pace)
  if (rows === null) return null
  const boxes = new Boxes()
  const orders: OrderTable[] = []
  let entries = 0
  for (const [index, order] of problem.orders.entries()) {
    if (pace.isDue() && (await pace.rest())) return null
    const table = tableOf(problem, rows, order, index, entries < entriesMost ? boxes : null)
    entries += table.entryCost.length
    orders.push(table)
  }
  return { problem, rows, orders }
}

/**
 * Cost of a piece of work.
 * @throws SOURCING_PROBLEM_INVALID where that is no number, or below zero
 */
export function costOf(order: SolverOrder, way: Way, units: readonly number[]): number {
  const cost = way.cost(units)
  if (cost >= 0) return cost
  throw fail('SOURCING_PROBLEM_INVALID', { reason: `order ${order.id} has a piece that costs ${cost}` })
}

function tableOf(
  problem: Problem,
  rows: Rows,
  order: SolverOrder,
  index: number,
  boxes: Boxes | null,
): OrderTable {
  const quantities = order.lines.map((line) => line.quantity)
  const isTogether = order.maxNodesPerLine === 1 || order.maxNodes === 1
  const box = boxes?.of(quantities, isTogether, order.isWhole) ?? null
  const offers = order.places.flatMap((place, p) => offersOf(place, p))
  const uses = offers.map(({ way }) => usesOf(rows, way))
  const flat = uses.flat()
  const useStart = new Int32Array(offers.length + 1)
  for (const [j, each] of uses.entries()) useStart[j + 1] = (useStart[j] as number) + each.length
  const table: OrderTable = {
    index,
    order,
    quantities,
    units: quantities.reduce((sum, units) => sum + units, 0),
    box,
    offers: offers.length,
    place: Int32Array.from(offers, (offer) => offer.p),
    way: Int32Array.from(offers, (offer) => offer.w),
    lineRow: Int32Array.from(
      offers.flatMap(({ place }) =>
        order.lines.map(({ sku }) => rows.stockRow.get(place.node * problem.skus + sku) ?? -1),
      ),
    ),
    useStart,
    useRow: Int32Array.from(flat, ({ row }) => row),
    useEach: Float64Array.from(flat, ({ each }) => each),
    usePerLine: Float64Array.from(flat, ({ perLine }) => perLine),
    usePerUnit: Float64Array.from(flat, ({ perUnit }) => perUnit),
    entryStart: new Int32Array(0),
    entryOffer: new Int32Array(0),
    entryCost: new Float64Array(0),
  }
  if (box !== null) fillEntries(problem, rows, table, box)
  return table
}

/** What a way takes of what can run out, each row once. */
function usesOf(rows: Rows, way: Way) {
  const uses = new Map<number, { row: number; each: number; perLine: number; perUnit: number }>()
  for (const { capacity, each, perLine, perUnit } of way.uses) {
    const row = rows.capacityRow[capacity] as number
    if (row < 0) continue
    const use = uses.get(row) ?? { row, each: 0, perLine: 0, perUnit: 0 }
    use.each += each
    use.perLine += perLine
    use.perUnit += perUnit
    uses.set(row, use)
  }
  return [...uses.values()]
}

interface Offer {
  place: Place
  p: number
  way: Way
  w: number
}

/** The first way of each group of ways of a place that take the same. */
function offersOf(place: Place, p: number): Offer[] {
  const offers: Offer[] = []
  for (const [w, way] of place.ways.entries()) {
    if (!offers.some((other) => usesSame(other.way, way))) offers.push({ place, p, way, w })
  }
  return offers
}

/** Whether two ways take the same of everything. */
export function usesSame(a: Way, b: Way): boolean {
  if (a.uses === b.uses) return true
  if (a.uses.length !== b.uses.length) return false
  return a.uses.every((use, i) => {
    const other = b.uses[i]
    return (
      other !== undefined &&
      use.capacity === other.capacity &&
      use.each === other.each &&
      use.perLine === other.perLine &&
      use.perUnit === other.perUnit
    )
  })
}

/** Costs of every offer for every amount that its place could give on its own, sorted. */
function fillEntries(problem: Problem, rows: Rows, table: OrderTable, box: Box): void {
  const { offers } = table
  const costs = new Float64Array(offers * box.size).fill(Number.POSITIVE_INFINITY)
  for (let j = 0; j < offers; j++) fillCosts(problem, rows, table, box, j, costs)
  const starts = new Int32Array(box.size + 1)
  const sorted: number[] = []
  const kept: number[] = []
  for (let v = 0; v < box.size; v++) {
    starts[v] = sorted.length
    kept.length = 0
    for (let j = 0; j < offers; j++)
      if ((costs[j * box.size + v] as number) < Number.POSITIVE_INFINITY) kept.push(j)
    kept.sort((a, b) => (costs[a * box.size + v] as number) - (costs[b * box.size + v] as number) || a - b)
    for (const j of kept) sorted.push(j)
  }
  starts[box.size] = sorted.length
  table.entryStart = starts
  table.entryOffer = Int32Array.from(sorted)
  table.entryCost = new Float64Array(sorted.length)
  for (let v = 0; v < box.size; v++) {
    for (let k = starts[v] as number; k < (starts[v + 1] as number); k++) {
      table.entryCost[k] = costs[(sorted[k] as number) * box.size + v] as number
    }
  }
}

function fillCosts(
  problem: Problem,
  rows: Rows,
  table: OrderTable,
  box: Box,
  j: number,
  costs: Float64Array,
): void {
  const { order } = table
  const place = order.places[table.place[j] as number] as Place
  const first = place.ways[table.way[j] as number] as Way
  const ways = place.ways.filter((way) => usesSame(first, way))
  const most = order.lines.map(({ sku, quantity }, i) => {
    if (((place.can >>> i) & 1) === 0) return 0
    const row = rows.stockRow.get(place.node * problem.skus + sku)
    return row === undefined ? quantity : Math.min(quantity, rows.limits[row] as number)
  })
  for (let v = 1; v < box.size; v++) {
    const units = box.vectors[v] as readonly number[]
    if (units.some((each, i) => each > (most[i] as number))) continue
    if (exceeds(rows.limits, table, j, box.lineCount[v] as number, box.unitCount[v] as number)) continue
    let least = Number.POSITIVE_INFINITY
    for (const way of ways) {
      const cost = costOf(order, way, units)
      if (cost < least) least = cost
    }
    costs[j * box.size + v] = least
  }
}

/** Whether a piece of an offer needs more of a capacity than is left. */
export function exceeds(
  left: Float64Array,
  table: OrderTable,
  j: number,
  lines: number,
  units: number,
): boolean {
  const end = table.useStart[j + 1] as number
  for (let k = table.useStart[j] as number; k < end; k++) {
    const use =
      (table.useEach[k] as number) +
      (table.usePerLine[k] as number) * lines +
      (table.usePerUnit[k] as number) * units
    if (use > (left[table.useRow[k] as number] as number) + 1e-9) return true
  }
  return false
}
