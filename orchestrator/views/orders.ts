// The order list: search, filters and pages over the marts with the core laid over them.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import type { OrderQuery } from './query.ts'

/** A page of orders. @throws HTTP_CURSOR_INVALID */
export async function listOrders(
  _engine: Engine,
  _query: OrderQuery = {},
): Promise<api.Page<api.OrderSummary>> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}
