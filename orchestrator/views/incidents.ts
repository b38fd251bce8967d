// Incidents of the core with the series that shows them.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import type { IncidentQuery } from './query.ts'

/** A page of incidents, newest first. @throws HTTP_CURSOR_INVALID */
export async function listIncidents(
  _engine: Engine,
  _query: IncidentQuery = {},
): Promise<api.Page<api.Incident>> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}

/** An incident with its evidence, null where there is none. */
export async function getIncident(_engine: Engine, _incidentId: string): Promise<api.IncidentDetail | null> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}
