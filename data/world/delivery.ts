// The way from the dock to the customer and back: promises, carriers, collections, returns. It reserves no
// stock.

import type { Random } from '#data/kernel'
import { type Calendar, daySeconds, never } from './calendar.ts'
import { deliveryDays } from './carriers.ts'
import { type Catalogue, returnReasons, skuClasses } from './catalogue.ts'
import type { Dock } from './dock.ts'
import type { TimedFault } from './faults.ts'
import type { Network } from './network.ts'
import type { Back, Line, Order, Work } from './order.ts'
import { arrivalOf, collectionOf, promiseOf, type Roads } from './roads.ts'
import { kindOf, type Stock } from './stock.ts'

const returned = kindOf('return')

/** Brings shipments to customers and takes returns back. */
export class Delivery {
  #calendar: Calendar
  #network: Network
  #catalogue: Catalogue
  #stock: Stock
  #roads: Roads
  #slowdowns: TimedFault[]
  #random: Random
  #warehouseOf: number[]

  constructor(
    calendar: Calendar,
    network: Network,
    catalogue: Catalogue,
    stock: Stock,
    docks: readonly Dock[],
    faults: readonly TimedFault[],
    random: Random,
  ) {
    this.#calendar = calendar
    this.#network = network
    this.#catalogue = catalogue
    this.#stock = stock
    this.#roads = { calendar, network, docks, days: deliveryDays(calendar) }
    this.#slowdowns = faults.filter(
      (fault) => fault.kind === 'carrier_slowdown' || fault.kind === 'lane_slowdown',
    )
    this.#random = random
    this.#warehouseOf = network.ranking.map(
      (ranking) => ranking.find((node) => network.nodes[node]?.type === 'warehouse') as number,
    )
  }

  /** Last instant at which a work released at `second` leaves its node on time. */
  shipBy(node: number, second: number): number {
    return (this.#roads.docks[node] as Dock).shipBy(second)
  }

  /** Last instant at which the order comes on time: the end of a day where the customer is. */
  promise(order: Order): number {
    return promiseOf(order, this.#roads)
  }

  /** Hands packed work over: sets when it leaves, arrives or is collected, and what comes back. */
  ship(work: Work): void {
    if (work.packed >= this.#calendar.end) return
    if (work.ships) {
      const dock = this.#roads.docks[work.node] as Dock
      const departure = dock.departure(work.packed + 240)
      work.shipped = departure + this.#random.int(0, 840)
      if (work.shipped < this.#calendar.end) this.#carry(work)
    } else work.shipped = work.packed
    if (work.order.store >= 0) this.#collect(work)
    const had = work.order.store >= 0 ? work.collected : work.delivered
    if (had >= this.#calendar.end) return
    for (const line of work.lines) this.#takeBack(work, line, had)
  }

  #carry(work: Work): void {
    const { node, service, quoted, shipped } = work
    const parcel = { node, service, quoted, shipped, destination: work.order.destination }
    work.delivered = arrivalOf(parcel, this.#slowdowns, this.#roads, this.#random)
  }

  /** Customers come when the store is open, most within a day. */
  #collect(work: Work): void {
    const ready = work.ships ? work.delivered : work.shipped
    if (ready === never) return
    const zone = this.#network.nodes[work.order.store]?.zone as number
    work.collected = collectionOf(ready, zone, this.#calendar, this.#random)
  }

  #takeBack(work: Work, line: Line, had: number): void {
    const random = this.#random
    const quantity = line.quantity - line.cancelled
    if (quantity === 0) return
    const { skuClass, costCents } = this.#catalogue.products[line.sku] as Catalogue['products'][number]
    const { returnShare, returnReasons: weights } = skuClasses[skuClass] as (typeof skuClasses)[number]
    const isLate = had > work.order.promised
    if (random.next() >= returnShare * (isLate ? 2 : 1)) return
    const requested = had + daySeconds + Math.floor(random.exponential(6.5 * daySeconds))
    if (requested >= this.#calendar.end) return
    const reason =
      isLate && random.next() < 0.5 ? 'arrived late' : (returnReasons[random.weighted(weights)] as string)
    const isLost = reason === 'damaged' || reason === 'defective'
    const units = random.next() < 0.75 ? quantity : random.int(1, quantity)
    const paid = line.priceCents * line.quantity - line.discountCents
    const back: Back = {
      node: this.#warehouseOf[work.order.destination] as number,
      quantity: units,
      reason,
      requested,
      received: requested + 2 * daySeconds + Math.floor(random.exponential(3 * daySeconds)),
      refundCents: Math.round((paid * units) / line.quantity),
      lossCents: 350 + (isLost ? costCents : Math.round(costCents * 0.08)) * units,
    }
    line.back = back
    if (!isLost) this.#stock.move(back.node * this.#stock.skus + line.sku, returned, units, back.received)
  }
}
