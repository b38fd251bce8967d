// Orders that the core no longer keeps, from the marts: their lines, where they went and which node sent them. It only
// reads.

import type { Queries } from '#data/warehouse'
import type { Method } from '#orchestrator/core'
import { type AskedOrder, dayOf, plainOrder, shifted } from './asked-order.ts'

/** Which orders. */
export interface EndedQuery {
  market: string
  orderIds?: readonly string[]
  /** ISO, both ends within. */
  from?: string | undefined
  to?: string | undefined
  /** At most so many, the newest. */
  limit: number
  /** Epoch ms of the market. */
  now: number
}

interface LineRow extends Record<string, unknown> {
  orderId: string
  externalId: string
  method: Method
  channel: string
  currency: string
  customerRef: string | null
  country: string | null
  region: string | null
  city: string | null
  postalCode: string | null
  placedAt: number
  promisedAt: number | null
  lineId: string
  sku: string
  quantity: number
  shipped: number
  unitPriceCents: number
  nodeId: string | null
}

/** The orders, the newest first. @throws WAREHOUSE_QUERY */
export async function readEnded(queries: Queries, query: EndedQuery): Promise<AskedOrder[]> {
  const { market, orderIds, from, to, limit, now } = query
  const named = orderIds === undefined ? '' : 'AND order_id IN (SELECT id FROM asked WHERE id IS NOT NULL)'
  const rows = await queries.all<LineRow>(
    `WITH asked AS (
       SELECT try_cast(text AS UUID) AS id FROM (SELECT unnest(from_json($ids::JSON, '["VARCHAR"]')) AS text)
     ), chosen AS (
       SELECT * FROM orders
       WHERE market = $market AND status <> 'cancelled' ${named}
         AND ($from::TIMESTAMPTZ IS NULL OR placed_at >= $from::TIMESTAMPTZ)
         AND ($to::TIMESTAMPTZ IS NULL OR placed_at <= $to::TIMESTAMPTZ)
       ORDER BY placed_at DESC, order_id LIMIT $limit::BIGINT
     )
     SELECT chosen.order_id::VARCHAR AS "orderId", chosen.external_id AS "externalId",
       chosen.method, chosen.channel, chosen.currency,
       chosen.customer_ref AS "customerRef", chosen.country, nullif(chosen.region, 'unknown') AS region,
       chosen.city, chosen.postal_code AS "postalCode", epoch_ms(chosen.placed_at) AS "placedAt",
       epoch_ms(chosen.promised_at) AS "promisedAt", lines.line_id AS "lineId", lines.sku,
       lines.quantity - lines.cancelled_quantity AS quantity, lines.shipped_quantity AS shipped,
       lines.unit_price_cents AS "unitPriceCents", lines.node_id AS "nodeId"
     FROM chosen JOIN order_lines AS lines ON lines.order_id = chosen.order_id
     WHERE lines.quantity > lines.cancelled_quantity
     ORDER BY chosen.placed_at DESC, chosen.order_id, lines.line_id`,
    {
      market,
      limit,
      ids: JSON.stringify(orderIds ?? []),
      from: from ?? null,
      to: to ?? null,
    },
  )
  const orders: AskedOrder[] = []
  for (const [, lines] of Map.groupBy(rows, ({ orderId }) => orderId)) orders.push(orderOf(lines, now))
  return orders
}

function orderOf(lines: readonly LineRow[], now: number): AskedOrder {
  const [first] = lines
  if (first === undefined) throw new Error('an order has no lines')
  const { externalId, orderId, method, channel, currency, customerRef, country, region, city, postalCode } =
    first
  const place = { zone: null, latitude: null, longitude: null, timeZone: null }
  return {
    externalId,
    order: {
      ...plainOrder,
      ...{ orderId, method, channel, currency, customerRef },
      destination: { country, region, city, postalCode, ...place },
      placedAt: now,
      promisedAt: shifted(first.promisedAt, now - first.placedAt),
      lines: lines.map(({ lineId, sku, quantity, unitPriceCents }) => {
        return { lineId, sku, quantity, unitPriceCents, weightG: null }
      }),
    },
    taken: lines.flatMap(({ sku, nodeId, shipped }) =>
      nodeId === null || shipped <= 0 ? [] : [{ sku, nodeId, units: shipped }],
    ),
    placedAt: first.placedAt,
    day: dayOf(first.placedAt),
  }
}
