// Reads from the rows of files what the core should take over: nodes, current stock, and orders that are under way.
// It sends nothing.

import type { Queries } from '#data/warehouse'
import type { Node, Product, StockCount } from '#orchestrator/core'

/** States from which nothing follows. */
const over = "('delivered', 'collected', 'cancelled', 'return_requested', 'returned')"

/** Rows of one order, camelCase; times are epoch ms. */
export interface OrderRows {
  order: Record<string, unknown>
  lines: Record<string, unknown>[]
  work: Record<string, unknown>[]
  shipments: Record<string, unknown>[]
}

/** Nodes as the files tell them, without their carriers. */
export async function readNodes(queries: Queries, market: string): Promise<Omit<Node, 'carriers'>[]> {
  return queries.all<Omit<Node, 'carriers'> & Record<string, unknown>>(
    `SELECT node_id AS "nodeId", provider, external_id AS "externalId", name, type, time_zone AS "timeZone",
       country, nullif(region, 'unknown') AS region, city, postal_code AS "postalCode", latitude, longitude,
       daily_capacity AS "dailyCapacity", cut_off AS "cutOff", processing_cost_cents AS "processingCostCents",
       is_active AS "isActive"
     FROM nodes WHERE market = $1 ORDER BY node_id`,
    [market],
  )
}

/**
 * The newest count of each position, with what moved since it was taken.
 * @param afterFile only positions that a later file touched, see load_files.file_no
 */
export async function readStock(queries: Queries, market: string, afterFile: number): Promise<StockCount[]> {
  return queries.all<StockCount & Record<string, unknown>>(
    `WITH touched AS (
       SELECT DISTINCT provider, sku, node_external_id FROM raw_file_inventory
       WHERE market = $1 AND file_no > $2
     ),
     latest AS (
       SELECT provider, sku, node_external_id, max(counted_at) AS counted_at,
         arg_max(on_hand, counted_at) AS on_hand, arg_max(safety_stock, counted_at) AS safety_stock,
         arg_max(inbound, counted_at) AS inbound
       FROM raw_file_inventory SEMI JOIN touched USING (provider, sku, node_external_id)
       GROUP BY provider, sku, node_external_id
     ),
     moved AS (
       SELECT provider, sku, node_external_id, sum(delta) AS delta
       FROM raw_file_inventory_movements AS movements
       INNER JOIN latest USING (provider, sku, node_external_id)
       WHERE movements.moved_at > latest.counted_at
       GROUP BY provider, sku, node_external_id
     )
     SELECT sku, provider || ':' || node_external_id AS "nodeId",
       greatest(0, on_hand + coalesce(moved.delta, 0))::BIGINT AS "onHand",
       coalesce(safety_stock, 0) AS "safetyStock", coalesce(inbound, 0) AS inbound,
       epoch_ms(latest.counted_at) AS "countedAt"
     FROM latest LEFT JOIN moved USING (provider, sku, node_external_id)
     ORDER BY 2, 1`,
    [market, BigInt(afterFile)],
  )
}

/** What files tell of a product's size; null = nothing. */
interface ProductRow extends Record<string, unknown> {
  sku: string
  name: string | null
  skuClass: string | null
  weightG: number | null
  lengthMm: number | null
  widthMm: number | null
  heightMm: number | null
}

/**
 * Products that a file later than `afterFile` told of; where providers differ on one, the first by name. Weights and
 * sizes below zero are left out, as those that no file tells.
 */
