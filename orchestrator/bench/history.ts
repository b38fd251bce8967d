// A made-up order history written straight into the raw tables by SQL: the same rows for the same arguments.
// It knows no clock and no chance; it is for benchmarks, not for showing.

import type { Queries } from '#data/warehouse'

/** Size and end of the history. */
export interface HistorySize {
  orders: number
  days: number
  /** "now" of the history, ISO 8601 */
  end: string
}

const provenance = `'bench' AS provider, 'main' AS market, 1 AS file_no, i + 1 AS row_number,
  []::VARCHAR[] AS flags`

const spread = (size: HistorySize) => {
  const step = Math.floor((size.days * 86_400e6) / size.orders)
  return `
    SELECT i, 'O' || i AS order_external_id,
      placed_at,
      CASE WHEN i % 50 = 7 THEN placed_at + to_minutes(95 + i % 300) END AS cancelled_at,
      placed_at + to_minutes(10 + i * 13 % 50) AS approved_at,
      placed_at + to_minutes(70 + i * 13 % 50 + i * 7 % 600) AS picked_at,
      placed_at + to_minutes(110 + i * 13 % 50 + i * 7 % 600 + i % 180) AS shipped_at,
      placed_at + to_minutes(110 + i * 13 % 50 + i * 7 % 600 + i % 180 + 1440 + i * 11 % 5760) AS delivered_at,
      time_bucket(INTERVAL 1 DAY, placed_at) + to_minutes(6 * 1440 - 1) AS promised_at,
      (i * 31 + i // 97) % 20 AS node, TIMESTAMPTZ '${size.end}' AS now, 1 + i * 7 % 4 AS line_count
    FROM (
      SELECT range AS i,
        TIMESTAMPTZ '${size.end}' - to_days(${size.days}) + to_microseconds(range * ${step}) AS placed_at
      FROM range(${size.orders})
    )`
}

const statements = (size: HistorySize): Record<string, string> => ({
  raw_file_nodes: `
    SELECT 'N' || i AS node_external_id, 'Node ' || i AS name,
      CASE WHEN i < 6 THEN 'warehouse' ELSE 'store' END AS type,
      'R' || i % 9 AS region, 300 + i AS processing_cost_cents, ${provenance}
    FROM (SELECT range AS i FROM range(20))`,
  raw_file_products: `
    SELECT 'S' || i AS sku, 'Product ' || i AS name, 'class ' || i % 12 AS sku_class, ${provenance}
    FROM (SELECT range AS i FROM range(2000))`,
  raw_file_inventory: `
    SELECT 'S' || i % 200 AS sku, 'N' || i // 200 % 20 AS node_external_id,
      TIMESTAMPTZ '${size.end}' - to_days(7 * (i // 4000)::INTEGER) AS counted_at,
      i * 17 % 90 AS on_hand, i % 9 AS allocated, 5 AS safety_stock, ${provenance}
    FROM (SELECT range AS i FROM range(4000 * ${Math.max(1, Math.floor(size.days / 7))}))`,
  raw_file_orders: `
    SELECT order_external_id, placed_at,
      CASE WHEN cancelled_at <= now THEN 'cancelled' WHEN cancelled_at IS NULL AND delivered_at <= now
        THEN 'delivered' WHEN cancelled_at IS NULL AND shipped_at <= now THEN 'shipped' ELSE 'released' END AS status,
      ['web', 'store', 'market'][1 + i % 3] AS channel,
      CASE WHEN i % 10 = 3 THEN 'pickup' ELSE 'delivery' END AS method, 'USD' AS currency,
      'R' || i * 17 % 27 AS ship_to_region, promised_at, approved_at,
      CASE WHEN cancelled_at IS NULL AND shipped_at <= now THEN shipped_at END AS shipped_at,
      CASE WHEN cancelled_at IS NULL AND delivered_at <= now THEN delivered_at END AS delivered_at,
      CASE WHEN cancelled_at <= now THEN cancelled_at END AS cancelled_at, ${provenance}
    FROM (${spread(size)})`,
  raw_file_order_lines: `
    SELECT order_external_id, 'L' || line AS line_external_id, 'S' || (i * 7 + line * 131) % 2000 AS sku,
      1 + (i + line) % 3 AS quantity, 500 + (i * 37 + line) % 9000 AS unit_price_cents,
      'N' || node AS node_external_id, 200 AS freight_cents, ${provenance}
    FROM (SELECT *, unnest(range(1, line_count + 1)) AS line FROM (${spread(size)}))`,
  raw_file_fulfillment_orders: `
    SELECT order_external_id, 'W1' AS fulfillment_order_external_id, 'N' || node AS node_external_id,
      CASE WHEN cancelled_at <= now THEN 'cancelled' WHEN cancelled_at IS NOT NULL THEN 'open'
        WHEN delivered_at <= now THEN 'delivered' WHEN shipped_at <= now THEN 'shipped'
        WHEN picked_at <= now THEN 'picking' ELSE 'open' END AS status,
      approved_at AS released_at,
      CASE WHEN cancelled_at IS NULL AND picked_at <= now THEN picked_at END AS picked_at,
      CASE WHEN cancelled_at IS NULL AND shipped_at <= now THEN shipped_at END AS shipped_at,
      approved_at + to_hours(12) AS ship_by, CASE WHEN i % 40 = 9 THEN 1 ELSE 0 END AS short_quantity, ${provenance}
    FROM (${spread(size)})`,
  raw_file_shipments: `
    SELECT order_external_id, 'P1' AS shipment_external_id, 'N' || node AS node_external_id,
      'carrier ' || i % 5 AS carrier, shipped_at, CASE WHEN delivered_at <= now THEN delivered_at END AS delivered_at,
      400 + i * 3 % 900 AS freight_cost_cents, ${provenance}
    FROM (${spread(size)}) WHERE cancelled_at IS NULL AND shipped_at <= now`,
  raw_file_returns: `
    SELECT order_external_id, 'T1' AS return_external_id, 'L1' AS line_external_id, 1 AS quantity,
      ['damaged', 'too small', 'late'][1 + i % 3] AS reason, delivered_at + to_hours(72) AS requested_at,
      900 AS refund_cents, 150 AS loss_cents, ${provenance}
    FROM (${spread(size)}) WHERE cancelled_at IS NULL AND i % 20 = 3 AND delivered_at + to_hours(72) <= now`,
})

/** Writes the history into the empty raw tables of a migrated warehouse. */
export async function writeHistory(queries: Queries, size: HistorySize): Promise<void> {
  for (const [table, select] of Object.entries(statements(size))) {
    await queries.run(`INSERT INTO ${table} BY NAME ${select}`)
  }
  await queries.run(
    `INSERT INTO loads SELECT 'L1', 'bench', 'main', 'bench', '1', TIMESTAMPTZ '${size.end}', count(*), count(*), 0
     FROM raw_file_orders`,
  )
}
