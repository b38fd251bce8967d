// Parts that commands and events share. Shapes only.

import type { Order, OrderHeader } from './order.ts'

/** A stock count: what the shelf held at a time. */
export interface StockCount {
  sku: string
  nodeId: string
  onHand: number
  safetyStock: number
  inbound: number
  countedAt: number
}

/** An order as a file tells it. */
export type ImportedOrder = Pick<
  Order,
  'status' | 'lines' | 'work' | 'shipments' | 'shippedAt' | 'deliveredAt' | 'cancelledAt' | 'cancelReason'
> &
  OrderHeader & { contentHash: string }

/** A piece of work. */
export interface WorkRef {
  orderId: string
  fulfillmentOrderId: string
}

/** What an incident touches now. */
export interface Impact {
  ordersAtRisk: number
  centsAtRisk: number
  currency: string
}
