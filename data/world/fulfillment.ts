// Works orders off: release, acceptance or rejection, picking, packing, hand-over, cancellation, waiting for
// stock. Times come from the queues of the nodes; it writes an order once its life is known.

import type { Random } from '#data/kernel'
import { type Calendar, daySeconds, never } from './calendar.ts'
import type { Delivery } from './delivery.ts'
import { slotSeconds } from './demand.ts'
import { readyBy } from './dock.ts'
import type { TimedFault } from './faults.ts'
import type { Network, Node } from './network.ts'
import type { Line, Order, Work } from './order.ts'
import type { Team } from './queue.ts'
import type { Sourcing } from './sourcing.ts'
import { kindOf, type Stock } from './stock.ts'
import type { Tables } from './tables.ts'

const sale = kindOf('sale')
const adjustment = kindOf('adjustment')
const patienceSeconds = 10 * daySeconds
const refusals = ['out of stock', 'out of stock', 'item damaged', 'no capacity', 'item on display']

/** What fulfillment works with. */
export interface Floor {
  calendar: Calendar
  network: Network
  teams: readonly Team[]
  stock: Stock
  sourcing: Sourcing
  delivery: Delivery
  tables: Tables
  faults: readonly TimedFault[]
  random: Random
}

/** The fulfillment of a world; slots are given in order of time. */
export class Fulfillment {
  #floor: Floor
  #random: Random
  #end: number
  /** Works by the slot of their release. */
  #releases = new Map<number, Work[]>()
  /** Lines that wait, by product, first come first served. */
  #waiting = new Map<number, { order: Order; line: Line }[]>()
  #shortSpikes: TimedFault[]
  #outages: TimedFault[]

  constructor(floor: Floor) {
    this.#floor = floor
    this.#random = floor.random
    this.#end = floor.calendar.end
    this.#shortSpikes = floor.faults.filter((fault) => fault.kind === 'short_pick_spike')
    this.#outages = floor.faults.filter((fault) => fault.kind === 'node_outage')
  }

  /** Takes an order in: sources it, promises a day. */
  submit(order: Order): void {
    if (order.cancelAt < order.released && order.cancelAt < this.#end) {
      for (const line of order.lines) cancelLine(line, line.quantity, order.cancelAt, order.cancelReason)
      order.promised = this.#floor.delivery.promise(order)
      this.#floor.tables.order(order)
      return
    }
    const works = this.#floor.sourcing.assign(order, order.lines, order.released, 1, -1)
    this.#schedule(works)
    this.#leftOver(order, order.lines, order.placed + 60)
    order.promised = this.#floor.delivery.promise(order)
    if (order.pending === 0) this.#floor.tables.order(order)
  }

  /** Works off what is released in a slot. */
  run(slot: number): void {
    const works = this.#releases.get(slot)
    if (works === undefined) return
    this.#releases.delete(slot)
    works.sort((a, b) => a.released - b.released)
    for (const work of works) {
      this.#process(work)
      this.#settle(work.order)
    }
  }

  /** Stock of a pair has arrived: the lines that wait for it are released. */
  arrive(pair: number, second: number): void {
    const { stock, sourcing } = this.#floor
    const list = this.#waiting.get(pair % stock.skus)
    if (list === undefined) return
    let next = list[0]
    while (next !== undefined) {
      const { order, line } = next
      const isOver = second > order.placed + patienceSeconds
      if (!isOver && !stock.has(pair, line.quantity)) return
      if (isOver) {
        giveUp(order, line)
        this.#settle(order)
      } else {
        const released = Math.max(second + 1200, order.released)
        this.#schedule([sourcing.open(order, [line], Math.floor(pair / stock.skus), released, 1)])
        order.pending--
      }
      list.shift()
      next = list[0]
    }
    this.#waiting.delete(pair % stock.skus)
  }

  /** Writes the orders whose life reaches beyond the end of the history. */
  close(): void {
    const open = new Set<Order>()
    for (const list of this.#waiting.values()) {
      for (const { order, line } of list) {
        if (order.placed + patienceSeconds < this.#end) giveUp(order, line)
        open.add(order)
      }
    }
    for (const works of this.#releases.values()) for (const work of works) open.add(work.order)
    for (const order of [...open].sort((a, b) => a.number - b.number)) this.#floor.tables.order(order)
  }

  #settle(order: Order): void {
    order.pending--
    if (order.pending === 0) this.#floor.tables.order(order)
  }

  #schedule(works: Work[]): void {
    for (const work of works) {
      const slot = Math.floor(work.released / slotSeconds)
      const list = this.#releases.get(slot)
      if (list === undefined) this.#releases.set(slot, [work])
      else list.push(work)
    }
  }

