// The plan of a reroute: affected work re-sourced together, within the limits, with the share that is held out. It
// needs no server, and moves nothing.

import {
  type Assignment,
  type DecisionRecord,
  type FulfillmentOrder,
  type Incident,
  type MoveGuard,
  MoveGuards,
  type Order,
  type Refusal,
} from '#orchestrator/core'
import {
  assignmentOf,
  type MovedPlan,
  moveTogether,
  Queues,
  type SourcingOrder,
  strategyHere,
} from '#orchestrator/sourcing'
import type { AffectedWork } from './affected.ts'
import type { PlanPlace } from './context.ts'
import { isLeftInPlace } from './hold-out.ts'
import { acceptedLeast, type Judge, lateByPlan } from './worth.ts'

/** What a plan is for. */
export interface Purpose {
  /** Starts the ids of its decisions, between order and work. */
  name: string
  incident: Incident | null
  guard: MoveGuard
  /** Whether orders are held out of it. */
  holdsOut: boolean
  /** Work that is held out in any case, by order and work; absent = none. */
  heldOut?: ReadonlySet<string>
  /** The only node that work may go to, null = any; absent = any for all. */
  onlyTo?(order: Order, work: FulfillmentOrder): string | null
  oddnessOf?(orderId: string): number
  /** By how much more than the limit of the policy a move must be better, cents. */
  minGainCents?: number
  /** Pieces that still leave a node in time, see `MoveTogetherOptions`. */
  roomAt?: ReadonlyMap<string, number>
  /** Whether a move helps at all, beside being cheaper; a refusal in words where it does not. */
  judge?: Judge
  /**
   * Whether moves are for the sake of promises: one waits as long as it would help later, for a node in trouble may
   * recover meanwhile, and what was late by plan stays.
   */
  waits?: boolean
}

/** A move that is planned. */
export interface PlannedMove extends AffectedWork {
  assignments: Assignment[]
  decision: DecisionRecord
}

/** Work that stays, and why: refused, or held out. */
export interface StayingWork extends AffectedWork {
  decision: DecisionRecord
}

/** A plan. */
export interface ReroutePlan {
  /** The best first. */
  moves: PlannedMove[]
  stays: StayingWork[]
}

/** Share of its cost within which a batch need not be improved any more. */
const gap = 0.002
const leastMs = 1_000
const eachMs = 1.5
const mostMs = 12_000

/**
 * Plans moves for work together. Cost: pieces x nodes.
 * @throws SOURCING_PROBLEM_INVALID
 */
export async function planMoves(
  works: readonly AffectedWork[],
  place: PlanPlace,
  purpose: Purpose,
): Promise<ReroutePlan> {
  const queues = new Queues(place)
  const found = await sourced(works, place, purpose, queues)
  const { judge, waits = false } = purpose
  const freshAt = purpose.incident === null ? place.now : null
  const stays =
    judge === undefined ? new Map<Found, Refusal>() : unneeded(found, judge, queues, { waits, freshAt })
  return withinLimits(found, place, purpose, { queues, stays })
}

/** Work that was planned so lately is where it was thought best with what was known, ms. */
const freshMs = 3_600_000

/**
 * Why work that was just planned should wait: a queue that looks too long for it an hour later is most likely misjudged
 * where the node would be in time at its usual pace, and nobody was told that anything is wrong.
 */
function justPlanned(
  { order, work, plan }: Found,
  change: number,
  judge: Judge,
  queues: Queues,
  now: number,
): Refusal | null {
  if (now - work.sourcedAt >= freshMs) return null
  const risk = queues.riskAtUsualPace(order, work, change)
  if (risk === null || judge({ ...plan.decision, riskBefore: risk }, true) === null) return null
  return { code: 'too_early', text: 'it was just planned, and its node would be in time at its usual pace' }
}

/** So long before the last instant at which it still helps, a move that may turn out to be needless waits, hours. */
const waitsHours = 6

