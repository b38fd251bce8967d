// The cheapest way for one order while what can run out has prices, or within what is left: the best part for each
// amount, then the best parts together by dynamic programming over amounts. It looks at one order alone.

import type { Box } from './boxes.ts'
import { type OrderTable, type Tables, usesSame } from './columns.ts'
import type { Cuts } from './cuts.ts'
import { solveOrder } from './exact.ts'
import { joinOnce } from './joining.ts'
import { isLeft, priceOf } from './part-prices.ts'
import { emptyPlan, isAllowed, type Part, type Plan, planOf } from './plans.ts'
import type { Place, Way } from './problem.ts'

const never = Number.POSITIVE_INFINITY

/** Cuts with a price each. */
export interface PricedCuts {
  cuts: Cuts
  prices: Float64Array
}

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
  /** The same for parts that go alone, where cuts take more of them then. */
  #alone = new Float64Array(256)
  #aloneOffer = new Int32Array(256)
  #aloneCost = new Float64Array(256)
  #isApart = false
  /** Of the cheapest amount of more than one part: its first; 0 = it goes alone. */
  #first = 0
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
   * @param cuts with prices of their own, null = none
   */
  solve(
    table: OrderTable,
    prices: Float64Array | null,
    left: Float64Array | null,
    cuts: PricedCuts | null = null,
  ): number {
    const { box } = table
    this.#table = table
    this.#exact = null
    if (box === null) return this.#solveExactly(table, prices, left)
    this.#isApart = prices !== null && cuts?.cuts.isApart(table.index) === true
    for (let v = 1; v < box.size; v++) {
      if (prices !== null && cuts !== null) this.#cheapestPricedPart(table, box, v, prices, cuts)
      else this.#cheapestPart(table, box, v, prices, left)
    }
    this.#part[0] = never
    this.#join(table, box)
    const cost = this.#isApart ? this.#chooseApart(table, box) : this.#choose(table, box)
    if ((this.#layers === 0 && this.#first === 0) || isAllowed(table, this.plan())) return cost
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
    let whole = this.#amount
    if (this.#isApart && whole > 0) {
      if (this.#first === 0) {
        const units = box.vectors[whole] as readonly number[]
        const offer = this.#aloneOffer[whole] as number
        return planOf(table, [{ offer, units, cost: this.#aloneCost[whole] as number }])
      }
      const v = this.#first
      const units = box.vectors[v] as readonly number[]
      parts.push({
        offer: this.#offer[v] as number,
        units,
        cost: this.#cost[v] as number,
      })
      whole -= v
      layer = Math.min(layer, Math.min(table.order.maxNodes, table.units) - 2)
    }
    for (let amount = whole; amount > 0; ) {
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

  /** As `#cheapestPart`, with the prices of cuts; the cheapest part that goes alone too. */
  #cheapestPricedPart(
    table: OrderTable,
    box: Box,
    v: number,
    prices: Float64Array,
    priced: PricedCuts,
  ): void {
    const units = box.vectors[v] as readonly number[]
    const lines = box.lineCount[v] as number
    const count = box.unitCount[v] as number
    const { entryCost, entryOffer } = table
    const { cuts, prices: cutPrices } = priced
    const isApart = this.#isApart
    let best = never
    let alone = never
    const end = table.entryStart[v + 1] as number
    for (let k = table.entryStart[v] as number; k < end; k++) {
      const cost = entryCost[k] as number
      if (cost >= best && (!isApart || cost >= alone)) break
      const j = entryOffer[k] as number
      const base = cost + priceOf(prices, table, j, units, lines, count)
      if (base < best) {
        const sum = base + cuts.priceOf(cutPrices, table, j, units, lines, count, false)
        if (sum < best) {
          best = sum
          this.#offer[v] = j
          this.#cost[v] = cost
        }
      }
      if (!isApart || base >= alone) continue
      const sum = base + cuts.priceOf(cutPrices, table, j, units, lines, count, true)
      if (sum >= alone) continue
      alone = sum
      this.#aloneOffer[v] = j
      this.#aloneCost[v] = cost
    }
    this.#part[v] = best
    this.#alone[v] = alone
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

  /** As `#choose`, where parts that go alone cost more than the same beside others. */
  #chooseApart(table: OrderTable, box: Box): number {
    const { unservedCost, isWhole, splitCost, maxNodes } = table.order
    const part = this.#part
    const most = Math.min(maxNodes, table.units)
    // the rest beside a first part: one part less than there may be
    const layer = Math.min(this.#layers, most - 2)
    const rest = layer <= 0 ? part : (this.#costs[layer - 1] as Float64Array)
    let best = table.units * unservedCost
    this.#amount = 0
    this.#first = 0
    for (let s = isWhole ? box.size - 1 : 1; s < box.size; s++) {
      const open = (table.units - (box.unitCount[s] as number)) * unservedCost
      if ((this.#alone[s] as number) + open < best) {
        best = (this.#alone[s] as number) + open
        this.#amount = s
        this.#first = 0
      }
      if (most < 2) continue
      const end = box.partStart[s + 1] as number
      for (let k = box.partStart[s] as number; k < end; k++) {
        const v = box.parts[k] as number
        const cost = (part[v] as number) + splitCost + (rest[s - v] as number) + open
        if (cost >= best) continue
        best = cost
        this.#amount = s
        this.#first = v
      }
    }
    return best
  }

  /** The cheapest amount to serve; the rest stays without a place. */
  #choose(table: OrderTable, box: Box): number {
    const { unservedCost, isWhole } = table.order
    const costs = this.#last
    let best = table.units * unservedCost
    this.#amount = 0
    this.#first = 0
    for (let s = isWhole ? box.size - 1 : 1; s < box.size; s++) {
      const cost = (costs[s] as number) + (table.units - (box.unitCount[s] as number)) * unservedCost
      if (cost >= best) continue
      best = cost
      this.#amount = s
    }
    return best
  }
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
