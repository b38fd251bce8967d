// A plan of reroutes at a served application, made by a real incident, that waits for a person.

import { expect } from 'vitest'
import { defaultRouting } from '#orchestrator/core'
import { rerouteAll } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import type { Place } from './http-place.ts'
import { constraint } from './reroute/market.ts'

/** The token of a link that decides a plan. */
export const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? ''

let made = 0

/** Orders at node A and a plan that would move them, not decided yet. */
export async function planAt(place: Place): Promise<{ planId: string; incidentId: string }> {
  const { core } = place.engine
  const at = place.engine.now()
  const limits = { holdOutShare: 0, isStopped: false, pairCoolDownMinutes: 0 }
  const policy = { ...core.state().policy, mode: 'approve' as const, ...limits }
  await core.execute('SetPolicy', { policy }, { at })
  // Each plan is for an incident of its own, which detection does not end.
  const routing = { ...defaultRouting, reopenMinutes: 0, flapTurns: 100 }
  await core.execute('SetAlertRouting', { routing, by: 'test' }, { at })
  for (const openId of [...core.state().openIncidents.values()]) {
    await core.execute('ResolveIncident', { incidentId: openId, reason: 'over' }, { at })
  }
  const externalId = `P-${++made}`
  const lines = [{ sku: 'x', quantity: 1, unitPriceCents: 1_250 }]
  const promisedAt = new Date(at + 5 * 86_400_000).toISOString()
  const body = { externalId, currency: 'USD', shipTo: { country: 'US', region: 'CA' }, lines, promisedAt }
  const reply = await place.call('POST', '/api/v1/orders', { body })
  const orderId = String(reply.body.orderId)
  await expect.poll(() => core.state().orders.get(orderId)?.status, { timeout: 10_000 }).toBe('released')
  const nodeId = core.state().orders.get(orderId)?.work.at(-1)?.nodeId ?? ''
  const incidentId = `inc_${made}`
  const {
    isBreaching: _,
    hasRecovered: __,
    ...finding
  } = constraint(nodeId, {
    ...{ beganAt: at - 1_000, model: 'rule' },
  })
  const impact = { ordersAtRisk: 1, centsAtRisk: 0, currency: 'USD' }
  await core.execute('OpenIncident', { incidentId, finding, impact }, { at })
  await rerouteAll({ core, worlds: new Worlds(), now: at, oddnessOf: () => 0 })
  const { items } = (await place.call('GET', '/api/v1/reroutes/plans?status=proposed')).body as {
    items: { planId: string; incidentId: string }[]
  }
  const [found] = items
  if (found === undefined) throw new Error('no plan')
  return found
}
