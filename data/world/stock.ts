// Stock of every product at every node: what is free, what is on the shelf, and each movement in order of
// time. A pair (node, product) is `node * skus + sku`. It decides nothing about orders.

import { movementKinds } from '#data/contracts'
import type { Random } from '#data/kernel'
import { type Calendar, daySeconds } from './calendar.ts'
import type { Catalogue } from './catalogue.ts'
import { type Demand, slotSeconds } from './demand.ts'
import type { TimedFault } from './faults.ts'
import type { Network, Node } from './network.ts'
import type { Tables } from './tables.ts'

/** Index of a kind of movement. */
export const kindOf = (kind: (typeof movementKinds)[number]): number => movementKinds.indexOf(kind)

const receipt = kindOf('receipt')
const returned = kindOf('return')
const adjustment = kindOf('adjustment')
/** Days between two orders of a node to its suppliers, and until the goods come. */
export const reviewDays = 3
const leadDays = 2
const countHour = 6

/** Stock of a world. */
export class Stock {
  readonly skus: number
  /** Units that can still be promised; safety stock is kept apart in `safety`. */
  readonly free: Int32Array
  readonly safety: Int32Array
  readonly #onHand: Int32Array
  readonly #inbound: Int32Array
  /** Units a day usually wanted of a pair at level 1 of planned orders. */
  readonly #need: Float64Array
  readonly #pairs: number[] = []
  /** Movements by slot, four numbers each: pair, kind, delta, second within the slot. */
  readonly #pending = new Map<number, number[]>()
  readonly #demand: Demand
  readonly #random: Random
  readonly #faults: readonly TimedFault[]
  readonly #frequent: Uint8Array
  readonly #calendar: Calendar
  readonly #network: Network
  readonly #arrivals = new Map<number, [pair: number, quantity: number][]>()
  #movements = 0

