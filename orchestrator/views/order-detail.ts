// One order with everything about it.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'

/** The order with this order id or external id, null where there is none. */
export async function getOrder(_engine: Engine, _orderId: string): Promise<api.OrderDetail | null> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}
