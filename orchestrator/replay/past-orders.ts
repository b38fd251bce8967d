// Orders of the last days as they were when they came, with what was known then: incidents that were open, how odd a
// model found them. It reads the core and the marts; it changes nothing.

import { setImmediate } from 'node:timers/promises'
import type { Queries } from '#data/warehouse'
import { blankOrder, type CoreState, type Incident, type Order } from '#orchestrator/core'
import { type FactsContext, latelyMs } from '#orchestrator/policies'
import { type AskedOrder, askedOrders, type Reading } from '#orchestrator/sourcing'

/** An order of the past. */
export interface PastOrder {
  asked: AskedOrder
  /** As it came: nothing was done yet. */
  order: Order
}

/** Orders of the past, and what was known of them. */
export interface Past {
  orders: readonly PastOrder[]
  /** When customers placed orders, epoch ms of the market. */
  placed: ReadonlyMap<string, readonly number[]>
  /** How odd a model found them, once a turn of the loop had scored them. */
  oddness: ReadonlyMap<string, number>
  /** Whether there were more than the limit. */
  isCut: boolean
}

/** Where the past is read. */
export interface PastPlace {
  state: CoreState
  market: string
  /** Epoch ms of the market. */
  now: number
  reading: Reading
}

const dayMs = 86_400_000
/** Orders made ready before others get the thread. */
const portion = 250

/** The orders placed in the last days, the newest first. @throws WAREHOUSE_QUERY */
export async function pastOrders(
  place: PastPlace,
  { days, limit }: { days: number; limit: number },
): Promise<Past> {
  const from = new Date(place.now - days * dayMs).toISOString()
  const to = new Date(place.now).toISOString()
  const found = await askedOrders({ stored: { from, to, limit: limit + 1 } }, place)
  const asked = found.slice(0, limit)
  const ids = JSON.stringify(asked.map(({ order }) => order.orderId))
  const more = await place.reading((queries) => readMore(queries, place.market, ids))
  const oddness = await place.reading((queries) => readOddness(queries, place.market, from))
  const orders: PastOrder[] = []
  for (const [i, each] of asked.entries()) {
    orders.push({ asked: each, order: asCame(each, place, more.get(each.order.orderId)) })
    // Others get the thread between two portions.
    if (i % portion === portion - 1) await setImmediate()
  }
  return { orders, placed: placedBy(orders), oddness, isCut: found.length > limit }
}

function placedBy(orders: readonly PastOrder[]): Map<string, number[]> {
  const placed = new Map<string, number[]>()
  for (const { order } of orders) {
    if (order.customerRef === null) continue
    const times = placed.get(order.customerRef) ?? []
    times.push(order.placedAt)
    placed.set(order.customerRef, times)
  }
  return placed
}

/** What the marts say of an order beside what sourcing asks for. */
interface More extends Record<string, unknown> {
  orderId: string
  provider: string
  totalCents: number
  freightCents: number
  discountCents: number
  promisedAt: number | null
  flags: string[]
}

async function readMore(queries: Queries, market: string, ids: string): Promise<Map<string, More>> {
  const rows = await queries.all<More>(
    `SELECT order_id::VARCHAR AS "orderId", provider, total_cents AS "totalCents", freight_cents AS "freightCents",
       discount_cents AS "discountCents", epoch_ms(promised_at) AS "promisedAt", flags
     FROM orders WHERE market = $1
       AND order_id IN (SELECT try_cast(id AS UUID) FROM (SELECT unnest(from_json($2::JSON, '["VARCHAR"]')) AS id))`,
    [market, ids],
  )
  return new Map(rows.map((row) => [row.orderId, row]))
}

async function readOddness(queries: Queries, market: string, from: string): Promise<Map<string, number>> {
  const rows = await queries.all<{ orderId: string; score: number }>(
    `SELECT dimension_value AS "orderId", max(score) AS score FROM anomalies
     WHERE market = $1 AND metric = 'order' AND dimension = 'order' AND bucket_start >= $2::TIMESTAMPTZ
     GROUP BY dimension_value`,
    [market, from],
  )
  return new Map(rows.map(({ orderId, score }) => [orderId, score]))
}

/** The order before anything was done with it. */
function asCame(
  { order, externalId, placedAt }: AskedOrder,
  place: PastPlace,
  more: More | undefined,
): Order {
  const { orderId, method, channel, currency, customerRef, destination, lines } = order
  const known = place.state.orders.get(orderId)
  const { country, region, city, postalCode, timeZone } = destination
  const header = {
    ...{ orderId, method, channel, currency, customerRef, externalId, placedAt },
    market: place.market,
    provider: known?.provider ?? more?.provider ?? '',
    shipTo: { country, region, city, postalCode, timeZone },
    approvedAt: null,
    promisedAt: known?.promisedAt ?? more?.promisedAt ?? null,
    totalCents: known?.totalCents ?? more?.totalCents ?? null,
    freightCents: known?.freightCents ?? more?.freightCents ?? null,
    taxCents: null,
    discountCents: known?.discountCents ?? more?.discountCents ?? null,
    flags: known?.flags ?? more?.flags ?? [],
  }
  return {
    ...blankOrder(header),
    lines: lines.map(({ lineId, sku, quantity, unitPriceCents }) => ({
      ...{ lineId, sku, quantity, unitPriceCents: unitPriceCents ?? 0 },
      ...{ discountCents: 0, taxCents: 0, freightCents: 0, cancelled: 0, shipped: 0, delivered: 0 },
      ...{ returnRequested: 0, returned: 0, backordered: 0, launchAt: null, hold: null, ownState: null },
    })),
    updatedAt: placedAt,
  }
}

/** What was known of new orders at an instant. @param at epoch ms of the market */
export function factsThen({ state }: PastPlace, { placed }: Pick<Past, 'placed'>, at: number): FactsContext {
  return {
    state,
    now: at,
    riskOf: () => 0,
    // On its way to its nodes an order is not scored yet: that takes a turn of the loop.
    oddnessOf: () => 0,
    recentOrders: (customerRef) =>
      (placed.get(customerRef) ?? []).filter((time) => time <= at && time > at - latelyMs).length,
    incidentAt: (dimension, value) => openAt(state, dimension, value, at),
  }
}

const byKey = new WeakMap<CoreState['incidents'], Map<string, Incident[]>>()

/** The incident about a value that was open at an instant; the severity is that of its last update. */
function openAt(
  { incidents }: CoreState,
  dimension: string,
  value: string,
  at: number,
): Incident | undefined {
  let known = byKey.get(incidents)
  if (known === undefined) {
    known = Map.groupBy(incidents.values(), (each) => `${each.dimension}/${each.dimensionValue}`)
    byKey.set(incidents, known)
  }
  return known
    .get(`${dimension}/${value}`)
    ?.find(({ openedAt, resolvedAt }) => openedAt <= at && (resolvedAt === null || resolvedAt > at))
}

/** Incidents that were opened in a span. */
export function incidentsBetween({ incidents }: CoreState, from: number, to: number): Incident[] {
  return [...incidents.values()].filter(
    ({ openedAt, resolvedAt }) => openedAt < to && (resolvedAt === null || resolvedAt > from),
  )
}
