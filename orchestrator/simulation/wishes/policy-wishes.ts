// What people tell the core of policies, and what the flow says that they said of orders. It decides nothing.

import type { CommandData, Order, PolicyResult } from '#orchestrator/core'
import { anyOrder, chance, type View, type WishesOf } from './view.ts'

const policyIds = ['dear', 'odd', 'late'] as const
const points = ['validate', 'source', 'release', 'reroute'] as const
type PolicyWishes = Pick<CommandData, 'DraftPolicy' | 'PublishPolicy' | 'RetirePolicy' | 'ApplyPolicies'>

/** Makers of the data of commands on policies. */
export const policyWishes: WishesOf<PolicyWishes> = {
  DraftPolicy: (view) => ({
    draft: {
      policyId: view.random.pick(policyIds),
      name: 'Policy',
      note: '',
      kind: chance(view, 30) ? 'filter' : 'execution',
      severity: chance(view, 50) ? 'critical' : 'information',
      scope: 'order',
      points: [view.random.pick(points)],
      when: `order.units > ${view.random.int(0, 4)}`,
      actions: [],
      priority: view.random.int(0, 3),
      isEnabled: chance(view, 90),
    },
    by: 'somebody',
  }),
  PublishPolicy: (view) => ({
    policyId: view.random.pick(policyIds),
    version: view.random.int(1, 3),
    replayId: null,
    accepted: ['no_replay'],
    by: 'somebody',
  }),
  RetirePolicy: (view) => ({ policyId: view.random.pick(policyIds), by: 'somebody', reason: 'over' }),
  ApplyPolicies: (view) => {
    const order = anyOrder(view, () => true)
    if (order === null) return null
    const line = order.lines[0]
    const ofLine = chance(view, 30) && line !== undefined ? [line.lineId] : null
    const reason = 'policy: a look'
    return {
      orderId: order.orderId,
      point: view.random.pick(points),
      results: [resultOf(view, ofLine?.[0] ?? null)],
      holds: chance(view, 40) ? [{ lineIds: ofLine, reason }] : [],
      ...(chance(view, 30) ? editsOf(view, order) : {}),
    }
  },
}

/** Edits of the order as it is, or now and then of a version that is over or still to come. */
function editsOf(view: View, order: Order): Pick<CommandData['ApplyPolicies'], 'edits' | 'version'> {
  const reason = 'policy: another place'
  const city = view.random.pick(['Fresno', 'Reno'])
  const shipTo = { reason, changes: { shipTo: { ...order.shipTo, city } } }
  const method = { reason, changes: { method: view.random.pick(['delivery', 'pickup'] as const) } }
  return {
    edits: chance(view, 50) ? [shipTo] : [shipTo, method],
    version: order.version + (chance(view, 20) ? view.random.pick([-1, 1]) : 0),
  }
}

function resultOf(view: View, part: string | null): PolicyResult {
  const tag = { do: 'tag', field: null, value: view.random.pick(['odd', 'dear']) } as const
  return {
    policyId: view.random.pick(policyIds),
    version: view.random.int(1, 3),
    part,
    outcome: 'acted',
    severity: 'information',
    text: 'it says something',
    actions: chance(view, 50) ? [tag] : [],
  }
}
