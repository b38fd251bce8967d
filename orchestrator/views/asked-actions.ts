// What systems outside were asked about an order, from the tables. It asks nothing of them.

import type { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { isoOf, isoOrNull } from './figures.ts'
import { placesOf } from './places.ts'

interface Row extends Record<string, unknown> {
  action_key: string
  action: string
  what: string | null
  node_id: string | null
  target: string | null
  status: api.AskedAction['status']
  reason: string | null
  requested_at: number
  ended_at: number | null
}

const most = 100

/** The newest 100, newest first. */
export async function listAsked(engine: Engine, orderId: string): Promise<api.AskedAction[]> {
  const places = await placesOf(engine)
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<Row>(
      `SELECT action_key, action, target, status, reason, data->>'what' AS what, data->>'nodeId' AS node_id,
         epoch_ms(requested_at) AS requested_at, epoch_ms(ended_at) AS ended_at
       FROM provider_actions WHERE market = $market AND order_id = $orderId
       ORDER BY requested_at DESC, action_key LIMIT ${most}`,
      { market: engine.market, orderId },
    ),
  )
  return rows.map(({ action_key: key, action, what, node_id: nodeId, target, status, reason, ...times }) => ({
    ...{ key, action, what, nodeId, target, status, reason },
    nodeName: nodeId === null ? null : places.nodeName(nodeId),
    requestedAt: isoOf(times.requested_at),
    endedAt: isoOrNull(times.ended_at),
  }))
}
