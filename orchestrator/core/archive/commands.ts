// What can be asked of the archive of ended orders. Shapes only.

import type { Order } from '../orders/order.ts'

/** Data of each command on the archive, by its type. */
export interface ArchiveCommands {
  /**
   * Lets an order leave memory: its event keeps the whole of it. Refused where anything could still be done with it.
   * @param endedBefore epoch ms of the market: an order that changed later stays
   */
  ArchiveOrder: { orderId: string; endedBefore: number }
  /** Brings an archived order back, as its event has it. */
  RestoreOrder: { order: Order }
}
