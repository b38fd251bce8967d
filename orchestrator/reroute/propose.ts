// Plans that wait for a person: which ones have to, and how they are said. It weighs no work.

import { showMoney } from '#data/kernel'
import {
  type Core,
  type CoreState,
  type Incident,
  isStayTold,
  lately,
  limitsOf,
  type PlanRecord,
  type PlanState,
  planMovesMost,
  spentOn,
} from '#orchestrator/core'
import { leftWith } from './hold-out.ts'
import type { PlannedMove, ReroutePlan, StayingWork } from './plan.ts'

/** What a proposal is about. */
export interface About {
  kind: PlanRecord['kind']
  incident: Incident | null
  /** Distinguishes plans without an incident, e.g. a node. */
  name: string
  /** When the moves are of no use any more, epoch ms of the market; absent = as long as people may take to decide. */
  until?: number
  /** What the moves are for, e.g. `Reno will not do its work until 17:00`. */
  why: string
  /** Work that stays to measure if the moves are made; absent = none. */
  heldOut?: readonly StayingWork[]
}

/**
 * Why a plan has to wait for a person, null where it need not. What was moved before for the same incident counts, and
 * without one, what went by itself within the hour: small plans do not add up to a large one.
 * @param at epoch ms of the market
 */
export function approvalFor(
  state: CoreState,
  plan: Pick<ReroutePlan, 'moves'>,
  incident: Incident | null,
  at: number,
): string | null {
  const { mode, approveAboveOrders, approveAboveCents } = limitsOf(state.policy)
  if (mode === 'approve') return 'every plan is approved by a person'
  const before = incident === null ? looseBefore(state, at) : movedFor(state, incident)
  const orders = before.orders + plan.moves.length
  if (orders > approveAboveOrders) return `${orders} orders are more than ${approveAboveOrders}`
  const cents = before.cents + extraOf(plan.moves)
  const currency = incident?.currency ?? currencyOf(plan.moves)
  if (cents <= approveAboveCents) return null
  return `${showMoney(cents, currency)} is more than ${showMoney(approveAboveCents, currency)}`
}

function looseBefore({ reroutes }: CoreState, at: number) {
  const { moves: orders, extraCents: cents } = lately(reroutes, at).loose
  return { orders, cents }
}

function movedFor(state: CoreState, { incidentId, ordersMoved }: Incident) {
  return { orders: ordersMoved, cents: spentOn(state.reroutes, incidentId) }
}

/**
 * Ids of work that is left to a plan. One that only foresees a full node keeps its work from nothing until it is
 * approved.
 */
export function workInPlans(state: CoreState): Set<string> {
  const keys = new Set<string>()
  for (const { status, kind, moves, heldOut = [] } of state.reroutes.plans.values()) {
    const waits = status === 'proposed' && kind !== 'capacity_ahead'
    if (!waits && status !== 'approved') continue
    for (const { orderId, fulfillmentOrderId } of [...moves, ...heldOut])
      keys.add(`${orderId}/${fulfillmentOrderId}`)
  }
  return keys
}

/** Whether a person turned down a plan for the same. */
export function wasRejected(state: CoreState, about: Pick<About, 'kind' | 'incident' | 'name'>): boolean {
  const prefix = idPrefix(about)
  for (const plan of state.reroutes.plans.values()) {
    if (plan.status === 'rejected' && plan.planId.startsWith(prefix)) return true
  }
  return false
}

/** The plan for the same that waits or is carried out. */
export function planUnderWay(
  state: CoreState,
  about: Pick<About, 'kind' | 'incident' | 'name'>,
): PlanState | null {
  const prefix = idPrefix(about)
  for (const plan of state.reroutes.plans.values()) {
    const isUnderWay = plan.status === 'proposed' || plan.status === 'approved'
    if (isUnderWay && plan.planId.startsWith(prefix)) return plan
  }
  return null
}

function idPrefix({ kind, incident, name }: Pick<About, 'kind' | 'incident' | 'name'>): string {
  return `plan_${kind}_${incident?.incidentId ?? name}_`.replace(/[^A-Za-z0-9_.-]+/g, '-')
}

