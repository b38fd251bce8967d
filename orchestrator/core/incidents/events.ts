// What can happen to incidents. Events are kept forever: fields are added, never renamed.

import type { Finding, Impact } from './incident.ts'

/** Data of each event of incidents, by its type; `isNoticed`: messages about it come from notices alone. */
export interface IncidentEvents {
  IncidentOpened: {
    incidentId: string
    finding: Finding
    impact: Impact
    isNoticed?: boolean
    /** Incident it was a cause of. */
    splitFrom?: string
    by?: string
  }
  /** The same constraint came back, or a person opened it again. */
  IncidentReopened: {
    incidentId: string
    finding: Finding | null
    impact: Impact | null
    reason: string
    by: string | null
    isNoticed?: boolean
    /** The snooze that it had at its end goes on. */
    isSnoozed?: true
  }
  /** isRecount: nobody saw it again, only what is at stake was counted anew. */
  IncidentUpdated: {
    incidentId: string
    finding: Finding
    impact: Impact
    isNoticed?: boolean
    isRecount?: true
  }
  /** Values are back, but it flaps: it ends when they stay. */
  IncidentRecovering: { incidentId: string }
  /** It comes and goes; score 0 to 1. */
  IncidentFlapping: { incidentId: string; score: number }
  /** It came and went, and stays now. */
  IncidentSteady: { incidentId: string }
  IncidentResolved: { incidentId: string; reason: string; isNoticed?: boolean; by?: string }
  IncidentAcknowledged: { incidentId: string; by: string; isNoticed?: boolean }
  IncidentAssigned: { incidentId: string; owner: string | null; by: string }
  IncidentSnoozed: { incidentId: string; until: number | null; by: string }
  IncidentWoken: { incidentId: string; by: string | null; reason: string }
  IncidentSeveritySet: { incidentId: string; severity: number | null; by: string }
  IncidentCommented: { incidentId: string; commentId: string; text: string; by: string }
  IncidentMerged: { incidentId: string; into: string; by: string }
  IncidentSplit: { incidentId: string; from: string; by: string }
  IncidentRolledBack: { incidentId: string; returned: number; stayed: number; reason: string; by: string }
  IncidentSilenced: { incidentId: string; silenceId: string | null; holdsReroutes: boolean }
}
