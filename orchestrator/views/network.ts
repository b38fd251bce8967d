// How busy each node is: from the core while it works on orders, else from the series. It moves nothing.

import type { api } from '#data/contracts'
import { isOpenWork } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { dayMs, minutesUntil } from './figures.ts'
import { knownTo } from './period.ts'
import type { Places } from './places.ts'
import { riskOf } from './risk.ts'

/** Nodes shown, the busiest. */
const most = 50

interface Waiting {
  openWork: number
  pastDue: number
}

/** Whether the core works on orders of the market. */
export function isLive(engine: Engine): boolean {
  const state = engine.core.state()
  return state.liveOrders > 0 || state.openByNode.values().some((orders) => orders.size > 0)
}

/** The nodes with incidents first, then by load; at most 50. */
export async function networkOf(engine: Engine, places: Places): Promise<api.NodeLoad[]> {
  const now = engine.now()
  const waiting = isLive(engine)
    ? ofCore(engine, now)
    : await ofSeries(engine, knownTo(engine, places.tables))
  const { nodes: troubled } = riskOf(engine.core.state())
  return [...places.nodes.values()]
    .map((place): api.NodeLoad => {
      const { openWork, pastDue } = waiting.get(place.nodeId) ?? { openWork: 0, pastDue: 0 }
      const { dailyCapacity } = place
      return {
        nodeId: place.nodeId,
        name: place.name,
        type: place.type,
        region: place.region,
        openWork,
        pastDue,
        dailyCapacity,
        load: dailyCapacity === null || dailyCapacity <= 0 ? null : openWork / dailyCapacity,
        cutOff: place.cutOff,
        minutesToCutOff: minutesUntil(place.cutOff, place.timeZone, now),
        hasIncident: troubled.has(place.nodeId),
      }
    })
    .sort(
      (a, b) =>
        Number(b.hasIncident) - Number(a.hasIncident) ||
        (b.load ?? 0) - (a.load ?? 0) ||
        b.openWork - a.openWork ||
        (a.name < b.name ? -1 : 1),
    )
    .slice(0, most)
}

function ofCore(engine: Engine, now: number): Map<string, Waiting> {
  const state = engine.core.state()
  const found = new Map<string, Waiting>()
  for (const [nodeId, orderIds] of state.openByNode) {
    let pastDue = 0
    for (const orderId of orderIds) {
      const work = state.orders.get(orderId)?.work ?? []
      if (work.some((each) => each.nodeId === nodeId && isOpenWork(each) && (each.shipBy ?? now) < now))
        pastDue++
    }
    found.set(nodeId, { openWork: orderIds.size, pastDue })
  }
  return found
}

/** The states of the day that the data ends on. */
async function ofSeries(engine: Engine, known: number): Promise<Map<string, Waiting>> {
  const day = Math.floor((known - 1) / dayMs) * dayMs
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<{ node: string; open_work: number | null; past_due: number | null }>(
      `SELECT dimension_value AS node, max(numerator) FILTER (metric = 'backlog') AS open_work,
         max(numerator) FILTER (metric = 'past_due') AS past_due
       FROM metric_points
       WHERE market = $market AND dimension = 'node' AND grain = 'day'
         AND bucket_start = make_timestamptz($day::BIGINT * 1000) AND metric IN ('backlog', 'past_due')
       GROUP BY dimension_value`,
      { market: engine.market, day },
    ),
  )
  return new Map(rows.map((row) => [row.node, { openWork: row.open_work ?? 0, pastDue: row.past_due ?? 0 }]))
}
