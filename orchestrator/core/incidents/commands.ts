// What can be asked about incidents. `by` is a person or a key; where it may be left out, detection says so.

import type { Finding, Impact } from './incident.ts'

/** Data of each command on incidents, by its type. */
export interface IncidentCommands {
  /**
   * Opens an incident, or reopens the last one of the same constraint where that ended a short while ago.
   * `isNoticed`: messages about it come from notices alone.
   */
  OpenIncident: { incidentId: string; finding: Finding; impact: Impact; isNoticed?: boolean }
  UpdateIncident: { incidentId: string; finding: Finding; impact: Impact }
  /** Ends it; where it flaps and nobody in person asks, only after values were back for longer. */
  ResolveIncident: { incidentId: string; reason: string; by?: string }
  ReopenIncident: { incidentId: string; reason: string; by: string }
  AcknowledgeIncident: { incidentId: string; by: string }
  /** Null = nobody. */
  AssignIncident: { incidentId: string; owner: string | null; by: string }
  /** Until then (epoch ms of the market), or for so long, ms; both null = until it changes. */
  SnoozeIncident: { incidentId: string; until: number | null; forMs: number | null; by: string }
  /** Null = its time is over. */
  WakeIncident: { incidentId: string; by: string | null }
  /** Null = what detection says counts again. */
  SetIncidentSeverity: { incidentId: string; severity: number | null; by: string }
  CommentIncident: { incidentId: string; commentId: string; text: string; by: string }
  /** It is told and shown as a part of the other one from now on. */
  MergeIncident: { incidentId: string; into: string; by: string }
  /**
   * Takes it out of the one it was merged into; with a cause, opens an incident of its own for that, within its slice.
   * `impact`: what the cause touches; absent = as the incident.
   */
  SplitIncident: {
    incidentId: string
    cause: { dimension: string; value: string; newId: string } | null
    by: string
  }
  /** It flapped, and has stayed for long enough not to any more; nothing happens where it has not. */
  SteadyIncident: { incidentId: string }
  /** Moves of it were taken back. @param returned orders; @param stayed orders that could not go back */
  NoteRollBack: { incidentId: string; returned: number; stayed: number; reason: string; by: string }
  /** Which silence holds for it now; null = none. */
  MarkSilenced: { incidentId: string; silenceId: string | null }
}
