// The features of an order as they were at an instant, and the SQL that reads them: for history at instants spread
// over the past, for scoring at "now". Both by the same words, so that what is learned is comparable.

import type { Queries } from '#data/warehouse'

/** How a number becomes comparable. */
export type Shape = 'log' | 'signed' | 'plain'

/** A feature of an order. */
export interface Feature {
  /** Column of the query. */
  name: string
  title: string
  kind: Shape | 'word'
  /** Whether being odd in it makes an order odd; else it only helps to foresee the others. */
  isScored: boolean
}

const number = (name: string, kind: Shape, title: string, isScored = true): Feature => ({
  name,
  title,
  kind,
  isScored,
})
const word = (name: string, title: string, isScored: boolean): Feature => ({
  name,
  title,
  kind: 'word',
  isScored,
})

/** Every feature, in the order in which the model has them. */
export const features: readonly Feature[] = [
  number('value', 'log', 'value of the goods'),
  number('units', 'log', 'units'),
  number('lines', 'log', 'lines'),
  number('freight', 'log', 'freight charged'),
  number('discount', 'plain', 'share of discount'),
  number('placed_hours', 'log', 'hours since the order'),
  number('released_hours', 'log', 'hours since the node got it'),
  number('step_hours', 'log', 'hours since the last step'),
  number('ship_by_hours', 'signed', 'hours to ship-by'),
  number('promise_hours', 'signed', 'hours to the promise'),
  number('window_hours', 'log', 'hours from order to promise'),
  number('rejections', 'log', 'nodes that refused it'),
  number('node_open', 'log', 'open orders at its node'),
  number('day_sin', 'plain', 'time of day', false),
  number('day_cos', 'plain', 'time of day', false),
  number('is_weekend', 'plain', 'weekend', false),
  word('stage', 'stage', true),
  word('method', 'method', true),
  word('node', 'node', true),
  word('channel', 'channel', false),
  word('region', 'region', false),
  word('sku_class', 'class', false),
]

/** What the calendar alone says: it moves with the clock, and that says nothing of orders. */
const calendar = ['day_sin', 'day_cos', 'is_weekend']

/** Features that are watched for drift, with their titles. */
export const watchedFeatures: ReadonlyMap<string, string> = new Map(
  features.filter(({ name }) => !calendar.includes(name)).map(({ name, title }) => [name, title]),
)

/** Columns of rows as JSON arrays, a few texts per column, ready to be sent to the thread. */
export interface PackedRows {
  rows: number
  /**
   * Column name -> JSON arrays that follow each other. Beside the features: order_id, placed_at (epoch ms),
   * snapshot (epoch s).
   */
  columns: Record<string, string[]>
}

const hourMs = 3_600_000
const historyMs = 56 * 24 * hourMs
/** The newest hours do not teach: what is going wrong now must not become what is usual. */
const freshMs = 24 * hourMs
const snapshotsAtLeast = 72
const snapshotsAtMost = 240
/** Rows read at once: reading more would hold up everything else. */
const rowsOfPart = 5_000
/** Rows of one order at most: one that lay for weeks must not make that usual. */
const sightingsAtMost = 12

/** What history there is to learn from. */
export interface OrderHistory {
  orders: number
  /** Epoch ms. */
  from: number
  to: number
}

/** The orders placed before `now`, in all, and the span to learn from. */
export async function orderHistory(queries: Queries, market: string, now: number): Promise<OrderHistory> {
  const { orders, first } = await queries.one<{ orders: number; first: number | null }>(
    `SELECT count(*) AS orders, epoch_ms(min(placed_at))::DOUBLE AS first
     FROM orders WHERE market = $1 AND placed_at <= to_timestamp($2)`,
    [market, now / 1000],
  )
  const start = Math.max(first ?? now, now - historyMs)
  const to = now - freshMs > start + freshMs ? now - freshMs : now
  return { orders, from: start, to }
}

/**
 * Orders as they stood, open, at instants spread over history; an order may come several times.
 * @param rows wanted, about
 */
