// What becomes of plans: those whose time is over end, approved ones are carried out. What a person approved a while
// ago is weighed again first: it is done only as far as it still helps, where they said, for about what they were told.

import {
  type Assignment,
  type CoreState,
  cameFrom,
  isMovable,
  isPlanOver,
  isStayTold,
  lately,
  limitsOf,
  type MoveGuard,
  newNodes,
  type Order,
  type PlanState,
  type Refusal,
} from '#orchestrator/core'
import type { AffectedWork } from './affected.ts'
import { policySelects } from './by-policy.ts'
import { carryOut, noteStaying, type Outcome } from './carry-out.ts'
import { type MoveContext, placeOf } from './context.ts'
import { isForMeasure, isLeftInPlace, leftWith } from './hold-out.ts'
import type { Memory } from './memory.ts'
import { nodeFull, type PlannedMove, type Purpose, planMoves, type StayingWork, staying } from './plan.ts'
import { backGainCents, clearlySooner, noLater } from './worth.ts'

/** So long what was planned is done as it was planned, ms. */
const freshMs = 900_000
/** By how much an order that was approved may cost more than was said: by this share, or this many cents. */
const dearer = { share: 0.1, cents: 100 }

/** What plans are settled with: what earlier rounds found, so that they need not look again; absent = nothing. */
export type SettleContext = MoveContext & { memory?: Memory }

/**
 * Ends plans whose time is over and carries out those that were approved; a plan that a crash or a limit of the hour
 * cut short goes on where it was.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function settlePlans(context: SettleContext): Promise<Outcome> {
  const { core, now: at } = context
  const sum: Outcome = { moved: 0, notMoved: 0, later: 0, isStopped: false }
  const { mode, isStopped } = limitsOf(core.state().policy)
  const isHalted = isStopped || mode === 'off' || mode === 'shadow'
  for (const plan of [...core.state().reroutes.plans.values()]) {
    if (plan.status === 'proposed' && (at >= plan.expiresAt || isPlanOver(core.state(), plan)))
      await core.execute('ExpireReroute', { planId: plan.planId }, { at })
    if (plan.status !== 'approved') continue
    const end = endOf(core.state(), plan, at)
    if (end === null && (isHalted || isRecovering(core.state(), plan))) continue
    const one = await carryOutPlan(plan, context, end)
    sum.moved += one.moved
    sum.notMoved += one.notMoved
    sum.later += one.later
    sum.isStopped ||= one.isStopped
  }
  return sum
}

/** Whether the values of its incident are back: it goes on if they leave again. */
function isRecovering({ incidents }: CoreState, { kind, incidentId }: PlanState): boolean {
  return kind === 'incident' && incidents.get(incidentId ?? '')?.recoveringSince != null
}

/** Why nothing of an approved plan is done any more, null where it is. */
function endOf(state: CoreState, plan: PlanState, at: number): Refusal | null {
  const { kind, expiresAt, decidedAt } = plan
  if (isPlanOver(state, plan)) return { code: 'incident_over', text: 'what it was planned for is over' }
  const until = (decidedAt ?? at) + limitsOf(state.policy).approvalMs
  const isLate = at >= until || (kind === 'capacity_ahead' && at >= expiresAt)
  return isLate ? { code: 'plan_too_old', text: 'it was approved too long ago' } : null
}

async function carryOutPlan(plan: PlanState, context: SettleContext, end: Refusal | null): Promise<Outcome> {
  const { core, now } = context
  const { planId } = plan
  const { before, ...standing } = standingOf(plan, context)
  const weighed: Weighed =
    end === null
      ? await weighedAgain(plan, standing, context)
      : { moves: [], stays: standing.moves.map((move) => stayingBy(move, end)), heldOut: [], later: 0 }
  const { now: some, later: rest } = withinHour(weighed.moves, core.state(), now)
  const outcome = await carryOut(core, some, guardOf(plan), now)
  // A plan that somebody stopped waits until reroutes are let go again; one at a limit of the hour, for the next hour.
  const later = outcome.later + weighed.later + rest.length
  const isOver = !outcome.isStopped && later === 0
  const moved = before + outcome.moved
  // Noted with the moves that they are compared to, so that hours begin at the same time; without any, not at all.
  const left = isOver ? weighed.heldOut : leftWith(weighed.heldOut, outcome.moved > 0 ? some : [])
  outcome.notMoved += await noteStaying(core, moved > 0 ? left : [], now)
  if (!isOver) return { ...outcome, later }
  const noted = plan.kind === 'incident' ? weighed.stays : []
  const notMoved = outcome.notMoved + (await noteStaying(core, noted, now))
  await core.execute('FinishReroute', { planId, moved, notMoved: plan.orders - moved }, { at: now })
  return { ...outcome, notMoved }
}

