// Finds cuts that the shares of a linear model break: rows of the inverse of its basis tell which rows to sum, and with
// which multipliers. It adds none.

import type { OrderTable, Tables } from './columns.ts'
import { type Cut, Cuts } from './cuts.ts'
import type { HighsInverse } from './highs-protocol.ts'
import type { Column } from './linear.ts'
import type { Pace } from './pace.ts'

/** Multipliers are fractions with divisors to this; cuts of more rows are left out. */
const divisorMost = 8
const rowsMost = 60
/** Cuts must be broken by this much, and so many of them are taken. */
const brokenLeast = 0.02
const cutsMost = 200

interface Broken {
  cut: Cut
  by: number
}

/** Finds cuts for one problem; never the same one twice. */
export class Separator {
  readonly #tables: Tables
  /** Rows of which nobody takes but whole amounts. */
  readonly #isWhole: Uint8Array
  readonly #known = new Set<string>()
  readonly cuts: Cuts

  constructor(tables: Tables, cuts: Cuts) {
    this.cuts = cuts
    this.#tables = tables
    this.#isWhole = wholeRows(tables)
  }

  /**
   * Cuts that shares break, the most broken first.
   * @param shares of each column
   */
  async find(
    inverse: HighsInverse,
    columns: readonly Column[],
    shares: Float64Array,
    pace: Pace,
  ): Promise<Cut[]> {
    const byOrder = new Map<number, { column: Column; share: number }[]>()
    const byRow = new Map<number, Set<number>>()
    this.#index(columns, shares, byOrder, byRow)
    const found: Broken[] = []
    for (let i = 0; i + 1 < inverse.starts.length; i++) {
      if (pace.isDue() && (await pace.rest())) break
      const best = this.#best(inverse, i, byOrder, byRow)
      if (best === null) continue
      const key = keyOf(best.cut)
      if (this.#known.has(key)) continue
      this.#known.add(key)
      found.push(best)
    }
    const taken = found.sort((a, b) => b.by - a.by).slice(0, cutsMost)
    for (const { cut } of found.slice(cutsMost)) this.#known.delete(keyOf(cut))
    return taken.map(({ cut }) => cut)
  }

  /** Columns with a share, by their order, and orders of such columns by the rows that they take of. */
  #index(
    columns: readonly Column[],
    shares: Float64Array,
    byOrder: Map<number, { column: Column; share: number }[]>,
    byRow: Map<number, Set<number>>,
  ): void {
    for (const [at, column] of columns.entries()) {
      const share = shares[at] as number
      if (share < 1e-7) continue
      const { order, plan } = column
      const known = byOrder.get(order)
      if (known === undefined) byOrder.set(order, [{ column, share }])
      else known.push({ column, share })
      const table = this.#tables.orders[order] as OrderTable
      for (const row of rowsOfPlan(table, plan.parts)) {
        const orders = byRow.get(row)
        if (orders === undefined) byRow.set(row, new Set([order]))
        else orders.add(order)
      }
    }
  }

