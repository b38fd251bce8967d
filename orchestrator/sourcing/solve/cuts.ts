// Cuts: what no whole choice of plans can take, though shares of plans could. Each is a sum of rows with multipliers,
// rounded down, so that what a plan takes of it is a sum over its parts and can be priced. It proves nothing itself.

import type { OrderTable } from './columns.ts'
import type { Plan } from './plans.ts'

/** Rows and orders with multipliers `weight / divisor`; rounded down they sum to `limit` at most. */
export interface Cut {
  divisor: number
  /** Of rows of the tables, and of orders: whole numbers, 1 to `divisor` - 1. */
  rows: ReadonlyMap<number, number>
  orders: ReadonlyMap<number, number>
  /** Of cuts before it. */
  cuts: ReadonlyMap<number, number>
  limit: number
  /** What the sum of the limits is above a multiple of the divisor. */
  rest: number
}

/**
 * What a sum of weighted rows counts: its whole part, and of the rest what is above the cut's (mixed-integer rounding).
 * @source Nemhauser, Wolsey 1990
 */
function rounded({ divisor, rest }: Cut, sum: number): number {
  const whole = Math.floor(sum / divisor)
  const above = sum - whole * divisor - rest
  return above > 0 ? whole + above / (divisor - rest) : whole
}

interface Weighted {
  cut: number
  weight: number
}

const none: readonly Weighted[] = []

/** Cuts by the rows and orders that they are made of. */
export class Cuts {
  readonly list: Cut[] = []
  readonly #byRow: Weighted[][] = []
  readonly #byOrder = new Map<number, Weighted[]>()
  /** Cuts that are made of each cut. */
  readonly #byCut: Weighted[][] = []
  /** Sums under way, of each cut, and the cuts that have one. */
  #sums = new Float64Array(64)
  readonly #touched: number[] = []

  add(cut: Cut): void {
    const at = this.list.push(cut) - 1
    for (const [row, weight] of cut.rows) {
      const known = this.#byRow[row]
      if (known === undefined) this.#byRow[row] = [{ cut: at, weight }]
      else known.push({ cut: at, weight })
    }
    for (const [before, weight] of cut.cuts) {
      const known = this.#byCut[before]
      if (known === undefined) this.#byCut[before] = [{ cut: at, weight }]
      else known.push({ cut: at, weight })
    }
    for (const [order, weight] of cut.orders) {
      const known = this.#byOrder.get(order)
      if (known === undefined) this.#byOrder.set(order, [{ cut: at, weight }])
      else known.push({ cut: at, weight })
    }
    if (this.list.length > this.#sums.length) this.#sums = new Float64Array(2 * this.#sums.length)
  }

  /** Whether parts of an order take more of a cut where they go alone. */
  isApart(order: number): boolean {
    return this.#byOrder.has(order)
  }

  /**
   * Price of what a part takes of the cuts.
   * @param prices of each cut
   * @param isAlone whether it is all that is sent of its order
   */
  priceOf(
    prices: Float64Array,
    table: OrderTable,
    offer: number,
    units: readonly number[],
    lines: number,
    unitCount: number,
    isAlone: boolean,
  ): number {
    if (!this.#collect(table, offer, units, lines, unitCount, isAlone)) return 0
    let price = 0
    const touched = this.#touched
    for (let i = 0; i < touched.length; i++) {
      const amount = this.#amount(i)
      price += (prices[touched[i] as number] as number) * amount
    }
    touched.length = 0
    return price
  }

  /** Calls back for what a plan takes of each cut; the same cut may come more than once. */
  eachUse(table: OrderTable, plan: Plan, take: (cut: number, amount: number) => void): void {
    if (table.box === null) return
    for (const { offer, units } of plan.parts) {
      let lines = 0
      let unitCount = 0
      for (const each of units) {
        if (each > 0) lines++
        unitCount += each
      }
      if (!this.#collect(table, offer, units, lines, unitCount, plan.parts.length === 1)) continue
      const touched = this.#touched
      for (let i = 0; i < touched.length; i++) {
        const amount = this.#amount(i)
        if (amount > 0) take(touched[i] as number, amount)
      }
      touched.length = 0
    }
  }

  /** What the sums come to for the next touched cut, the least of those that are left; adds it to cuts made of it. */
  #amount(i: number): number {
    const touched = this.#touched
    let least = i
    for (let k = i + 1; k < touched.length; k++)
      if ((touched[k] as number) < (touched[least] as number)) least = k
    const at = touched[least] as number
    touched[least] = touched[i] as number
    touched[i] = at
    const amount = rounded(this.list[at] as Cut, this.#sums[at] as number)
    this.#sums[at] = 0
    if (amount > 0) this.#add(this.#byCut[at], amount)
    return amount
  }

  /** Sums what a part takes of the rows of each cut. @returns whether there is any */
  #collect(
    table: OrderTable,
    offer: number,
    units: readonly number[],
    lines: number,
    unitCount: number,
    isAlone: boolean,
  ): boolean {
    const at = offer * units.length
    for (let i = 0; i < units.length; i++) {
      const row = table.lineRow[at + i] as number
      if (row >= 0 && (units[i] as number) > 0) this.#add(this.#byRow[row], units[i] as number)
    }
    const end = table.useStart[offer + 1] as number
    for (let k = table.useStart[offer] as number; k < end; k++) {
      const weights = this.#byRow[table.useRow[k] as number]
      if (weights === undefined) continue
      const use =
        (table.useEach[k] as number) +
        (table.usePerLine[k] as number) * lines +
        (table.usePerUnit[k] as number) * unitCount
      this.#add(weights, use)
    }
    if (this.#touched.length === 0) return false
    if (isAlone) this.#add(this.#byOrder.get(table.index) ?? none, 1)
    return true
  }

  #add(weights: readonly Weighted[] | undefined, amount: number): void {
    if (weights === undefined) return
    for (const { cut, weight } of weights) {
      if (this.#sums[cut] === 0) this.#touched.push(cut)
      this.#sums[cut] = (this.#sums[cut] as number) + weight * amount
    }
  }
}
