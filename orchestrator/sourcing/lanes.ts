// What history says of nodes and lanes: how long work and carriage take, what they cost, and who has sold what.
// It decides nothing.

import type { Queries } from '#data/warehouse'

/** Means of a node or of a lane; null where history says nothing. */
export interface Passage {
  /** Shipments behind it. */
  count: number
  /** Median hours from release to leaving the node, null on lanes. */
  workHours: number | null
  /** Median hours from hand-over to delivery. */
  transitHours: number | null
  /** Mean cents for carriage. */
  freightCents: number | null
}

/** What was learned from history. */
export interface Lanes {
  all: Passage
  /** By node id. */
  nodes: ReadonlyMap<string, Passage>
  /** By `laneKey`. */
  lanes: ReadonlyMap<string, Passage>
  /** Nodes that have fulfilled a SKU, by SKU. */
  soldBy: ReadonlyMap<string, ReadonlySet<string>>
  /** Carriers of a node, the most used first. */
  carriers: ReadonlyMap<string, readonly string[]>
}

/** Key of a node and a destination region. */
export function laneKey(nodeId: string, region: string): string {
  return `${nodeId}\u001f${region}`
}

/** Lanes before anything is known. */
export const noLanes: Lanes = {
  all: { count: 0, workHours: null, transitHours: null, freightCents: null },
  nodes: new Map(),
  lanes: new Map(),
  soldBy: new Map(),
  carriers: new Map(),
}

interface PassageRow extends Passage, Record<string, unknown> {
  nodeId: string | null
  region: string | null
}

/** Days of history, counted back from the watermark, that still say something about today. */
const historyDays = 180

/**
 * What the marts say, over the last 180 days before the watermark.
 * @throws WAREHOUSE_QUERY
 */
export async function readLanes(queries: Queries, market: string): Promise<Lanes> {
  const rows = await queries.all<PassageRow>(
    `SELECT node_id AS "nodeId", region, count(*) AS count,
       median(epoch(shipped_at - released_at) / 3600) FILTER (shipped_at >= released_at) AS "workHours",
       median(epoch(delivered_at - shipped_at) / 3600) FILTER (delivered_at >= shipped_at) AS "transitHours",
       avg(freight_cost_cents) FILTER (freight_cost_cents > 0) AS "freightCents"
     FROM fulfillment_orders
     SEMI JOIN market_clock AS clock
       ON clock.market = fulfillment_orders.market
       AND fulfillment_orders.shipped_at >= clock.watermark - INTERVAL ${historyDays} DAY
     WHERE market = $1
     GROUP BY GROUPING SETS ((), (node_id), (node_id, region))`,
    [market],
  )
  const nodes = new Map<string, Passage>()
  const lanes = new Map<string, Passage>()
  let all = noLanes.all
  for (const { nodeId, region, ...passage } of rows) {
    if (nodeId === null) all = passage
    else if (region === null) nodes.set(nodeId, passage)
    else lanes.set(laneKey(nodeId, region), { ...passage, workHours: null })
  }
  const [soldBy, carriers] = [await readSold(queries, market), await readCarriers(queries, market)]
  return { all, nodes, lanes, soldBy, carriers }
}

async function readSold(queries: Queries, market: string): Promise<Map<string, Set<string>>> {
  const rows = await queries.all<{ sku: string; nodes: string[] }>(
    `SELECT sku, list(DISTINCT node_id) AS nodes FROM order_lines
     WHERE market = $1 AND node_id IS NOT NULL GROUP BY sku`,
    [market],
  )
  return new Map(rows.map(({ sku, nodes }) => [sku, new Set(nodes)]))
}

async function readCarriers(queries: Queries, market: string): Promise<Map<string, string[]>> {
  const rows = await queries.all<{ nodeId: string; carriers: string[] }>(
    `SELECT node_id AS "nodeId", list(carrier ORDER BY used DESC, carrier) AS carriers
     FROM (
       SELECT node_id, carrier, count(*) AS used FROM shipments
       WHERE market = $1 AND node_id IS NOT NULL AND carrier <> 'unknown' GROUP BY node_id, carrier
     ) GROUP BY node_id`,
    [market],
  )
  return new Map(rows.map(({ nodeId, carriers }) => [nodeId, carriers]))
}
