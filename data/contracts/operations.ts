// Tables the warehouse keeps about its own work: events, loads, quarantine, what changed, was scored and decided.

import { cents, instant, integer, json, number, optional, table, text, texts, truth, word } from './column.ts'

export { flowRuns, flowSteps, providerActions } from './flow-tables.ts'
export { incidentComments, incidentHistory, incidentNotices, incidents, silences } from './incident-tables.ts'
export { policies, policyResults } from './policy-tables.ts'

/** Every event of the log, as it came. */
export const rawLogEvents = table('raw_log_events', 'one row per event', ['stream', 'seq'], {
  stream: text('stream of the log'),
  seq: integer('place in the stream, from 1'),
  eventId: text('command id and index'),
  type: text('what happened'),
  recordedAt: instant('when it became durable'),
  data: json('the event'),
})

/** How far each stream has been projected. */
export const projectionCursors = table('projection_cursors', 'one row per stream', ['stream'], {
  stream: text('stream of the log'),
  seq: integer('last event whose rows are in the warehouse'),
})

/** Loads that were accepted. */
export const loads = table('loads', 'one row per load', ['load_id'], {
  loadId: text('id of the load'),
  provider: text('provider'),
  market: text('market'),
  mapping: text('name of the mapping'),
  mappingVersion: text('checksum of the mapping file'),
  loadedAt: instant('when the load was accepted'),
  records: integer('records counted in the files'),
  accepted: integer('records taken'),
  quarantined: integer('records set aside'),
})

/** What a load did to each entity. */
export const loadEntities = table('load_entities', 'one row per load and entity', ['load_id', 'entity'], {
  loadId: text('id of the load'),
  entity: text('entity'),
  added: integer('rows that were new'),
  changed: integer('rows whose content was replaced'),
  unchanged: integer('rows that were there already with the same content'),
})

/** Files of a load. */
export const loadFiles = table('load_files', 'one row per file of a load', ['load_id', 'file_id'], {
  loadId: text('id of the load'),
  fileId: text('id of the landed file'),
  fileNo: integer('number of this use of the file, from 1; raw rows name it'),
  role: text('file of the mapping this is'),
  path: text('where it came from'),
  records: integer('records counted'),
  accepted: integer('records taken'),
  quarantined: integer('records set aside'),
})

/** Records that could not be used, kept until someone mends them. */
export const quarantine = table('quarantine', 'one row per record', ['quarantine_id'], {
  quarantineId: text('id, the same whenever this record of this file fails'),
  provider: text('provider'),
  loadId: text('load that set it aside'),
  fileId: text('landed file'),
  role: text('file of the mapping'),
  path: text('where the file came from'),
  line: optional(integer('physical line in the file, where the structure is broken')),
  rowNumber: optional(integer('number of the record, where it could be read')),
  entity: optional(text('entity it should have become')),
  field: optional(text('field that failed')),
  code: text('reason as a word'),
  reason: text('reason in words'),
  raw: text('the record as it stands in the file'),
  status: word(['open', 'replayed'] as const, 'open until the record was accepted'),
})

/** Keys whose rows changed since the last pipeline cycle; kind "all" asks for a full build. */
export const pipelineChanges = table(
  'pipeline_changes',
  'one row per changed key',
  ['kind', 'provider', 'key'],
  {
    kind: word(['all', 'order', 'sku', 'node', 'inventory'] as const, 'what the key names'),
    provider: text('provider'),
    key: optional(text('external id; inventory: sku and node with U+001F between')),
  },
)

/** Cycles of the pipeline. */
export const pipelineRuns = table('pipeline_runs', 'one row per cycle', ['run_id'], {
  runId: integer('number of the cycle'),
  mode: word(['full', 'incremental', 'idle'] as const, 'how much was rebuilt'),
  startedAt: instant('start'),
  durationMs: integer('how long it took, ms'),
  changedOrders: integer('orders whose rows changed'),
  changedBuckets: integer('hours whose metrics were rewritten'),
  watermark: optional(instant('latest business time in the data')),
})

