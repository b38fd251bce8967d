// An order that is history, from the tables alone. It knows nothing of the core.

import type { api } from '#data/contracts'
import { camelRow } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Engine } from '#orchestrator/engine'
import { isoOrNull } from './figures.ts'
import { type OrderRow, orderColumns, summaryOfRow } from './order-summary.ts'
import type { Places } from './places.ts'
import { type Step, type ToldWork, timelineOf, toldSteps } from './timeline.ts'

type Detail = api.OrderDetail
/** What an order says beside its summary, its decisions and its oddness. */
export type OrderBody = Omit<Detail, keyof api.OrderSummary | 'isLive' | 'tags' | 'decisions' | 'oddness'>
type Work = Detail['fulfillmentOrders'][number]['status']

interface FullRow extends OrderRow {
  customer_ref: string | null
  country: string | null
  postal_code: string | null
  approved_at: number | null
  cancelled_at: number | null
  freight_cents: number
  tax_cents: number
  discount_cents: number
  carrier: string
  flags: string[]
}

interface LineRow extends Record<string, unknown> {
  line_id: string
  sku: string
  name: string | null
  quantity: number
  shipped_quantity: number
  cancelled_quantity: number
  unit_price_cents: number
  total_cents: number
  status: Detail['status']
  node_id: string | null
  flags: string[]
}

interface WorkRow extends Record<string, unknown> {
  fulfillment_order_id: string
  node_id: string
  carrier: string
  status: Work
  attempt: number
  quantity: number
  released_at: number | null
  rejected_at: number | null
  reject_reason: string | null
  picked_at: number | null
  packed_at: number | null
  shipped_at: number | null
  delivered_at: number | null
  ship_by: number | null
}

interface ShipmentRow extends Record<string, unknown> {
  shipment_id: string
  node_id: string | null
  carrier: string
  service: string | null
  tracking_number: string | null
  shipped_at: number | null
  delivered_at: number | null
}

interface ReturnRow extends Record<string, unknown> {
  node_id: string | null
  reason: string
  requested_at: number
  received_at: number | null
}

/** The order as the tables have it, null where they do not. */
export async function historyOf(
  engine: Engine,
  places: Places,
  orderId: string,
): Promise<Omit<Detail, 'tags' | 'decisions' | 'oddness'> | null> {
  return engine.workspace.warehouse.reading(async (queries) => {
    const [row] = await queries.all<FullRow>(
      `SELECT ${orderColumns}, 0 AS sort_key, customer_ref, country, postal_code, epoch_ms(approved_at) AS approved_at,
         epoch_ms(cancelled_at) AS cancelled_at, freight_cents, tax_cents, discount_cents, carrier, flags
       FROM orders WHERE order_id = $id::UUID AND market = $market`,
      { id: orderId, market: engine.market },
    )
    if (row === undefined) return null
    const parts = await readParts(queries, orderId)
    const outlook = engine.worlds.history.outlook ?? null
    const summary = summaryOfRow(row, places, { moves: 0, outlook })
    return { ...summary, ...bodyOf(row, parts, places), isLive: false }
  })
}

/** What a line of history has no word for: files tell of shipped and cancelled units alone. */
const nothingMore = {
  deliveredQuantity: 0,
  returnRequestedQuantity: 0,
  returnedQuantity: 0,
  backorderedQuantity: 0,
  launchAt: null,
  hold: null,
  parts: [],
}

interface Parts {
  lines: LineRow[]
  work: WorkRow[]
  shipments: ShipmentRow[]
  returns: ReturnRow[]
}

async function readParts(queries: Queries, orderId: string): Promise<Parts> {
  const id = { id: orderId }
  return {
    lines: await queries.all<LineRow>(
      `SELECT line_id, l.sku, p.name, quantity, shipped_quantity, cancelled_quantity, unit_price_cents, total_cents,
         status, node_id, flags
       FROM order_lines AS l LEFT JOIN products AS p ON p.provider = l.provider AND p.sku = l.sku
       WHERE order_id = $id::UUID ORDER BY line_id`,
      id,
    ),
    work: await queries.all<WorkRow>(
      `SELECT fulfillment_order_id, node_id, carrier, status, attempt, quantity, epoch_ms(released_at) AS released_at,
         epoch_ms(rejected_at) AS rejected_at, reject_reason, epoch_ms(picked_at) AS picked_at,
         epoch_ms(packed_at) AS packed_at, epoch_ms(shipped_at) AS shipped_at,
         epoch_ms(delivered_at) AS delivered_at, epoch_ms(ship_by) AS ship_by
       FROM fulfillment_orders WHERE order_id = $id::UUID ORDER BY attempt, fulfillment_order_id`,
      id,
    ),
    shipments: await queries.all<ShipmentRow>(
      `SELECT shipment_id, node_id, carrier, service, tracking_number, epoch_ms(shipped_at) AS shipped_at,
         epoch_ms(delivered_at) AS delivered_at
       FROM shipments WHERE order_id = $id::UUID ORDER BY shipped_at, shipment_id`,
      id,
    ),
    returns: await queries.all<ReturnRow>(
      `SELECT node_id, reason, epoch_ms(requested_at) AS requested_at, epoch_ms(received_at) AS received_at
       FROM returns WHERE order_id = $id::UUID ORDER BY requested_at`,
      id,
    ),
  }
}

