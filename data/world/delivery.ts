// The way from the dock to the customer and back: promises, carriers, collections, returns. It reserves no
// stock.

import type { Random } from '#data/kernel'
import { type Calendar, daySeconds, hourSeconds, never, type WorkingDays } from './calendar.ts'
import { deliveryDays, services, takenDays } from './carriers.ts'
import { type Catalogue, returnReasons, skuClasses } from './catalogue.ts'
import { destinations } from './destinations.ts'
import type { Dock } from './dock.ts'
import type { TimedFault } from './faults.ts'
import { weekdayOf } from './holidays.ts'
import type { Network, Node } from './network.ts'
import type { Back, Line, Order, Work } from './order.ts'
import { kindOf, type Stock } from './stock.ts'

const returned = kindOf('return')
const endOfDay = daySeconds - 1
/** Days a parcel waits in a store for its customer. */
const shelfDays = 3

/** Brings shipments to customers and takes returns back. */
export class Delivery {
  #calendar: Calendar
  #network: Network
  #catalogue: Catalogue
  #stock: Stock
  #docks: readonly Dock[]
  #days: WorkingDays[]
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
    this.#docks = docks
    this.#days = deliveryDays(calendar)
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
    return (this.#docks[node] as Dock).shipBy(second)
  }

  /** Last instant at which the order comes on time: the end of a day where the customer is. */
  promise(order: Order): number {
    const zone = destinations[order.destination]?.zone as number
    const calendar = this.#calendar
    const isWaiting = order.lines.some((line) => line.isWaiting)
    const earliest = isWaiting ? 12 : order.works.length === 0 ? 5 : order.method === 'delivery' ? 0 : 1
    let day = calendar.localDay(zone, order.placed) + earliest
    for (const work of order.works) {
      if (!work.ships) continue
      const leaves = this.shipBy(work.node, order.placed + 1200)
      const origin = this.#network.nodes[work.node]?.zone as number
      const arrives = this.#daysOf(work).after(calendar.localDay(origin, leaves), work.quoted)
      if (arrives > day) day = arrives
    }
    return calendar.instantOf(zone, day + (order.method === 'delivery' ? 0 : shelfDays), endOfDay)
  }

  /** Hands packed work over: sets when it leaves, arrives or is collected, and what comes back. */
  ship(work: Work): void {
    if (work.packed >= this.#calendar.end) return
    if (work.ships) {
      const dock = this.#docks[work.node] as Dock
      const departure = dock.departure(work.packed + 240)
      work.shipped = departure + this.#random.int(0, 840)
      if (work.shipped < this.#calendar.end) this.#carry(work)
    } else work.shipped = work.packed
    if (work.order.store >= 0) this.#collect(work)
    const had = work.order.store >= 0 ? work.collected : work.delivered
    if (had >= this.#calendar.end) return
    for (const line of work.lines) this.#takeBack(work, line, had)
  }

  #daysOf(work: Work): WorkingDays {
    return this.#days[work.service] as WorkingDays
  }

  #carry(work: Work): void {
    const random = this.#random
    const calendar = this.#calendar
    const origin = this.#network.nodes[work.node] as Node
    const to = destinations[work.order.destination] as (typeof destinations)[number]
    const day = calendar.localDay(origin.zone, work.shipped)
    const taken = takenDays(work.service, work.quoted, weekdayOf(day), random.next())
    const slow = this.#slowdown(work, origin.region, to.region)
    const extra = slow > 0 && random.next() < 0.88 ? slow + (random.next() < 0.2 ? 1 : 0) : 0
    const arrives = this.#daysOf(work).after(day, taken + extra)
    const hour = Math.min(20.5, Math.max(8, random.normal(14, 2.6)))
    const instant = calendar.instantOf(to.zone, arrives, Math.floor(hour * hourSeconds))
    work.delivered = Math.max(instant, work.shipped + 4 * hourSeconds)
  }

  #slowdown(work: Work, from: string, to: string): number {
    let days = 0
    for (const fault of this.#slowdowns) {
      if (work.shipped < fault.start || work.shipped >= fault.stop) continue
      if (services[work.service]?.carrier !== fault.carrier) continue
      if (fault.lane === '' || fault.lane === `${from}>${to}`) days += fault.factor
    }
    return days
  }

  /** Customers come when the store is open, most within a day. */
  #collect(work: Work): void {
    const ready = work.ships ? work.delivered : work.shipped
    if (ready === never) return
    const zone = this.#network.nodes[work.order.store]?.zone as number
    const wish = ready + 1500 + Math.floor(this.#random.exponential(40_000))
    const hour = this.#calendar.localHour(zone, wish)
    const day = this.#calendar.localDay(zone, wish)
    const opens = this.#random.int(10 * hourSeconds, 14 * hourSeconds)
    if (hour >= 9 && hour < 21) work.collected = wish
    else work.collected = Math.max(wish, this.#calendar.instantOf(zone, day + (hour < 9 ? 0 : 1), opens))
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
