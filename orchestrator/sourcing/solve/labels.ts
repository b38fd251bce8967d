// How each row was reached in the search for a chain of moves: a shortest path, the nearest row first. It moves
// nothing.

import { Heap } from './heap.ts'
import type { Plan } from './plans.ts'

/** A plan with what it takes, each row once, and its cost with prices. */
export interface Option {
  plan: Plan
  rows: readonly number[]
  amounts: readonly number[]
  priced: number
}

/** What an option takes of a row. */
export function amountOf({ rows, amounts }: Option, row: number): number {
  for (let i = 0; i < rows.length; i++) if (rows[i] === row) return amounts[i] as number
  return 0
}

/** A way to a row: an order takes an option, which frees the row that the way came from and overfills this one. */
export interface Label {
  row: number
  distance: number
  cost: number
  need: number
  from: number
  order: number
  option: Option
}

/** The ways to rows in one search; used again by the next. */
export class Labels {
  readonly distance: Float64Array
  readonly cost: Float64Array
  /** What has to be freed of it. */
  readonly need: Float64Array
  readonly from: Int32Array
  readonly order: Int32Array
  readonly option: (Option | null)[]
  readonly #isDone: Uint8Array
  readonly #heap = new Heap()
  #touched: number[] = []
  #start = -1

  constructor(rows: number) {
    this.distance = new Float64Array(rows).fill(Number.POSITIVE_INFINITY)
    this.cost = new Float64Array(rows)
    this.need = new Float64Array(rows)
    this.from = new Int32Array(rows)
    this.order = new Int32Array(rows)
    this.option = Array.from({ length: rows }, () => null)
    this.#isDone = new Uint8Array(rows)
  }

  /** A new search from a row. */
  begin(row: number): void {
    for (const each of this.#touched) {
      this.distance[each] = Number.POSITIVE_INFINITY
      this.#isDone[each] = 0
    }
    this.#touched = [row]
    this.#start = row
    this.distance[row] = 0
    this.cost[row] = 0
    this.#heap.clear()
    this.#heap.push(row, 0)
  }

  /** The nearest row that was not looked at; -1 = none. */
  next(): number {
    for (;;) {
      const row = this.#heap.pop()
      if (row < 0) return -1
      if (this.#isDone[row] === 1) continue
      this.#isDone[row] = 1
      return row
    }
  }

  /** Keeps a way to a row where it is the shortest. */
  offer({ row, distance, cost, need, from, order, option }: Label): void {
    if (this.#isDone[row] === 1 || distance >= (this.distance[row] as number)) return
    this.#touched.push(row)
    this.distance[row] = distance
    this.cost[row] = cost
    this.need[row] = need
    this.from[row] = from
    this.order[row] = order
    this.option[row] = option
    this.#heap.push(row, distance)
  }

  /** Whether an order moves already on the way to a row. */
  isOnWay(row: number, order: number): boolean {
    for (let at = row; at !== this.#start; at = this.from[at] as number) {
      if (this.order[at] === order) return true
    }
    return false
  }
}
