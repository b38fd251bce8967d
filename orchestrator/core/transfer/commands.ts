// What can be asked of transfers between markets. Shapes only.

import type { Assignment } from '../orders/commands.ts'
import type { DecisionRecord } from '../orders/decision-record.ts'
import type { NewLine, OrderHeader } from '../orders/order.ts'
import type { MoveGuard } from '../reroute/move-guard.ts'

/** What the target needs to know of the work: enough for an order of its own. */
export interface TransferRequest {
  transferId: string
  fromMarket: string
  fromOrderId: string
  fromFulfillmentOrderId: string
  /** The order as it will stand in the target market. */
  order: OrderHeader
  lines: readonly NewLine[]
  /** Node that was asked for, null = the best there. */
  toNodeId: string | null
  reason: string
}

/** Data of each command on transfers, by its type. */
export interface TransferCommands {
  /** At the source: the work is to go. @param newOrderId id of its order in the target market */
  StartTransfer: {
    orderId: string
    fulfillmentOrderId: string
    transferId: string
    toMarket: string
    toNodeId: string | null
    newOrderId: string
    newExternalId: string
    reason: string
    /** Keeps the limits of reroutes that need no price; absent = who asks has seen to it. */
    guard?: MoveGuard
  }
  /** At the target: hold the units there. @param assignments null = no node there can take it */
  ReserveTransfer: {
    request: TransferRequest
    assignments: readonly Assignment[] | null
    decision: DecisionRecord
  }
  /** At the source: the target holds the units; let go of them here. */
  ReleaseTransfer: { orderId: string; transferId: string; decision: DecisionRecord }
  /** At the source: all stays as it was. */
  FailTransfer: { orderId: string; transferId: string; reason: string }
  /** At the target: the source let go, the order may go on. */
  ConfirmTransfer: { orderId: string; transferId: string }
  /** At the target: the source kept it, the order ends here. */
  UndoTransfer: { orderId: string; transferId: string; reason: string }
}
