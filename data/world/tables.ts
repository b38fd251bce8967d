// The nine files of a world: one row per record in the column order of the contracts. It decides nothing.

import { join } from 'node:path'
import { columnsOf, type EntityName, entities, movementKinds, orderStatuses } from '#data/contracts'
import { type Calendar, never, zones } from './calendar.ts'
import { freightCostCents, services } from './carriers.ts'
import { type Catalogue, type Product, skuClasses } from './catalogue.ts'
import { channels } from './channels.ts'
import { CsvFile, DateTexts } from './csv.ts'
import { destinations } from './destinations.ts'
import type { Network, Node } from './network.ts'
import type { Line, Order, Work } from './order.ts'
import type { Team } from './queue.ts'
import { cancelledUnits, isOver, lineStatus, workStatus } from './state.ts'

const prefix = 'FB-'
const width = 8

/** Columns of a file: those of the contract, money in major units under the name without `_cents`. */
export function headerOf(entity: EntityName): string[] {
  return columnsOf(entities[entity].mapped).map((column) => column.name.replace(/_cents$/, ''))
}

/** The files being written. */
export class Tables {
  readonly files: Readonly<Record<EntityName, CsvFile>>
  #network: Network
  #catalogue: Catalogue
  #end: number

  constructor(directory: string, calendar: Calendar, network: Network, catalogue: Catalogue) {
    const dates = new DateTexts(calendar.firstDay, calendar.firstDay + calendar.days)
    const names = Object.keys(entities) as EntityName[]
    const files = names.map((name) => [
      name,
      new CsvFile(join(directory, `${name}.csv`), headerOf(name), dates, calendar.end),
    ])
    this.files = Object.fromEntries(files)
    this.#network = network
    this.#catalogue = catalogue
    this.#end = calendar.end
  }

  /** Closes all files; returns the rows of each. */
  close(): Record<EntityName, number> {
    const rows = Object.entries(this.files).map(([name, file]) => {
      file.close()
      return [name, file.rows]
    })
    return Object.fromEntries(rows)
  }