export async function readProducts(queries: Queries, market: string, afterFile: number): Promise<Product[]> {
  const rows = await queries.all<ProductRow>(
    `SELECT sku, arg_min(name, provider) AS name, arg_min(sku_class, provider) AS "skuClass",
       arg_min(weight_g, provider) FILTER (weight_g >= 0 AND isfinite(weight_g)) AS "weightG",
       arg_min(length_mm, provider) FILTER (length_mm >= 0 AND isfinite(length_mm)) AS "lengthMm",
       arg_min(width_mm, provider) FILTER (width_mm >= 0 AND isfinite(width_mm)) AS "widthMm",
       arg_min(height_mm, provider) FILTER (height_mm >= 0 AND isfinite(height_mm)) AS "heightMm"
     FROM raw_file_products WHERE market = $1 AND file_no > $2
     GROUP BY sku ORDER BY sku`,
    [market, BigInt(afterFile)],
  )
  return rows.map(({ weightG, lengthMm, widthMm, heightMm, ...product }) => ({
    ...product,
    ...(weightG === null ? {} : { weightG }),
    ...(lengthMm === null ? {} : { lengthMm }),
    ...(widthMm === null ? {} : { widthMm }),
    ...(heightMm === null ? {} : { heightMm }),
  }))
}

/** Number of the newest file whose rows are in the warehouse. */
export async function newestFile(queries: Queries): Promise<number> {
  const { newest } = await queries.one<{ newest: number }>(
    'SELECT coalesce(max(file_no), 0) AS newest FROM load_files',
  )
  return newest
}

/**
 * Orders under way: not ended and active within `liveDays` before the watermark, or in the core already, whose rows
 * a file later than `afterFile` touched.
 */
export async function readOrders(
  queries: Queries,
  market: string,
  options: { afterFile: number; liveDays: number },
): Promise<OrderRows[]> {
  await queries.run('DROP TABLE IF EXISTS live_orders')
  await queries.run(
    `CREATE TEMP TABLE live_orders AS
     SELECT provider, order_external_id FROM raw_file_orders AS filed
     WHERE filed.market = $1 AND (
       (filed.status NOT IN ${over}
         AND greatest(filed.placed_at, filed.approved_at, filed.shipped_at)
           >= (SELECT watermark FROM market_clock WHERE market = $1) - to_days($2::INTEGER))
       OR EXISTS (
         SELECT 1 FROM raw_log_orders AS logged
         WHERE logged.provider = filed.provider AND logged.order_external_id = filed.order_external_id
           AND logged.market = $1 AND logged.status NOT IN ${over}))
       AND (${['orders', 'order_lines', 'fulfillment_orders', 'shipments'].map(isNewer).join(' OR ')})`,
    [market, options.liveDays, ...Array<bigint>(4).fill(BigInt(options.afterFile))],
  )
  const orders = await queries.all<{ key: string; row: string }>(rowsOf('orders', 'order_external_id'))
  const [lines, work, shipments] = [
    await grouped(queries, 'order_lines', 'line_external_id'),
    await grouped(queries, 'fulfillment_orders', 'attempt, released_at, fulfillment_order_external_id'),
    await grouped(queries, 'shipments', 'shipped_at, shipment_external_id'),
  ]
  return orders.map(({ key, row }) => ({
    order: parse(row),
    lines: lines.get(key) ?? [],
    work: work.get(key) ?? [],
    shipments: shipments.get(key) ?? [],
  }))
}

function isNewer(table: string, i: number): string {
  return `EXISTS (
    SELECT 1 FROM raw_file_${table} AS part
    WHERE part.provider = filed.provider AND part.order_external_id = filed.order_external_id
      AND part.file_no > $${i + 3})`
}

function rowsOf(table: string, order: string): string {
  return `SELECT provider || chr(31) || order_external_id AS key, to_json(part)::VARCHAR AS row
    FROM (SELECT * FROM raw_file_${table} SEMI JOIN live_orders USING (provider, order_external_id)) AS part
    ORDER BY provider, order_external_id, ${order}`
}

async function grouped(queries: Queries, table: string, order: string) {
  const groups = new Map<string, Record<string, unknown>[]>()
  for (const { key, row } of await queries.all<{ key: string; row: string }>(rowsOf(table, order))) {
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [parse(row)])
    else group.push(parse(row))
  }
  return groups
}

/** A row from JSON, with its fields in camelCase. */
function parse(row: string): Record<string, unknown> {
  const fields = JSON.parse(row) as Record<string, unknown>
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [camel(name), value]))
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
