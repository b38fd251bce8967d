// One round of reroutes over all open incidents: what each touches is re-sourced together, and moves that pay are
// made, or wait for a person. Work of incidents that ended goes back where that pays. The core has the last word on
// each move.

import { type CoreState, cameFrom, type Incident, limitsOf } from '#orchestrator/core'
import { type AffectedWork, affectedBy } from './affected.ts'
import { policySelects } from './by-policy.ts'
import { carryOut, noteStaying } from './carry-out.ts'
import { placeOf, type RerouteContext } from './context.ts'
import { isForMeasure } from './hold-out.ts'
import { Memory } from './memory.ts'
import { type Purpose, planMoves, type ReroutePlan, type StayingWork, staying } from './plan.ts'
import { approvalFor, propose, wasRejected, workInPlans } from './propose.ts'
import { settlePlans } from './settle.ts'
import { backGainCents, clearlySooner, movesWork, noLater } from './worth.ts'

/** What a round did. */
export interface RerouteRound {
  moved: number
  notMoved: number
  /** Moves that wait for a person since this round. */
  proposed: number
}

/** Why an incident ended that people knew of: what it tells of goes on, so that what it moved stays. */
export const saidExpected = 'it was said to be expected'
/** How long after its end an incident's moves may go back, ms of the market. */
const backMs = 86_400_000

/**
 * One round over all open incidents.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function rerouteAll(context: RerouteContext): Promise<RerouteRound> {
  const { core, now, memory = new Memory() } = context
  const settled = await settlePlans(context)
  const round: RerouteRound = { moved: settled.moved, notMoved: settled.notMoved, proposed: 0 }
  for (const { incidentId } of gravestFirst(core.state())) {
    const limits = limitsOf(core.state().policy)
    if (limits.mode === 'off' || limits.isStopped) return round
    const incident = core.state().incidents.get(incidentId)
    if (incident === undefined || !movesWork(incident, limits)) continue
    add(round, await rerouteFor(incident, context, memory))
  }
  for (const incident of endedLately(core.state(), now)) {
    // One that came back ends more than once.
    if (memory.isEndDue(`${incident.incidentId}/${incident.resolvedAt}`, now))
      add(round, await moveBack(incident, context))
  }
  return round
}

/** The gravest first: limits of the hour and the day go to them. */
function gravestFirst(state: CoreState): Incident[] {
  const open = [...state.openIncidents.values()].flatMap((id) => state.incidents.get(id) ?? [])
  return open.sort((a, b) => b.severity - a.severity || (a.incidentId < b.incidentId ? -1 : 1))
}

/** Whether a plan for an incident waits, or was turned down. */
function isInPlan(state: CoreState, incidentId: string): boolean {
  for (const plan of state.reroutes.plans.values()) {
    const isOpen = plan.status === 'proposed' || plan.status === 'rejected'
    if (isOpen && plan.incidentId === incidentId) return true
  }
  return false
}

function add(round: RerouteRound, one: RerouteRound): void {
  round.moved += one.moved
  round.notMoved += one.notMoved
  round.proposed += one.proposed
}

async function rerouteFor(
  incident: Incident,
  context: RerouteContext,
  memory: Memory,
): Promise<RerouteRound> {
  const { core, now, oddnessOf } = context
  const { incidentId } = incident
  const state = core.state()
  const isStale = memory.isStale(incidentId, now, state.policy)
  // What a person has to decide, or has decided, is not planned again in every round.
  if (!isStale && isInPlan(state, incidentId)) return { moved: 0, notMoved: 0, proposed: 0 }
  const waiting = workInPlans(state)
  const selects = policySelects(context)
  const works = affectedBy(state, incident).filter(
    ({ order, work }) =>
      (isStale || !order.declinedFor.includes(incidentId)) &&
      !waiting.has(`${order.orderId}/${work.fulfillmentOrderId}`) &&
      selects(order),
  )
  if (works.length === 0) return { moved: 0, notMoved: 0, proposed: 0 }
  if (isStale) memory.weighed(incidentId, now, state.policy)
  const purpose: Purpose = {
    ...{ name: incidentId, incident, guard: {}, holdsOut: true, oddnessOf },
    ...{ judge: clearlySooner(limitsOf(state.policy)), waits: true },
  }
  const plan = await planMoves(works, placeOf(context), purpose)
  return enact(plan, context, { kind: 'incident', incident, name: incidentId, why: incident.title })
}