/** Moves that the limits of the hour allow now, and those that wait: the core is not asked in vain again and again. */
function withinHour(moves: readonly PlannedMove[], state: CoreState, at: number) {
  const { maxMovesPerHour, maxMovesPerNodeHour } = limitsOf(state.policy)
  const { hourMoves, hourInto } = lately(state.reroutes, at)
  const into = new Map<string, number>()
  const found: { now: PlannedMove[]; later: PlannedMove[] } = { now: [], later: [] }
  for (const move of moves) {
    const toNodeIds = move.assignments.map(({ nodeId }) => nodeId)
    const nodeIds = newNodes({ fromNodeId: move.work.nodeId, toNodeIds })
    const isFull =
      hourMoves + found.now.length >= maxMovesPerHour ||
      nodeIds.some((nodeId) => hourInto(nodeId) + (into.get(nodeId) ?? 0) >= maxMovesPerNodeHour)
    if (!isFull) for (const nodeId of nodeIds) into.set(nodeId, (into.get(nodeId) ?? 0) + 1)
    found[isFull ? 'later' : 'now'].push(move)
  }
  return found
}

/** What is left of a plan: its moves, and the work that stays to measure. */
interface Standing {
  moves: PlannedMove[]
  heldOut: StayingWork[]
}

/** Moves of a plan that were not made yet and that no policy keeps from it by now, and how many were made. */
function standingOf(plan: PlanState, context: SettleContext): Standing & { before: number } {
  const { core } = context
  const selects = policySelects(context)
  const moves: PlannedMove[] = []
  let before = 0
  for (const { orderId, fulfillmentOrderId, assignments, decision } of plan.moves) {
    const order = core.state().orders.get(orderId)
    const work = order?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
    if (order === undefined || work === undefined) continue
    // The work that took over bears the decision.
    if (order.work.some((each) => each.decisionId === decision.decisionId)) before++
    else if (isMovable(work) && selects(order))
      moves.push({ order, work, assignments: [...assignments], decision })
  }
  return { before, moves, heldOut: leftInPlace(plan, core.state(), selects) }
}

/** Work that could still be moved, stays to measure all the same, and was not noted yet. */
function leftInPlace(
  { heldOut = [], incidentId }: PlanState,
  { orders, incidents, policy }: CoreState,
  selects: (order: Order) => boolean,
): StayingWork[] {
  const incident = incidents.get(incidentId ?? '') ?? null
  return heldOut.flatMap(({ orderId, fulfillmentOrderId, decision }) => {
    const order = orders.get(orderId)
    const work = order?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
    if (order === undefined || work === undefined || !isMovable(work) || isStayTold(order, decision))
      return []
    const isLeft = selects(order) && isLeftInPlace(order, incident, limitsOf(policy))
    return isLeft ? [{ order, work, decision }] : []
  })
}

/** What is left of a plan, weighed: what goes and what stays. */
interface Weighed extends Standing {
  stays: StayingWork[]
  later: number
}