/** Metric points and rows that a model found odd. */
export const anomalies = table('anomalies', 'one row per score that stood out', ['anomaly_id'], {
  anomalyId: text('id'),
  market: text('market'),
  metric: text('metric, or the kind of record'),
  dimension: text('dimension of the series'),
  dimensionValue: text('value of the dimension'),
  grain: text('hour, day or record'),
  bucketStart: instant('start of the bucket'),
  value: optional(number('what was seen')),
  expected: optional(number('what was expected')),
  expectedLow: optional(number('lower end of the expected range')),
  expectedHigh: optional(number('upper end of the expected range')),
  score: number('0 = ordinary, 1 = as odd as can be'),
  pValue: optional(number('calibrated p-value')),
  model: text('model and its version'),
  pointVersion: optional(integer('version of the point that was scored')),
  isConfirmed: truth('whether it counts after false-discovery control'),
  scoredAt: instant('when it was scored'),
  reasons: optional(json('features that made it odd')),
})

/** Decisions the orchestrator took. */
export const decisions = table('decisions', 'one row per decision', ['decision_id'], {
  decisionId: text('id'),
  market: text('market'),
  orderId: text('order'),
  kind: text('source or reroute'),
  incidentId: optional(text('incident that asked for it')),
  fromNodeId: optional(text('node before')),
  toNodeId: optional(text('node after')),
  status: text('done, refused, undone or held_out'),
  reason: text('why'),
  decidedAt: instant('when'),
  costCents: optional(cents('what it costs more')),
  hoursSaved: optional(number('hours sooner the customer is expected to have it; null for a sourcing')),
  candidates: json('nodes weighed, with their terms'),
  orderExternalId: optional(text('id of the order in its source')),
  currency: optional(text('ISO 4217 code of the costs')),
  strategyId: optional(text('strategy that weighed; null before there were strategies, as what follows')),
  strategyVersion: optional(integer('its version')),
  method: optional(text('exact = best for this order alone, batch = best found together with others')),
  gap: optional(number('of a batch: how far it may be from its optimum, 0 to 1')),
  otherCount: optional(integer('nodes that were weighed and are not among the candidates')),
  runnerUpNodeId: optional(text('node that came next')),
  lines: optional(json('where the units of each line went, and why')),
  counterfactuals: optional(json('what would have to be different for another node to win')),
  gainCents: optional(
    cents('of a reroute: by how much the whole is better; null before guardrails, as below'),
  ),
  riskBefore: optional(number('probability of missing the promise where it was')),
  riskAfter: optional(number('the same where it went, or would have gone')),
  hoursBefore: optional(number('hours until the customer has it, had it stayed')),
  hoursAfter: optional(number('the same where it went, or would have gone')),
  refusedCode: optional(text('why it stayed, as a code')),
})

/** Nodes that decisions weighed. */
export const decisionCandidates = table(
  'decision_candidates',
  'one row per decision and way it weighed: a node with a carrier and service',
  ['decision_id', 'rank'],
  {
    decisionId: text('decision'),
    market: text('market'),
    orderId: text('order'),
    decidedAt: instant('when it was decided'),
    rank: integer('place in the order of the record, 1 = best'),
    nodeId: text('node that was weighed'),
    carrier: optional(text('carrier it would go with')),
    serviceId: optional(text('service of the carrier')),
    isChosen: truth('whether it got the work, or a part of it'),
    isFeasible: truth('whether it could have taken the work'),
    failed: texts('constraints it does not meet, in words'),
    available: optional(integer('least available units over the lines; null = no stock feed')),
    hours: number('expected hours until the customer has it'),
    dispatchAt: optional(instant('when it would leave the node')),
    arrivesAt: optional(instant('when it would arrive, as likely as not')),
    lateRisk: optional(number('probability of missing the promise; null without one')),
    distanceKm: optional(number('from the node to the destination')),
    co2Grams: optional(integer('of the carriage')),
    totalCents: cents('all terms together'),
    terms: json('what it costs, by term'),
    constraints: optional(json('each constraint with what was seen, the limit and the slack')),
    lineIds: optional(texts('lines it was weighed for; null = all')),
  },
)

