// A market for tests of reroutes: three nodes with stock, and released orders at node A, which is then in trouble.

import type { api } from '#data/contracts'
import { type Core, isOpenWork, type Order } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { applyFindings, type Constraint } from '#orchestrator/incidents'
import { Worlds } from '#orchestrator/sourcing'
import { createOrder, runCore } from '../core/running.ts'
import { start } from '../core/setting.ts'

export { start } from '../core/setting.ts'

/** A constraint of a node. */
export const constraint = (dimensionValue: string, more: Partial<Constraint> = {}): Constraint => ({
  key: `node/${dimensionValue}`,
  metric: 'backlog',
  dimension: 'node',
  dimensionValue,
  severity: 0.9,
  title: `${dimensionValue} is falling behind`,
  beganAt: start - 3_600_000,
  value: 300,
  expected: 100,
  expectedLow: 80,
  expectedHigh: 120,
  pValue: 0.001,
  model: 'seasonal-1',
  causes: [],
  isBreaching: true,
  hasRecovered: false,
  ...more,
})

/** An order that must be there. */
export function orderOf(core: Core, id: string): Order {
  const order = core.state().orders.get(id)
  if (order === undefined) throw new Error(`no order ${id}`)
  return order
}

/** Nodes with open work of an order. */
export function nodesOf(core: Core, id: string): string[] {
  return orderOf(core, id)
    .work.filter(isOpenWork)
    .map((work) => work.nodeId)
}

/** Orders that left node A. */
export function goneFrom(core: Core, ids: readonly string[]): string[] {
  return ids.filter((id) => !nodesOf(core, id).includes('fab:A'))
}

/** Released orders, all at node A, which has an incident. */
export async function stricken(policy: Partial<api.ReroutePolicy> = {}, count = 6) {
  const { core, log, path } = await runCore(undefined, 20)
  await setPolicy(core, { holdOutShare: 0, ...policy })
  const ids = await releaseMore(
    core,
    Array.from({ length: count }, (_, i) => `o${i}`),
  )
  await applyFindings(core, [constraint('fab:A')], { runId: 'r1', at: start })
  const [incidentId = ''] = core.state().incidents.keys()
  return { core, log, path, ids, incidentId }
}

/** More orders, released where the flow sends them: to node A, unless it has an incident. */
export async function releaseMore(core: Core, ids: readonly string[]): Promise<readonly string[]> {
  for (const id of ids) await createOrder(core, id, 'x', 1)
  const flow = { core, worlds: new Worlds(), now: () => start }
  for (const id of ids) {
    if (core.state().openIncidents.size === 0) await advance(id, flow)
    else await releaseAt(core, id, 'fab:A')
  }
  return ids
}

async function releaseAt(core: Core, orderId: string, nodeId: string): Promise<void> {
  const lines = [{ lineId: '1', quantity: 1 }]
  const assignments = [{ nodeId, carrier: 'SwiftPost', shipBy: null, lines }]
  const decision = {
    ...{ decisionId: `${orderId}/source/0`, kind: 'source' as const, incidentId: null, fromNodeId: null },
    ...{ toNodeId: nodeId, status: 'done' as const, reason: 'a test', costCents: 0, hoursSaved: null },
    candidates: [],
  }
  await core.execute('ValidateOrder', { orderId }, { at: start })
  await core.execute('SourceOrder', { orderId, assignments, decision }, { at: start })
  await core.execute('ReserveOrder', { orderId }, { at: start })
  await core.execute('ReleaseOrder', { orderId }, { at: start })
}

/** Changes limits of reroutes. */
export async function setPolicy(core: Core, change: Partial<api.ReroutePolicy>): Promise<void> {
  const { isStopped } = change
  if (isStopped !== undefined) await core.execute('HaltReroutes', { isStopped, by: 'Mia' }, { at: start })
  await core.execute('SetPolicy', { policy: { ...core.state().policy, ...change } }, { at: start })
}
