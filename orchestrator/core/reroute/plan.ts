// Plans of reroutes that wait for a person: shapes, and what may follow on what. Nothing moves by a plan alone.

import type { api } from '#data/contracts'
import type { Assignment } from '../orders/commands.ts'
import type { DecisionRecord } from '../orders/decision-record.ts'

/** What a plan is for. */
export type PlanKind = api.ReroutePlan['kind']
/** How a plan stands. */
export type PlanStatus = api.ReroutePlan['status']

/** Plans for orders that may come too late without any incident; in `declinedFor` of an order, that it stays though. */
export const riskName = 'risk' satisfies PlanKind

/** Work that a plan leaves in place, so that its effect can be measured. */
export interface PlanStay {
  orderId: string
  fulfillmentOrderId: string
  decision: DecisionRecord
}

/** A move of a plan. */
export interface PlanMove extends PlanStay {
  fromNodeId: string
  assignments: readonly Assignment[]
}

/** What is proposed. */
export interface PlanRecord {
  planId: string
  kind: PlanKind
  incidentId: string | null
  /** One sentence. */
  title: string
  /** Why it waits for a person. */
  reason: string
  orders: number
  extraCents: number
  hoursSaved: number
  /** Expected number of orders that are late otherwise. */
  lateAvoided: number
  currency: string
  expiresAt: number
  moves: readonly PlanMove[]
  /** Noted as held out when its moves are made; absent = none. */
  heldOut?: readonly PlanStay[]
}

/** A plan with what became of it; its moves, and what it leaves in place, are kept until it has ended. */
export interface PlanState extends PlanRecord {
  status: PlanStatus
  proposedAt: number
  decidedAt: number | null
  decidedBy: string | null
  note: string | null
  moved: number
  notMoved: number
}

/** What can be asked of plans. */
export interface RerouteCommands {
  ProposeReroute: { plan: PlanRecord }
  /** @param by who; @param note why, null = not said */
  ApproveReroute: { planId: string; by: string; note: string | null }
  RejectReroute: { planId: string; by: string; note: string | null }
  /** Ends it where its time is over, or the incident that it is for; nothing happens where neither is. */
  ExpireReroute: { planId: string }
  /** All of its moves were tried. */
  FinishReroute: { planId: string; moved: number; notMoved: number }
  /** What was to be asked of a provider is not asked any more. */
  DropWorkAsk: { orderId: string; key: string; reason: string }
}

/** What can happen to plans. Events are kept forever: fields are added, never renamed. */
export interface RerouteEvents {
  ReroutePlanProposed: { plan: PlanRecord }
  ReroutePlanApproved: { planId: string; by: string; note: string | null }
  ReroutePlanRejected: { planId: string; by: string; note: string | null }
  ReroutePlanExpired: { planId: string; note?: string }
  ReroutePlanDone: { planId: string; moved: number; notMoved: number }
  WorkAskDropped: { orderId: string; key: string; reason: string }
}

/** Moves of one plan at most: more wait for the next one. */
export const planMovesMost = 1_000
/** Plans that were turned down, and that ended otherwise, that are still at hand: so many of each. */
export const endedPlansMost = 500
/** Plans that wait at the same time, at most; of these, without an incident: an incident has room for its own. */
export const waitingPlansMost = 50
export const looseWaitingMost = 25
