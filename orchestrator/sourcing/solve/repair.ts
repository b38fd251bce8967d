// Makes room where too much is taken, and exchanges work between orders that compete for the same: each move sends the
// order that loses least elsewhere. It keeps a solution possible and never makes it dearer.

import type { OrderTable } from './columns.ts'
import type { Pace } from './pace.ts'
import { type Assignment, eachUse, emptyPlan, isAllowed, type Plan, pricedAt } from './plans.ts'
import type { Pricer } from './pricing.ts'

/** Orders of a full row that are asked what moving them costs. */
const askedMost = 60
/** Moves of one exchange. */
const movesMost = 12

/** An assignment with the orders of each row, and a memory of what was changed. */
export class Exchange {
  readonly assignment: Assignment
  readonly #pricer: Pricer
  readonly #prices: Float64Array
  /** Orders that take of a row. */
  readonly #takers: Set<number>[]
  #undo: { order: number; plan: Plan }[] = []

  constructor(assignment: Assignment, pricer: Pricer, prices: Float64Array) {
    this.assignment = assignment
    this.#pricer = pricer
    this.#prices = prices
    this.#takers = Array.from(assignment.left, () => new Set())
    for (const [o, plan] of assignment.plans.entries()) {
      eachUse(this.#table(o), plan, (row) => this.#takers[row]?.add(o))
    }
  }

  /** Gives an order another plan, remembered for `undo`. */
  set(order: number, plan: Plan): void {
    const { assignment } = this
    const table = this.#table(order)
    const before = assignment.plans[order] as Plan
    this.#undo.push({ order, plan: before })
    eachUse(table, before, (row) => this.#takers[row]?.delete(order))
    eachUse(table, plan, (row) => this.#takers[row]?.add(order))
    assignment.set(order, plan)
  }

  /** Keeps what was changed since the last `keep` or `undo`. */
  keep(): void {
    this.#undo = []
  }

  /** Takes back what was changed since the last `keep` or `undo`. */
  undo(): void {
    const changes = this.#undo
    this.#undo = []
    for (const { order, plan } of changes.reverse()) this.set(order, plan)
    this.#undo = []
  }

  /**
   * Makes room in every row, then lets each order take what is cheapest, or best by prices.
   * @param onPossible told when nothing is overfull any more, and at the end
   */
  async settle(pace: Pace, onPossible: () => void): Promise<void> {
    const { left, tables } = this.assignment
    for (let row = 0; row < left.length; row++) {
      if (pace.isDue() && (await pace.rest())) return
      this.relieve(row, -1, Number.POSITIVE_INFINITY)
      this.keep()
    }
    onPossible()
    for (const { index } of tables.orders) {
      if (pace.isDue() && (await pace.rest())) break
      this.set(index, this.cheapest(index))
      this.keep()
    }
    for (const table of tables.orders) {
      if (pace.isDue() && (await pace.rest())) break
      this.#pricer.solve(table, this.#prices, null)
      this.exchange(table.index, this.#pricer.plan())
    }
    onPossible()
  }

  /** Moves orders off a row until it is not overfull. @returns false where that needs too many moves */
  relieve(row: number, kept: number, movesLeft: number): number {
    let moves = 0
    const { left, plans } = this.assignment
    while ((left[row] as number) < -1e-9) {
      if (moves >= movesLeft) return Number.POSITIVE_INFINITY
      const options = this.#options(row, kept)
      if (options.length === 0) return Number.POSITIVE_INFINITY
      for (const { order, plan, isFresh } of options) {
        if ((left[row] as number) >= -1e-9) break
        if (moves >= movesLeft) return Number.POSITIVE_INFINITY
        const next = isFresh() ? plan : this.best(order)
        if (next === plans[order]) continue
        this.set(order, next)
        moves++
      }
    }
    return moves
  }

  /** The best plan within what is left, the order's own share included; prices guide. */
  best(order: number): Plan {
    return this.#within(order, this.#prices)
  }

  /** As `best`, for the real cost. */
  cheapest(order: number): Plan {
    return this.#within(order, null)
  }

  /** Takes of every overfull row until none is. */
  relieveAll(rows: Iterable<number>, kept: number, movesLeft: number): boolean {
    let moves = 0
    for (const row of rows) {
      moves += this.relieve(row, kept, movesLeft - moves)
      if (moves > movesLeft) return false
    }
    return true
  }

  /**
   * Gives an order a plan and moves others out of its way.
   * @returns what that saves; 0 = nothing, and nothing was changed
   */
  exchange(order: number, plan: Plan): number {
    const rows: number[] = []
    eachUse(this.#table(order), plan, (row) => rows.push(row))
    const { plans } = this.assignment
    const before = new Map<number, number>()
    this.keep()
    this.set(order, plan)
    const isPossible = this.relieveAll(rows, order, movesMost)
    for (const { order: each, plan: was } of this.#undo) if (!before.has(each)) before.set(each, was.cost)
    let saved = 0
    for (const [each, cost] of before) saved += cost - (plans[each] as Plan).cost
    if (isPossible && saved > 1e-6) {
      this.keep()
      return saved
    }
    this.undo()
    return 0
  }

  #table(order: number): OrderTable {
    return this.assignment.tables.orders[order] as OrderTable
  }

  /** What moving each taker of a row would cost, the least first. */
  #options(row: number, kept: number) {
    const { assignment } = this
    const options: { order: number; plan: Plan; loss: number; isFresh: () => boolean }[] = []
    for (const order of this.#takers[row] ?? []) {
      if (order === kept) continue
      const plan = this.best(order)
      const now = assignment.plans[order] as Plan
      if (plan === now) continue
      const loss = this.#priced(order, plan) - this.#priced(order, now)
      options.push({ order, plan, loss, isFresh: () => this.#fitsInstead(order, plan) })
      if (options.length >= askedMost) break
    }
    return options.sort((a, b) => a.loss - b.loss)
  }

  #priced(order: number, plan: Plan): number {
    return pricedAt(this.#prices, this.#table(order), plan)
  }

  #fitsInstead(order: number, plan: Plan): boolean {
    const { assignment } = this
    const now = assignment.plans[order] as Plan
    assignment.clear(order)
    const isFitting = assignment.fits(order, plan)
    assignment.set(order, now)
    return isFitting
  }

  #within(order: number, prices: Float64Array | null): Plan {
    const { assignment } = this
    const table = this.#table(order)
    const now = assignment.plans[order] as Plan
    assignment.clear(order)
    this.#pricer.solve(table, prices, assignment.left)
    let plan = this.#pricer.plan()
    if (!isAllowed(table, plan) || !assignment.fits(order, plan)) plan = emptyPlan(table)
    const isKept = assignment.fits(order, now) && plan.cost >= now.cost && prices === null
    assignment.set(order, now)
    return isKept ? now : plan
  }
}
