// The linear model of all orders together, kept open at HiGHS: shares of plans within what there is, to which plans and
// cuts are added. It finds neither.

import type { Tables } from './columns.ts'
import { type Cut, Cuts } from './cuts.ts'
import type { HighsWorker } from './highs.ts'
import type { HighsGrowth, HighsInverse, HighsLimits } from './highs-protocol.ts'
import type { Pace } from './pace.ts'
import { eachUse, type Plan } from './plans.ts'

/** A plan of an order. */
export interface Column {
  order: number
  plan: Plan
}

/** What the linear model says. */
export interface LinearAnswer {
  cost: number
  /** Of each column. */
  shares: Float64Array
  /** Prices of the rows of the tables and of the cuts. */
  rowPrices: Float64Array
  cutPrices: Float64Array
  inverse: HighsInverse | null
}

/** One linear model. Its rows are the orders, then the rows of the tables, then the cuts. */
export class Linear {
  readonly columns: Column[] = []
  readonly cuts = new Cuts()
  readonly #tables: Tables
  readonly #highs: HighsWorker
  readonly #pace: Pace
  #isOpen = false

  constructor(tables: Tables, highs: HighsWorker, pace: Pace) {
    this.#tables = tables
    this.#highs = highs
    this.#pace = pace
  }

  /** Rows before the cuts. */
  get base(): number {
    return this.#tables.orders.length + this.#tables.rows.limits.length
  }

  /**
   * Adds plans and cuts and solves.
   * @param wantsInverse for cuts
   * @returns null where there is no answer in time
   */
  async solve(
    columns: readonly Column[],
    cuts: readonly Cut[],
    wantsInverse: boolean,
  ): Promise<LinearAnswer | null> {
    const growth = await this.#growth(columns, cuts)
    const limits = {
      ...{ timeLimit: this.#pace.leftMs / 1000, gap: 0, seed: 1 },
      ...{ isKept: true, wantsInverse },
    }
    const isOver = () => this.#pace.stopped !== null
    const answer = this.#isOpen
      ? await this.#highs.solve(growth, limits, isOver)
      : await this.#open(growth, limits, isOver)
    this.#isOpen = true
    if (answer.values === null || answer.rowDual === null || answer.status !== 'optimal') return null
    const { rowDual } = answer
    const priceAt = (from: number, count: number) =>
      Float64Array.from({ length: count }, (_, i) => Math.max(0, -(rowDual[from + i] as number)))
    const { length } = this.#tables.orders
    return {
      cost: answer.bound,
      shares: answer.values,
      rowPrices: priceAt(length, this.#tables.rows.limits.length),
      cutPrices: priceAt(this.base, this.cuts.list.length),
      inverse: answer.inverse,
    }
  }

  #open(growth: HighsGrowth, limits: HighsLimits, isOver: () => boolean) {
    const { orders, rows } = this.#tables
    const rowUpper = new Float64Array(this.base).fill(1)
    const rowLower = Float64Array.from(rowUpper)
    rowLower.fill(Number.NEGATIVE_INFINITY, orders.length)
    rowUpper.set(rows.limits, orders.length)
    const { cost, starts, indices, values } = growth
    const columns = cost.length
    const upper = new Float64Array(columns).fill(Number.POSITIVE_INFINITY)
    const model = {
      ...{ columns, rows: this.base, cost, upper, rowLower, rowUpper },
      ...{ starts, indices, values, isWhole: false },
    }
    return this.#highs.solve(model, limits, isOver)
  }

  async #growth(columns: readonly Column[], cuts: readonly Cut[]): Promise<HighsGrowth> {
    const packed = await this.#packed(columns)
    for (const column of columns) this.columns.push(column)
    const before = this.cuts.list.length
    for (const cut of cuts) this.cuts.add(cut)
    const rows: { column: number; amount: number }[][] = cuts.map(() => [])
    if (cuts.length > 0) {
      for (const [column, { order, plan }] of this.columns.entries()) {
        if (this.#pace.isDue(64)) await this.#pace.rest()
        for (const [cut, amount] of this.#cutUses(order, plan)) rows[cut - before]?.push({ column, amount })
      }
    }
    const rowStarts = [0]
    for (const row of rows) rowStarts.push((rowStarts.at(-1) ?? 0) + row.length)
    return {
      ...packed,
      rowUpper: Float64Array.from(this.cuts.list.slice(before), ({ limit }) => limit),
      rowStarts: Int32Array.from(rowStarts),
      rowIndices: Int32Array.from(rows.flatMap((row) => row.map(({ column }) => column))),
      rowValues: Float64Array.from(rows.flatMap((row) => row.map(({ amount }) => amount))),
    }
  }

  /** Plans with what they take of the rows and cuts that the model has. */
  async #packed(columns: readonly Column[]) {
    const { orders } = this.#tables
    const cost: number[] = []
    const starts = [0]
    const indices: number[] = []
    const values: number[] = []
    for (const { order, plan } of columns) {
      if (this.#pace.isDue(64)) await this.#pace.rest()
      const table = this.#tables.orders[order]
      if (table === undefined) continue
      cost.push(plan.cost)
      indices.push(order)
      values.push(1)
      const uses = new Map<number, number>()
      eachUse(table, plan, (row, amount) => uses.set(row, (uses.get(row) ?? 0) + amount))
      for (const [row, amount] of uses) {
        indices.push(orders.length + row)
        values.push(amount)
      }
      for (const [cut, amount] of this.#cutUses(order, plan)) {
        indices.push(this.base + cut)
        values.push(amount)
      }
      starts.push(indices.length)
    }
    return {
      cost: Float64Array.from(cost),
      starts: Int32Array.from(starts),
      indices: Int32Array.from(indices),
      values: Float64Array.from(values),
    }
  }

  #cutUses(order: number, plan: Plan): Map<number, number> {
    const uses = new Map<number, number>()
    const table = this.#tables.orders[order]
    if (table !== undefined)
      this.cuts.eachUse(table, plan, (cut, amount) => uses.set(cut, (uses.get(cut) ?? 0) + amount))
    return uses
  }
}
