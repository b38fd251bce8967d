// Reads work of a market with what is known of it at an instant: what happened later is not told. Rows go to the
// thread as JSON texts, so that the main thread never takes them apart.

import type { Queries } from '#data/warehouse'
import type { Passage } from './passage.ts'

/** Rows as JSON arrays by column, a few texts each. */
export interface PackedPassages {
  rows: number
  columns: Record<string, string[]>
}

/** Days of history that are read, and rows at most. */
const historyDays = 180
const rowsAtMost = 60_000
/** Rows read at once: reading more would hold up everything else. */
const rowsOfPart = 10_000

const names = [
  'orderId',
  'workId',
  'node',
  'carrier',
  'origin',
  'region',
  'method',
  'skuClass',
  'releasedAt',
  'shippedAt',
  'deliveredAt',
  'endedAt',
  'promisedAt',
  'lines',
  'units',
  'value',
  'freight',
] as const

/**
 * Work released in the 180 days before `now`, the newest 60,000.
 * @param now epoch ms of the market; later instants are read as not known
 * @throws WAREHOUSE_QUERY
 */
export async function readPassages(queries: Queries, market: string, now: number): Promise<PackedPassages> {
  const since = now - historyDays * 86_400_000
  const parameters = { market, now: now / 1000, since: since / 1000 }
  const { count, first } = await queries.one<{ count: number; first: number | null }>(
    `SELECT count(*) AS count, epoch_ms(min(released_at))::DOUBLE AS first FROM (
       SELECT released_at FROM fulfillment_orders
       WHERE market = $market AND released_at <= to_timestamp($now) AND released_at >= to_timestamp($since)
       ORDER BY released_at DESC LIMIT ${rowsAtMost}
     )`,
    parameters,
  )
  const packed: PackedPassages = { rows: 0, columns: Object.fromEntries(names.map((name) => [name, []])) }
  if (count === 0) return packed
  const parts = Math.max(1, Math.ceil(count / rowsOfPart))
  for (let part = 0; part < parts; part++) {
    const [row] = await queries.all<Record<string, string> & { count: number }>(partSql, {
      market,
      now: now / 1000,
      since: Math.max(since, first ?? since) / 1000,
      parts,
      part,
    })
    if (row === undefined || row.count === 0) continue
    packed.rows += row.count
    for (const name of names) packed.columns[name]?.push(row[name] ?? '[]')
  }
  return packed
}

const instant = (column: string) =>
  `CASE WHEN ${column} <= to_timestamp($now) THEN epoch_ms(${column})::DOUBLE END`

const partSql = `
  WITH work AS (
    SELECT work.order_id::VARCHAR AS "orderId", fulfillment_order_id AS "workId", work.node_id AS node,
      nullif(nullif(work.carrier, 'unknown'), 'multiple') AS carrier,
      nullif(split_part(work.lane, '>', 1), 'unknown') AS origin,
      nullif(work.region, 'unknown') AS region, work.method, nullif(work.sku_class, 'unknown') AS "skuClass",
      epoch_ms(work.released_at)::DOUBLE AS "releasedAt",
      ${instant('work.shipped_at')} AS "shippedAt", ${instant('work.delivered_at')} AS "deliveredAt",
      CASE WHEN work.shipped_at IS NULL THEN ${instant('work.closed_at')} END AS "endedAt",
      epoch_ms(work.promised_at)::DOUBLE AS "promisedAt",
      work.line_count AS lines, work.quantity AS units, orders.total_cents AS value,
      orders.freight_cents AS freight
    FROM fulfillment_orders AS work
    INNER JOIN orders ON orders.order_id = work.order_id
    WHERE work.market = $market AND work.node_id IS NOT NULL
      AND work.released_at <= to_timestamp($now) AND work.released_at >= to_timestamp($since)
      AND hash(work.order_id) % $parts::UBIGINT = $part::UBIGINT
  )
  SELECT count(*) AS count,
    ${names.map((name) => `to_json(list("${name}"))::VARCHAR AS "${name}"`).join(', ')}
  FROM work`

/** The rows as work, in order of their release. */
export function unpack({ columns }: PackedPassages): Passage[] {
  const read = (name: string) => (columns[name] ?? []).flatMap((text) => JSON.parse(text) as unknown[])
  const lists = names.map(read)
  const works: Passage[] = []
  for (let row = 0; row < (lists[0]?.length ?? 0); row++) {
    const own = Object.fromEntries(names.map((name, i) => [name, lists[i]?.[row] ?? null]))
    works.push({ ...own, weightG: null, volumeCm3: null, distanceKm: null } as unknown as Passage)
  }
  return sorted(works)
}

/** Work in order of its release; what was released at one instant by its ids. */
export function sorted(works: Passage[]): Passage[] {
  const before = (a: Passage, b: Passage) =>
    a.releasedAt - b.releasedAt ||
    (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : a.workId < b.workId ? -1 : 1)
  return works.sort(before)
}
