// What can happen to alerting. Events are kept forever: fields are added, never renamed.

import type { api } from '#data/contracts'
import type { Notice, Silence } from './alerting.ts'

/** Data of each event of alerting, by its type. */
export interface AlertingEvents {
  SilenceAdded: { silence: Silence }
  SilenceChanged: { silence: Silence; changedBy: string }
  SilenceEnded: { silenceId: string; by: string }
  AlertRoutingSet: { routing: api.AlertRouting; by: string }
  /** A message to receivers: the outbox makes it from this event alone. */
  NoticeGiven: { notice: Notice }
}
