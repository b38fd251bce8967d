// Whether a move keeps the limits a person set: the same answer for who plans it and for the core, which has the last
// word. Pure; it moves nothing.

import type { DecisionRecord } from '../orders/decision-record.ts'
import type { FulfillmentOrder, Order } from '../orders/order.ts'
import type { CoreState } from '../state.ts'
import { type Lately, lately, newNodes, pairKey, type RerouteState, spentOn } from './ledger.ts'
import { limitsOf, type RerouteLimits } from './limits.ts'
import type { MoveGuard } from './move-guard.ts'

/** Why a move may not be made. */
export interface Refusal {
  code: string
  /** In words, without a full stop. */
  text: string
}

/** A move that is asked for. */
export interface AskedMove {
  order: Order
  work: FulfillmentOrder
  toNodeIds: readonly string[]
  decision: Pick<DecisionRecord, 'incidentId' | 'costCents'> &
    Partial<Pick<DecisionRecord, 'gainCents' | 'isPromiseWorse'>>
  /** Epoch ms of the market. */
  at: number
}

/** What was planned to be moved and is not in the state yet. */
export interface Pending {
  moves: number
  into: ReadonlyMap<string, number>
  cents: number
  incidentMoves: number
}

const nothing: Pending = { moves: 0, into: new Map(), cents: 0, incidentMoves: 0 }

/** The node of the work that this took the place of; null where it took the place of none. */
export function cameFrom({ work: all }: Order, { replaces }: FulfillmentOrder): string | null {
  return all.find(({ fulfillmentOrderId }) => fulfillmentOrderId === replaces)?.nodeId ?? null
}

/** Whether work goes back where it came from, as it is asked to: to no other node. */
export function isMoveBack(
  { order, work, toNodeIds }: Pick<AskedMove, 'order' | 'work' | 'toNodeIds'>,
  { isBack }: MoveGuard,
): boolean {
  const home = cameFrom(order, work)
  return isBack === true && toNodeIds.every((nodeId) => nodeId === home)
}

/** Limits, and what was moved lately: good for one instant. */
export class MoveGuards {
  readonly limits: RerouteLimits
  readonly #state: CoreState
  readonly #reroutes: RerouteState
  readonly #lately: Lately

  constructor(state: CoreState, at: number) {
    this.limits = limitsOf(state.policy)
    this.#state = state
    this.#reroutes = state.reroutes
    this.#lately = lately(state.reroutes, at)
  }

  /**
   * Why a move may not be made, null where it may.
   * @param pending moves that are planned before it; null = it is to be made now, not planned
   */
  refusal(move: AskedMove, guard: MoveGuard, pending: Pending | null): Refusal | null {
    if (guard.override !== undefined && guard.by !== undefined) return null
    return (
      this.#ofMode(guard, pending !== null) ??
      this.#ofOrder(move, guard) ??
      this.#ofGain(move, guard) ??
      this.#ofTime(move, guard, pending ?? nothing) ??
      this.#ofMoney(move, pending ?? nothing)
    )
  }

