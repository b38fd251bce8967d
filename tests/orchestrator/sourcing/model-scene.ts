// Two nodes that have everything, one for nothing and one dear: what a constraint does shows in which is taken.

import type { api } from '#data/contracts'
import { type SourcingOrder, sourceOrder } from '#orchestrator/sourcing'
import {
  bandOf,
  documentOf,
  networkOf,
  nodeOf,
  orderOf,
  serviceOf,
  type WorldParts,
  worldOf,
} from './model-world.ts'

/** A node that limits nothing. */
export const capacity = { ordersPerDay: null, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
const office: api.WorkCalendar = {
  calendarId: 'office',
  name: 'office',
  hours: [1, 2, 3, 4, 5].map((day) => ({ day, opens: '08:00', closes: '18:00' })),
  holidays: [],
  extraDays: [],
}

/** What differs. */
export interface Scene {
  cheap?: Partial<api.NetworkNode>
  dear?: Partial<api.NetworkNode>
  constraints?: api.StrategyConstraint[]
  order?: Partial<SourcingOrder>
  wanted?: Record<string, number>
  world?: WorldParts
  strategy?: Partial<api.Strategy>
}

/** Two nodes that have everything: Cheap for nothing, Dear for 10.00 more. */
export function sourced({ cheap, dear, constraints = [], order, wanted, world, strategy }: Scene) {
  const nodes = [nodeOf('Cheap', cheap), nodeOf('Dear', { orderCostCents: 1_000, ...dear })]
  const network = networkOf(documentOf(nodes, [serviceOf('ground', [bandOf()])], [office]))
  const all = { Cheap: 5, Dear: 50 }
  const set = worldOf(network, {
    stock: { A: all, B: all },
    ...world,
    strategy: { constraints, ...strategy },
  })
  return sourceOrder(orderOf(wanted ?? { A: 2, B: 1 }, order), set, { decisionId: 'd' })
}

/** Nodes of a plan, and the prices of its soft constraints. */
export function seen(scene: Scene) {
  const plan = sourced(scene)
  const soft = plan.work.flatMap(({ terms }) => terms.filter(({ name }) => name === 'soft'))
  const [unserved] = plan.unserved
  return {
    nodes: plan.work.map(({ nodeId }) => nodeId),
    soft: soft.reduce((sum, { cents }) => sum + cents, 0),
    code: unserved?.code,
    reason: unserved?.reason,
  }
}
