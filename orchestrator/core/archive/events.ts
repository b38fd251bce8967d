// What can happen to ended orders. Events are kept forever: fields are added, never renamed.

import type { Order } from '../orders/order.ts'

/** Data of each event of the archive, by its type. */
export interface ArchiveEvents {
  /** The order left memory; here is all of it. */
  OrderArchived: { order: Order }
  /** It is back. */
  OrderRestored: { order: Order }
}
