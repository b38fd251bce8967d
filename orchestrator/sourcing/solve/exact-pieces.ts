// Single pieces of one order, each asked for when it is wanted: for searches that look at too few of them for a table.

import { costOf, type Draft, fits, type Task, useOf } from './exact-task.ts'
import type { Place, SolverOrder, Way } from './problem.ts'

/** Halvings of the gap between what can and what cannot be sent. */
const bisections = 7

/** What pieces cost, with prices. */
export class AskedPieces {
  /** Costs asked for. */
  evaluations = 0
  /** Units of line i that place p has: `most[p][i]`. */
  readonly most: readonly (readonly number[])[]
  private readonly task: Task

  constructor(task: Task) {
    const { order, supply, excluded } = task
    this.task = task
    this.most = order.places.map(({ node, can }, p) =>
      order.lines.map(({ sku, quantity }, i) =>
        p === excluded || ((can >> i) & 1) === 0
          ? 0
          : Math.max(0, Math.min(quantity, Math.floor(supply.stock(node, sku)))),
      ),
    )
  }

  /** An amount from a place on its cheapest way; null = not possible. */
  price(p: number, units: readonly number[]): Draft | null {
    const { order, supply } = this.task
    const { ways } = order.places[p] as Place
    let lines = 0
    let count = 0
    for (const amount of units) {
      if (amount > 0) lines++
      count += amount
    }
    let found: Draft | null = null
    for (const [way, candidate] of ways.entries()) {
      if (!fits(candidate, supply, lines, count)) continue
      this.evaluations++
      const priced = costOf(candidate, units) + this.added(p, candidate, units, lines, count)
      if (priced < (found?.priced ?? Number.POSITIVE_INFINITY)) found = { place: p, way, units, priced }
    }
    return found
  }

  private added(p: number, way: Way, units: readonly number[], lines: number, count: number): number {
    const { order, prices } = this.task
    if (prices === null) return 0
    let sum = 0
    for (const use of way.uses) sum += prices.capacity(use.capacity) * useOf(use, lines, count)
    for (let i = 0; i < units.length; i++) {
      const amount = units[i] as number
      const { sku } = order.lines[i] as SolverOrder['lines'][number]
      if (amount > 0) sum += amount * prices.stock((order.places[p] as Place).node, sku)
    }
    return sum
  }

  /** As much as a place can send of what is wanted: all that it has, or, where no way takes that, a part of it. */
  largest(p: number, wanted: readonly number[]): Draft | null {
    const all = wanted.map((units, i) => Math.min(units, this.most[p]?.[i] as number))
    const count = all.reduce((sum, units) => sum + units, 0)
    if (count === 0) return null
    let found = this.price(p, all)
    if (found !== null || count === 1) return found
    let possible = 0
    let impossible = 1
    for (let k = 0; k < bisections; k++) {
      const share = (possible + impossible) / 2
      const units = partOf(all, share)
      const draft = units.some((amount) => amount > 0) ? this.price(p, units) : null
      if (draft === null && found === null && units.every((amount) => amount === 0)) possible = share
      else if (draft === null) impossible = share
      else {
        found = draft
        possible = share
      }
    }
    return found
  }
}

/** A share of units, filled line by line so that single units count. */
function partOf(all: readonly number[], share: number): number[] {
  let carried = 0
  return all.map((units) => {
    const amount = Math.min(units, Math.floor(units * share + carried + 1e-9))
    carried += units * share - amount
    return amount
  })
}
