// One order with everything about it: from the core while it works on the order, else from the tables. It changes
// nothing.

import type { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { listDecisions } from './decisions.ts'
import { allowedOf } from './order-allowed.ts'
import { historyOf } from './order-history.ts'
import { bodyOfOrder } from './order-live.ts'
import { summaryOfOrder } from './order-summary.ts'
import { listed, texts } from './parameters.ts'
import { infoOf, type Places, placesOf } from './places.ts'
import { riskOf } from './risk.ts'
import { tailOf } from './tail.ts'

const decisionsShown = 100
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The order with this order id or, where no such is known, with this external id (the newest of them); null where
 * there is none.
 */
export async function getOrder(engine: Engine, orderId: string): Promise<api.OrderDetail | null> {
  const places = await placesOf(engine)
  const id = await idOf(engine, orderId)
  if (id === null) return null
  const order = engine.core.state().orders.get(id)
  const found =
    order === undefined
      ? await historyOf(engine, places, id)
      : {
          ...summaryOfOrder(order, places, riskOf(engine.core.state(), engine.worlds.history.outlook)),
          ...bodyOfOrder(
            order,
            places,
            await namesOfSkus(
              engine,
              order.lines.map((line) => line.sku),
            ),
            allowedOf(engine.core.state(), order, engine.now()),
          ),
          isLive: true,
        }
  if (found === null) return null
  const [decisions, oddness] = await Promise.all([
    listDecisions(engine, { order: id, limit: decisionsShown }),
    oddnessOf(engine, places, id),
  ])
  const tags = [...(order?.policies?.tags ?? [])]
  return { ...found, tags, decisions: decisions.items, oddness }
}

/** The order id that is meant; null where no order has this id or external id. */
async function idOf(engine: Engine, text: string): Promise<string | null> {
  const { orders } = engine.core.state()
  const lower = text.toLowerCase()
  if (orders.has(lower)) return lower
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<{ order_id: string }>(
      `SELECT order_id::VARCHAR AS order_id FROM orders
       WHERE market = $market AND ${uuid.test(text) ? 'order_id = $text::UUID' : 'external_id = $text'}
       ORDER BY placed_at DESC LIMIT 1`,
      { market: engine.market, text },
    ),
  )
  const found = rows[0]?.order_id ?? null
  if (found !== null || uuid.test(text)) return found
  const tail = await tailOf(engine)
  const fresh = [...tail.orderIds].filter((orderId) => orders.get(orderId)?.externalId === text)
  return fresh.at(-1) ?? null
}

async function namesOfSkus(engine: Engine, skus: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<{ sku: string; name: string }>(
      `SELECT sku, name FROM products WHERE market = $market AND sku IN ${listed('skus')}`,
      { market: engine.market, skus: texts(new Set(skus)) },
    ),
  )
  return new Map(rows.map((row) => [row.sku, row.name]))
}

/** What the model of orders says of it; null where it says nothing. */
async function oddnessOf(
  engine: Engine,
  places: Places,
  orderId: string,
): Promise<api.OrderDetail['oddness']> {
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<{ score: number; p_value: number | null; model: string; reasons: string | null }>(
      `SELECT score, p_value, model, reasons::VARCHAR AS reasons FROM anomalies
       WHERE market = $market AND metric = 'order' AND dimension_value = $order AND grain = 'record'
       ORDER BY scored_at DESC LIMIT 1`,
      { market: engine.market, order: orderId },
    ),
  )
  const row = rows[0]
  if (row === undefined) return null
  const reasons: unknown = row.reasons === null ? [] : JSON.parse(row.reasons)
  return {
    score: row.score,
    pValue: row.p_value,
    model: row.model,
    reasons: Array.isArray(reasons) ? reasons.map((reason) => reasonView(reason, places)) : [],
  }
}

type Reason = NonNullable<api.OrderDetail['oddness']>['reasons'][number]

function reasonView(reason: Record<string, unknown>, places: Places): Reason {
  const feature = String(reason.feature ?? '')
  const title = String(reason.title ?? feature)
  const { value, expected } = reason
  const words = typeof value === 'string' ? `: ${feature === 'node' ? places.nodeName(value) : value}` : ''
  return {
    feature,
    title: `${title}${words}`,
    value: typeof value === 'number' ? value : null,
    expected: typeof expected === 'number' ? expected : null,
    unit: unitOf(feature, typeof reason.unit === 'string' ? reason.unit : null, places),
  }
}

/** Unit of a feature of the model: said by it, or that of the metric of the same name, or what its name ends on. */
function unitOf(feature: string, said: string | null, places: Places): string {
  if (said !== null) return said
  if (places.metrics.has(feature)) return infoOf(places, feature).unit
  if (feature.endsWith('_hours')) return 'hours'
  if (feature === 'value' || feature === 'freight') return 'cents'
  return feature === 'discount' ? 'share' : ''
}
