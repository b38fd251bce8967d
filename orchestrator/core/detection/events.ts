// What can happen to the settings of detection. Events are kept forever: fields are added, never renamed.

import type { api } from '#data/contracts'

/** Data of each event of detection, by its type. */
export interface DetectionEvents {
  DetectionSet: { settings: api.DetectionSettings; by: string }
  FeedbackGiven: { feedback: api.Feedback }
  FeedbackUndone: { feedbackId: string; by: string }
}
