// What an order is while its life is being worked out: plain records with times in epoch seconds. No
// behaviour.

import type { Service } from './carriers.ts'

/** How an order reaches its customer. */
export type Method = 'delivery' | 'pickup' | 'curbside' | 'ship_to_store'

/** A line of an order. */
export interface Line {
  sku: number
  quantity: number
  priceCents: number
  discountCents: number
  taxCents: number
  /** The work it is in now. */
  work: Work | null
  /** Units that will not be sent, and from when on. */
  cancelled: number
  cancelledAt: number
  cancelReason: string
  /** Waits for stock. */
  isWaiting: boolean
  /** What comes back of it. */
  back: Back | null
}

/** Goods on their way back. */
export interface Back {
  node: number
  quantity: number
  reason: string
  requested: number
  received: number
  refundCents: number
  lossCents: number
}

/** A fulfillment order: work for one node. */
export interface Work {
  order: Order
  number: number
  node: number
  attempt: number
  lines: Line[]
  units: number
  short: number
  released: number
  accepted: number
  rejected: number
  rejectReason: string
  begun: number
  picked: number
  packed: number
  /** Left the node, or was ready for the customer. */
  shipped: number
  delivered: number
  collected: number
  cancelledAt: number
  shipBy: number
  costCents: number
  /** Whether a carrier brings it; else the customer comes for it. */
  ships: boolean
  /** Index into `services`, and the days it quotes. */
  service: number
  quoted: number
  weightG: number
}

/** An order. */
export interface Order {
  number: number
  placed: number
  approved: number
  released: number
  channel: number
  method: Method
  speed: Service['service']
  /** Index into `destinations`, and the store it is collected from, -1 where none. */
  destination: number
  store: number
  customer: number
  promised: number
  cancelAt: number
  cancelReason: string
  /** Somebody has begun to work on it: too late to cancel. */
  isBegun: boolean
  totalCents: number
  freightCents: number
  taxCents: number
  discountCents: number
  lines: Line[]
  works: Work[]
  /** Works and waiting lines whose end is not known yet. */
  pending: number
}
