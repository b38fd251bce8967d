// Shapes of flows: documents, versions, what a check finds, runs with their steps.

import { Type } from 'typebox'
import { flowTile, raisedName, tileName } from './flow-tiles.ts'
import { instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

/** What flows are about. */
export const flowKinds = ['order', 'inventory', 'return'] as const
export type FlowKind = (typeof flowKinds)[number]

/** Name of a flow. */
export const flowName = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,62}$', description: 'name of a flow' })

/** A flow as it is written, format 1. */
export const flowDocument = Type.Object(
  {
    format: Type.Literal(1),
    flowId: flowName,
    kind: oneOf(flowKinds),
    title: Type.String({ minLength: 1, maxLength: 200 }),
    note: Type.Optional(Type.String({ maxLength: 2_000 })),
    match: Type.Optional(
      Type.String({
        maxLength: 2_000,
        description: 'CEL: what it takes; the flow default takes all the rest',
      }),
    ),
    tiles: Type.Array(flowTile, { minItems: 2, maxItems: 200 }),
  },
  { additionalProperties: false, title: 'Flow', description: 'How orders, stock or returns are dealt with.' },
)
export type FlowDocument = Of<typeof flowDocument>

/** A document as it is sent: what is wrong with it is said tile by tile, so it is looked at by the check alone. */
export const flowDocumentGiven = Type.Object({}, { description: 'a flow document, see /api/v1/flows/schema' })

/** A published version; it never changes. */
export const publishedFlow = shape({
  flowId: flowName,
  version: Type.Integer({ minimum: 1 }),
  publishedAt: instantText,
  publishedBy: Type.String(),
  document: flowDocument,
})
export type PublishedFlow = Of<typeof publishedFlow>

/** What a flow does: `shadow` looks on and says what it would do; `off` takes nothing new. */
export const flowModes = ['on', 'shadow', 'paused', 'off'] as const
export type FlowMode = (typeof flowModes)[number]

/** What is wrong with a flow, or odd. */
export const flowFinding = shape({
  code: Type.String({ description: 'e.g. tile_unreachable' }),
  kind: oneOf(['error', 'warning'] as const),
  tileId: orNull(Type.String()),
  position: orNull(Type.Integer({ description: 'character of the expression, the first is 0' })),
  text: Type.String({ description: 'one sentence' }),
})
export type FlowFinding = Of<typeof flowFinding>

/** What a check found; nothing was published. */
export const flowCheckAnswer = shape({
  isUsable: Type.Boolean(),
  findings: Type.Array(flowFinding),
  isStraight: Type.Boolean({
    description: 'the default way: no event is needed to know where an order stands',
  }),
})
export type FlowCheckAnswer = Of<typeof flowCheckAnswer>

/** A document to be checked or published. */
export const flowDraftBody = shape({ document: flowDocumentGiven })

/** A document to be published. */
export const flowPublishBody = Type.Object(
  {
    document: flowDocumentGiven,
    replayId: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'replay of the flow that was looked at' }),
    ),
    accepted: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 20,
        description: 'what a person takes on: no_replay, matches_everything',
      }),
    ),
  },
  { additionalProperties: false },
)
export type FlowPublishBody = Of<typeof flowPublishBody>

/** A draft that is kept. */
export const flowDraft = shape({
  flowId: flowName,
  savedAt: instantText,
  savedBy: Type.String(),
  document: Type.Unknown(),
})
export type FlowDraft = Of<typeof flowDraft>

/** A flow in the list. */
export const flowSummary = shape({
  flowId: flowName,
  kind: oneOf(flowKinds),
  title: Type.String(),
  mode: oneOf(flowModes),
  /** 0 = only a draft. */
  version: Type.Integer({ minimum: 0, description: 'newest published version; 0 = it is only a draft' }),
  publishedAt: orNull(instantText),
  publishedBy: orNull(Type.String()),
  versions: Type.Array(Type.Integer()),
  hasDraft: Type.Boolean(),
  running: Type.Integer({ description: 'runs that have not ended' }),
  waitingForPeople: Type.Integer({ description: 'of these, runs that wait for an approval' }),
  isStraight: Type.Boolean(),
})
export type FlowSummary = Of<typeof flowSummary>
/** All flows. */
export const flowsAnswer = shape({ items: Type.Array(flowSummary) })
export type FlowsAnswer = Of<typeof flowsAnswer>

/** One flow with a version, its draft and what is odd about it. */
export const flowDetail = shape({
  ...flowSummary.properties,
  document: orNull(flowDocument),
  draft: orNull(flowDraft),
  findings: Type.Array(flowFinding),
  runsByVersion: Type.Array(shape({ version: Type.Integer(), running: Type.Integer() })),
})
export type FlowDetail = Of<typeof flowDetail>

