// What a warehouse holds after loads, in a form that can be compared: sorted rows of every table the ingest writes.

import { entities } from '#data/contracts'
import type { Row, Warehouse } from '#data/warehouse'

const tables = [
  ...Object.keys(entities).map((name) => `raw_file_${name}`),
  'quarantine',
  'loads',
  'load_files',
  'load_entities',
  'raw_log_events',
  'projection_cursors',
]

/** All rows with all columns of every table that a rebuild must give again, by table. */
export async function snapshot(warehouse: Warehouse): Promise<Record<string, Row[]>> {
  const found: Record<string, Row[]> = {}
  for (const name of tables) found[name] = await warehouse.all(`SELECT * FROM ${name} ORDER BY ALL`)
  return found
}

/** A snapshot without what only says how far the log was read. */
export function withoutLog({ raw_log_events, projection_cursors, ...rest }: Record<string, Row[]>) {
  return rest
}

/** Rows of a query without where they came from. */
export async function contents(warehouse: Warehouse, entity: string, provider = 'detour'): Promise<Row[]> {
  return warehouse.all(
    `SELECT * EXCLUDE (provider, market, file_no, row_number) FROM raw_file_${entity}
     WHERE provider = $1 ORDER BY ALL`,
    [provider],
  )
}

/** A mapping where one file feeds orders (several lines make one), order lines and shipments. */
export const shopMapping = `mapping: shop
currency: USD
files:
  sales: { match: "sales*.csv", columns: [order, placed, status, line, sku, units, total, parcel, carrier] }
  catalogue: { match: "catalogue*.csv", columns: [sku] }
entities:
  products: { from: catalogue, fields: { sku: sku } }
  orders:
    from: sales
    group: true
    fields:
      order_external_id: order
      placed_at: { column: placed, combine: min }
      status: { column: status, map: { sent: shipped, new: created } }
      method: { value: delivery }
      currency: { value: USD }
      total_cents: { column: total, combine: sum }
  order_lines:
    from: sales
    fields: { order_external_id: order, line_external_id: line, sku: sku, quantity: units, unit_price_cents: total }
  shipments:
    from: sales
    where: parcel IS NOT NULL
    fields: { order_external_id: order, shipment_external_id: parcel, carrier: carrier }
`

/** CSV for that mapping. */
export function salesCsv(...rows: string[]): string {
  return ['order,placed,status,line,sku,units,total,parcel,carrier', ...rows, ''].join('\n')
}