/** How likely open work misses its promise, as the model in use sees it; made anew again and again. */
export const orderRisks = table(
  'order_risks',
  'one row per open piece of work with a promise',
  ['order_id', 'fulfillment_order_id'],
  {
    orderId: text('order'),
    fulfillmentOrderId: text('id of the work within the order'),
    market: text('market'),
    risk: number('probability of missing the promise, 0 to 1'),
    stage: word(['waiting', 'carried'] as const, 'at its node, or with the carrier'),
    model: text('model and its version'),
    scoredAt: instant('time of the market it is told for'),
  },
)

/** What own models say of keys; each scoring takes the place of the one before. */
export const modelScores = table(
  'model_scores',
  'one row per own model and key',
  ['market', 'model', 'key'],
  {
    market: text('market'),
    model: text('id of the model'),
    version: text('version that scored'),
    key: text('value of the key column'),
    rowAt: instant('time of the row that was scored, the newest of its key'),
    score: number('0 to 1: oddness, chance of the label, or share of rows that were told lower'),
    pValue: optional(number('how rare so odd a row, or so large an error, was among held-back rows')),
    prediction: optional(text('what is foretold: a label, or a number as text')),
    predictionValue: optional(number('what is foretold, where that is a number')),
    lower: optional(number('nine of ten outcomes are not below')),
    upper: optional(number('nine of ten outcomes are not above')),
    reasons: json('columns that speak loudest: feature, value, effect'),
    scoredAt: instant('when it was scored, wall time'),
  },
)

/** What reroutes changed, measured against the orders that were held out; made anew again and again. */
export const rerouteEffects = table(
  'reroute_effects',
  'one row per incident that moved or held out orders, and one for all of a market',
  ['market', 'incident_id'],
  {
    market: text('market'),
    incidentId: text('incident; all = everything together, with what was moved without an incident'),
    method: word(
      ['hold_out', 'model', 'none'] as const,
      'hold_out = against orders left in place; model = against what was foretold, where too few were',
    ),
    moved: integer('orders that were moved'),
    heldOut: integer('orders that could have been moved and were left in place'),
    movedKnown: integer('of the moved, those of which it is known whether they were late'),
    heldOutKnown: integer('the same of those left in place'),
    lateAvoided: number('late orders avoided'),
    lateAvoidedLow: number('95 in 100 such intervals hold the true value: from'),
    lateAvoidedHigh: number('to'),
    hoursSaved: number('hours that customers waited less, all together'),
    hoursSavedLow: number('from'),
    hoursSavedHigh: number('to'),
    extraCents: number('what it cost more, all together, in minor units'),
    extraCentsLow: number('from'),
    extraCentsHigh: number('to'),
    currency: text('ISO 4217 code of the costs'),
    sentence: text('the same in words'),
    measuredAt: instant('time of the market it is told for'),
  },
)

/** Deliveries of webhooks. */
export const webhookDeliveries = table('webhook_deliveries', 'one row per attempt', ['delivery_id'], {
  deliveryId: text('id of the attempt'),
  webhookId: text('receiver'),
  eventType: text('what happened'),
  messageId: text('id of the message, the same in every attempt'),
  attempt: integer('number of the attempt, from 1'),
  status: text('delivered, failed or abandoned'),
  httpStatus: optional(integer('answer of the receiver')),
  attemptedAt: instant('when'),
  durationMs: optional(integer('how long the receiver took, ms')),
  nextAttemptAt: optional(instant('when it is tried again')),
  notes: texts('what went wrong'),
})