/** What publishing answers. */
export const flowPublished = shape({
  flow: publishedFlow,
  isNew: Type.Boolean(),
  findings: Type.Array(flowFinding),
})
export type FlowPublished = Of<typeof flowPublished>

/** A change of mode. */
export const flowModeBody = shape({ mode: oneOf(flowModes) })

/** Runs that go on with another version. */
export const flowMigration = Type.Object(
  {
    from: Type.Integer({ minimum: 1 }),
    to: Type.Integer({ minimum: 1 }),
    tiles: Type.Optional(
      Type.Record(tileName, tileName, {
        description: 'tile of the old version -> tile of the new one; none = the same',
      }),
    ),
  },
  { additionalProperties: false },
)
export type FlowMigration = Of<typeof flowMigration>

/** What a migration did. */
export const flowMigrated = shape({
  moved: Type.Integer(),
  left: Type.Array(shape({ runId: Type.String(), reason: Type.String() })),
  leftCount: Type.Integer(),
})
export type FlowMigrated = Of<typeof flowMigrated>

/** Orders to take through their flow once more. */
export const flowReprocess = Type.Object(
  {
    orderIds: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1_000 }),
    ),
    flowId: Type.Optional(flowName),
  },
  { additionalProperties: false, description: 'orders by id, or all whose run of a flow failed' },
)
export type FlowReprocess = Of<typeof flowReprocess>

/** What became of each order. */
export const flowReprocessed = shape({
  begun: Type.Integer(),
  items: Type.Array(
    shape({ orderId: Type.String(), runId: orNull(Type.String()), reason: orNull(Type.String()) }),
  ),
})
export type FlowReprocessed = Of<typeof flowReprocessed>

/** An answer of a person to a run that waits for one. */
export const flowAnswerBody = Type.Object(
  {
    runId: Type.String({ minLength: 1, maxLength: 500 }),
    approve: Type.Boolean(),
    tileId: Type.Optional(tileName),
    note: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
)

/** An event from outside. */
export const flowEventBody = Type.Object(
  { name: raisedName, note: Type.Optional(Type.String({ maxLength: 500 })) },
  { additionalProperties: false },
)

/** Results of steps. */
export const flowOutcomes = [
  'done',
  'skipped',
  'waiting',
  'retry',
  'failed',
  'undone',
  'undo_failed',
  'stopped',
] as const
export type FlowOutcome = (typeof flowOutcomes)[number]

/** A step of a run. */
export const flowStep = shape({
  step: Type.Integer({ description: 'number of the step in its run, from 1' }),
  at: instantText,
  tileId: Type.String(),
  title: Type.String(),
  outcome: oneOf(flowOutcomes),
  reason: orNull(Type.String()),
  attempt: Type.Integer(),
})
export type FlowStep = Of<typeof flowStep>

/** How runs stand. */
export const flowRunStatuses = [
  'waiting',
  'running',
  'undoing',
  'done',
  'failed',
  'cancelled',
  'shadow',
] as const

/** A run. */
export const flowRun = shape({
  runId: Type.String(),
  flowId: flowName,
  version: Type.Integer(),
  orderId: orNull(Type.String()),
  sku: orNull(Type.String()),
  nodeId: orNull(Type.String()),
  status: oneOf(flowRunStatuses),
  isNewest: Type.Boolean({
    description: 'the last run of an order that is not over; only that can go once more',
  }),
  startedAt: instantText,
  endedAt: orNull(instantText),
  reason: orNull(Type.String()),
  at: Type.Array(
    shape({
      tileId: Type.String(),
      title: Type.String(),
      state: Type.String(),
      isAsking: Type.Boolean({ description: 'a person has to answer: POST /api/v1/flows/runs/answer' }),
      since: instantText,
      dueAt: orNull(instantText),
    }),
    { description: 'tiles where it stands now' },
  ),
  steps: Type.Array(flowStep),
})
export type FlowRun = Of<typeof flowRun>
/** A page of runs. */
export const flowRunPage = pageOf(flowRun)
/** What a system outside was asked about an order, by a flow or since its work moved. */
export const askedAction = shape({
  key: Type.String({ description: 'idempotency key' }),
  action: Type.String(),
  what: orNull(Type.String({ description: 'of moved work: cancel or send' })),
  nodeId: orNull(Type.String({ description: 'of moved work: whose node' })),
  nodeName: orNull(Type.String()),
  target: orNull(Type.String({ description: 'host or file; null = the receivers of webhooks' })),
  status: oneOf(['requested', 'done', 'failed'] as const),
  reason: orNull(Type.String()),
  requestedAt: instantText,
  endedAt: orNull(instantText),
})
export type AskedAction = Of<typeof askedAction>
/** Runs of an order and what was asked about it, newest first. */
export const flowRunsAnswer = shape({ items: Type.Array(flowRun), actions: Type.Array(askedAction) })
export type FlowRunsAnswer = Of<typeof flowRunsAnswer>