/** Makes the moves of a plan, or proposes them; notes what stays. */
async function enact(
  plan: ReroutePlan,
  { core, now }: RerouteContext,
  about: { kind: 'incident' | 'recovery'; incident: Incident; name: string; why: string },
): Promise<RerouteRound> {
  // A person's no holds however few moves are left.
  const isTurnedDown = wasRejected(core.state(), about)
  const reason = approvalFor(core.state(), plan, about.incident, now)
  const isByItself = !isTurnedDown && reason === null
  const round: RerouteRound = { moved: 0, notMoved: 0, proposed: 0 }
  if (isByItself) {
    const guard = about.kind === 'recovery' ? { isBack: true as const } : {}
    const outcome = await carryOut(core, plan.moves, guard, now)
    round.moved = outcome.moved
    round.notMoved = outcome.notMoved
  } else if (!isTurnedDown && reason !== null) {
    const heldOut = plan.stays.filter(isForMeasure)
    round.proposed = await propose(core, plan.moves, { ...about, heldOut }, reason, now)
    const left = round.proposed > 0 || about.kind === 'recovery' ? [] : plan.moves
    const stays = left.map((move) => ({ ...move, decision: staying(move.decision, plansWait) }))
    round.notMoved += await noteStaying(core, stays, now)
  }
  if (about.kind !== 'incident') return round
  // Nobody is left in place where nothing moves, or not before a person said so.
  const stays = plan.stays.filter((stay) => isSettled(stay) && (isByItself || !isForMeasure(stay)))
  round.notMoved += await noteStaying(core, stays, now)
  return round
}

const plansWait = { code: 'plans_waiting', text: 'as many plans wait for a person as may' }

/** Whether it is not to be looked at again in a while anyway. */
function isSettled({ decision }: StayingWork): boolean {
  return decision.refusedCode !== 'too_early' && decision.refusedCode !== 'node_full'
}

function endedLately(state: CoreState, now: number): Incident[] {
  const { movesBack, mode, isStopped } = limitsOf(state.policy)
  if (!movesBack || mode === 'off' || isStopped) return []
  return [...state.incidents.values()].filter(
    ({ resolvedAt, ordersMoved, endedBecause }) =>
      resolvedAt !== null && resolvedAt > now - backMs && ordersMoved > 0 && endedBecause !== saidExpected,
  )
}

/**
 * Work that an incident moved and that nobody began, weighed anew: it goes back where it came from, and nowhere else,
 * where that pays and is as punctual.
 */
async function moveBack(incident: Incident, context: RerouteContext): Promise<RerouteRound> {
  const state = context.core.state()
  const waiting = workInPlans(state)
  const selects = policySelects(context)
  const works = movedFor(state, incident.incidentId).filter(
    ({ order, work }) =>
      cameFrom(order, work) !== null &&
      !waiting.has(`${order.orderId}/${work.fulfillmentOrderId}`) &&
      selects(order),
  )
  if (works.length === 0) return { moved: 0, notMoved: 0, proposed: 0 }
  const name = `${incident.incidentId}/${backName}`
  const purpose: Purpose = {
    ...{ name, incident, guard: { isBack: true }, holdsOut: false, minGainCents: backGainCents },
    ...{ judge: noLater, onlyTo: cameFrom },
  }
  const plan = await planMoves(works, placeOf(context), purpose)
  const why = `${incident.title}; that is over`
  return enact(plan, context, { kind: 'recovery', incident, name, why })
}

/** In the ids of decisions by which work went back. */
const backName = 'back'

/** Open work that an incident moved, that did not go back, and that can still go elsewhere. */
export function movedFor(state: CoreState, incidentId: string): AffectedWork[] {
  const found: AffectedWork[] = []
  for (const orderIds of state.openByNode.values()) {
    for (const orderId of orderIds) {
      const order = state.orders.get(orderId)
      for (const work of order?.work ?? []) {
        if (order === undefined || !isOf(work.decisionId, order.orderId, incidentId)) continue
        if (work.status === 'open' || work.status === 'accepted') found.push({ order, work })
      }
    }
  }
  return [...new Map(found.map((each) => [each.work.fulfillmentOrderId, each])).values()]
}

function isOf(decisionId: string | null, orderId: string, incidentId: string): boolean {
  const prefix = `${orderId}/${incidentId}/`
  return decisionId?.startsWith(prefix) === true && !decisionId.startsWith(`${prefix}${backName}/`)
}
