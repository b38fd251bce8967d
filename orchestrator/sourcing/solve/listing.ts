// Lists every plan of an order that costs less, prices included, than a bound: all that a better solution could use of
// it. It is complete unless there are too many.

import type { Box } from './boxes.ts'
import type { OrderTable } from './columns.ts'
import { priceOf } from './part-prices.ts'
import { emptyPlan, isAllowed, type Part, type Plan, planOf } from './plans.ts'

/** Plans of an order with their cost in prices, the cheapest first. */
export interface Listing {
  plans: { plan: Plan; priced: number }[]
  /** False where some were left out because there were too many. */
  isComplete: boolean
}

interface Entry {
  part: Part
  priced: number
}

/**
 * The plans below a bound.
 * @param below cost with prices, excluded
 * @param most plans, at most; the cheapest are kept
 * @param lookedAtMost plans looked at before the search for more is given up
 */
export function listPlans(
  table: OrderTable,
  prices: Float64Array,
  below: number,
  most: number,
  lookedAtMost = 20_000,
): Listing {
  const box = table.box as Box
  const search = new Search(table, box, prices, below, lookedAtMost)
  const { splitCost, unservedCost, isWhole } = table.order
  const empty = table.units * unservedCost
  if (empty < below || box.size === 1) search.found.push({ plan: emptyPlan(table), priced: empty })
  for (let s = isWhole ? Math.max(1, box.size - 1) : 1; s < box.size; s++) {
    const open = (table.units - (box.unitCount[s] as number)) * unservedCost
    search.walk(s, open - splitCost, [])
  }
  const plans = search.found.sort((a, b) => a.priced - b.priced)
  const isComplete = search.lookedAt <= lookedAtMost && plans.length <= most
  return { plans: plans.slice(0, most), isComplete }
}

class Search {
  readonly found: { plan: Plan; priced: number }[] = []
  lookedAt = 0
  readonly #table: OrderTable
  readonly #box: Box
  readonly #below: number
  readonly #lookedAtMost: number
  /** Entries of each amount that could be in a plan, the cheapest first. */
  readonly #entries: Entry[][]
  /** Least that an amount costs, in any number of parts, each with its split. */
  readonly #least: Float64Array

  constructor(table: OrderTable, box: Box, prices: Float64Array, below: number, lookedAtMost: number) {
    this.#lookedAtMost = lookedAtMost
    this.#table = table
    this.#box = box
    this.#below = below
    this.#entries = Array.from({ length: box.size }, (_, v) => entriesOf(table, box, prices, v, below))
    this.#least = leastOf(box, this.#entries, table.order.splitCost)
  }

  /** Adds all plans that serve an amount more; `spent` is what the parts so far cost. */
  walk(amount: number, spent: number, parts: Part[]): void {
    const { splitCost, maxNodes } = this.#table.order
    if (spent + (this.#least[amount] as number) >= this.#below || parts.length >= maxNodes) return
    this.#take(amount, 0, spent, parts)
    if (parts.length + 1 >= maxNodes) return
    const end = this.#box.partStart[amount + 1] as number
    for (let k = this.#box.partStart[amount] as number; k < end; k++) {
      const v = this.#box.parts[k] as number
      const rest = this.#least[amount - v] as number
      if (spent + splitCost + ((this.#entries[v] as Entry[])[0]?.priced ?? Infinity) + rest < this.#below) {
        this.#take(v, amount - v, spent, parts)
      }
    }
  }

  #take(v: number, rest: number, spent: number, parts: Part[]): void {
    const table = this.#table
    const { splitCost } = table.order
    const restCost = rest === 0 ? 0 : (this.#least[rest] as number)
    for (const { part, priced } of this.#entries[v] as Entry[]) {
      const next = spent + splitCost + priced
      if (next + restCost >= this.#below || ++this.lookedAt > this.#lookedAtMost) return
      const all = [...parts, part]
      if (rest > 0) {
        this.walk(rest, next, all)
        continue
      }
      const plan = planOf(table, all)
      if (isAllowed(table, plan)) this.found.push({ plan, priced: next })
    }
  }
}

function entriesOf(table: OrderTable, box: Box, prices: Float64Array, v: number, below: number): Entry[] {
  const units = box.vectors[v] as readonly number[]
  const entries: Entry[] = []
  for (let k = table.entryStart[v] as number; k < (table.entryStart[v + 1] as number); k++) {
    const cost = table.entryCost[k] as number
    if (cost >= below) break
    const offer = table.entryOffer[k] as number
    const price = priceOf(prices, table, offer, units, box.lineCount[v] as number, box.unitCount[v] as number)
    if (cost + price < below) entries.push({ part: { offer, units, cost }, priced: cost + price })
  }
  return entries.sort((a, b) => a.priced - b.priced)
}

function leastOf(box: Box, entries: Entry[][], splitCost: number): Float64Array {
  const least = new Float64Array(box.size)
  for (let s = 1; s < box.size; s++) {
    let best = (entries[s] as Entry[])[0]?.priced ?? Number.POSITIVE_INFINITY
    for (let k = box.partStart[s] as number; k < (box.partStart[s + 1] as number); k++) {
      const v = box.parts[k] as number
      const first = (entries[v] as Entry[])[0]?.priced ?? Number.POSITIVE_INFINITY
      best = Math.min(best, first + splitCost + (least[s - v] as number))
    }
    least[s] = best + splitCost
  }
  return least
}