function bodyOf(row: FullRow, parts: Parts, places: Places): OrderBody {
  return {
    customerRef: row.customer_ref,
    shipTo: { country: row.country, region: row.region, city: row.city, postalCode: row.postal_code },
    freightCents: row.freight_cents,
    taxCents: row.tax_cents,
    discountCents: row.discount_cents,
    carrier: row.carrier,
    cancelledAt: isoOrNull(row.cancelled_at),
    cancelReason: null,
    flags: [...new Set([...row.flags, ...parts.lines.flatMap((line) => line.flags)])].map(flagText),
    lines: parts.lines.map((line) => ({
      lineId: line.line_id,
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      shippedQuantity: line.shipped_quantity,
      cancelledQuantity: line.cancelled_quantity,
      unitPriceCents: line.unit_price_cents,
      totalCents: line.total_cents,
      status: line.status,
      nodeId: line.node_id,
      nodeName: line.node_id === null ? null : places.nodeName(line.node_id),
      ...nothingMore,
    })),
    fulfillmentOrders: parts.work.map((work) => workView(work, parts.lines, places)),
    shipments: parts.shipments.map((shipment) => ({
      shipmentId: shipment.shipment_id,
      nodeId: shipment.node_id,
      carrier: shipment.carrier,
      service: shipment.service,
      trackingNumber: shipment.tracking_number,
      shippedAt: isoOrNull(shipment.shipped_at),
      deliveredAt: isoOrNull(shipment.delivered_at),
      fulfillmentOrderId: null,
      quantity: null,
      lines: [],
    })),
    timeline: timelineOf(stepsOf(row, parts), places),
    version: null,
    hold: null,
    parentOrderId: null,
    actions: [],
  }
}

function workView(
  work: WorkRow,
  lines: readonly LineRow[],
  places: Places,
): Detail['fulfillmentOrders'][number] {
  const own = lines.filter((line) => line.node_id === work.node_id)
  const shown = own.length > 0 ? own : lines
  return {
    fulfillmentOrderId: work.fulfillment_order_id,
    nodeId: work.node_id,
    nodeName: places.nodeName(work.node_id),
    carrier: work.carrier === 'unknown' ? null : work.carrier,
    status: work.status,
    attempt: work.attempt,
    quantity: work.quantity,
    releasedAt: isoOrNull(work.released_at),
    pickedAt: isoOrNull(work.picked_at),
    packedAt: isoOrNull(work.packed_at),
    shippedAt: isoOrNull(work.shipped_at),
    deliveredAt: isoOrNull(work.delivered_at),
    shipBy: isoOrNull(work.ship_by),
    ownState: null,
    isReleased: work.released_at !== null,
    acceptedAt: null,
    pickingAt: null,
    rejectedAt: isoOrNull(work.rejected_at),
    rejectReason: work.reject_reason,
    lines: shown.map((line) => ({
      lineId: line.line_id,
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      shortQuantity: 0,
      shippedQuantity: line.shipped_quantity,
      deliveredQuantity: 0,
    })),
    actions: [],
  }
}

function stepsOf(row: FullRow, { work, returns }: Parts): Step[] {
  const steps = toldSteps({
    method: row.method,
    placedAt: row.placed_at,
    approvedAt: row.approved_at,
    shippedAt: row.shipped_at,
    deliveredAt: row.delivered_at,
    cancelledAt: row.cancelled_at,
    cancelReason: null,
    work: work.map((each) => camelRow<ToldWork>(each)),
  })
  for (const { node_id: nodeId, reason, requested_at: requested, received_at: received } of returns) {
    steps.push({ at: requested, type: 'ReturnRequested', reason, nodeId: null, isPickup: false })
    if (received !== null) {
      steps.push({ at: received, type: 'ReturnReceived', reason: null, nodeId, isPickup: false })
    }
  }
  return steps
}

/** A flag as words: `delivered_before_shipped` is "delivered before shipped". */
export function flagText(flag: string): string {
  return flag.replaceAll('_', ' ')
}