  /** The cut that a row of the inverse tells, of its multiples the most broken one. */
  #best(
    { starts, indices, values }: HighsInverse,
    i: number,
    byOrder: ReadonlyMap<number, { column: Column; share: number }[]>,
    byRow: ReadonlyMap<number, Set<number>>,
  ): Broken | null {
    const from = starts[i] as number
    const end = starts[i + 1] as number
    if (end - from > rowsMost) return null
    const { length } = this.#tables.orders
    const base = length + this.#isWhole.length
    const multipliers = new Map<number, number>()
    for (let k = from; k < end; k++) {
      const row = indices[k] as number
      const isWhole =
        row < length || (row < base ? this.#isWhole[row - length] === 1 : this.#isWholeCut(row - base))
      if (isWhole) multipliers.set(row, values[k] as number)
    }
    const divisor = divisorOf([...multipliers.values()])
    if (divisor === 0) return null
    let best: Broken | null = null
    for (let times = 1; times < divisor; times++) {
      const cut = this.#cut(multipliers, divisor, times)
      if (cut.rows.size + cut.cuts.size === 0 || cut.rest === 0) continue
      const by = this.#brokenBy(cut, byOrder, byRow)
      if (by >= brokenLeast && (best === null || by > best.by)) best = { cut, by }
    }
    return best
  }

  #isWholeCut(at: number): boolean {
    const { divisor, rest } = this.cuts.list[at] as Cut
    return rest === divisor - 1
  }

  #cut(multipliers: ReadonlyMap<number, number>, divisor: number, times: number): Cut {
    const { orders: list, rows: all } = this.#tables
    const rows = new Map<number, number>()
    const orders = new Map<number, number>()
    const cuts = new Map<number, number>()
    const base = list.length + all.limits.length
    let sum = 0
    for (const [row, value] of multipliers) {
      const whole = Math.round(value * divisor) * times
      const weight = ((whole % divisor) + divisor) % divisor
      if (weight === 0) continue
      if (row < list.length) {
        orders.set(row, weight)
        sum += weight
      } else if (row >= base) {
        cuts.set(row - base, weight)
        sum += weight * (this.cuts.list[row - base] as Cut).limit
      } else {
        rows.set(row - list.length, weight)
        sum += weight * (all.limits[row - list.length] as number)
      }
    }
    return {
      divisor,
      rows,
      orders,
      cuts,
      limit: Math.floor(sum / divisor),
      rest: sum % divisor,
    }
  }

  #brokenBy(
    cut: Cut,
    byOrder: ReadonlyMap<number, { column: Column; share: number }[]>,
    byRow: ReadonlyMap<number, Set<number>>,
  ): number {
    const asked = new Set<number>()
    const ask = ({ rows, cuts }: Cut) => {
      for (const row of rows.keys()) for (const order of byRow.get(row) ?? []) asked.add(order)
      for (const at of cuts.keys()) ask(this.cuts.list[at] as Cut)
    }
    ask(cut)
    const family = new Cuts()
    const own = addWith(family, cut, this.cuts)
    let taken = 0
    for (const order of asked) {
      const table = this.#tables.orders[order] as OrderTable
      for (const { column, share } of byOrder.get(order) ?? []) {
        family.eachUse(table, column.plan, (at, amount) => {
          if (at === own) taken += share * amount
        })
      }
    }
    return taken - cut.limit
  }
}

/** Adds a cut after those that it is made of. @returns its place */
function addWith(family: Cuts, cut: Cut, all: Cuts): number {
  const cuts = new Map<number, number>()
  for (const [at, weight] of cut.cuts) cuts.set(addWith(family, all.list[at] as Cut, all), weight)
  family.add({ ...cut, cuts })
  return family.list.length - 1
}

/** The least divisor of which all multipliers are multiples of a fraction; 0 = none. */
function divisorOf(multipliers: readonly number[]): number {
  for (let divisor = 2; divisor <= divisorMost; divisor++) {
    if (multipliers.every((each) => Math.abs(each * divisor - Math.round(each * divisor)) < 1e-5))
      return divisor
  }
  return 0
}

function keyOf({ divisor, rows, orders, cuts }: Cut): string {
  const listed = (map: ReadonlyMap<number, number>) => [...map].sort((a, b) => a[0] - b[0]).join(' ')
  return `${divisor} ${listed(rows)} / ${listed(orders)} / ${listed(cuts)}`
}

function rowsOfPlan(
  table: OrderTable,
  parts: readonly { offer: number; units: readonly number[] }[],
): Set<number> {
  const rows = new Set<number>()
  for (const { offer, units } of parts) {
    for (const [i, each] of units.entries()) {
      const row = table.lineRow[offer * units.length + i] as number
      if (each > 0 && row >= 0) rows.add(row)
    }
    const end = table.useStart[offer + 1] as number
    for (let k = table.useStart[offer] as number; k < end; k++) rows.add(table.useRow[k] as number)
  }
  return rows
}

function wholeRows({ rows, orders }: Tables): Uint8Array {
  const isWhole = Uint8Array.from(rows.limits, (limit) => (Number.isInteger(limit) ? 1 : 0))
  for (const table of orders) {
    for (const [k, row] of table.useRow.entries()) {
      const uses = [table.useEach[k], table.usePerLine[k], table.usePerUnit[k]]
      if (!uses.every((use) => Number.isInteger(use))) isWhole[row] = 0
    }
  }
  return isWhole
}
