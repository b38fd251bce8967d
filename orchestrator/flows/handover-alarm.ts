// An incident of its own where a node's system refused a move that could not be taken back: two nodes may be at the
// same order, or none. A person has to look; it ends when that person ends it. It moves nothing.

import type { CommandData, Core, Finding, OpenAsk } from '#orchestrator/core'

const dimension = 'handover'
const severity = 0.9

/** Orders that are named one by one; after so many it is the system that a person looks at. */
const namedMost = 100

/**
 * Tells that the move of an order stands though a node refused it; told again of the same ask it changes nothing.
 * @param at time of the market, epoch ms
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function tellRefusedMove(core: Core, ask: OpenAsk, why: string, at: number): Promise<void> {
  const state = core.state()
  const { nodeId, orderId } = ask
  const key = `${dimension}/${nodeId}`
  const openId = state.openIncidents.get(key)
  const open = openId === undefined ? undefined : state.incidents.get(openId)
  if (open?.comments.some(({ commentId }) => commentId === ask.key) === true) return
  const count = (open?.value ?? 0) + 1
  const node = state.nodes.get(nodeId)?.name ?? nodeId
  const order = state.orders.get(orderId)
  const name = order?.externalId ?? orderId
  const danger = ask.what === 'cancel' ? 'it may be sent twice' : 'it may not be sent at all'
  const one = `${node} refused the move of order ${name}, which could not be taken back: ${danger} (${why})`
  const title =
    count === 1
      ? one
      : `${node} refused ${count} moves that could not be taken back, the last of order ${name}: ${danger}`
  const finding: Finding = {
    ...{ key, metric: 'refused_moves', dimension, dimensionValue: nodeId, severity, title },
    ...{ beganAt: open?.beganAt ?? at, value: count, expected: null },
    ...{ expectedLow: null, expectedHigh: null },
    ...{ pValue: null, model: 'rule', causes: [] },
  }
  const impact = {
    ordersAtRisk: (open?.ordersAtRisk ?? 0) + 1,
    centsAtRisk: (open?.centsAtRisk ?? 0) + (order?.totalCents ?? 0),
    currency: order?.currency ?? 'USD',
  }
  const ownId = `handover_${ask.key}`.replace(/[^A-Za-z0-9_.-]+/g, '-')
  if (open === undefined && state.incidents.has(ownId)) return
  const incidentId = open?.incidentId ?? (await opened(core, { incidentId: ownId, finding, impact }, at))
  if (open !== undefined) await core.execute('UpdateIncident', { incidentId, finding, impact }, { at })
  if (count > namedMost) return
  const text = `Order ${name}: ${danger} (${why})`
  await core.execute('CommentIncident', { incidentId, commentId: ask.key, text, by: 'Detour' }, { at })
}

/** The incident that is open then: its last one, where that is over since a short time only. */
async function opened(
  core: Core,
  data: Pick<CommandData['OpenIncident'], 'incidentId' | 'finding' | 'impact'>,
  at: number,
): Promise<string> {
  const { answer } = await core.execute('OpenIncident', { ...data, isNoticed: true }, { at })
  return String(answer.details?.incidentId ?? data.incidentId)
}
