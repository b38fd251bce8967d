// How the system stands.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'

/** Version, markets, clock, freshness, models and open incidents. */
export async function systemStatus(_engine: Engine): Promise<api.SystemStatus> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}
