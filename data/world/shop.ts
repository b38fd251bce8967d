// What customers put into their baskets: destination, method, products, prices, second thoughts. It sources
// nothing.

import type { Random } from '#data/kernel'
import { never, zones } from './calendar.ts'
import type { Service } from './carriers.ts'
import { type Catalogue, skuClasses } from './catalogue.ts'
import { type Channel, channels } from './channels.ts'
import type { Demand } from './demand.ts'
import { destinations } from './destinations.ts'
import type { TimedFault } from './faults.ts'
import { type Lottery, lottery } from './lottery.ts'
import type { Network } from './network.ts'
import type { Line, Method, Order } from './order.ts'

const lineCounts = lottery([55, 25, 12, 5, 2, 1], 1024)
const quantities = lottery([0, 82, 12, 4, 1, 0.7, 0.3], 1024)
const taxShare = 0.07
const marketplace = channels.findIndex((channel) => channel.name === 'marketplace')
const storeChannel = channels.findIndex((channel) => channel.name === 'store')
const excuses = ['changed mind', 'changed mind', 'found cheaper', 'ordered by mistake', 'suspected fraud']

/** The destinations of a zone. */
interface Area {
  places: number[]
  draw: Lottery
}

/** The shop: makes the orders of a slot. */
export class Shop {
  #catalogue: Catalogue
  #network: Network
  #demand: Demand
  #random: Random
  #spikes: TimedFault[]
  #customers: number
  #placed = 0
  #byZone: Area[]
  #classLimits = new Float64Array(skuClasses.length)

