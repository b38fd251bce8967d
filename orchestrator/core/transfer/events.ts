// What can happen to transfers between markets. Events are kept forever: fields are added, never renamed.

import type { DecisionRecord } from '../orders/decision-record.ts'
import type { FulfillmentOrder, LineUnits } from '../orders/order.ts'
import type { TransferRequest } from './commands.ts'

/** Data of each event of transfers, by its type; every event has `at`, epoch ms of the market. */
export interface TransferEvents {
  /** At the source. */
  RerouteStarted: {
    orderId: string
    fulfillmentOrderId: string
    toMarket: string
    /** What the target is asked, again and again if need be. */
    request: TransferRequest
    /** Who asked for it, and why beyond the limits; absent = not said. */
    by?: string
    override?: string
  }
  /** At the target, after the order was created and its stock allocated. */
  RerouteReserved: {
    orderId: string
    request: TransferRequest
    work: readonly FulfillmentOrder[]
    decision: DecisionRecord
  }
  /** At the source: the units belong to the other order now. */
  RerouteReleased: {
    orderId: string
    fulfillmentOrderId: string
    transferId: string
    newOrderId: string
    lines: readonly LineUnits[]
    decision: DecisionRecord
    reason: string
  }
  /** At the source: the work is as it was before. */
  RerouteFailed: { orderId: string; fulfillmentOrderId: string; transferId: string; reason: string }
  /** At the target. */
  RerouteConfirmed: { orderId: string; transferId: string }
  /** At the target: its order has ended and holds nothing. */
  RerouteAbandoned: { orderId: string; transferId: string; reason: string }
}