/**
 * Proposes moves, at most 1,000 in one plan; the rest is proposed once that has been decided.
 * @returns moves that wait now
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function propose(
  core: Core,
  moves: readonly PlannedMove[],
  about: About,
  reason: string,
  at: number,
): Promise<number> {
  const some = moves.slice(0, planMovesMost)
  if (some.length === 0) return 0
  const all = (about.heldOut ?? []).filter(({ order, decision }) => !isStayTold(order, decision))
  const heldOut = (some.length < moves.length ? leftWith(all, some) : all).slice(0, planMovesMost)
  const plan = recordOf(core.state(), some, { ...about, heldOut }, reason, at)
  const result = await core.execute('ProposeReroute', { plan }, { at })
  return result.status === 'done' ? some.length : 0
}

function recordOf(
  state: CoreState,
  moves: readonly PlannedMove[],
  about: About,
  reason: string,
  at: number,
): PlanRecord {
  const extraCents = extraOf(moves)
  const hours = moves.reduce((sum, { decision }) => sum + (decision.hoursSaved ?? 0), 0)
  const late = moves.reduce((sum, { decision }) => sum + lessRisk(decision), 0)
  const currency = currencyOf(moves)
  const facts = { orders: moves.length, extraCents, currency, lateAvoided: Math.round(late * 10) / 10 }
  return {
    planId: `${idPrefix(about)}${at.toString(36)}`,
    kind: about.kind,
    incidentId: about.incident?.incidentId ?? null,
    title: `${about.why}: ${movesInWords(state, moves, facts)}`,
    reason,
    ...facts,
    hoursSaved: Math.round(hours * 10) / 10,
    expiresAt: Math.min(at + limitsOf(state.policy).approvalMs, about.until ?? Number.POSITIVE_INFINITY),
    moves: moves.map(({ order, work, assignments, decision }) => ({
      orderId: order.orderId,
      fulfillmentOrderId: work.fulfillmentOrderId,
      fromNodeId: work.nodeId,
      assignments,
      decision,
    })),
    ...heldOutOf(about),
  }
}

function heldOutOf({ heldOut = [] }: About): Pick<PlanRecord, 'heldOut'> {
  if (heldOut.length === 0) return {}
  return {
    heldOut: heldOut.map(({ order: { orderId }, work: { fulfillmentOrderId }, decision }) => {
      return { orderId, fulfillmentOrderId, decision }
    }),
  }
}

function lessRisk({ riskBefore, riskAfter }: { riskBefore?: number | null; riskAfter?: number | null }) {
  return Math.max(0, (riskBefore ?? 0) - (riskAfter ?? 0))
}

function extraOf(moves: readonly PlannedMove[]): number {
  return moves.reduce((sum, { decision }) => sum + (decision.costCents ?? 0), 0)
}

function currencyOf([first]: readonly PlannedMove[]): string {
  return first?.order.currency ?? 'USD'
}

/** e.g. `move 120 orders from Reno to Dallas and give 3 of Reno to Northline, +$412, saves 118 late orders`. */
export function movesInWords(
  state: CoreState,
  moves: readonly PlannedMove[],
  facts: { orders: number; extraCents: number; currency: string; lateAvoided: number },
): string {
  const { extraCents, currency, lateAvoided } = facts
  const nodes = (ids: readonly string[]) =>
    inWords(
      ids.map((id) => state.nodes.get(id)?.name ?? id),
      'nodes',
    )
  const froms = (some: readonly PlannedMove[]) => nodes(some.map(({ work }) => work.nodeId))
  const goesTo = (some: readonly PlannedMove[]) => some.flatMap(({ assignments }) => assignments)
  const [moved, given] = partition(moves)
  const parts: string[] = []
  if (moved.length > 0) {
    const to = nodes(goesTo(moved).map(({ nodeId }) => nodeId))
    parts.push(`move ${ordersInWords(moved)} from ${froms(moved)} to ${to}`)
  }
  if (given.length > 0) {
    const carriers = inWords(
      goesTo(given).flatMap(({ carrier }) => carrier ?? []),
      'carriers',
    )
    parts.push(`give ${ordersInWords(given)} of ${froms(given)} to ${carriers || 'another carrier'}`)
  }
  const late = Math.round(lateAvoided)
  const sign = extraCents < 0 ? '-' : '+'
  const cost = `${sign}${showMoney(Math.abs(extraCents), currency)}`
  const saved = late > 0 ? `, saves ${late} late ${late === 1 ? 'order' : 'orders'}` : ''
  return `${parts.join(' and ')}, ${cost}${saved}`
}

/** Moves to other nodes, and those that stay at their node and leave it with another carrier. */
function partition(moves: readonly PlannedMove[]): [moved: PlannedMove[], given: PlannedMove[]] {
  const isMove = ({ work, assignments }: PlannedMove) =>
    assignments.some(({ nodeId }) => nodeId !== work.nodeId)
  return [moves.filter(isMove), moves.filter((move) => !isMove(move))]
}

function ordersInWords({ length }: readonly unknown[]): string {
  return `${length} ${length === 1 ? 'order' : 'orders'}`
}

function inWords(all: readonly string[], many: string): string {
  const names = [...new Set(all)]
  const [first = '', second = ''] = names
  if (names.length <= 1) return first
  return names.length === 2 ? `${first} and ${second}` : `${names.length} ${many}`
}
