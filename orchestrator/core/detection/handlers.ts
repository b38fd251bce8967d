// How the state follows from events of detection. Pure.

import type { HandlersOf } from '../handlers.ts'
import { judged } from '../incidents/evolve-incident.ts'
import type { DetectionEvents } from './events.ts'

/** Feedback that stays at hand; events keep the older. */
const feedbackMost = 2_000

/** What events of detection do. */
export const detectionHandlers: HandlersOf<DetectionEvents> = {
  DetectionSet: (state, { settings }) => ({ ...state, detection: { ...state.detection, settings } }),
  FeedbackGiven: (state, data) =>
    judged(
      {
        ...state,
        detection: {
          ...state.detection,
          feedback: [...state.detection.feedback, data.feedback].slice(-feedbackMost),
        },
      },
      data,
    ),
  FeedbackUndone: (state, { feedbackId }) => ({
    ...state,
    detection: {
      ...state.detection,
      feedback: state.detection.feedback.map((one) =>
        one.feedbackId === feedbackId ? { ...one, isUndone: true } : one,
      ),
    },
  }),
}
