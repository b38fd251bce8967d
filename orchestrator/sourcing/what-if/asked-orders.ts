// The orders of a what-if as sourcing is asked for them, with what they have taken already. It reads the state and the
// marts; it changes nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type CoreState, isLiveWork, type Order, reservationsFor, unitsHeld } from '#orchestrator/core'
import type { SourcingOrder } from '../world.ts'
import { type AskedOrder, dayOf, plainOrder, shifted, type TakenUnits } from './asked-order.ts'
import { readEnded } from './ended-orders.ts'

/** Orders of a what-if at most. */
export const ordersMost = 20_000
const usualLimit = 1_000

/** Reads marts beside the writer. */
export type Reading = <T>(work: (queries: Queries) => Promise<T>) => Promise<T>

/**
 * The orders that a request gives or names.
 * @throws SOURCING_PROBLEM_INVALID, ORDER_UNKNOWN, WAREHOUSE_QUERY
 */
export async function askedOrders(
  { orders = [], stored }: Pick<api.WhatIfRequest, 'orders' | 'stored'>,
  { state, now, market, reading }: { state: CoreState; now: number; market: string; reading: Reading },
): Promise<AskedOrder[]> {
  if (orders.length === 0 && stored === undefined) refuse('it names no orders')
  const given = orders.map(
    (order): AskedOrder => ({
      order: givenOrder(order, now),
      externalId: order.orderId,
      taken: [],
      placedAt: now,
      day: null,
    }),
  )
  const found = stored === undefined ? [] : await storedOrders(stored, { state, now, market, reading })
  const all = [...given, ...found]
  if (all.length > ordersMost) refuse(`it names ${all.length} orders; at most ${ordersMost} go together`)
  const ids = new Set<string>()
  for (const { order } of all) {
    if (ids.has(order.orderId)) refuse(`order ${order.orderId} is there twice`)
    ids.add(order.orderId)
    if (new Set(order.lines.map(({ lineId }) => lineId)).size < order.lines.length)
      refuse(`order ${order.orderId} has two lines of one id`)
  }
  return all
}

function refuse(reason: string): never {
  throw fail('SOURCING_PROBLEM_INVALID', { reason })
}

function givenOrder(given: NonNullable<api.WhatIfRequest['orders']>[number], now: number): SourcingOrder {
  const { shipTo, promisedAt } = given
  return {
    ...plainOrder,
    orderId: given.orderId,
    method: given.method ?? 'delivery',
    channel: given.channel ?? null,
    currency: '',
    customerRef: given.customerRef ?? null,
    destination: {
      country: shipTo.country ?? null,
      region: shipTo.region ?? null,
      city: shipTo.city ?? null,
      postalCode: shipTo.postalCode ?? null,
      zone: null,
      latitude: null,
      longitude: null,
      timeZone: null,
    },
    placedAt: now,
    promisedAt: promisedAt === undefined ? null : Date.parse(promisedAt),
    lines: given.lines.map((line) => ({ ...line, weightG: null })),
  }
}

async function storedOrders(
  { orderIds, from, to, limit = usualLimit }: NonNullable<api.WhatIfRequest['stored']>,
  { state, now, market, reading }: { state: CoreState; now: number; market: string; reading: Reading },
): Promise<AskedOrder[]> {
  if (orderIds === undefined) {
    const [since, until] = [timeOf(from, Number.NEGATIVE_INFINITY), timeOf(to, Number.POSITIVE_INFINITY)]
    if (since > until) refuse('the period ends before it begins')
    const live = [...state.orders.values()]
      .filter(({ placedAt }) => placedAt >= since && placedAt <= until)
      .sort((a, b) => b.placedAt - a.placedAt)
      .slice(0, limit)
    const ended = await reading((queries) => readEnded(queries, { market, from, to, limit, now }))
    // The tables know live orders too: the core knows them better.
    const others = ended.filter(({ order }) => !state.orders.has(order.orderId))
    return [...live.flatMap((order) => liveOrder(order, state, now)), ...others]
      .sort((a, b) => b.placedAt - a.placedAt || (a.order.orderId < b.order.orderId ? -1 : 1))
      .slice(0, limit)
  }
  if (from !== undefined || to !== undefined)
    refuse('orders are named by id or by when they were placed, not both')
  const ids = [...new Set(orderIds)]
  const missing = ids.filter((orderId) => !state.orders.has(orderId))
  const ended =
    missing.length === 0
      ? []
      : await reading((queries) => readEnded(queries, { market, orderIds: missing, limit: ordersMost, now }))
  const byId = new Map(ended.map((each) => [each.order.orderId, each]))
  return ids.flatMap((orderId) => {
    const order = state.orders.get(orderId)
    if (order !== undefined) return liveOrder(order, state, now)
    const known = byId.get(orderId)
    if (known === undefined) throw fail('ORDER_UNKNOWN', { orderId })
    return [known]
  })
}

function timeOf(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : Date.parse(text)
}

/** An order of the core: all its units that were not cancelled; none where all were. */
function liveOrder(order: Order, state: CoreState, now: number): AskedOrder[] {
  const lines = order.lines.flatMap(({ lineId, sku, quantity, cancelled, unitPriceCents }) =>
    quantity > cancelled
      ? [{ lineId, sku, quantity: quantity - cancelled, unitPriceCents, weightG: null }]
      : [],
  )
  if (lines.length === 0) return []
  const isOver = order.shippedAt !== null || order.deliveredAt !== null
  const asked: SourcingOrder = {
    ...plainOrder,
    orderId: order.orderId,
    method: order.method,
    channel: order.channel,
    currency: order.currency,
    customerRef: order.customerRef,
    destination: { ...order.shipTo, zone: null, latitude: null, longitude: null },
    placedAt: isOver ? now : order.placedAt,
    promisedAt: shifted(order.promisedAt, isOver ? now - order.placedAt : 0),
    lines,
  }
  const { placedAt } = order
  const taken = takenBy(order, state, now)
  return [
    { order: asked, externalId: order.externalId, taken, placedAt, day: isOver ? dayOf(placedAt) : null },
  ]
}

/** What its work holds or has sent, and what reservations hold for it. */
function takenBy(order: Order, state: CoreState, now: number): TakenUnits[] {
  const taken: TakenUnits[] = []
  for (const work of order.work) {
    if (!isLiveWork(work)) continue
    for (const line of work.lines) {
      const units = line.shipped + (work.isReserved ? Math.max(0, unitsHeld(line)) : 0)
      if (units > 0) taken.push({ sku: line.sku, nodeId: work.nodeId, units })
    }
  }
  for (const reservationId of reservationsFor(state, order, order.lines)) {
    const reservation = state.reservations.get(reservationId)
    if (reservation === undefined || reservation.expiresAt <= now) continue
    for (const { sku, nodeId, quantity } of reservation.lines) taken.push({ sku, nodeId, units: quantity })
  }
  return taken
}
