// Work on its way from one market to another: a saga of two streams. Shapes only.
//
// The source's stream decides. `started`: its units stay held and its work stands still. The target holds units of its
// own (`reserved`), or refuses. Then the source either lets go (`released`) or keeps all as it was (`failed`), for
// good, and the target follows: `confirmed`, its order goes on, or `undone`, its order ends. At every time at most one
// of the two orders may be worked on.

/** What became of work that is to go to another market. */
export type TransferOutState = 'started' | 'released' | 'failed'
/** What became of an order that comes from another market. */
export type TransferInState = 'reserved' | 'confirmed' | 'undone'

/** Noted on the work at its source. */
export interface WorkTransfer {
  transferId: string
  toMarket: string
  /** The order there. */
  toOrderId: string
  state: TransferOutState
  /** Why it failed. */
  reason: string | null
  /** Transfers of the same work that failed before: their targets may still have to hear of it. Absent = none. */
  failedBefore?: readonly string[]
}

/** Noted on the order at its target. */
export interface OrderTransfer {
  transferId: string
  fromMarket: string
  fromOrderId: string
  fromFulfillmentOrderId: string
  state: TransferInState
}