export async function historyRows(
  queries: Queries,
  market: string,
  history: OrderHistory,
  rows: number,
): Promise<PackedRows> {
  const open = await queries.one<{ hours: number | null }>(
    `WITH ${endedSql}
     SELECT sum(least(epoch(coalesce(ended_at, to_timestamp($to))), $to)
       - greatest(epoch(placed_at), $from))::DOUBLE / 3600 AS hours
     FROM ended WHERE placed_at < to_timestamp($to)
       AND coalesce(ended_at, to_timestamp($to)) > to_timestamp($from)`,
    { market, from: history.from / 1000, to: history.to / 1000 },
  )
  const span = history.to - history.from
  const atOnce = ((open.hours ?? 0) * hourMs) / Math.max(span, 1)
  const count = Math.min(snapshotsAtMost, Math.max(snapshotsAtLeast, Math.ceil(rows / Math.max(1, atOnce))))
  const snapshots = instantsOf(history, count)
  const share = Math.min(1, rows / Math.max(1, atOnce * count))
  const kept = `hash(order_id, snapshot) % 1000000 < ${Math.ceil(share * 1e6)}`
  const parts = Math.max(1, Math.ceil(rows / rowsOfPart))
  const all: PackedRows = { rows: 0, columns: {} }
  for (let part = 0; part < parts; part++) {
    const some = snapshots.filter((_, i) => i % parts === part)
    const sightings = Math.ceil(sightingsAtMost / parts)
    add(all, await pack(queries, market, some, { kept, sightings, limit: 2 * rowsOfPart }))
  }
  return all
}

function add(all: PackedRows, part: PackedRows): void {
  all.rows += part.rows
  for (const [name, texts] of Object.entries(part.columns)) {
    all.columns[name] = [...(all.columns[name] ?? []), ...texts]
  }
}

/**
 * Instants, epoch s, spread evenly over the span and over the hours of the day.
 * @source the R2 sequence of M. Roberts
 */
function instantsOf({ from, to }: OrderHistory, count: number): number[] {
  const dayMs = 24 * hourMs
  const days = Math.max(1, Math.floor((to - from) / dayMs))
  return Array.from({ length: count }, (_, i) => {
    const day = Math.floor((((i + 1) * 0.7548776662466927) % 1) * days)
    const part = ((i + 1) * 0.5698402909980532) % 1
    return Math.round(Math.min(to, from + (day + part) * dayMs) / 1000)
  })
}

/** The orders that are open at `now`, the newest first. */
export function openRows(queries: Queries, market: string, now: number, limit: number): Promise<PackedRows> {
  return pack(queries, market, [now / 1000], { kept: 'true', sightings: 1, limit })
}

/** Orders with the instant at which they stopped waiting; those that ended at an unknown time are left out. */
const endedSql = `
  ended AS (
    SELECT *,
      CASE WHEN NOT is_open THEN
        CASE WHEN method IN ('pickup', 'curbside')
          THEN coalesce(delivered_at, cancelled_at, shipped_at)
          ELSE coalesce(shipped_at, cancelled_at, delivered_at) END
      END AS ended_at
    FROM orders
    WHERE market = $market
  )`

/** Which of the rows are taken. */
interface Sample {
  /** Condition on the row. */
  kept: string
  /** Rows of one order at most. */
  sightings: number
  /** Rows in all at most. */
  limit: number
}

async function pack(
  queries: Queries,
  market: string,
  snapshots: readonly number[],
  sample: Sample,
): Promise<PackedRows> {
  const names = [...features.map(({ name }) => name), 'order_id', 'placed_at', 'snapshot']
  const lists = names.map((name) => `to_json(list(${name}))::VARCHAR AS ${name}`).join(', ')
  const [row] = await queries.all<Record<string, string> & { row_count: number }>(
    `${rowsSql(snapshots, sample)} SELECT count(*) AS row_count, ${lists} FROM limited`,
    { market, limit: sample.limit },
  )
  if (row === undefined || row.row_count === 0) return { rows: 0, columns: {} }
  return {
    rows: row.row_count,
    columns: Object.fromEntries(names.map((name) => [name, [row[name] ?? '[]']])),
  }
}

