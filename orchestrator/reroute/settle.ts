// What becomes of plans: those whose time is over end, approved ones are carried out. What a person approved a while
// ago is weighed again first: it is done only as far as it still helps, where they said, for about what they were told.

import {
  type Core,
  type CoreState,
  isPlanOver,
  limitsOf,
  type MoveGuard,
  type PlanState,
  type Refusal,
} from '#orchestrator/core'
import type { AffectedWork } from './affected.ts'
import { carryOut, noteStaying, type Outcome } from './carry-out.ts'
import { type MoveContext, placeOf } from './context.ts'
import { nodeFull, type PlannedMove, type Purpose, planMoves, type StayingWork, staying } from './plan.ts'
import { backGainCents, clearlySooner, noLater } from './worth.ts'

/** So long what was planned is done as it was planned, ms. */
const freshMs = 900_000
/** By how much what was approved may cost more than was said: by this share, and this many cents. */
const dearer = { share: 0.1, cents: 500 }

/**
 * Ends plans whose time is over and carries out those that were approved; a plan that a crash or a limit of the hour
 * cut short goes on where it was.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function settlePlans(context: MoveContext): Promise<Outcome> {
  const { core, now: at } = context
  const sum: Outcome = { moved: 0, notMoved: 0, later: 0, isStopped: false }
  const { mode, isStopped } = limitsOf(core.state().policy)
  const isHalted = isStopped || mode === 'off' || mode === 'shadow'
  for (const plan of [...core.state().reroutes.plans.values()]) {
    if (plan.status === 'proposed') await core.execute('ExpireReroute', { planId: plan.planId }, { at })
    if (plan.status !== 'approved') continue
    const end = endOf(core.state(), plan, at)
    if (end === null && isHalted) continue
    const one = await carryOutPlan(plan, context, end)
    sum.moved += one.moved
    sum.notMoved += one.notMoved
    sum.later += one.later
    sum.isStopped ||= one.isStopped
  }
  return sum
}

/** Why nothing of an approved plan is done any more, null where it is. */
function endOf(state: CoreState, plan: PlanState, at: number): Refusal | null {
  const { kind, expiresAt, decidedAt } = plan
  if (isPlanOver(state, plan)) return { code: 'incident_over', text: 'what it was planned for is over' }
  const until = (decidedAt ?? at) + limitsOf(state.policy).approvalMs
  const isLate = at >= until || (kind === 'capacity_ahead' && at >= expiresAt)
  return isLate ? { code: 'plan_too_old', text: 'it was approved too long ago' } : null
}

async function carryOutPlan(plan: PlanState, context: MoveContext, end: Refusal | null): Promise<Outcome> {
  const { core, now } = context
  const { planId } = plan
  const { before, moves } = standingOf(core, plan)
  const weighed =
    end === null
      ? await weighedAgain(plan, moves, context)
      : { moves: [], stays: moves.map((move) => stayingBy(move, end)) }
  const outcome = await carryOut(core, weighed.moves, guardOf(plan), now)
  // A plan that somebody stopped waits until reroutes are let go again; one at a limit of the hour, for the next hour.
  const later = outcome.later + weighed.stays.filter(isForLater).length
  if (outcome.isStopped || later > 0) return { ...outcome, later }
  const noted = weighed.stays.filter(({ decision }) => decision.incidentId !== null)
  const notMoved = outcome.notMoved + (await noteStaying(core, noted, now))
  const moved = before + outcome.moved
  await core.execute('FinishReroute', { planId, moved, notMoved: plan.orders - moved }, { at: now })
  return { ...outcome, notMoved }
}

/** Moves of a plan that were not made yet, and how many were. */
function standingOf(core: Core, plan: PlanState): { before: number; moves: PlannedMove[] } {
  const moves: PlannedMove[] = []
  let before = 0
  for (const { orderId, fulfillmentOrderId, assignments, decision } of plan.moves) {
    const order = core.state().orders.get(orderId)
    const work = order?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
    if (order === undefined || work === undefined) continue
    // The work that took over bears the decision.
    if (order.work.some((each) => each.decisionId === decision.decisionId)) before++
    else moves.push({ order, work, assignments: [...assignments], decision })
  }
  return { before, moves }
}

/** Moves as they are now: those that still help, go where they were to go, and cost about what was said. */
async function weighedAgain(
  plan: PlanState,
  moves: readonly PlannedMove[],
  context: MoveContext,
): Promise<{ moves: PlannedMove[]; stays: StayingWork[] }> {
  if (context.now - plan.proposedAt < freshMs) return { moves: [...moves], stays: [] }
  const found: { moves: PlannedMove[]; stays: StayingWork[] } = { moves: [], stays: [] }
  const targets = new Set(plan.moves.flatMap(({ assignments }) => assignments.map(({ nodeId }) => nodeId)))
  const most = Math.max(0, plan.extraCents) * (1 + dearer.share) + dearer.cents
  let cents = 0
  for (const [name, works] of Map.groupBy(moves, nameOf)) {
    const again = await planMoves(
      works.filter(isStillThere),
      placeOf(context),
      purposeOf(plan, name, context),
    )
    found.stays.push(...again.stays)
    for (const move of again.moves) {
      cents += Math.max(0, move.decision.costCents ?? 0)
      const isThere = move.assignments.every(({ nodeId }) => targets.has(nodeId))
      const refusal = isThere ? (cents > most ? dearerNow : null) : otherTarget
      if (refusal === null) found.moves.push(move)
      else found.stays.push(stayingBy(move, refusal))
    }
  }
  return found
}

const otherTarget: Refusal = { code: 'not_as_approved', text: 'it would go elsewhere now than was approved' }
const dearerNow: Refusal = { code: 'not_as_approved', text: 'it would cost more now than was approved' }

function isStillThere({ work }: AffectedWork): boolean {
  return work.status === 'open' || work.status === 'accepted'
}

/** What the decision of a move is named by, between order and work. */
function nameOf({ order, work, decision: { decisionId } }: PlannedMove): string {
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
      return { ...purpose, judge: clearlySooner }
    case 'recovery':
      return { ...purpose, judge: noLater, minGainCents: backGainCents }
    case 'capacity_ahead':
      return { ...purpose, roomAt: new Map(plan.moves.map(({ fromNodeId }) => [fromNodeId, 0])) }
    default:
      return purpose
  }
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
