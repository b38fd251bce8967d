// The rules of the commands on detection. Pure; thresholds are worked out where they are used, not here.

import type { api } from '#data/contracts'
import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { RulesOf } from '../rules.ts'
import type { CoreState } from '../state.ts'
import type { DetectionCommands } from './commands.ts'

/** Rules of the commands on detection. */
export const detectionRules: RulesOf<DetectionCommands> = {
  SetDetection: (state, { data: { settings, by }, at }) =>
    JSON.stringify(state.detection.settings) === JSON.stringify(settings)
      ? answered([], null)
      : answered([event('DetectionSet', { settings, by, at })], null),
  GiveFeedback: (state, { data, at }) => giveFeedback(state, data, at),
  UndoFeedback: (state, { data: { feedbackId, by }, at }) => {
    const known = state.detection.feedback.find((one) => one.feedbackId === feedbackId)
    if (known === undefined) return refused('feedback_unknown', { feedbackId })
    if (known.isUndone) return answered([], { feedbackId })
    return answered([event('FeedbackUndone', { feedbackId, by, at })], { feedbackId })
  },
}

function giveFeedback(
  state: CoreState,
  { feedbackId, draft, by }: CommandData['GiveFeedback'],
  at: number,
): Verdict {
  if (state.detection.feedback.some((one) => one.feedbackId === feedbackId)) {
    return answered([], { feedbackId })
  }
  const feedback = feedbackOf(state, feedbackId, draft, { by, at })
  if (feedback === null) return refused('incident_unknown', { incidentId: draft.incidentId })
  return answered([event('FeedbackGiven', { feedback, at })], { feedbackId })
}

/** Feedback with what its incident says; null where there is no such incident. */
export function feedbackOf(
  state: CoreState,
  feedbackId: string,
  draft: api.FeedbackDraft,
  { by, at }: { by: string; at: number },
): api.Feedback | null {
  const incident = state.incidents.get(draft.incidentId)
  if (incident === undefined) return null
  const { metric, dimension, dimensionValue, value, expected, pValue } = incident
  const givenAt = new Date(at).toISOString()
  const said = { metric, dimension, dimensionValue, value, expected, pValue }
  return { feedbackId, ...draft, ...said, by, givenAt, isUndone: false }
}
