// Decisions with the candidates they weighed.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import type { DecisionQuery } from './query.ts'

/** A page of decisions, newest first. @throws HTTP_CURSOR_INVALID */
export async function listDecisions(
  _engine: Engine,
  _query: DecisionQuery = {},
): Promise<api.Page<api.Decision>> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}

/** A decision, null where there is none. */
export async function getDecision(_engine: Engine, _decisionId: string): Promise<api.Decision | null> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}
