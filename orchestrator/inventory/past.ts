// Stock as it was at a past instant, from the ledger in the warehouse. An event counts from the latest business time of
// any event up to it: what was told late does not change what was known before. It writes nothing.

import type { Queries } from '#data/warehouse'
import { jsonText } from '#data/warehouse'
import { type ScheduleEntry, stockKey } from '#orchestrator/core'
import type { FigureSource, Figures } from './availability.ts'

/** What is asked of the past. */
export interface PastQuery {
  market: string
  /** Epoch ms of the market. */
  at: number
  channel: string | null
  /** Narrows what is read; empty = all. */
  skus: readonly string[]
  nodeIds: readonly string[]
}

interface Row {
  sku: string
  node_id: string
  is_tracked: boolean
  on_hand: number
  allocated: number
  reserved: number
  safety_stock: number
  ring_fenced: number
  inbound: number
  own: number
}

const list = (name: string) => `(SELECT unnest(from_json($${name}::JSON, '["VARCHAR"]')))`

/** Condition of the rows that are read, and its parameters. */
function narrowed({ market, at, skus, nodeIds }: PastQuery) {
  const parts = ['market = $market', 'known_at <= make_timestamptz($at::BIGINT * 1000)']
  const values: Record<string, string | number | bigint> = { market, at: BigInt(at) }
  if (skus.length > 0) {
    parts.push(`sku IN ${list('skus')}`)
    values.skus = jsonText(skus)
  }
  if (nodeIds.length > 0) {
    parts.push(`node_id IN ${list('nodes')}`)
    values.nodes = jsonText(nodeIds)
  }
  return { where: parts.join(' AND '), values }
}

/** Figures of the positions at the instant. What had expired by then holds nothing, whether or not it was ended. */
export async function pastFigures(queries: Queries, query: PastQuery): Promise<FigureSource> {
  const { where, values } = narrowed(query)
  const rows = await queries.all<Row & Record<string, unknown>>(
    `WITH known AS (SELECT * FROM raw_log_stock_ledger WHERE ${where}),
     holds AS (
       SELECT sku, node_id, reservation_id, any_value(channel) AS channel, sum(held) AS held,
         sum(held_ring_fenced) AS fenced, arg_max(expires_at, seq) AS expires_at
       FROM known WHERE reservation_id IS NOT NULL GROUP BY sku, node_id, reservation_id
     ),
     over AS (
       SELECT sku, node_id, sum(held) AS units, sum(fenced) AS fenced,
         coalesce(sum(fenced) FILTER (channel = $channel), 0) AS own
       FROM holds WHERE held > 0 AND expires_at <= make_timestamptz($at::BIGINT * 1000) GROUP BY sku, node_id
     ),
     positions AS (
       SELECT sku, node_id, bool_or(is_tracked) AS is_tracked, sum(on_hand) AS on_hand,
         sum(allocated) AS allocated, sum(reserved) AS reserved, sum(safety_stock) AS safety_stock,
         sum(ring_fenced) AS ring_fenced, sum(inbound) AS inbound,
         coalesce(sum(ring_fenced) FILTER (channel = $channel), 0) AS own
       FROM known GROUP BY sku, node_id
     )
     SELECT sku, node_id, is_tracked, on_hand::BIGINT AS on_hand, allocated::BIGINT AS allocated,
       (reserved - coalesce(over.units, 0))::BIGINT AS reserved, safety_stock::BIGINT AS safety_stock,
       (ring_fenced + coalesce(over.fenced, 0))::BIGINT AS ring_fenced, inbound::BIGINT AS inbound,
       (positions.own + coalesce(over.own, 0))::BIGINT AS own
     FROM positions LEFT JOIN over USING (sku, node_id)
     WHERE is_tracked`,
    { ...values, channel: query.channel },
  )
  const tracked = await queries.all<{ node_id: string }>(
    `SELECT DISTINCT node_id FROM raw_log_stock_ledger
     WHERE is_tracked AND market = $market AND known_at <= make_timestamptz($at::BIGINT * 1000)`,
    { market: query.market, at: BigInt(query.at) },
  )
  return sourceOf(rows, new Set(tracked.map((row) => row.node_id)))
}

function sourceOf(rows: readonly Row[], tracked: ReadonlySet<string>): FigureSource {
  const figures = new Map<string, Figures>()
  const nodes = new Map<string, string[]>()
  const skus = new Map<string, string[]>()
  for (const row of rows) {
    const { sku, node_id: nodeId, on_hand: onHand, allocated, reserved, inbound } = row
    const { safety_stock: safetyStock, ring_fenced: ringFenced, own } = row
    const available = onHand - allocated - reserved - safetyStock - ringFenced + own
    figures.set(stockKey(sku, nodeId), {
      sku,
      nodeId,
      isTracked: true,
      onHand,
      allocated,
      reserved,
      safetyStock,
      ringFenced,
      inbound,
      available,
    })
    nodes.set(sku, [...(nodes.get(sku) ?? []), nodeId])
    const ofNode = skus.get(nodeId)
    if (ofNode === undefined) skus.set(nodeId, [sku])
    else ofNode.push(sku)
  }
  for (const each of skus.values()) each.sort()
  return {
    figuresOf: (sku, nodeId) => figures.get(stockKey(sku, nodeId)) ?? null,
    isTracked: (nodeId) => tracked.has(nodeId),
    nodesOf: (sku) => nodes.get(sku) ?? [],
    skusOf: (nodeId) => skus.get(nodeId) ?? [],
  }
}

/** The schedule of a SKU as it was known at the instant. */
export async function pastSchedule(
  queries: Queries,
  { market, at, sku }: { market: string; at: number; sku: string },
): Promise<ScheduleEntry[]> {
  const rows = await queries.all<{
    schedule_id: string
    kind: ScheduleEntry['kind']
    node_id: string
    quantity: number
    due_at: number
  }>(
    `WITH latest AS (
       SELECT * FROM raw_log_stock_schedule
       WHERE market = $market AND known_at <= make_timestamptz($at::BIGINT * 1000)
       QUALIFY row_number() OVER (PARTITION BY schedule_id ORDER BY seq DESC) = 1
     )
     SELECT schedule_id, kind, node_id, quantity, epoch_ms(due_at) AS due_at
     FROM latest WHERE sku = $sku AND quantity > 0`,
    { market, at: BigInt(at), sku },
  )
  return rows.map((row) => ({
    scheduleId: row.schedule_id,
    kind: row.kind,
    sku,
    nodeId: row.node_id,
    quantity: row.quantity,
    dueAt: row.due_at,
  }))
}

/** The latest business time that the ledger of a market knows, epoch ms; 0 where it is empty. */
export async function ledgerTo(queries: Queries, market: string): Promise<number> {
  const [row] = await queries.all<{ at: number }>(
    'SELECT epoch_ms(known_at) AS at FROM raw_log_stock_cursors WHERE market = $1',
    [market],
  )
  return row?.at ?? 0
}
