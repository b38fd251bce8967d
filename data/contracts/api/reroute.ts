// Shapes of reroutes over the API: guardrails beside the first limits, plans that wait for a person, and effects.

import { Type } from 'typebox'
import { centsInteger, instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

const count = (description: string) =>
  Type.Optional(orNull(Type.Integer({ minimum: 0, maximum: 1_000_000, description })))
const cents = (description: string) =>
  Type.Optional(orNull(Type.Integer({ minimum: 0, maximum: 100_000_000_000, description })))
const minutes = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: 43_200, description }))

/** Who is asked when work that a node was told of moves. */
export const workAction = shape({
  nodeId: orNull(
    Type.String({ minLength: 1, maxLength: 200, description: 'null = all nodes without a row' }),
  ),
  action: Type.String({
    ...{ minLength: 1, maxLength: 100 },
    description: 'a provider action, such as http, or file:NAME for a file in the folder actions of the home',
  }),
  url: orNull(Type.String({ minLength: 1, maxLength: 2_000, description: 'where it goes; of http' })),
})
export type WorkAction = Of<typeof workAction>

/** Guardrails; left out or null = no such limit, 0 = nothing at all. */
export const guardrailFields = {
  isStopped: Type.Optional(
    Type.Boolean({
      description: 'nothing moves by itself from now on; /reroutes/resume alone ends it; left out = as it is',
    }),
  ),
  maxMovesPerHour: count('orders moved in any hour'),
  maxMovesPerNodeHour: count('orders moved to one node from others in any hour'),
  maxIncidentCostCents: cents('extra cost of the moves of one incident'),
  maxDayCostCents: cents('extra cost of all moves in any 24 hours'),
  coolDownMinutes: minutes('how long an order that was moved stays'),
  pairCoolDownMinutes: minutes('how long nothing goes back from one node to the other'),
  minGainCents: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 100_000_000, description: 'by how much a move must be better' }),
  ),
  minLateRisk: Type.Optional(
    orNull(
      Type.Number({
        ...{ minimum: 0.5, maximum: 1 },
        description:
          'late risk from which on work moves; null = 0.995, or 0.5 where the queue of its node is not known',
      }),
    ),
  ),
  approveAboveOrders: count('a plan that moves more waits for a person'),
  approveAboveCents: cents('a plan that costs more waits for a person'),
  approvalMinutes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 10_080, description: 'how long a plan waits; 240' }),
  ),
  safetyMetrics: Type.Optional(
    Type.Array(Type.String({ maxLength: 100 }), {
      maxItems: 50,
      description: 'incidents of these metrics hold no order out',
    }),
  ),
  movesBack: Type.Optional(
    Type.Boolean({ description: 'work goes back when its incident ended, where that pays' }),
  ),
  looksAhead: Type.Optional(
    Type.Boolean({ description: 'a node that will not do its work until its cut-off is told before' }),
  ),
  workActions: Type.Optional(
    Type.Array(workAction, {
      maxItems: 500,
      description: 'who is asked to cancel and to take work that moves; what is refused is moved back',
    }),
  ),
}

/** What a plan is for. */
export const planKinds = ['incident', 'risk', 'recovery', 'capacity_ahead', 'policy'] as const
/** How a plan stands. */
export const planStatuses = ['proposed', 'approved', 'rejected', 'expired', 'done'] as const

/** Why nothing of a plan is done for now, whatever a person says. */
export const planHalts = ['stopped', 'off', 'shadow'] as const

/** A move of a plan. */
export const plannedMove = shape({
  orderId: Type.String(),
  orderExternalId: Type.String(),
  fulfillmentOrderId: Type.String(),
  fromNodeId: Type.String(),
  fromNodeName: Type.String(),
  toNodeId: Type.String(),
  toNodeName: Type.String(),
  moreNodes: Type.Integer({ description: 'nodes beside that one which take a part of it' }),
  carrier: orNull(Type.String({ description: 'with whom it leaves then; null = not said' })),
  extraCents: centsInteger,
  hoursSaved: Type.Number(),
  riskBefore: orNull(Type.Number({ description: 'probability of missing the promise where it is' })),
  riskAfter: orNull(Type.Number()),
})
export type PlannedMove = Of<typeof plannedMove>

