// A transfer that has no end yet on one side. Shapes only.

import type { TransferRequest } from './commands.ts'

/** What a market still has to see to. */
export interface OpenTransfer {
  transferId: string
  /** `out`: the market decides how it ends; `in`: it waits to hear. */
  side: 'out' | 'in'
  /** The other market. */
  market: string
  /** Order of this market. */
  orderId: string
  /** The work at its source. */
  fulfillmentOrderId: string
  /** What the target is asked. */
  request: TransferRequest
  /** Epoch ms of this market. */
  since: number
}