  constructor(
    catalogue: Catalogue,
    network: Network,
    demand: Demand,
    faults: readonly TimedFault[],
    orders: number,
    random: Random,
  ) {
    this.#catalogue = catalogue
    this.#network = network
    this.#demand = demand
    this.#random = random
    this.#spikes = faults.filter((fault) => fault.kind === 'cancellation_spike')
    this.#customers = Math.max(10, Math.ceil(orders * 0.55))
    this.#byZone = zones.map((_, zone) => {
      const places = destinations.map((_, i) => i).filter((i) => destinations[i]?.zone === zone)
      return { places, draw: lottery(places.map((i) => destinations[i]?.population ?? 0)) }
    })
  }

  /** Orders made so far. */
  get placed(): number {
    return this.#placed
  }

  /** The orders of the slot just drawn by the demand, in order of time. */
  slot(start: number, stop: number): Order[] {
    this.#setClasses()
    const cells: number[] = []
    this.#demand.counts.forEach((count, cell) => {
      for (let i = 0; i < count; i++) cells.push(cell)
    })
    const keys = Float64Array.from(cells, (cell) => {
      const second = Math.floor(this.#random.next() * (stop - start))
      return second * 1024 + cell
    })
    keys.sort()
    const orders: Order[] = []
    for (const key of keys) {
      const second = Math.floor(key / 1024)
      const cell = key - second * 1024
      const channel = Math.floor(cell / zones.length)
      orders.push(this.#order(start + second, channel, cell - channel * zones.length))
    }
    return orders
  }

  #setClasses(): void {
    let sum = 0
    skuClasses.forEach((skuClass, i) => {
      sum += skuClass.share * (this.#demand.wanted[i] as number)
      this.#classLimits[i] = sum
    })
    for (let i = 0; i < skuClasses.length; i++) {
      this.#classLimits[i] = (this.#classLimits[i] as number) / sum
    }
  }

  #order(placed: number, channel: number, zone: number): Order {
    const random = this.#random
    const { places, draw } = this.#byZone[zone] as Area
    const destination = places[draw.draw(random.next())] as number
    const store = channel === marketplace ? -1 : (this.#network.storeOf[destination] as number)
    const method = store < 0 ? 'delivery' : this.#method(channel)
    const review = random.next() < 0.025 ? random.int(3600, 6 * 3600) : 0
    const approved = placed + 20 + Math.floor(random.exponential(150)) + review
    const order: Order = {
      number: ++this.#placed,
      placed,
      approved,
      released: approved + 60 + Math.floor(random.exponential(360)),
      channel,
      method,
      speed: method === 'delivery' ? speedOf(random.next()) : 'ground',
      destination,
      store: method === 'delivery' ? -1 : store,
      customer: 1 + Math.floor(random.next() ** 1.4 * this.#customers),
      promised: never,
      cancelAt: never,
      cancelReason: '',
      isBegun: false,
      totalCents: 0,
      freightCents: 0,
      taxCents: 0,
      discountCents: 0,
      lines: this.#lines(),
      works: [],
      pending: 0,
    }
    this.#price(order)
    this.#secondThoughts(order, channels[channel] as Channel)
    return order
  }

  #method(channel: number): Method {
    const uniform = this.#random.next()
    if (channel === storeChannel)
      return uniform < 0.35 ? 'delivery' : uniform < 0.7 ? 'pickup' : 'ship_to_store'
    if (uniform < 0.68) return 'delivery'
    return uniform < 0.85 ? 'pickup' : uniform < 0.93 ? 'curbside' : 'ship_to_store'
  }

  #lines(): Line[] {
    const random = this.#random
    const count = 1 + lineCounts.draw(random.next())
    const lines: Line[] = []
    let skuClass = -1
    for (let i = 0; i < count; i++) {
      if (skuClass < 0 || random.next() < 0.5) skuClass = this.#drawClass(random.next())
      const within = (this.#catalogue.draws[skuClass] as Lottery).draw(random.next())
      const sku = (this.#catalogue.firsts[skuClass] as number) + within
      if (!lines.some((line) => line.sku === sku)) lines.push(this.#line(sku, skuClass))
    }
    return lines
  }

  #line(sku: number, skuClass: number): Line {
    const priceCents = this.#catalogue.products[sku]?.priceCents ?? 0
    const quantity = quantities.draw(this.#random.next())
    const discountCents = Math.round(priceCents * quantity * (this.#demand.discounts[skuClass] as number))
    return {
      sku,
      quantity,
      priceCents,
      discountCents,
      taxCents: Math.round((priceCents * quantity - discountCents) * taxShare),
      work: null,
      cancelled: 0,
      cancelledAt: never,
      cancelReason: '',
      isWaiting: false,
      back: null,
    }
  }

  #drawClass(uniform: number): number {
    let index = 0
    while (index < skuClasses.length - 1 && uniform >= (this.#classLimits[index] as number)) index++
    return index
  }

  #price(order: Order): void {
    for (const line of order.lines) {
      order.totalCents += line.priceCents * line.quantity
      order.taxCents += line.taxCents
    }
    if (this.#random.next() < 0.05) order.discountCents = Math.round(order.totalCents * 0.1)
    if (order.method !== 'delivery') return
    if (order.speed === 'overnight') order.freightCents = 2499
    else if (order.speed === 'two_day') order.freightCents = 1299
    else if (order.totalCents < 5000) order.freightCents = 599
  }

  #secondThoughts(order: Order, channel: Channel): void {
    const random = this.#random
    const { placed } = order
    const spikes = this.#spikes.filter(
      (each) => each.channel === order.channel && placed >= each.start && placed < each.stop,
    )
    const [spike] = spikes.length > 1 ? spikes.toSorted((a, b) => b.factor - a.factor) : spikes
    if (random.next() >= (spike?.factor ?? channel.cancelShare)) return
    const delay = spike === undefined ? 60 + random.exponential(1500) : 30 + random.exponential(400)
    order.cancelAt = placed + Math.floor(delay)
    order.cancelReason = spike === undefined ? random.pick(excuses) : 'payment declined'
  }
}

function speedOf(uniform: number): Service['service'] {
  if (uniform < 0.78) return 'ground'
  return uniform < 0.94 ? 'two_day' : 'overnight'
}
