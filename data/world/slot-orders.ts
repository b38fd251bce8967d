// The orders that are placed in one quarter of an hour after the end of a history, ready to be handed over. The same
// slot always gives the same orders; it sources none of them.

import { zones } from './calendar.ts'
import { chooseService, quotedDays } from './carriers.ts'
import { channels } from './channels.ts'
import { slotSeconds } from './demand.ts'
import { destinations } from './destinations.ts'
import type { Era } from './era.ts'
import type { Lottery } from './lottery.ts'
import type { Method, Order } from './order.ts'
import { promiseOf } from './roads.ts'
import type { Stage } from './stage.ts'

/** An order as a shop hands it over. Times are epoch ms. */
export interface DrawnOrder {
  externalId: string
  placedAt: number
  /** When the systems of the shop have it. */
  arrivesAt: number
  /** When its nodes may have it. */
  releaseAt: number
  promisedAt: number
  channel: string
  method: Method
  currency: string
  customerRef: string
  shipTo: { country: string; region: string; city: string; postalCode: string; timeZone: string }
  totalCents: number
  freightCents: number
  taxCents: number
  discountCents: number
  lines: {
    lineId: string
    sku: string
    quantity: number
    unitPriceCents: number
    discountCents: number
    taxCents: number
  }[]
  /** When the customer thinks again, null = not at all. */
  cancelAt: number | null
  cancelReason: string
}

/** Orders of a slot (quarters of an hour since 1970), in order of time; none of the time of the history. */
export function drawOrders(era: Era, stage: Stage, slot: number): DrawnOrder[] {
  const start = Math.max(slot * slotSeconds, stage.calendar.end)
  const stop = (slot + 1) * slotSeconds
  if (start >= stop) return []
  era.dice.roll(stage.random.fork(`slot/${slot}`))
  if (era.demand.draw(start, stop) === 0) return []
  const orders = era.shop.slot(start, stop)
  return orders.map((order, i) => drawn(offered(order, stage), externalIdOf(slot, i), era, stage))
}

/** Whether an order with this id was placed after the history of its world. */
export function isLiveId(externalId: string): boolean {
  return /^FB-\d{11,}$/.test(externalId)
}

/** `FB-` + day + quarter + number: eleven digits or more, where orders of a history have eight. */
function externalIdOf(slot: number, index: number): string {
  const perDay = 86_400 / slotSeconds
  const day = new Date(slot * slotSeconds * 1000).toISOString().slice(2, 10).replaceAll('-', '')
  return `FB-${day}${String(slot % perDay).padStart(2, '0')}${String(index + 1).padStart(3, '0')}`
}

function drawn(order: Order, externalId: string, era: Era, stage: Stage): DrawnOrder {
  const to = destinations[order.destination] as (typeof destinations)[number]
  const { region, city, postalCode } = to
  return {
    externalId,
    placedAt: order.placed * 1000,
    arrivesAt: order.placed * 1000,
    releaseAt: order.released * 1000,
    promisedAt: promisedOf(order, era, stage) * 1000,
    channel: channels[order.channel]?.name ?? '',
    method: order.method,
    currency: 'USD',
    customerRef: `C-${String(order.customer).padStart(8, '0')}`,
    shipTo: { country: 'US', region, city, postalCode, timeZone: zones[to.zone] as string },
    totalCents: order.totalCents,
    freightCents: order.freightCents,
    taxCents: order.taxCents,
    discountCents: order.discountCents,
    lines: order.lines.map((line, i) => ({
      lineId: String(i + 1),
      sku: stage.catalogue.products[line.sku]?.sku ?? '',
      quantity: line.quantity,
      unitPriceCents: line.priceCents,
      discountCents: line.discountCents,
      taxCents: line.taxCents,
    })),
    cancelAt: order.cancelReason === '' ? null : order.cancelAt * 1000,
    cancelReason: order.cancelReason,
  }
}

/** What a store does not have cannot be collected there: it is sent. */
function offered(order: Order, { catalogue }: Stage): Order {
  if (order.method !== 'pickup' && order.method !== 'curbside') return order
  const products = order.lines.map(({ sku }) => catalogue.products[sku])
  if (products.every((product) => product?.inStores && product.vendor === -1)) return order
  return { ...order, method: 'delivery', store: -1 }
}

/** The promise of the shop, which thinks of the node that usually serves the customer. */
function promisedOf(order: Order, { roads, dice }: Era, { network, catalogue }: Stage): number {
  const isCollected = order.method === 'pickup' || order.method === 'curbside'
  const usual = (network.usual[order.destination] as Lottery).draw(dice.next())
  const weightG = order.lines.reduce(
    (sum, { sku, quantity }) => sum + (catalogue.products[sku]?.weightG ?? 0) * quantity,
    140,
  )
  const nodes = new Set(
    order.lines.map(({ sku }) => {
      const vendor = catalogue.products[sku]?.vendor ?? -1
      return vendor >= 0 ? vendor : isCollected ? order.store : usual
    }),
  )
  const works = [...nodes].map((node) => {
    const km = network.km[node]?.[order.destination] ?? 0
    const service = chooseService(order.speed, km, weightG, dice.next())
    return { ships: node !== order.store || !isCollected, node, service, quoted: quotedDays(service, km) }
  })
  return promiseOf({ ...order, works }, roads)
}