/** Why a move should wait: its node may still recover, and there is time to see whether it does. */
function tooEarly(
  { order, work, plan }: Found,
  change: number,
  judge: Judge,
  queues: Queues,
): Refusal | null {
  if (
    plan.work === null ||
    !queues.maySit(order, work) ||
    !queues.hasRoom(plan.work, { order, work }, 0, waitsHours)
  )
    return null
  const risk = queues.risk(order, work, change, true)
  if (risk === null || judge({ ...plan.decision, riskBefore: risk }, true) === null) return null
  return { code: 'too_early', text: 'its node may still recover in time, and so may wait' }
}

/**
 * Work that need not move once others before it at its node have: it is judged in the order in which its node takes it.
 */
function unneeded(
  found: readonly Found[],
  judge: Judge,
  queues: Queues,
  { waits, freshAt }: { waits: boolean; freshAt: number | null },
): Map<Found, Refusal> {
  const stays = new Map<Found, Refusal>()
  const gone = new Map<string, number>()
  const inTurn = found
    .filter(({ plan }) => plan.work !== null)
    .map((each) => ({ each, at: queues.comesAt(each.order, each.work) }))
    .sort((a, b) => a.at - b.at || (a.each.order.orderId < b.each.order.orderId ? -1 : 1))
  for (const { each } of inTurn) {
    const { order, work, plan } = each
    const { nodeId } = work
    const before = gone.get(nodeId) ?? 0
    const risk = before === 0 ? null : queues.risk(order, work, -before)
    const refusal =
      (waits && (queues.plannedRisk(order, work) ?? 0) >= acceptedLeast ? lateByPlan : null) ??
      judge(risk === null ? plan.decision : { ...plan.decision, riskBefore: risk }, queues.isKnown(work)) ??
      (waits ? tooEarly(each, -before, judge, queues) : null) ??
      (waits && freshAt !== null ? justPlanned(each, -before, judge, queues, freshAt) : null)
    if (refusal !== null) stays.set(each, refusal)
    else if (plan.work?.nodeId !== nodeId) gone.set(nodeId, before + 1)
  }
  return stays
}

interface Found extends AffectedWork {
  plan: MovedPlan
}

async function sourced(
  works: readonly AffectedWork[],
  { state, worlds, now, elapsedMs = () => 0 }: PlanPlace,
  { name, incident, minGainCents = 0, roomAt, onlyTo }: Purpose,
  queues: Queues,
): Promise<Found[]> {
  const asked = works.map(({ order, work }) => {
    const onlyNodeId = onlyTo?.(order, work) ?? null
    return { ...queues.asked(order, work), ...(onlyNodeId === null ? {} : { onlyNodeId }) }
  })
  const ids = new Map<SourcingOrder, string>()
  for (const [i, order] of asked.entries()) {
    ids.set(order, `${order.orderId}/${name}/${works[i]?.work.fulfillmentOrderId ?? ''}`)
  }
  const plans = new Map<SourcingOrder, MovedPlan>()
  const groups = Map.groupBy(asked, (order) => strategyHere(order, { state, now }))
  const { outlook } = worlds.history
  for (const [strategy, group] of groups) {
    const moved = await moveTogether(group, worlds.at(state, now, strategy, true), {
      decisionIdOf: (order) => ids.get(order) ?? order.orderId,
      incidentId: incident?.incidentId ?? null,
      minGainCents: minGainCents + (state.policy.minGainCents ?? 0),
      timeLimitMs: Math.min(mostMs, leastMs + group.length * eachMs),
      ...{ gap, seed: 1, elapsedMs },
      ...(roomAt === undefined ? {} : { roomAt }),
    })
    for (const [i, order] of group.entries()) {
      const plan = moved[i]
      if (plan !== undefined) plans.set(order, plan)
    }
  }
  return works.map((each, i) => {
    const plan = plans.get(asked[i] as SourcingOrder) as MovedPlan
    if (queues.isKnown(each.work)) return { ...each, plan: asLikely(each, plan, queues) }
    // A model that has seen the order itself knows more than times of nodes and ways.
    const told = outlook?.risks.get(each.order.orderId)?.get(each.work.fulfillmentOrderId)
    if (told === undefined || plan.decision.riskBefore == null) return { ...each, plan }
    return { ...each, plan: { ...plan, decision: { ...plan.decision, riskBefore: told } } }
  })
}

