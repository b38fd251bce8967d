// What can be asked about detection. Shapes only.

import type { api } from '#data/contracts'

/** Data of each command on detection, by its type. */
export interface DetectionCommands {
  /** The whole of the settings. */
  SetDetection: { settings: api.DetectionSettings; by: string }
  /** What somebody thinks of an incident. */
  GiveFeedback: { feedbackId: string; draft: api.FeedbackDraft; by: string }
  /** What was said counts no more. */
  UndoFeedback: { feedbackId: string; by: string }
}