  /** Kill switch and mode; what a person does by hand is not stopped by the mode. */
  #ofMode({ by, planId }: MoveGuard, isPlanning: boolean): Refusal | null {
    const { isStopped, mode } = this.limits
    if (by !== undefined) return null
    if (isStopped) return { code: 'reroutes_stopped', text: 'reroutes are stopped' }
    if (mode === 'off') return { code: 'reroutes_off', text: 'reroutes are off' }
    if (mode === 'shadow') return { code: 'shadow', text: 'shadow mode: it would have moved' }
    if (mode === 'approve' && planId === undefined && !isPlanning) {
      return { code: 'needs_approval', text: 'a person has to approve it' }
    }
    if (planId !== undefined && this.#reroutes.plans.get(planId)?.status !== 'approved') {
      return { code: 'plan_not_approved', text: 'its plan is not approved' }
    }
    return null
  }

  #ofOrder({ order, work, toNodeIds, at }: AskedMove, { by }: MoveGuard): Refusal | null {
    const { maxMovesPerOrder, coolDownMs, pairCoolDownMs } = this.limits
    if (order.isPinned && by === undefined) return { code: 'pinned', text: 'a person put it back' }
    if (order.moves >= maxMovesPerOrder) {
      return { code: 'moved_too_often', text: `it was moved ${order.moves} times, the limit` }
    }
    const last = order.work.reduce(
      (latest, each) => (each.replaces === null ? latest : Math.max(latest, each.sourcedAt)),
      Number.NEGATIVE_INFINITY,
    )
    if (last > at - coolDownMs) return { code: 'cool_down', text: 'it was moved a short while ago' }
    const isBack = toNodeIds.some(
      (to) =>
        (this.#reroutes.pairs.get(pairKey(to, work.nodeId)) ?? Number.NEGATIVE_INFINITY) >
        at - pairCoolDownMs,
    )
    return isBack && pairCoolDownMs > 0
      ? { code: 'pair_cool_down', text: 'work came from that node a short while ago' }
      : null
  }

  #ofGain({ decision }: AskedMove, { by }: MoveGuard): Refusal | null {
    const { minGainCents, maxExtraCostCents } = this.limits
    if ((decision.costCents ?? 0) > maxExtraCostCents && by === undefined) {
      return { code: 'cost_limit', text: 'it would cost more than the limit' }
    }
    if (by === undefined && decision.gainCents != null && decision.gainCents < minGainCents) {
      return { code: 'gain_too_small', text: 'it would hardly be better elsewhere' }
    }
    return decision.isPromiseWorse === true
      ? { code: 'promise_worse', text: 'the customer would have it after the promise, and later than now' }
      : null
  }

  #ofTime(move: AskedMove, guard: MoveGuard, pending: Pending): Refusal | null {
    const { work, toNodeIds, decision } = move
    const { maxMovesPerHour, maxMovesPerNodeHour, maxOrdersPerIncident } = this.limits
    const { incidentId } = decision
    const isCounted = incidentId !== null && !isMoveBack(move, guard)
    const incident = isCounted ? this.#state.incidents.get(incidentId) : undefined
    if (incident !== undefined && incident.ordersMoved + pending.incidentMoves >= maxOrdersPerIncident) {
      return { code: 'incident_limit', text: `${maxOrdersPerIncident} orders were moved for it, the limit` }
    }
    if (this.#lately.hourMoves + pending.moves >= maxMovesPerHour) {
      return { code: 'hour_limit', text: `${maxMovesPerHour} orders were moved in an hour, the limit` }
    }
    const full = newNodes({ fromNodeId: work.nodeId, toNodeIds }).find(
      (to) => this.#lately.hourInto(to) + (pending.into.get(to) ?? 0) >= maxMovesPerNodeHour,
    )
    return full === undefined
      ? null
      : { code: 'node_hour_limit', text: `${maxMovesPerNodeHour} orders went there in an hour, the limit` }
  }

  #ofMoney({ decision }: AskedMove, pending: Pending): Refusal | null {
    const { maxIncidentCostCents, maxDayCostCents } = this.limits
    const cents = Math.max(0, decision.costCents ?? 0) + pending.cents
    const { incidentId } = decision
    const spent = incidentId === null ? 0 : spentOn(this.#reroutes, incidentId)
    // A budget of nothing is none at all, also for what costs nothing.
    if (incidentId !== null && (spent + cents > maxIncidentCostCents || maxIncidentCostCents === 0)) {
      return { code: 'incident_budget', text: 'the budget of the incident is spent' }
    }
    return this.#lately.dayCents + cents > maxDayCostCents || maxDayCostCents === 0
      ? { code: 'day_budget', text: 'the budget of the day is spent' }
      : null
  }
}

/** Why the core refuses a move, null where it carries it out. */
export function guardOf(state: CoreState, move: AskedMove, guard: MoveGuard): Refusal | null {
  return new MoveGuards(state, move.at).refusal(move, guard, null)
}