/** The plan with the risk of staying where a carrier may come again sooner or later than it was planned with. */
function asLikely({ order, work }: AffectedWork, plan: MovedPlan, queues: Queues): MovedPlan {
  if (!queues.isAway(order, work)) return plan
  const riskBefore = queues.risk(order, work)
  return riskBefore === null ? plan : { ...plan, decision: { ...plan.decision, riskBefore } }
}

/** The best moves first, as many as the limits allow; the others stay, each with its reason. */
function withinLimits(
  found: readonly Found[],
  { state, now }: PlanPlace,
  purpose: Purpose,
  { queues, stays }: { queues: Queues; stays: ReadonlyMap<Found, Refusal> },
): ReroutePlan {
  const { guard, incident, holdsOut, heldOut, oddnessOf = () => 0 } = purpose
  const guards = new MoveGuards(state, now)
  const pending = { moves: 0, into: new Map<string, number>(), cents: 0, incidentMoves: 0 }
  const plan: ReroutePlan = { moves: [], stays: [] }
  for (const each of ranked(found, oddnessOf)) {
    const { order, work, plan: moved } = each
    const { decision } = moved
    if (moved.work === null) {
      plan.stays.push({ order, work, decision })
      continue
    }
    const { nodeId } = moved.work
    const asked = { order, work, toNodeIds: [nodeId], decision, at: now }
    const isHere = nodeId === work.nodeId
    const isFull = !isHere && !queues.hasRoom(moved.work, each, pending.into.get(nodeId) ?? 0)
    const refusal = stays.get(each) ?? guards.refusal(asked, guard, pending) ?? (isFull ? nodeFull : null)
    if (refusal !== null) plan.stays.push({ order, work, decision: staying(decision, refusal) })
    else if (
      (holdsOut && isLeftInPlace(order, incident, guards.limits)) ||
      heldOut?.has(`${order.orderId}/${work.fulfillmentOrderId}`)
    ) {
      plan.stays.push({ order, work, decision: { ...staying(decision, forMeasure), status: 'held_out' } })
    } else {
      plan.moves.push({ order, work, assignments: [assignmentOf(moved.work)], decision })
      pending.moves++
      pending.incidentMoves++
      pending.cents += Math.max(0, decision.costCents ?? 0)
      if (!isHere) pending.into.set(nodeId, (pending.into.get(nodeId) ?? 0) + 1)
    }
  }
  return plan
}

/** Others that were planned before it take what the node can still do in time; it is looked at again. */
export const nodeFull: Refusal = { code: 'node_full', text: 'others take what can still leave there in time' }

/** Codes of refusals that say that nothing is better elsewhere, or not yet. */
const noBetter: ReadonlySet<string> = new Set([
  ...['best_here', 'no_other_node', 'others_first', 'node_full'],
  ...['not_sure', 'hardly_less', 'too_early', 'late_by_plan'],
])

/** Whether a limit stood in the way, rather than nothing being better elsewhere. */
export function isLimit({ refusedCode }: DecisionRecord): boolean {
  return refusedCode !== undefined && !noBetter.has(refusedCode)
}

const forMeasure: Refusal = { code: 'held_out', text: 'left in place to measure the effect' }

function ranked(found: readonly Found[], oddnessOf: (orderId: string) => number): Found[] {
  return found.toSorted(
    (a, b) =>
      (b.plan.decision.gainCents ?? 0) - (a.plan.decision.gainCents ?? 0) ||
      oddnessOf(b.order.orderId) - oddnessOf(a.order.orderId) ||
      (a.order.promisedAt ?? Number.MAX_SAFE_INTEGER) - (b.order.promisedAt ?? Number.MAX_SAFE_INTEGER) ||
      (a.order.orderId < b.order.orderId ? -1 : 1),
  )
}

/** The decision where nothing is done after all. */
export function staying(decision: DecisionRecord, { code, text }: Refusal): DecisionRecord {
  const candidates = decision.candidates.map((candidate) => ({ ...candidate, isChosen: false }))
  return {
    ...decision,
    toNodeId: null,
    status: 'refused',
    reason: text,
    refusedCode: code,
    costCents: null,
    hoursSaved: null,
    candidates,
  }
}
