// Chains of moves: an order takes another plan, who is in its way moves and pushes the next, until somebody finds room.
// The cheapest chain is a shortest path over what can run out. It never takes more than there is.

import { amountOf, Labels, type Option } from './labels.ts'
import type { Assignment } from './plans.ts'

/** Rows that the search for one chain looks at, at most. */
const rowsMost = 100
const slack = 1e-9

/** Moves orders of one assignment and remembers how to take that back. */
export class Chains {
  /** What each order could do, the cheapest first, and what it does; filled by the owner. */
  readonly options: Option[][] = []
  readonly now: Option[] = []
  readonly #assignment: Assignment
  readonly #prices: Float64Array
  readonly #takers: Set<number>[]
  readonly #labels: Labels
  readonly #detour: number
  #undo: { order: number; option: Option }[] = []
  /** Orders that moved in the move under way: they stay. */
  readonly #moved = new Set<number>()

  /** @param detour how much longer by prices a chain may be that is looked at as it could really be cheaper */
  constructor(assignment: Assignment, prices: Float64Array, detour: number) {
    this.#detour = detour
    this.#assignment = assignment
    this.#prices = prices
    this.#takers = Array.from(assignment.left, () => new Set())
    this.#labels = new Labels(assignment.left.length)
  }

  /** Adds the next order: what it could do, and what it does. */
  add(options: Option[], now: Option): void {
    for (const row of now.rows) this.#takers[row]?.add(this.now.length)
    this.options.push(options)
    this.now.push(now)
  }

  /**
   * Gives an order an option, and room to it by chains; takes it back where that saves too little.
   * @param gain what it is worth at most
   * @param least what it has to save
   * @returns what it saved, 0 where it was taken back
   */
  move(order: number, option: Option, gain: number, least: number): number {
    this.#undo = []
    this.#moved.clear()
    this.set(order, option)
    if (this.#relieveAll(option.rows, gain)) {
      const saved = this.#saved()
      if (saved > least) return saved
    }
    this.#back(0)
    return 0
  }

  #relieveAll(rows: Iterable<number>, budget: number): boolean {
    const { left } = this.#assignment
    for (const row of rows) {
      if ((left[row] as number) < -slack && !this.#relieve(row, budget)) return false
    }
    return true
  }

  #saved(): number {
    const first = new Map<number, Option>()
    for (const { order, option } of this.#undo) if (!first.has(order)) first.set(order, option)
    let saved = 0
    for (const [order, option] of first) saved += option.plan.cost - (this.now[order] as Option).plan.cost
    return saved
  }

  #relieve(row: number, budget: number): boolean {
    for (let i = 0; (this.#assignment.left[row] as number) < -slack; i++) {
      if (i > 8 || !this.#chain(row, budget)) return false
    }
    return true
  }

  /** Finds the cheapest chain that takes something off a row, and carries it out. */
  #chain(start: number, budget: number): boolean {
    const labels = this.#labels
    labels.begin(start)
    let best: { row: number; order: number; option: Option } | null = null
    let least = budget
    let bestCost = Number.POSITIVE_INFINITY
    // of two chains the really cheaper one is taken, which need not be the one that is shorter by prices
    const credit = this.#detour + (this.#prices[start] as number) * (this.#assignment.left[start] as number)
    for (let looked = 0; looked < rowsMost; looked++) {
      const row = labels.next()
      if (row < 0) break
      const reached = labels.distance[row] as number
      if (reached >= least) break
      for (const order of this.#takers[row] as Set<number>) {
        if (this.#moved.has(order) || labels.isOnWay(row, order)) continue
        const now = this.now[order] as Option
        const has = amountOf(now, row)
        for (const option of this.options[order] as Option[]) {
          const loss = Math.max(0, option.priced - now.priced)
          if (reached + loss >= least) break
          const freed = has - amountOf(option, row)
          if (row === start ? freed <= slack : freed < (labels.need[row] as number) - slack) continue
          const cost = (labels.cost[row] as number) + option.plan.cost - now.plan.cost
          const over = this.#over(option, now, row)
          if (over === -1) {
            if (cost >= bestCost) continue
            bestCost = cost
            least = Math.min(least, cost + credit)
            best = { row, order, option }
          } else if (over >= 0) {
            const need = this.#needOf(option, now, over)
            labels.offer({ row: over, distance: reached + loss, cost, need, from: row, order, option })
          }
        }
      }
    }
    if (best === null) return false
    return this.#carryOut(best.row, best.order, best.option, start)
  }

  /** The row that an option would overfill; -1 = none, -2 = more than one. */
  #over(option: Option, now: Option, freed: number): number {
    const { left } = this.#assignment
    const { rows, amounts } = option
    let over = -1
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      const amount = amounts[i] as number
      if (amount <= (left[row] as number) + slack || row === freed) continue
      if (amount <= (left[row] as number) + amountOf(now, row) + slack) continue
      if (over >= 0) return -2
      over = row
    }
    return over
  }

  #needOf(option: Option, now: Option, row: number): number {
    return amountOf(option, row) - amountOf(now, row) - (this.#assignment.left[row] as number)
  }

  #carryOut(last: number, order: number, option: Option, start: number): boolean {
    const began = this.#undo.length
    this.set(order, option)
    const labels = this.#labels
    for (let row = last; row !== start; row = labels.from[row] as number) {
      this.set(labels.order[row] as number, labels.option[row] as Option)
    }
    const { left } = this.#assignment
    for (const { order: each } of this.#undo.slice(began)) {
      for (const row of (this.now[each] as Option).rows) {
        if (row === start || (left[row] as number) >= -slack) continue
        this.#back(began)
        return false
      }
    }
    return true
  }

  /** Gives an order an option, whatever room there is. */
  set(order: number, option: Option): void {
    const now = this.now[order] as Option
    this.#undo.push({ order, option: now })
    this.#moved.add(order)
    for (const row of now.rows) this.#takers[row]?.delete(order)
    for (const row of option.rows) this.#takers[row]?.add(order)
    this.now[order] = option
    this.#assignment.set(order, option.plan)
  }

  /** Takes back what was done since a point. */
  #back(began: number): void {
    const undone = this.#undo.splice(began)
    const kept = this.#undo
    for (const { order, option } of undone.reverse()) this.set(order, option)
    this.#undo = kept.slice(0, began)
    this.#moved.clear()
    for (const { order } of this.#undo) this.#moved.add(order)
  }
}