function rowsSql(snapshots: readonly number[], { kept, sightings }: Sample): string {
  const list = snapshots.map((snapshot) => `(to_timestamp(${snapshot}))`).join(', ')
  const hours = (from: string, to: string) => `(epoch(${to}) - epoch(${from})) / 3600`
  return `
    WITH ${endedSql},
    instants (seen_at) AS (VALUES ${list}),
    standing AS (
      SELECT ended.*, seen_at FROM instants INNER JOIN ended ON placed_at <= seen_at AND (
        CASE WHEN is_open THEN true ELSE ended_at > seen_at END)
    ),
    released AS (
      SELECT standing.order_id, seen_at,
        arg_max(struct_pack(node_id := work.node_id, sku_class := work.sku_class, ship_by := work.ship_by,
          released_at, accepted_at, picked_at, packed_at), released_at) AS newest,
        count(*) FILTER (rejected_at <= seen_at) AS rejections
      FROM standing INNER JOIN fulfillment_orders AS work
        ON work.order_id = standing.order_id AND released_at <= seen_at
      GROUP BY standing.order_id, seen_at
    ),
    staged AS (
      SELECT standing.* EXCLUDE (node_id), coalesce(newest.node_id, 'none') AS node,
        coalesce(rejections, 0) AS rejections,
        coalesce(newest.sku_class, standing.sku_class) AS class, newest.ship_by AS ship_by,
        newest.released_at AS released_at,
        CASE WHEN newest.packed_at <= seen_at THEN 'packed' WHEN newest.picked_at <= seen_at THEN 'picked'
          WHEN newest.accepted_at <= seen_at THEN 'accepted' WHEN newest IS NOT NULL THEN 'released'
          ELSE 'placed' END AS stage,
        CASE WHEN newest.packed_at <= seen_at THEN newest.packed_at WHEN newest.picked_at <= seen_at
          THEN newest.picked_at WHEN newest.accepted_at <= seen_at THEN newest.accepted_at
          ELSE coalesce(newest.released_at, placed_at) END AS step_at
      FROM standing LEFT JOIN released USING (order_id, seen_at)
    ),
    loaded AS (SELECT *, count(*) OVER (PARTITION BY seen_at, node) AS node_open FROM staged),
    shaped AS (
      SELECT order_id::VARCHAR AS order_id, epoch_ms(placed_at)::BIGINT AS placed_at,
        epoch(seen_at)::BIGINT AS snapshot, total_cents / 100 AS value, unit_count AS units, line_count AS lines,
        freight_cents / 100 AS freight, discount_cents / greatest(1, total_cents + discount_cents) AS discount,
        round(${hours('placed_at', 'seen_at')}, 3) AS placed_hours,
        round(${hours('released_at', 'seen_at')}, 3) AS released_hours,
        round(${hours('step_at', 'seen_at')}, 3) AS step_hours,
        round(${hours('seen_at', 'ship_by')}, 3) AS ship_by_hours,
        round(${hours('seen_at', 'promised_at')}, 3) AS promise_hours,
        round(${hours('placed_at', 'promised_at')}, 3) AS window_hours,
        rejections, node_open,
        round(sin(epoch(seen_at) / 86400 * 2 * pi()), 4) AS day_sin,
        round(cos(epoch(seen_at) / 86400 * 2 * pi()), 4) AS day_cos,
        if(isodow(seen_at) >= 6, 1, 0) AS is_weekend,
        stage, method, node, channel, region, class AS sku_class
      FROM loaded
    ),
    limited AS (
      SELECT * FROM shaped WHERE ${kept}
      QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY hash(snapshot)) <= ${sightings}
      ORDER BY snapshot DESC, placed_at DESC, order_id LIMIT $limit
    )`
}
