// Stock positions: what was counted, with what the core knows laid over it.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import type { StockQuery } from './query.ts'

/** A page of stock positions. @throws HTTP_CURSOR_INVALID */
export async function listStock(
  _engine: Engine,
  _query: StockQuery = {},
): Promise<api.Page<api.StockPosition>> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}