  constructor(
    network: Network,
    catalogue: Catalogue,
    demand: Demand,
    calendar: Calendar,
    faults: readonly TimedFault[],
    random: Random,
  ) {
    this.skus = catalogue.products.length
    const size = network.nodes.length * this.skus
    this.free = new Int32Array(size)
    this.safety = new Int32Array(size)
    this.#onHand = new Int32Array(size)
    this.#inbound = new Int32Array(size)
    this.#need = needsOf(network, catalogue)
    this.#network = network
    this.#demand = demand
    this.#calendar = calendar
    this.#faults = faults.filter((fault) => fault.kind === 'stock_out')
    this.#random = random
    this.#frequent = new Uint8Array(this.skus)
    for (const sku of catalogue.byShare.slice(0, Math.ceil(this.skus / 10))) this.#frequent[sku] = 1
    const today = demand.planned(Math.floor(calendar.start / daySeconds))
    for (let pair = 0; pair < size; pair++) {
      if (this.#need[pair] === 0) continue
      this.#pairs.push(pair)
      this.safety[pair] = Math.round((this.#need[pair] as number) * today * 0.4)
    }
  }

  /** Whether `quantity` of a pair can be promised. */
  has(pair: number, quantity: number): boolean {
    return (this.free[pair] as number) - (this.safety[pair] as number) >= quantity
  }

  /** Promises units: they stay on the shelf until they leave. */
  take(pair: number, quantity: number): void {
    this.free[pair] = (this.free[pair] as number) - quantity
  }

  /** Takes a promise back. */
  release(pair: number, quantity: number): void {
    this.free[pair] = (this.free[pair] as number) + quantity
  }

  /** Notes a movement for its time; those at or after the end of the history never happen. */
  move(pair: number, kind: number, delta: number, second: number): void {
    if (second >= this.#calendar.end) return
    const slot = Math.floor(second / slotSeconds)
    let list = this.#pending.get(slot)
    if (list === undefined) {
      list = []
      this.#pending.set(slot, list)
    }
    list.push(pair, kind, delta, second - slot * slotSeconds)
  }

  /** Fills the shelves at the start of the history. */
  open(start: number): void {
    for (const pair of this.#pairs) this.#receive(pair, this.#target(pair, start), start)
  }

  /**
   * What happens to stock by itself in a slot: orders to suppliers, losses, faults.
   * @param arrive called with a slot's arrivals when they are due, see `arrivals`
   */
  step(start: number, arrive: (pair: number) => void): void {
    this.#strike(start)
    for (const [pair, quantity] of this.#due(start)) {
      this.#inbound[pair] = (this.#inbound[pair] as number) - quantity
      this.#receive(pair, quantity, start + 60 + (pair % 600))
      arrive(pair)
    }
    if (start % daySeconds === 0) this.#shrink(start)
    this.#review(start)
  }

  /** Writes the movements of a slot in order of time, and puts them on the shelf. */
  flush(slot: number, tables: Tables): void {
    const list = this.#pending.get(slot)
    if (list === undefined) return
    this.#pending.delete(slot)
    const count = list.length / 4
    const keys = new Float64Array(count)
    for (let i = 0; i < count; i++) keys[i] = (list[i * 4 + 3] as number) * 0x1000000 + i
    keys.sort()
    for (let i = 0; i < count; i++) {
      const at = ((keys[i] as number) % 0x1000000) * 4
      const pair = list[at] as number
      const kind = list[at + 1] as number
      const delta = list[at + 2] as number
      this.#onHand[pair] = (this.#onHand[pair] as number) + delta
      if (kind === returned) this.release(pair, delta)
      const second = slot * slotSeconds + (list[at + 3] as number)
      tables.movement(++this.#movements, pair, second, kind, delta)
    }
  }

  /** Counts at the end of a slot: everything on Sundays and at the end, what sells most on each day. */
  count(stop: number, isLast: boolean, tables: Tables): void {
    if (!isLast && stop % daySeconds !== countHour * 3600) return
    const isSunday = (Math.floor(stop / daySeconds) + 4) % 7 === 0
    for (let pair = 0; pair < this.#onHand.length; pair++) {
      const onHand = this.#onHand[pair] as number
      if (this.#need[pair] === 0 && onHand === 0) continue
      if (!isLast && !isSunday && this.#frequent[pair % this.skus] === 0) continue
      const allocated = onHand - (this.free[pair] as number)
      tables.count(
        pair,
        stop - 1,
        onHand,
        allocated,
        this.safety[pair] as number,
        this.#inbound[pair] as number,
      )
    }
  }

  #due(start: number): [pair: number, quantity: number][] {
    const slot = Math.floor(start / slotSeconds)
    const due = this.#arrivals.get(slot) ?? []
    this.#arrivals.delete(slot)
    return due
  }

  #receive(pair: number, quantity: number, second: number): void {
    this.release(pair, quantity)
    this.move(pair, receipt, quantity, Math.min(second, this.#calendar.end - 1))
  }

  /** Units to hold of a pair. */
  #target(pair: number, second: number): number {
    return targetOf((this.#need[pair] as number) * this.#demand.planned(Math.floor(second / daySeconds) + 2))
  }

  /** Each node orders every few days in the morning; goods come two days later. */
  #review(start: number): void {
    const day = Math.floor(start / daySeconds)
    const quarter = (start % daySeconds) / slotSeconds
    const node = quarter - 40
    if (node < 0 || node >= this.#network.nodes.length || (day + node) % reviewDays !== 0) return
    const arrival = start + (leadDays - 1) * daySeconds + 3 * 3600
    for (let pair = node * this.skus; pair < (node + 1) * this.skus; pair++) {
      if (this.#need[pair] === 0) continue
      const held = (this.free[pair] as number) + (this.#inbound[pair] as number)
      const target = this.#target(pair, start)
      if (held < target * 0.8)
        this.#order(pair, target - held, this.#delayed(pair, arrival + this.#lateness()))
    }
  }

  /** Suppliers are late now and then, by whole days. */
  #lateness(): number {
    return this.#random.next() < 0.08 ? this.#random.int(1, 4) * daySeconds : 0
  }

  #order(pair: number, quantity: number, arrival: number): void {
    const slot = Math.floor(arrival / slotSeconds)
    this.#inbound[pair] = (this.#inbound[pair] as number) + quantity
    const list = this.#arrivals.get(slot)
    if (list === undefined) this.#arrivals.set(slot, [[pair, quantity]])
    else list.push([pair, quantity])
  }

  /** Nothing comes while a pair is struck by a fault. */
  #delayed(pair: number, arrival: number): number {
    const fault = this.#faults.find(
      (each) => each.node * this.skus + each.sku === pair && arrival >= each.start && arrival < each.stop,
    )
    return fault === undefined ? arrival : fault.stop
  }

  /** A fault takes what is free: it turns out not to be there. */
  #strike(start: number): void {
    for (const fault of this.#faults) {
      if (start < fault.start || start >= fault.stop) continue
      const pair = fault.node * this.skus + fault.sku
      const free = this.free[pair] as number
      if (free > 0) this.#lose(pair, free, start)
    }
  }

  /** A little is lost or found at every node each day. */
  #shrink(start: number): void {
    const times = Math.ceil(this.#pairs.length * 0.004)
    for (let i = 0; i < times; i++) {
      const pair = this.#random.pick(this.#pairs)
      const second = start + this.#random.int(0, slotSeconds - 1)
      const type = this.#network.nodes[Math.floor(pair / this.skus)]?.type as Node['type']
      const units = this.#random.int(1, type === 'store' ? 2 : 4)
      if (this.#random.next() < 0.3) this.#lose(pair, -1, second)
      else if (this.has(pair, units)) this.#lose(pair, units, second)
    }
  }

  #lose(pair: number, quantity: number, second: number): void {
    this.take(pair, quantity)
    this.move(pair, adjustment, -quantity, Math.min(second, this.#calendar.end - 1))
  }
}

/** Units to hold of a pair of which so many are needed a day. */
export function targetOf(perDay: number): number {
  return Math.ceil(perDay * (reviewDays + leadDays + 1) + 1.6 * Math.sqrt(perDay * 6) + 1.6)
}

/** Share of all units wanted that falls on a pair, times units per order. */
export function needsOf(network: Network, catalogue: Catalogue): Float64Array {
  const skus = catalogue.products.length
  const needs = new Float64Array(network.nodes.length * skus)
  const unitsPerOrder = 2.25
  catalogue.products.forEach((product, sku) => {
    if (product.vendor >= 0) {
      needs[product.vendor * skus + sku] = product.share * unitsPerOrder
      return
    }
    const shares = network.nodes.map((node, i) =>
      node.type === 'store' && !product.inStores
        ? 0
        : (network.shares[i] as number) * (node.type === 'store' ? 1.5 : 1),
    )
    const sum = shares.reduce((total, share) => total + share, 0)
    shares.forEach((share, node) => {
      needs[node * skus + sku] = (product.share * unitsPerOrder * share) / sum
    })
  })
  return needs
}
