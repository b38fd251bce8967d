// Work whose promise will probably be missed, without any incident: it goes to a node where it clearly has a better
// chance, within the limits that a person set for reroutes. The core has the last word on each move.

import {
  type Core,
  type CoreState,
  type FulfillmentOrder,
  isMovable,
  limitsOf,
  type Order,
  type RerouteLimits,
  riskName,
} from '#orchestrator/core'
import { incidentAt, Queues, riskOfStaying } from '#orchestrator/sourcing'
import type { AffectedWork } from './affected.ts'
import { policySelects } from './by-policy.ts'
import { carryOut, noteStaying } from './carry-out.ts'
import { type MoveContext, placeOf } from './context.ts'
import { isForMeasure } from './hold-out.ts'
import { Memory } from './memory.ts'
import { isLimit, nodeFull, type PlannedMove, type Purpose, planMoves, type StayingWork } from './plan.ts'
import { approvalFor, propose, workInPlans } from './propose.ts'
import { acceptedLeast, clearlySooner, movesWork, riskLeast } from './worth.ts'

/** Work that is weighed in a round, and moved, at most. */
const looksMost = 200
const movesMost = 200

/** For rounds that were given none, by their core. */
const ownMemories = new WeakMap<Core, Memory>()

function ownMemory(core: Core): Memory {
  const known = ownMemories.get(core) ?? new Memory()
  ownMemories.set(core, known)
  return known
}

/**
 * One round over all open work; the promise that ends first goes first.
 * @returns orders moved
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function rescueAll(context: MoveContext & { memory?: Memory }): Promise<number> {
  const { core, now, memory = ownMemory(context.core) } = context
  const limits = limitsOf(core.state().policy)
  const { mode, isStopped } = limits
  if (isStopped || (mode !== 'on' && mode !== 'approve')) return 0
  const works = atRisk(context, memory).slice(0, looksMost)
  if (works.length === 0) return 0
  for (const { order } of works) memory.orderWeighed(order, now)
  const purpose: Purpose = {
    name: 'risk',
    incident: null,
    guard: {},
    holdsOut: true,
    judge: clearlySooner(limits),
    waits: true,
  }
  const plan = await planMoves(works, placeOf(context), purpose)
  for (const { order, decision } of plan.stays)
    if (decision.refusedCode === nodeFull.code) memory.roomWasShort(order, now)
  const moves = plan.moves.slice(0, movesMost).map(withWhy)
  const reason = approvalFor(core.state(), { moves }, null, now)
  const heldOut = reason === null ? [] : plan.stays.filter(isForMeasure)
  const news = plan.stays.filter(
    (stay) => isLimit(stay.decision) && !heldOut.includes(stay) && memory.isNews(saidOf(stay)),
  )
  await noteStaying(core, news, now)
  if (reason === null) return (await carryOut(core, moves, {}, now)).moved
  const about = {
    kind: 'risk' as const,
    incident: null,
    name: 'risk',
    why: 'Promises would probably be missed',
    heldOut,
  }
  await propose(core, moves, about, reason, now)
  return 0
}

function saidOf({ decision }: StayingWork): string {
  return `${decision.decisionId}/${decision.refusedCode}`
}

function withWhy(move: PlannedMove): PlannedMove {
  const reason = `its promise would probably be missed: ${move.decision.reason}`
  return { ...move, decision: { ...move.decision, reason } }
}

function atRisk(context: MoveContext, memory: Memory): AffectedWork[] {
  const { core, now, worlds } = context
  const state = core.state()
  if (state.openByNode.size === 0) return []
  const queues = new Queues({ worlds, state, now })
  const limits = limitsOf(state.policy)
  const waiting = workInPlans(state)
  const selects = policySelects(context)
  const found: AffectedWork[] = []
  for (const nodeId of state.openByNode.keys()) {
    for (const orderId of state.openByNode.get(nodeId) ?? []) {
      const order = state.orders.get(orderId)
      if (order === undefined || order.promisedAt === null || !mayMove(order, state)) continue
      if (memory.wasWeighed(order, now)) continue
      const work = order.work.find((each) => each.nodeId === nodeId && isMovable(each))
      if (work === undefined || waiting.has(`${orderId}/${work.fulfillmentOrderId}`)) continue
      if (isPressing(work, order, context, { queues, limits }) && selects(order)) found.push({ order, work })
    }
  }
  return found.sort(
    (a, b) =>
      (a.order.promisedAt ?? 0) - (b.order.promisedAt ?? 0) || (a.order.orderId < b.order.orderId ? -1 : 1),
  )
}

function mayMove({ method, isPinned, moves, declinedFor }: Order, { policy }: CoreState): boolean {
  const isCollected = method === 'pickup' || method === 'curbside'
  return !isPinned && !declinedFor.includes(riskName) && !isCollected && moves < policy.maxMovesPerOrder
}

/** Whether it may well come too late where it is. What an incident moves or holds is left to that. */
function isPressing(
  work: FulfillmentOrder,
  order: Order,
  { worlds, core, now }: MoveContext,
  { queues, limits }: { queues: Queues; limits: RerouteLimits },
): boolean {
  const state = core.state()
  for (const incident of [incidentAt(state, 'node', work.nodeId), incidentAt(state, 'carrier', work.carrier)])
    if (incident !== undefined && (incident.isRerouteHeld || movesWork(incident, limits))) return false
  const risk = queues.risk(order, work) ?? riskOfStaying(order, work, { worlds, state, now }) ?? 0
  return (
    risk >= riskLeast(limits, queues.isKnown(work)) && (queues.plannedRisk(order, work) ?? 0) < acceptedLeast
  )
}
