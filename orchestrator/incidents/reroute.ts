// The policy: an open incident on a node or carrier moves the open, not yet picked work it touches to the next best
// node, within the limits a person set. The core has the last word on each move.

import { createHash } from 'node:crypto'
import type { api } from '#data/contracts'
import {
  type Core,
  type CoreState,
  type DecisionRecord,
  type FulfillmentOrder,
  type Incident,
  isMovable,
  type Order,
} from '#orchestrator/core'
import { touched } from './findings.ts'
import { type MoveContext, planMove } from './move.ts'

/** What a round of reroutes works with. */
export interface RerouteContext extends MoveContext {
  /** How odd the order model finds an order, 0 to 1; the oddest move first. */
  oddnessOf(orderId: string): number
}

/** What a round did. */
export interface RerouteRound {
  moved: number
  notMoved: number
}

/** Moves sent to the core side by side. */
const sideBySide = 50

/**
 * One round over all open incidents.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function rerouteAll(context: RerouteContext): Promise<RerouteRound> {
  const round = { moved: 0, notMoved: 0 }
  const { policy } = context.core.state()
  if (policy.mode === 'off') return round
  for (const incidentId of context.core.state().openIncidents.values()) {
    const incident = context.core.state().incidents.get(incidentId)
    if (incident === undefined || incident.severity < policy.minSeverity) continue
    const one = await rerouteFor(incident, context)
    round.moved += one.moved
    round.notMoved += one.notMoved
  }
  return round
}

async function rerouteFor(incident: Incident, context: RerouteContext): Promise<RerouteRound> {
  const { core } = context
  const round = { moved: 0, notMoved: 0 }
  const due = dueOrders(core.state(), incident, context)
  const most = core.state().policy.maxOrdersPerIncident - incident.ordersMoved
  for (let at = 0; at < due.length && round.moved < most; ) {
    const group = due.slice(at, at + Math.min(sideBySide, most - round.moved))
    at += group.length
    const results = await Promise.all(group.map((order) => rerouteOrder(order, incident, context)))
    for (const outcome of results) {
      if (outcome === 'moved') round.moved++
      else if (outcome === 'declined') round.notMoved++
    }
  }
  return round
}

/**
 * Orders the incident touches, the oddest and then the most pressing first. Those that were left in place before are
 * weighed again: stock, nodes or the limits may have changed.
 */
function dueOrders(state: CoreState, incident: Incident, { oddnessOf }: RerouteContext): Order[] {
  return touched(state, incident.dimension, incident.dimensionValue)
    .map((order) => ({
      order,
      oddness: oddnessOf(order.orderId),
      due: order.promisedAt ?? Number.MAX_SAFE_INTEGER,
    }))
    .sort((a, b) => b.oddness - a.oddness || a.due - b.due || (a.order.orderId < b.order.orderId ? -1 : 1))
    .map(({ order }) => order)
}

type Outcome = 'moved' | 'declined' | 'gone'

/** Moves what of the order the incident touches, piece by piece. */
async function rerouteOrder(order: Order, incident: Incident, context: RerouteContext): Promise<Outcome> {
  let outcome: Outcome = 'gone'
  for (const work of worksOf(order, incident)) {
    const one = await rerouteWork(order.orderId, work, incident, context)
    if (outcome !== 'moved') outcome = one
  }
  return outcome
}

async function rerouteWork(
  orderId: string,
  work: FulfillmentOrder,
  incident: Incident,
  context: RerouteContext,
): Promise<Outcome> {
  const { core, now } = context
  const order = core.state().orders.get(orderId)
  if (order === undefined) return 'gone'
  const { policy } = core.state()
  const { incidentId } = incident
  const isTold = order.declinedFor.includes(incidentId)
  const stay = async (decision: DecisionRecord): Promise<Outcome> =>
    isTold ? 'gone' : decline(core, orderId, decision, now)
  const decisionId = `${orderId}/${incidentId}/${work.fulfillmentOrderId}`
  const plan = planMove(order, work, context, {
    decisionId,
    incidentId,
    maxExtraCents: policy.maxExtraCostCents,
  })
  if (plan.assignments === null) return stay(plan.decision)
  const limit = limitOn(order, policy)
  if (limit !== null) return stay(refusal(plan.decision, limit))
  if (isHeldOut(orderId, policy.holdOutShare)) {
    return stay({ ...refusal(plan.decision, 'left in place to measure the effect'), status: 'held_out' })
  }
  const { fulfillmentOrderId } = work
  const { assignments, decision } = plan
  const result = await core.execute(
    'RerouteOrder',
    { orderId, fulfillmentOrderId, assignments, decision },
    { at: now },
  )
  if (result.status === 'done') return 'moved'
  // Stock that others took meanwhile is looked at again in the next round; picking that began ends the matter.
  return 'gone'
}

/** Why the order may not be moved although it could, null where it may. */
function limitOn(order: Order, policy: api.ReroutePolicy): string | null {
  if (order.isPinned) return 'a person put it back'
  if (order.moves >= policy.maxMovesPerOrder) return `it was moved ${order.moves} times, the limit`
  return policy.mode === 'shadow' ? 'shadow mode: it would have moved' : null
}

/** The work of an order that an incident touches. */
function worksOf(order: Order, { dimension, dimensionValue }: Incident): FulfillmentOrder[] {
  return order.work.filter(
    (work) =>
      isMovable(work) &&
      (dimension === 'node' ? work.nodeId === dimensionValue : work.carrier === dimensionValue),
  )
}

async function decline(core: Core, orderId: string, decision: DecisionRecord, at: number): Promise<Outcome> {
  const result = await core.execute('DeclineReroute', { orderId, decision }, { at })
  return result.status === 'done' ? 'declined' : 'gone'
}

function refusal(decision: DecisionRecord, reason: string): DecisionRecord {
  const candidates = decision.candidates.map((candidate) => ({ ...candidate, isChosen: false }))
  return {
    ...decision,
    toNodeId: null,
    status: 'refused',
    reason,
    costCents: null,
    hoursSaved: null,
    candidates,
  }
}

/** Whether an order is in the share that stays: the same answer for every incident, so that it is never moved. */
export function isHeldOut(orderId: string, share: number): boolean {
  const digest = createHash('sha256').update(`held out/${orderId}`).digest()
  return digest.readUInt32BE(0) / 2 ** 32 < share
}