  /** The nodes, with the capacity of their teams. */
  nodes(teams: readonly Team[]): void {
    const file = this.files.nodes
    this.#network.nodes.forEach((node, i) => {
      file.text(node.id)
      file.text(node.name)
      file.text(node.type)
      file.text(zones[node.zone] as string)
      file.text('US')
      file.text(node.region)
      file.text(node.city)
      file.text(node.postalCode)
      file.text(String(node.latitude))
      file.text(String(node.longitude))
      file.integer(teams[i]?.dailyCapacity ?? 0)
      file.text(`${String(node.cutOffHour).padStart(2, '0')}:00`)
      file.money(node.processingCostCents)
      file.truth(true)
      file.end()
    })
  }

  /** The products. */
  products(): void {
    const file = this.files.products
    for (const product of this.#catalogue.products) {
      file.text(product.sku)
      file.text(product.name)
      file.text(skuClasses[product.skuClass]?.name ?? '')
      file.integer(product.weightG)
      file.integer(product.lengthMm)
      file.integer(product.widthMm)
      file.integer(product.heightMm)
      file.money(product.priceCents)
      file.money(product.costCents)
      file.end()
    }
  }

  /** A stock count of a pair (node, product). */
  count(
    pair: number,
    second: number,
    onHand: number,
    allocated: number,
    safety: number,
    inbound: number,
  ): void {
    const file = this.files.inventory
    const product = this.#pair(file, pair)
    file.instant(second)
    file.integer(onHand)
    file.integer(allocated)
    file.integer(0)
    file.integer(safety)
    file.integer(inbound)
    file.money(product.costCents)
    file.end()
  }

  /** A stock movement of a pair. */
  movement(number: number, pair: number, second: number, kind: number, delta: number): void {
    const file = this.files.inventory_movements
    file.id('M-', number, width + 1)
    this.#pair(file, pair)
    file.instant(second)
    file.text(movementKinds[kind] as string)
    file.integer(delta)
    file.end()
  }

  /** An order with everything that belongs to it, as known at the end of the history. */
  order(order: Order): void {
    this.#order(order)
    order.lines.forEach((line, i) => {
      this.#line(order, line, i + 1)
    })
    for (const work of order.works) {
      if (work.released >= this.#end) continue
      this.#work(work)
      if (work.ships && work.shipped < this.#end) this.#shipment(work)
    }
    let returns = 0
    order.lines.forEach((line, i) => {
      if (line.back !== null) this.#return(order, line, i + 1, ++returns)
    })
  }

  #pair(file: CsvFile, pair: number): Product {
    const skus = this.#catalogue.products.length
    const node = Math.floor(pair / skus)
    const product = this.#catalogue.products[pair - node * skus] as Product
    file.text(product.sku)
    file.text((this.#network.nodes[node] as Node).id)
    return product
  }

  #order(order: Order): void {
    const file = this.files.orders
    const to = destinations[order.destination] as (typeof destinations)[number]
    const sum = this.#summary(order)
    file.id(prefix, order.number, width)
    file.instant(order.placed)
    file.text(orderStatuses[sum.status] as string)
    file.text(channels[order.channel]?.name ?? '')
    file.text(order.method)
    file.text('USD')
    file.id('C-', order.customer, width)
    file.text('US')
    file.text(to.region)
    file.text(to.city)
    file.text(to.postalCode)
    file.text(zones[to.zone] as string)
    file.deadline(order.promised)
    file.instant(sum.cancelled < order.approved ? never : order.approved)
    file.instant(sum.shipped)
    file.instant(sum.delivered)
    file.instant(sum.cancelled)
    file.text(sum.cancelled < this.#end ? sum.reason : '')
    file.money(order.totalCents)
    file.money(order.freightCents)
    file.money(order.taxCents)
    file.money(order.discountCents)
    file.end()
  }

  /** State of an order: that of its least advanced live line; times of its last part. */
  #summary(order: Order) {
    let status: number = orderStatuses.length
    let shipped = 0
    let delivered = 0
    let cancelled = 0
    let reason = ''
    for (const line of order.lines) {
      const rank = lineStatus(order, line, this.#end)
      if (isOver(rank)) {
        if (line.cancelledAt > cancelled) reason = line.cancelReason
        cancelled = Math.max(cancelled, line.cancelledAt)
        continue
      }
      status = Math.min(status, rank)
      const work = line.work
      shipped = Math.max(shipped, work?.shipped ?? never)
      delivered = Math.max(delivered, (order.store >= 0 ? work?.collected : work?.delivered) ?? never)
    }
    if (status < orderStatuses.length) return { status, shipped, delivered, cancelled: never, reason: '' }
    return { status: orderStatuses.indexOf('cancelled'), shipped: never, delivered: never, cancelled, reason }
  }

  #line(order: Order, line: Line, number: number): void {
    const file = this.files.order_lines
    const cancelled = cancelledUnits(line, this.#end)
    const work = line.work !== null && line.work.released < this.#end ? line.work : null
    file.id(prefix, order.number, width)
    file.integer(number)
    file.text((this.#catalogue.products[line.sku] as Product).sku)
    file.integer(line.quantity)
    file.money(line.priceCents)
    file.money(line.discountCents)
    file.money(line.taxCents)
    file.empty()
    file.text(line.work === null ? '' : (this.#network.nodes[line.work.node] as Node).id)
    file.text(orderStatuses[lineStatus(order, line, this.#end)] as string)
    file.deadline(work?.shipBy ?? never)
    file.integer(work !== null && work.shipped < this.#end ? line.quantity - cancelled : 0)
    file.integer(cancelled)
    file.end()
  }

  #work(work: Work): void {
    const file = this.files.fulfillment_orders
    const number = work.order.number
    file.id(prefix, number, width)
    file.id(prefix, number, width, `-F${work.number}`)
    file.text((this.#network.nodes[work.node] as Node).id)
    file.text(workStatus(work, this.#end))
    file.integer(work.attempt)
    file.instant(work.released)
    file.instant(work.accepted)
    file.instant(work.rejected)
    file.text(work.rejected < this.#end ? work.rejectReason : '')
    file.instant(work.picked)
    file.instant(work.packed)
    file.instant(work.shipped)
    file.deadline(work.shipBy)
    file.integer(work.units)
    file.integer(work.picked < this.#end ? work.short : 0)
    if (work.picked < this.#end) file.money(work.costCents)
    else file.empty()
    file.end()
  }

  #shipment(work: Work): void {
    const file = this.files.shipments
    const { order } = work
    const { carrier, service, prefix: start } = services[work.service] as (typeof services)[number]
    const km = this.#network.km[work.node]?.[order.destination] as number
    let valueCents = 0
    for (const line of work.lines) valueCents += line.priceCents * (line.quantity - line.cancelled)
    file.id(prefix, order.number, width)
    file.id(prefix, order.number, width, `-S${work.number}`)
    file.text((this.#network.nodes[work.node] as Node).id)
    file.text(carrier)
    file.text(service)
    file.id(start, order.number * 10 + work.number, width + 3, 'US')
    file.instant(work.shipped)
    file.deadline(order.promised)
    file.instant(work.delivered)
    file.money(freightCostCents(work.service, km, work.weightG))
    if (valueCents > 20_000) file.money(Math.round(valueCents / 100))
    else file.empty()
    file.integer(work.weightG)
    file.end()
  }

  #return(order: Order, line: Line, number: number, count: number): void {
    const file = this.files.returns
    const back = line.back as NonNullable<Line['back']>
    file.id(prefix, order.number, width)
    file.id(prefix, order.number, width, `-R${count}`)
    file.integer(number)
    file.text((this.#catalogue.products[line.sku] as Product).sku)
    file.integer(back.quantity)
    file.text(back.reason)
    file.instant(back.requested)
    file.instant(back.received)
    file.text((this.#network.nodes[back.node] as Node).id)
    if (back.received < this.#end) {
      file.money(back.refundCents)
      file.money(back.lossCents)
    } else {
      file.empty()
      file.empty()
    }
    file.end()
  }
}
