// The overview in one answer: verdict, tiles, chart, queue, network, reroutes. It changes nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import type { OverviewQuery } from './query.ts'

/** Everything the overview shows. */
export async function overview(_engine: Engine, _query: OverviewQuery = {}): Promise<api.Overview> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}
