// Shapes of models: what each is, its versions with their tests on the past, what was decided about them, drift, and
// the own models of analysts.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

const figures = Type.Record(Type.String(), Type.Number())

/** A stretch of past time that was measured on. */
export const modelFold = shape({
  from: instantText,
  to: instantText,
  rows: Type.Integer(),
  candidate: Type.Number({ description: 'the version, or its recipe taught on what came before' }),
  current: orNull(
    Type.Number({ description: 'the version in use then; null where it had learned from this' }),
  ),
  baseline: orNull(Type.Number({ description: 'what takes no learning; null where nothing compares' })),
})
export type ModelFold = Of<typeof modelFold>

/** A test on the past, in the order of time. */
export const modelBackTest = shape({
  measure: Type.String({ description: 'what was measured, in words' }),
  lowerIsBetter: Type.Boolean(),
  folds: Type.Array(modelFold),
})
export type ModelBackTest = Of<typeof modelBackTest>

const verdictCodes = [
  'first',
  'better',
  'not_better',
  'below_baseline',
  'nothing_new',
  'replaces_small',
  'by_hand',
] as const

const cardFields = {
  version: Type.String(),
  kind: Type.String({ description: 'program that understands it' }),
  trainedAt: instantText,
  from: instantText,
  to: instantText,
  rows: shape({ trained: Type.Integer(), held: Type.Integer() }),
  fingerprint: Type.String({ description: 'SHA-256 of the data it learned from' }),
  features: Type.Array(Type.String()),
  backend: Type.String(),
  metrics: figures,
  thresholds: figures,
  backTest: orNull(modelBackTest),
  isSmall: Type.Boolean({ description: 'a quick first one' }),
  verdict: shape({ isPromoted: Type.Boolean(), code: oneOf(verdictCodes), reason: Type.String() }),
}

/** What is known of a version. */
export const modelCard = shape(cardFields)
export type ModelCard = Of<typeof modelCard>

/** A version with where it stands. */
export const modelVersion = shape({
  ...cardFields,
  status: oneOf(['in_use', 'kept', 'damaged'] as const),
  note: orNull(Type.String()),
})
export type ModelVersion = Of<typeof modelVersion>

/** How far something has moved from what a model learned from. */
export const modelDrift = shape({
  name: Type.String({ description: 'input, or "score"' }),
  title: Type.String({ description: 'the same in words' }),
  size: Type.Number(),
  limit: Type.Number(),
  hasMoved: Type.Boolean(),
  text: Type.String({ description: 'one sentence' }),
})
export type ModelDrift = Of<typeof modelDrift>

/** A training under way. */
export const modelTraining = shape({
  share: Type.Number({ description: '0 to 1' }),
  step: Type.String(),
  startedAt: instantText,
})
export type ModelTraining = Of<typeof modelTraining>

const id = () => Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' })
const column = () => Type.String({ minLength: 1, maxLength: 200 })
const cron = (description: string) => orNull(Type.String({ minLength: 9, maxLength: 100, description }))

/** What an analyst asks for; every field. */
export const ownModelDraft = shape({
  model: id(),
  name: Type.String({ minLength: 1, maxLength: 200 }),
  query: Type.String({ minLength: 1, maxLength: 100_000, description: 'one SELECT, as for /sql' }),
  target: orNull(column()),
  keyColumn: column(),
  timeColumn: column(),
  ignored: Type.Array(column(), { maxItems: 2_000, description: 'columns that must not be learned from' }),
  outcomeDays: Type.Number({ minimum: 0, maximum: 3_660, description: 'until an outcome is known' }),
  schedule: cron('when it is taught and scores anew: cron of five fields, UTC; null = only when asked'),
  scoreSchedule: cron('when it scores beside that; null = with each training'),
})
export type OwnModelDraft = Of<typeof ownModelDraft>

/** A model of the market. */
export const modelInfo = shape({
  model: Type.String(),
  title: Type.String(),
  does: Type.String({ description: 'one sentence' }),
  isOwn: Type.Boolean(),
  state: oneOf(['none', 'training', 'ready', 'failed'] as const),
  note: Type.String({ description: 'what went wrong last, or was left out' }),
  current: orNull(modelCard),
  training: orNull(modelTraining),
  nextTrainingAt: orNull(instantText),
  drifts: Type.Array(modelDrift, { description: 'the largest first' }),
  definition: orNull(ownModelDraft),
  scores: orNull(shape({ version: Type.String(), rows: Type.Integer(), scoredAt: instantText })),
})
export type ModelInfo = Of<typeof modelInfo>

/** All models of the market. */
export const modelsAnswer = shape({ models: Type.Array(modelInfo) })
export type ModelsAnswer = Of<typeof modelsAnswer>

/** What was decided about the version in use. */
export const modelDecision = shape({
  action: oneOf(['promoted', 'rolled_back'] as const),
  version: Type.String(),
  before: orNull(Type.String()),
  reason: Type.String(),
  by: Type.String(),
  at: instantText,
})
export type ModelDecision = Of<typeof modelDecision>

/** What was told against what came, on held-back rows. */
export const calibrationPoint = shape({
  from: Type.Number(),
  to: Type.Number(),
  predicted: Type.Number(),
  observed: Type.Number(),
  count: Type.Integer(),
})

/** A model with its versions and what was decided. */
export const modelDetail = shape({
  ...modelInfo.properties,
  versions: Type.Array(modelVersion, { description: 'the newest first' }),
  decisions: Type.Array(modelDecision, { description: 'the newest first' }),
  calibration: Type.Array(calibrationPoint, {
    description: 'of the version in use; empty where it tells no chance',
  }),
})
export type ModelDetail = Of<typeof modelDetail>

/** A version to be put in use. */
export const modelPromotion = shape({ version: Type.String({ minLength: 1, maxLength: 100 }) })
export type ModelPromotion = Of<typeof modelPromotion>

/** What a query would give an own model; nothing is kept. */
export const ownModelCheck = shape({
  columns: Type.Array(shape({ name: Type.String(), type: Type.String() })),
  rows: Type.Integer(),
  faults: Type.Array(Type.String(), { description: 'why it cannot be learned from; empty where it can' }),
})
export type OwnModelCheck = Of<typeof ownModelCheck>
