// The cheapest way for one order while what can run out has prices, or within what is left: the best part for each
// amount, then the best parts together by dynamic programming over amounts. It looks at one order alone.

import type { Box } from './boxes.ts'
import { exceeds, type OrderTable, type Tables, usesSame } from './columns.ts'
import { solveOrder } from './exact.ts'
import { emptyPlan, isAllowed, type Part, type Plan, planOf } from './plans.ts'
import type { Place, Way } from './problem.ts'

const never = Number.POSITIVE_INFINITY

/** Finds the cheapest plan of orders, one at a time; keeps its working memory. */
export class Pricer {
  /** Of each amount: the cheapest part with its price, its offer and its cost without. */
  #part = new Float64Array(256)
  #offer = new Int32Array(256)
  #cost = new Float64Array(256)
  /** Of each number of parts and each amount: cost, and the first part of it (0 = as with one part less). */
  readonly #costs: Float64Array[] = []
  readonly #firsts: Int32Array[] = []
  readonly #tables: Tables
  #table: OrderTable | null = null
  #layers = 0
  #amount = 0
  #exact: Plan | null = null

  constructor(tables: Tables) {
    this.#tables = tables
  }

  /**
   * Cost of the cheapest plan with prices on top, or a lower bound of it.
   * @param prices of each row, null = all 0
   * @param left only parts that fit into this one by one; null = all parts
   */
  solve(table: OrderTable, prices: Float64Array | null, left: Float64Array | null): number {
    const { box } = table
    this.#table = table
    this.#exact = null
    if (box === null) return this.#solveExactly(table, prices, left)
    for (let v = 1; v < box.size; v++) this.#cheapestPart(table, box, v, prices, left)
    this.#part[0] = never
    this.#join(table, box)
    const cost = this.#choose(table, box)
    if (this.#layers === 0 || isAllowed(table, this.plan())) return cost
    return Math.max(cost, this.#solveExactly(table, prices, left))
  }

  /** By the solver of single orders: too many amounts for a table, or parts that must not go together. */
  #solveExactly(table: OrderTable, prices: Float64Array | null, left: Float64Array | null): number {
    const { problem, rows } = this.#tables
    const limits = left ?? rows.limits
    const stockRow = (node: number, sku: number) => rows.stockRow.get(node * problem.skus + sku)
    const valueAt = (values: Float64Array, row: number | undefined, otherwise: number) =>
      row === undefined || row < 0 ? otherwise : Math.max(0, values[row] as number)
    const answer = solveOrder(
      table.order,
      {
        stock: (node, sku) => valueAt(limits, stockRow(node, sku), never),
        left: (capacity) => valueAt(limits, rows.capacityRow[capacity], never),
      },
      prices === null
        ? null
        : {
            stock: (node, sku) => valueAt(prices, stockRow(node, sku), 0),
            capacity: (capacity) => valueAt(prices, rows.capacityRow[capacity], 0),
          },
    )
    const parts = answer.pieces.map(({ place, way, units, cost }) => {
      return { offer: offerOf(table, place, way), units, cost }
    })
    this.#exact = parts.length === 0 ? emptyPlan(table) : planOf(table, parts)
    return answer.bound
  }

  /** The plan that `solve` found last; its cost is without prices. */
  plan(): Plan {
    if (this.#exact !== null) return this.#exact
    const table = this.#table as OrderTable
    const box = table.box as Box
    const parts: Part[] = []
    let layer = this.#layers
    for (let amount = this.#amount; amount > 0; ) {
      let first = 0
      while (layer > 0 && first === 0) first = (this.#firsts[--layer] as Int32Array)[amount] as number
      const v = first === 0 ? amount : first
      const offer = this.#offer[v] as number
      const units = box.vectors[v] as readonly number[]
      parts.push({ offer, units, cost: this.#cost[v] as number })
      amount -= v
    }
    return parts.length === 0 ? emptyPlan(table) : planOf(table, parts)
  }

  /** The cheapest part for an amount: entries are sorted by cost, and prices only add to it. */
  #cheapestPart(
    table: OrderTable,
    box: Box,
    v: number,
    prices: Float64Array | null,
    left: Float64Array | null,
  ): void {
    const units = box.vectors[v] as readonly number[]
    const lines = box.lineCount[v] as number
    const unitCount = box.unitCount[v] as number
    const { entryCost, entryOffer } = table
    let best = never
    let at = -1
    const end = table.entryStart[v + 1] as number
    for (let k = table.entryStart[v] as number; k < end; k++) {
      const cost = entryCost[k] as number
      if (cost >= best) break
      const j = entryOffer[k] as number
      const priced = prices === null ? cost : cost + priceOf(prices, table, j, units, lines, unitCount)
      if (priced >= best) continue
      if (left !== null && !isLeft(left, table, j, units, lines, unitCount)) continue
      best = priced
      at = k
    }
    this.#part[v] = best
    if (at < 0) return
    this.#offer[v] = entryOffer[at] as number
    this.#cost[v] = entryCost[at] as number
  }

  /** Costs of amounts by one part, by two, and so on, until one more changes nothing. */
  #join(table: OrderTable, box: Box): void {
    const { splitCost, maxNodes } = table.order
    const most = Math.min(maxNodes, table.units)
    let costs: Float64Array = this.#part
    this.#layers = 0
    if (box.parts.length === 0) {
      this.#last = costs
      return
    }
    for (let pieces = 2; pieces <= most; pieces++) {
      const next = this.#layer(pieces - 2, box.size)
      const firsts = this.#firsts[pieces - 2] as Int32Array
      const isBetter = joinOnce(box, this.#part, costs, next, firsts, splitCost)
      if (!isBetter) break
      this.#layers = pieces - 1
      costs = next
    }
    this.#last = costs
  }

  #last: Float64Array = this.#part

  #layer(index: number, size: number): Float64Array {
    const known = this.#costs[index]
    if (known !== undefined && known.length >= size) return known
    const costs = new Float64Array(256)
    this.#costs[index] = costs
    this.#firsts[index] = new Int32Array(256)
    return costs
  }

  /** The cheapest amount to serve; the rest stays without a place. */
  #choose(table: OrderTable, box: Box): number {
    const { unservedCost, isWhole } = table.order
    const costs = this.#last
    let best = table.units * unservedCost
    this.#amount = 0
    for (let s = isWhole ? box.size - 1 : 1; s < box.size; s++) {
      const cost = (costs[s] as number) + (table.units - (box.unitCount[s] as number)) * unservedCost
      if (cost >= best) continue
      best = cost
      this.#amount = s
    }
    return best
  }
}

function joinOnce(
  box: Box,
  part: Float64Array,
  costs: Float64Array,
  next: Float64Array,
  firsts: Int32Array,
  splitCost: number,
): boolean {
  const { size, parts, partStart } = box
  let isBetter = false
  for (let s = 1; s < size; s++) {
    let best = costs[s] as number
    let first = 0
    const end = partStart[s + 1] as number
    for (let k = partStart[s] as number; k < end; k++) {
      const v = parts[k] as number
      const cost = (part[v] as number) + splitCost + (costs[s - v] as number)
      if (cost >= best) continue
      best = cost
      first = v
    }
    next[s] = best
    firsts[s] = first
    if (first !== 0) isBetter = true
  }
  return isBetter
}

/** The offer of a place that a way belongs to. */
function offerOf(table: OrderTable, p: number, w: number): number {
  const { ways } = table.order.places[p] as Place
  for (let j = 0; j < table.offers; j++) {
    if (table.place[j] !== p) continue
    if (usesSame(ways[table.way[j] as number] as Way, ways[w] as Way)) return j
  }
  return -1
}

/** What a part takes of what has a price. */
export function priceOf(
  prices: Float64Array,
  table: OrderTable,
  j: number,
  units: readonly number[],
  lines: number,
  unitCount: number,
): number {
  let price = 0
  const end = table.useStart[j + 1] as number
  for (let k = table.useStart[j] as number; k < end; k++) {
    const each = prices[table.useRow[k] as number] as number
    if (each === 0) continue
    price +=
      each *
      ((table.useEach[k] as number) +
        (table.usePerLine[k] as number) * lines +
        (table.usePerUnit[k] as number) * unitCount)
  }
  const at = j * units.length
  for (let i = 0; i < units.length; i++) {
    const row = table.lineRow[at + i] as number
    if (row >= 0) price += (prices[row] as number) * (units[i] as number)
  }
  return price
}

/** Whether a part fits into what is left. */
function isLeft(
  left: Float64Array,
  table: OrderTable,
  j: number,
  units: readonly number[],
  lines: number,
  unitCount: number,
): boolean {
  const at = j * units.length
  for (let i = 0; i < units.length; i++) {
    const row = table.lineRow[at + i] as number
    if (row >= 0 && (units[i] as number) > (left[row] as number)) return false
  }
  return !exceeds(left, table, j, lines, unitCount)
}
