// What people say about detection: its settings, their feedback on findings, and what either would have changed.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

const word = Type.String({ minLength: 1, maxLength: 300 })

/** A rule for some series; null = whichever. The most particular rule that fits counts. */
export const detectionRule = shape({
  metric: orNull(word),
  dimension: orNull(word),
  dimensionValue: orNull(word),
  leastChange: orNull(Type.Number({ minimum: 0, description: 'least change, in the unit of the metric' })),
  leastShare: orNull(
    Type.Number({ minimum: 0, maximum: 1_000, description: '0.4 = 40 % off what is expected' }),
  ),
  strictness: orNull(
    Type.Number({
      minimum: 0.1,
      maximum: 1_000,
      description: '4 = four times rarer by chance than others have to be',
    }),
  ),
  isMuted: Type.Boolean({ description: 'scored, but never told' }),
})
export type DetectionRule = Of<typeof detectionRule>

/** How detection judges, `GET` and `PUT /api/v1/detection/settings`. */
export const detectionSettings = shape({
  fdr: Type.Number({ minimum: 0.001, maximum: 0.5, description: 'share of false ones among what is found' }),
  confirmBy: Type.Integer({ minimum: 1, maximum: 12, description: 'buckets that must stand out,' }),
  confirmOf: Type.Integer({ minimum: 1, maximum: 12, description: 'of so many of the newest' }),
  recoveredBelow: Type.Number({
    minimum: 0.5,
    maximum: 4,
    description: 'standard deviations below which a metric has recovered',
  }),
  newLevelHours: Type.Integer({
    minimum: 24,
    maximum: 2_160,
    description: 'hours after which a level that lasts counts as usual',
  }),
  alertsPerWeek: orNull(
    Type.Integer({ minimum: 1, maximum: 10_000, description: 'incidents opened in seven days at most' }),
  ),
  closedDays: Type.Array(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), {
    maxItems: 1_000,
    description: 'days on which nothing is judged and nothing learned: holidays, stocktaking',
  }),
  rules: Type.Array(detectionRule, { maxItems: 1_000 }),
})
export type DetectionSettings = Of<typeof detectionSettings>

/** What somebody thinks of an incident, `POST /api/v1/detection/feedback`. */
export const feedbackDraft = shape({
  incidentId: word,
  verdict: oneOf(['useful', 'not_useful'] as const),
  reason: orNull(oneOf(['too_small', 'noise', 'expected', 'other'] as const)),
  note: orNull(Type.String({ maxLength: 1_000 })),
})
export type FeedbackDraft = Of<typeof feedbackDraft>

/** Feedback as it is kept, with what the incident said. */
export const feedback = shape({
  feedbackId: word,
  ...feedbackDraft.properties,
  metric: word,
  dimension: word,
  dimensionValue: Type.String({ maxLength: 300 }),
  value: orNull(Type.Number()),
  expected: orNull(Type.Number()),
  pValue: orNull(Type.Number()),
  by: Type.String(),
  givenAt: instantText,
  isUndone: Type.Boolean(),
})
export type Feedback = Of<typeof feedback>

/** All feedback, the newest first, with the rules that follow from it. */
export const feedbackAnswer = shape({
  feedback: Type.Array(feedback),
  rules: Type.Array(detectionRule),
})
export type FeedbackAnswer = Of<typeof feedbackAnswer>

/** What to try, `POST /api/v1/detection/preview`: settings, feedback, or both; nothing is changed. */
export const previewDraft = Type.Object(
  {
    settings: Type.Optional(detectionSettings),
    feedback: Type.Optional(feedbackDraft),
    undo: Type.Optional(Type.String({ minLength: 1, maxLength: 300, description: 'feedback left out' })),
    days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 21, description: 'days to look back; default 14' }),
    ),
  },
  { additionalProperties: false },
)
export type PreviewDraft = Of<typeof previewDraft>

/** An alert of the last weeks. */
export const previewAlert = shape({
  key: Type.String(),
  metric: Type.String(),
  from: instantText,
  to: instantText,
  severity: Type.Number(),
})
export type PreviewAlert = Of<typeof previewAlert>

/** What the last weeks would have shown: with the settings of now, and with those tried. */
export const previewAnswer = shape({
  days: Type.Integer(),
  before: Type.Array(previewAlert),
  after: Type.Array(previewAlert),
  gone: Type.Array(Type.String(), { description: 'slices that would not have been told' }),
  added: Type.Array(Type.String(), { description: 'slices that would have been told beside' }),
})
export type PreviewAnswer = Of<typeof previewAnswer>