/** Moves as they are now: those that still help, go where they were to go, and cost about what was said. */
async function weighedAgain(
  plan: PlanState,
  { moves, heldOut }: Standing,
  context: SettleContext,
): Promise<Weighed> {
  const { core, now, memory } = context
  if (moves.length === 0 || now - plan.proposedAt < freshMs) return { moves, heldOut, stays: [], later: 0 }
  const isHourFull =
    lately(core.state().reroutes, now).hourMoves >= limitsOf(core.state().policy).maxMovesPerHour
  if (isHourFull || memory?.isPlanDue(plan.planId, now) === false)
    return { moves: [], heldOut: [], stays: [], later: moves.length }
  const found: Weighed = { moves: [], heldOut: [], stays: [], later: 0 }
  const left = new Set(heldOut.map(keyOf))
  for (const [name, works] of Map.groupBy([...moves, ...heldOut], nameOf)) {
    const purpose = { ...purposeOf(plan, name, context), heldOut: left }
    const again = await planMoves(works, placeOf(context), purpose)
    found.heldOut.push(...again.stays.filter(isForMeasure))
    found.stays.push(...again.stays.filter((stay) => !left.has(keyOf(stay))))
    for (const move of again.moves) {
      const refusal = notAsApproved(plan, move)
      if (refusal === null) found.moves.push(move)
      else found.stays.push(stayingBy(move, refusal))
    }
  }
  const waits = found.stays.filter(isForLater)
  return { ...found, stays: found.stays.filter((stay) => !isForLater(stay)), later: waits.length }
}

/** Why a move is not what a person said yes to, null where it is. */
function notAsApproved({ moves }: PlanState, { work, assignments, decision }: PlannedMove): Refusal | null {
  const planned = moves.find(({ fulfillmentOrderId }) => fulfillmentOrderId === work.fulfillmentOrderId)
  const before = planned?.decision.costCents ?? 0
  const most = before + Math.max(dearer.cents, Math.abs(before) * dearer.share)
  if ((decision.costCents ?? 0) > most) return dearerNow
  const ways = moves.flatMap(({ fromNodeId, assignments: all }) => all.map((to) => wayTo(fromNodeId, to)))
  return assignments.every((to) => ways.includes(wayTo(work.nodeId, to))) ? null : otherTarget
}

/** Where a move goes; at the node where it is, with whom. */
function wayTo(fromNodeId: string, { nodeId, carrier }: Pick<Assignment, 'nodeId' | 'carrier'>): string {
  return nodeId === fromNodeId ? `${nodeId}/${carrier}` : nodeId
}

const otherTarget: Refusal = { code: 'not_as_approved', text: 'it would go elsewhere now than was approved' }
const dearerNow: Refusal = { code: 'not_as_approved', text: 'it would cost more now than was approved' }

/** What the decision of a move is named by, between order and work. */
function nameOf({ order, work, decision: { decisionId } }: StayingWork): string {
  return decisionId.slice(order.orderId.length + 1, decisionId.length - work.fulfillmentOrderId.length - 1)
}

/** What a plan was made for, with nobody left out and nothing waiting: a person has decided. */
function purposeOf(plan: PlanState, name: string, { core }: MoveContext): Purpose {
  const { kind, incidentId } = plan
  const incident = incidentId === null ? null : (core.state().incidents.get(incidentId) ?? null)
  const purpose: Purpose = { name, incident, guard: guardOf(plan), holdsOut: false }
  switch (kind) {
    case 'incident':
    case 'risk':
      return { ...purpose, judge: clearlySooner(limitsOf(core.state().policy)) }
    case 'recovery':
      return { ...purpose, judge: noLater, minGainCents: backGainCents, onlyTo: cameFrom }
    case 'capacity_ahead':
      return { ...purpose, roomAt: new Map(plan.moves.map(({ fromNodeId }) => [fromNodeId, 0])) }
    default:
      return purpose
  }
}

function keyOf({ order, work }: AffectedWork): string {
  return `${order.orderId}/${work.fulfillmentOrderId}`
}

function guardOf({ planId, kind }: PlanState): MoveGuard {
  return { planId, ...(kind === 'recovery' ? { isBack: true } : {}) }
}

function stayingBy({ order, work, decision }: PlannedMove, refusal: Refusal): StayingWork {
  return { order, work, decision: staying(decision, refusal) }
}

/** Whether it is only not now that it can go. */
function isForLater({ decision: { refusedCode } }: StayingWork): boolean {
  return refusedCode === 'hour_limit' || refusedCode === 'node_hour_limit' || refusedCode === nodeFull.code
}
