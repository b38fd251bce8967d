// How the state follows from events of the archive. Pure.

import type { HandlersOf } from '../handlers.ts'
import { put } from '../orders/evolve-order.ts'
import type { ArchiveEvents } from './events.ts'

/** What events of the archive do. */
export const archiveHandlers: HandlersOf<ArchiveEvents> = {
  OrderArchived: (state, { order }) => ({ ...state, orders: state.orders.delete(order.orderId) }),
  // It was asked for: it stays as long as one that has just ended.
  OrderRestored: (state, { order, at }) => put(state, { ...order, updatedAt: Math.max(order.updatedAt, at) }),
}
