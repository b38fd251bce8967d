// What can be asked about alerting. Shapes only.

import type { api } from '#data/contracts'
import type { Notice } from './alerting.ts'

/** Data of each command on alerting, by its type. */
export interface AlertingCommands {
  AddSilence: { silenceId: string; draft: api.SilenceRequest; by: string }
  ChangeSilence: { silenceId: string; draft: api.SilenceDraft; by: string }
  EndSilence: { silenceId: string; by: string }
  /** The whole of it. */
  SetAlertRouting: { routing: api.AlertRouting; by: string }
  /** A message is due; `after` notices were given before it was made. */
  GiveNotice: { notice: Notice; after: number }
}
