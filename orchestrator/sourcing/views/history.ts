// What the marts say of the past: how long work and carriage took, what carriage cost, who has sold what and with whom
// it went. It reads; it decides nothing.

import type { api } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import type { Outlook } from './outlook.ts'

/** Work and carriage of some kind; null where nothing is known. */
export interface Passage {
  /** Shipments behind it. */
  count: number
  /** From release to leaving the node. */
  processing: api.Spread | null
  /** From leaving the node to the customer. */
  transit: api.Spread | null
  /** Mean cents for carriage. */
  freightCents: number | null
}

/** What was learned from history. */
export interface History {
  all: Passage
  /** By node id. */
  nodes: ReadonlyMap<string, Passage>
  /** By `pairKey` of node and region of the destination. */
  lanes: ReadonlyMap<string, Passage>
  /** By carrier. */
  carriers: ReadonlyMap<string, Passage>
  /** By `pairKey` of node and carrier. */
  nodeCarriers: ReadonlyMap<string, Passage>
  /** Nodes that have fulfilled a SKU, by SKU. */
  soldBy: ReadonlyMap<string, ReadonlySet<string>>
  /** Carriers of a node, the most used first. */
  carriersOf: ReadonlyMap<string, readonly string[]>
  /** What a model of lateness says beside; where it says something, that counts. Null without a model. */
  outlook?: Outlook | null
}

/** Key of a node and what it is looked at with. */
export function pairKey(nodeId: string, other: string): string {
  return `${nodeId}\u001f${other}`
}

const nothing: Passage = { count: 0, processing: null, transit: null, freightCents: null }

/** History before anything is known. */
export const noHistory: History = {
  all: nothing,
  nodes: new Map(),
  lanes: new Map(),
  carriers: new Map(),
  nodeCarriers: new Map(),
  soldBy: new Map(),
  carriersOf: new Map(),
}

interface PassageRow extends Record<string, unknown> {
  nodeId: string | null
  region: string | null
  carrier: string | null
  count: number
  processing: readonly (number | null)[] | null
  transit: readonly (number | null)[] | null
  freightCents: number | null
}

/** Days of history, counted back from the watermark, that still say something about today. */
const historyDays = 180

/**
 * What the marts say, over the last 180 days before the watermark.
 * @throws WAREHOUSE_QUERY
 */
export async function readHistory(queries: Queries, market: string): Promise<History> {
  const rows = await queries.all<PassageRow>(
    `SELECT node_id AS "nodeId", region, carrier, count(*) AS count,
       quantile_cont(epoch(shipped_at - released_at) / 3600, [0.5, 0.9])
         FILTER (shipped_at >= released_at) AS processing,
       quantile_cont(epoch(delivered_at - shipped_at) / 3600, [0.5, 0.9])
         FILTER (delivered_at >= shipped_at) AS transit,
       avg(freight_cost_cents) FILTER (freight_cost_cents > 0) AS "freightCents"
     FROM (
       SELECT * REPLACE (nullif(nullif(carrier, 'unknown'), 'multiple') AS carrier) FROM fulfillment_orders
     ) AS work
     SEMI JOIN market_clock AS clock
       ON clock.market = work.market AND work.shipped_at >= clock.watermark - INTERVAL ${historyDays} DAY
     WHERE market = $1
     GROUP BY GROUPING SETS ((), (node_id), (node_id, region), (carrier), (node_id, carrier))
     HAVING GROUPING(carrier) = 1 OR carrier IS NOT NULL`,
    [market],
  )
  const [nodes, lanes] = [new Map<string, Passage>(), new Map<string, Passage>()]
  const [carriers, nodeCarriers] = [new Map<string, Passage>(), new Map<string, Passage>()]
  let all = nothing
  for (const { nodeId, region, carrier, count, freightCents, ...times } of rows) {
    const passage = {
      count,
      processing: spreadOf(times.processing),
      transit: spreadOf(times.transit),
      freightCents,
    }
    if (nodeId === null) {
      if (carrier === null) all = passage
      else carriers.set(carrier, passage)
    } else if (carrier !== null) nodeCarriers.set(pairKey(nodeId, carrier), passage)
    else if (region !== null) lanes.set(pairKey(nodeId, region), passage)
    else nodes.set(nodeId, passage)
  }
  const [soldBy, carriersOf] = [await readSold(queries, market), await readCarriers(queries, market)]
  return { all, nodes, lanes, carriers, nodeCarriers, soldBy, carriersOf }
}

function spreadOf(quantiles: readonly (number | null)[] | null): api.Spread | null {
  const [medianHours, p90Hours] = quantiles ?? []
  return medianHours == null || p90Hours == null ? null : { medianHours, p90Hours }
}

/** Nodes of orders that came with one: where Detour has sent an order says nothing of who else has the goods. */
async function readSold(queries: Queries, market: string): Promise<Map<string, Set<string>>> {
  const rows = await queries.all<{ sku: string; nodes: string[] }>(
    `SELECT sku, list(DISTINCT node_id) AS nodes FROM order_lines
     WHERE market = $1 AND node_id IS NOT NULL AND provider <> 'api' GROUP BY sku`,
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
