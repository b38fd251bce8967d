// What reroutes did together: orders, cost, hours and where they went. It counts and never decides.

import type { Engine } from '#orchestrator/engine'
import type { AnyDecision } from './decision-view.ts'
import { withUndone } from './decisions.ts'
import { listed, type Named, texts } from './parameters.ts'
import { tailOf } from './tail.ts'

/** What reroutes of a time did, over tables and log. */
export interface RerouteSums {
  orders: number
  extraCostCents: number
  hoursSaved: number
  /** Nodes that took the most orders first; those that orders left with another carrier are not among them. */
  nodeIds: string[]
  /** Whether orders stayed at their node and left it with another carrier. */
  changedCarrier: boolean
}

/**
 * Sums over reroutes that were carried out and not undone.
 * @param scope of one market time (`from` and `to`, epoch ms), or because of incidents
 */
export async function rerouteSums(
  engine: Engine,
  scope: { from: number; to: number } | { incidentIds: readonly string[] },
): Promise<RerouteSums> {
  const tail = await tailOf(engine)
  const known = tail.decisions.map((each) => each.decisionId)
  const isIn = (each: AnyDecision) =>
    'from' in scope
      ? each.decidedAt >= scope.from && each.decidedAt <= scope.to
      : each.incidentId !== null && scope.incidentIds.includes(each.incidentId)
  const sql =
    'from' in scope
      ? `decided_at >= make_timestamptz($from::BIGINT * 1000) AND decided_at <= make_timestamptz($to::BIGINT * 1000)`
      : `incident_id IN ${listed('incidents')}`
  const parameters: Named =
    'from' in scope ? { from: scope.from, to: scope.to } : { incidents: texts(scope.incidentIds) }
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<RerouteRow>(
      `SELECT order_id, if(to_node_id = from_node_id, NULL, to_node_id) AS to_node_id,
         coalesce(sum(cost_cents), 0)::BIGINT AS cents,
         coalesce(sum(hours_saved), 0) AS hours
       FROM decisions
       WHERE market = $market AND kind = 'reroute' AND status = 'done' AND ${sql}
         AND decision_id NOT IN ${listed('gone')}
       GROUP BY ALL`,
      { market: engine.market, ...parameters, gone: texts([...known, ...tail.undone]) },
    ),
  )
  const newest = tail.decisions
    .map((each) => withUndone(each, tail))
    .filter((each) => each.kind === 'reroute' && each.status === 'done' && isIn(each))
    .map((each) => ({
      order_id: each.orderId,
      to_node_id: each.toNodeId === each.fromNodeId ? null : each.toNodeId,
      cents: each.costCents ?? 0,
      hours: each.hoursSaved ?? 0,
    }))
  return summed([...rows, ...newest])
}

/** What moved an order; `to_node_id` is null where only its carrier is another. */
type RerouteRow = {
  order_id: string
  to_node_id: string | null
  cents: number
  hours: number
}

function summed(rows: readonly RerouteRow[]): RerouteSums {
  const perNode = new Map<string, number>()
  for (const { to_node_id: nodeId } of rows) {
    if (nodeId !== null) perNode.set(nodeId, (perNode.get(nodeId) ?? 0) + 1)
  }
  return {
    orders: new Set(rows.map((row) => row.order_id)).size,
    extraCostCents: rows.reduce((sum, row) => sum + row.cents, 0),
    hoursSaved: Math.round(rows.reduce((sum, row) => sum + row.hours, 0) * 10) / 10,
    changedCarrier: rows.some(({ to_node_id: nodeId }) => nodeId === null),
    nodeIds: [...perNode].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([nodeId]) => nodeId),
  }
}
