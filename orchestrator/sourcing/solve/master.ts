// The model of all orders, or some, together: one plan for each out of a list, within what is left. It builds and reads
// models; HiGHS solves them.

import type { OrderTable, Tables } from './columns.ts'
import type { HighsModel } from './highs-protocol.ts'
import type { Pace } from './pace.ts'
import { eachUse, type Plan } from './plans.ts'

/** The plans of one order in a model. */
export interface Choice {
  order: number
  plans: readonly Plan[]
}

/** A model, and what its columns mean. */
export interface Master {
  model: HighsModel
  choices: readonly Choice[]
  /** Row of the tables of each row after those of the choices. */
  rowOf: readonly number[]
}

/**
 * The model that chooses one plan for each order; made in steps.
 * @param left what these orders can take together
 * @param isWhole plans as a whole, or shares of them
 * @param start index of the plan of each choice to start from
 */
export async function masterOf(
  tables: Tables,
  choices: readonly Choice[],
  left: Float64Array,
  isWhole: boolean,
  pace: Pace,
  start: readonly number[] | null = null,
): Promise<Master> {
  const rows = await scarceRows(tables, choices, left, pace)
  const rowOf = [...rows.keys()]
  const cost: number[] = []
  const starts = [0]
  const indices: number[] = []
  const values: number[] = []
  for (const [c, { order, plans }] of choices.entries()) {
    if (pace.isDue()) await pace.rest()
    const table = tables.orders[order] as OrderTable
    for (const plan of plans) {
      cost.push(plan.cost)
      indices.push(c)
      values.push(1)
      for (const [row, amount] of usesOf(table, plan)) {
        const at = rows.get(row)
        if (at === undefined) continue
        indices.push(choices.length + at)
        values.push(amount)
      }
      starts.push(indices.length)
    }
  }
  const rowUpper = new Float64Array(choices.length + rowOf.length).fill(1)
  const rowLower = Float64Array.from(rowUpper)
  for (const [at, row] of rowOf.entries()) {
    rowUpper[choices.length + at] = Math.max(0, left[row] as number)
    rowLower[choices.length + at] = Number.NEGATIVE_INFINITY
  }
  return {
    choices,
    rowOf,
    model: {
      columns: cost.length,
      rows: rowUpper.length,
      cost: Float64Array.from(cost),
      upper: new Float64Array(cost.length).fill(isWhole ? 1 : Number.POSITIVE_INFINITY),
      rowLower,
      rowUpper,
      starts: Int32Array.from(starts),
      indices: Int32Array.from(indices),
      values: Float64Array.from(values),
      isWhole,
      ...(start === null ? {} : { start: startOf(choices, start, cost.length) }),
    },
  }
}

/** Everything that a plan takes, each row once. */
export function usesOf(table: OrderTable, plan: Plan): Map<number, number> {
  const uses = new Map<number, number>()
  eachUse(table, plan, (row, amount) => uses.set(row, (uses.get(row) ?? 0) + amount))
  return uses
}

/** Rows that the choices could together take more of than is left, numbered. */
async function scarceRows(
  tables: Tables,
  choices: readonly Choice[],
  left: Float64Array,
  pace: Pace,
): Promise<Map<number, number>> {
  const wished = new Map<number, number>()
  for (const { order, plans } of choices) {
    if (pace.isDue()) await pace.rest()
    const most = new Map<number, number>()
    for (const plan of plans) {
      for (const [row, amount] of usesOf(tables.orders[order] as OrderTable, plan)) {
        if (amount > (most.get(row) ?? 0)) most.set(row, amount)
      }
    }
    for (const [row, amount] of most) wished.set(row, (wished.get(row) ?? 0) + amount)
  }
  const rows = new Map<number, number>()
  for (const [row, amount] of wished) if (amount > (left[row] as number)) rows.set(row, rows.size)
  return rows
}

function startOf(choices: readonly Choice[], start: readonly number[], columns: number): Float64Array {
  const values = new Float64Array(columns)
  let at = 0
  for (const [c, { plans }] of choices.entries()) {
    values[at + (start[c] as number)] = 1
    at += plans.length
  }
  return values
}

/** The plan of each choice with the largest share; its share. */
export function chosen(master: Master, values: Float64Array): { order: number; plan: Plan; share: number }[] {
  let at = 0
  return master.choices.map(({ order, plans }) => {
    let best = 0
    for (let k = 1; k < plans.length; k++) {
      if ((values[at + k] as number) > (values[at + best] as number)) best = k
    }
    const share = values[at + best] as number
    at += plans.length
    return { order, plan: plans[best] as Plan, share }
  })
}
