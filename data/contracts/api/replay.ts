// Shapes of replays: past orders asked by a draft beside what is in force, and what would be different.

import { Type } from 'typebox'
import { orderPolicyDraft, policyFinding } from './policies.ts'
import { centsInteger, instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

const id = () => Type.String({ minLength: 1, maxLength: 200 })

/** What is replayed: a drafted version or a draft of a policy, or a version of a flow. */
export const replayRequest = Type.Object(
  {
    policyId: Type.Optional(id()),
    flowId: Type.Optional(id()),
    version: Type.Optional(Type.Integer({ minimum: 1, description: 'default: the newest' })),
    draft: Type.Optional(orderPolicyDraft),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90, description: 'default 7' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 20_000, description: 'orders at most, the newest; default 5,000' }),
    ),
  },
  { additionalProperties: false },
)
export type ReplayRequest = Of<typeof replayRequest>

/** What became of all orders on one side. */
export const replaySide = shape({
  orders: Type.Integer(),
  validated: Type.Integer({ description: 'got past validation' }),
  held: Type.Integer({ description: 'with every line; an order held in part counts by the rest of it' }),
  noted: Type.Integer({ description: 'of which something was noted' }),
  tagged: Type.Integer(),
  sourced: Type.Integer({ description: 'with a node for every unit that is not held' }),
  unserved: Type.Integer({ description: 'not held, without a node for some unit' }),
  rerouted: Type.Integer({ description: 'whose work a policy would have moved' }),
  costCents: centsInteger,
  lateRisk: orNull(Type.Number({ description: 'mean probability of missing the promise' })),
  lateOrders: orNull(Type.Number({ description: 'expected' })),
})
export type ReplaySide = Of<typeof replaySide>

/** What a replay found. */
export const replaySummary = shape({
  from: instantText,
  to: instantText,
  currency: Type.String(),
  isCut: Type.Boolean({ description: 'whether there were more orders than the limit' }),
  matched: Type.Integer({ description: 'orders that what is replayed had something to say about' }),
  changedOrders: Type.Integer(),
  before: replaySide,
  after: replaySide,
  findings: Type.Array(policyFinding),
  limits: Type.Array(Type.String(), { description: 'what it does not see' }),
})
export type ReplaySummary = Of<typeof replaySummary>

export const replayStatuses = ['running', 'done', 'cancelled', 'failed'] as const

/** A replay. */
export const replay = shape({
  replayId: Type.String(),
  kind: oneOf(['policy', 'flow'] as const),
  id: Type.String({ description: 'of the policy or flow' }),
  version: orNull(Type.Integer({ description: 'null = a draft that is not kept' })),
  documentHash: Type.Optional(Type.String({ description: 'of the flow document that was replayed' })),
  status: oneOf(replayStatuses),
  step: Type.String({ description: 'what is under way' }),
  share: Type.Number({ description: 'done, 0 to 1' }),
  days: Type.Integer(),
  startedAt: instantText,
  startedBy: Type.String(),
  summary: orNull(replaySummary),
  error: orNull(Type.String()),
})
export type Replay = Of<typeof replay>
export const replaysAnswer = shape({ replays: Type.Array(replay) })
export type ReplaysAnswer = Of<typeof replaysAnswer>

/** What became of one order on one side. */
export const replayOutcome = shape({
  held: orNull(Type.String({ description: 'why; null also where it is held in part' })),
  notes: Type.Array(Type.String(), { description: 'what was said of it, and which lines alone are held' }),
  tags: Type.Array(Type.String()),
  strategyId: orNull(Type.String({ description: 'that a policy chose' })),
  path: Type.Array(Type.String(), { description: 'tiles of the flow' }),
  nodeIds: Type.Array(Type.String()),
  rerouted: orNull(Type.String({ description: 'why' })),
  costCents: orNull(centsInteger),
  lateRisk: orNull(Type.Number()),
})
export type ReplayOutcome = Of<typeof replayOutcome>

/** An order that would go otherwise. */
export const replayChange = shape({
  orderId: Type.String(),
  externalId: Type.String(),
  placedAt: instantText,
  before: replayOutcome,
  after: replayOutcome,
  reason: Type.String({ description: 'one sentence' }),
})
export type ReplayChange = Of<typeof replayChange>
export const replayChanges = pageOf(replayChange)