  /** Lines that no node could take wait for stock, or are cancelled. */
  #leftOver(order: Order, lines: Line[], second: number): void {
    for (const line of lines) {
      if (line.work !== null) continue
      if (this.#random.next() < 0.25 && second < this.#end) {
        cancelLine(line, line.quantity, second, 'out of stock')
        continue
      }
      line.isWaiting = true
      order.pending++
      const list = this.#waiting.get(line.sku)
      if (list === undefined) this.#waiting.set(line.sku, [{ order, line }])
      else list.push({ order, line })
    }
  }

  #process(work: Work): void {
    const { teams, network, calendar, delivery } = this.#floor
    const node = network.nodes[work.node] as Node
    const { picking, packing } = teams[work.node] as Team
    const { order, released } = work
    const open = picking.openAt(released)
    work.shipBy = work.ships ? delivery.shipBy(work.node, released) : readyBy(node, calendar, released)
    const delay = node.type === 'store' ? this.#random.int(240, 1800) : this.#random.int(20, 240)
    if (this.#rejects(node, work)) {
      const rejected = open + 300 + Math.floor(this.#random.exponential(1500))
      if (rejected < this.#end) {
        this.#reject(work, rejected)
        return
      }
    }
    work.accepted = open + delay
    const begun = picking.begin(work.accepted)
    if (order.cancelAt < begun && order.cancelAt < this.#end && !order.isBegun) {
      this.#cancel(work, Math.max(order.cancelAt, released))
      return
    }
    order.isBegun = true
    work.begun = begun
    work.costCents = node.processingCostCents + 40 * work.units
    const effort = (0.6 + 0.2 * work.units) * (0.6 + 0.8 * this.#random.next())
    work.picked = picking.finish(work.accepted, effort)
    this.#findShort(node, work)
    if (work.short === work.units) {
      work.cancelledAt = work.picked
      return
    }
    work.packed = packing.finish(work.picked, effort)
    delivery.ship(work)
    for (const line of work.lines) {
      const units = line.quantity - line.cancelled
      if (units > 0) this.#move(work, line, sale, -units, work.shipped)
    }
  }

  #move(work: Work, line: Line, kind: number, delta: number, second: number): void {
    this.#floor.stock.move(work.node * this.#floor.stock.skus + line.sku, kind, delta, second)
  }

  #rejects(node: Node, work: Work): boolean {
    if (work.attempt >= 3) return false
    const isOut = this.#outages.some(
      (each) => each.node === work.node && work.released >= each.start && work.released < each.stop,
    )
    return this.#random.next() < (isOut ? 0.2 : node.rejectShare)
  }

  #reject(work: Work, rejected: number): void {
    const { stock, sourcing } = this.#floor
    const { order } = work
    work.rejected = rejected
    work.rejectReason = this.#random.pick(refusals)
    for (const line of work.lines) {
      const pair = work.node * stock.skus + line.sku
      if (work.rejectReason === 'out of stock') stock.move(pair, adjustment, -line.quantity, rejected)
      else stock.release(pair, line.quantity)
    }
    const released = rejected + this.#random.int(300, 1800)
    const works = sourcing.assign(order, work.lines, released, work.attempt + 1, work.node)
    this.#schedule(works)
    this.#leftOver(order, work.lines, rejected)
  }

  #cancel(work: Work, second: number): void {
    const { stock } = this.#floor
    work.cancelledAt = second
    if (work.accepted > second) work.accepted = never
    for (const line of work.lines) {
      stock.release(work.node * stock.skus + line.sku, line.quantity)
      cancelLine(line, line.quantity, second, work.order.cancelReason)
    }
  }

  /** Units that are not on the shelf are written off and cancelled. */
  #findShort(node: Node, work: Work): void {
    const spike = this.#shortSpikes.find(
      (each) => each.node === work.node && work.picked >= each.start && work.picked < each.stop,
    )
    const share = spike?.factor ?? node.shortShare
    for (const line of work.lines) {
      if (this.#random.next() >= share) continue
      const units = line.quantity === 1 ? 1 : this.#random.int(1, line.quantity)
      work.short += units
      cancelLine(line, units, work.picked, 'short pick')
      this.#move(work, line, adjustment, -units, work.picked)
    }
  }
}

function giveUp(order: Order, line: Line): void {
  line.isWaiting = false
  cancelLine(line, line.quantity, order.placed + patienceSeconds, 'out of stock')
}

function cancelLine(line: Line, units: number, second: number, reason: string): void {
  line.cancelled = units
  line.cancelledAt = second
  line.cancelReason = reason
}