const planFields = {
  planId: Type.String(),
  market: Type.String(),
  kind: oneOf(planKinds),
  incidentId: orNull(Type.String()),
  status: oneOf(planStatuses),
  haltedBy: Type.Union([oneOf(planHalts), Type.Null()], {
    description: 'reroutes are stopped, off or only noted: what is approved waits until they go on',
  }),
  title: Type.String({ description: 'one sentence' }),
  reason: Type.String({ description: 'why it waits for a person' }),
  orders: Type.Integer(),
  extraCents: centsInteger,
  hoursSaved: Type.Number(),
  lateAvoided: Type.Number({ description: 'orders that would probably be late otherwise' }),
  currency: Type.String(),
  proposedAt: instantText,
  expiresAt: instantText,
  decidedAt: orNull(instantText),
  decidedBy: orNull(Type.String()),
  note: orNull(Type.String()),
  moved: Type.Integer(),
  notMoved: Type.Integer(),
}

/** A plan that waits for a person, or did. */
export const reroutePlan = shape(planFields)
export type ReroutePlan = Of<typeof reroutePlan>
/** A page of plans. */
export const reroutePlanPage = pageOf(reroutePlan)
/** A plan with its moves; those of a plan that has ended are in the decisions. */
export const reroutePlanDetail = shape({ ...planFields, moves: Type.Array(plannedMove) })
export type ReroutePlanDetail = Of<typeof reroutePlanDetail>

/** What can be done about a node that will be full. */
export const aheadAnswers = ['plan', 'rejected', 'begun', 'limit', 'no_move'] as const
export type AheadAnswer = (typeof aheadAnswers)[number]

/** A node that will probably not do its work of a day until its cut-off. */
export const aheadItem = shape({
  nodeId: Type.String(),
  nodeName: Type.String(),
  day: Type.String({ description: 'date at the node' }),
  cutOffAt: instantText,
  probability: Type.Number({ minimum: 0, maximum: 1, description: 'that not everything leaves' }),
  ordersLeftOver: Type.Integer({ description: 'as likely more as fewer' }),
  ordersBooked: Type.Integer(),
  ordersExpected: Type.Integer({ description: 'that will still come, by the last four weeks' }),
  ordersLimit: Type.Integer({ description: 'what the node can do on that day' }),
  answer: oneOf(aheadAnswers),
  planId: orNull(Type.String()),
})
export type AheadItem = Of<typeof aheadItem>
/** Nodes that will be full, the worst first. */
export const aheadPage = pageOf(aheadItem)

/** A figure with its interval of 95 %. */
export const interval = shape({ value: Type.Number(), low: Type.Number(), high: Type.Number() })
export type Interval = Of<typeof interval>

/** What reroutes changed, of an incident or in all. */
export const rerouteEffect = shape({
  incidentId: orNull(Type.String({ description: 'null = in all' })),
  title: orNull(Type.String({ description: 'of the incident; null = in all, or it is not known any more' })),
  moved: Type.Integer(),
  heldOut: Type.Integer(),
  movedKnown: Type.Integer({
    description: 'of the moved, those of which it is known whether they were late',
  }),
  heldOutKnown: Type.Integer(),
  method: oneOf(['hold_out', 'model', 'none'] as const),
  hoursMethod: oneOf(['hold_out', 'model', 'none'] as const),
  lateAvoided: interval,
  hoursSaved: interval,
  extraCents: interval,
  currency: Type.String(),
  sentence: Type.String(),
})
export type RerouteEffect = Of<typeof rerouteEffect>
