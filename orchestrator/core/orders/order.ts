// What an order is while the core works on it. Shapes only; values are never changed in place.

import type { fulfillmentOrderStatuses, methods, orderStatuses } from '#data/contracts'
import type { OrderTransfer, WorkTransfer } from '../transfer/transfer.ts'

/** State of an order or a line. */
export type OrderStatus = (typeof orderStatuses)[number]
/** State of a fulfillment order. */
export type WorkStatus = (typeof fulfillmentOrderStatuses)[number]
/** How an order reaches its customer. */
export type Method = (typeof methods)[number]

/** A line; units ordered = cancelled + shipped + still to do. */
export interface OrderLine {
  lineId: string
  sku: string
  quantity: number
  cancelled: number
  shipped: number
  unitPriceCents: number
  discountCents: number
  taxCents: number
  freightCents: number
}

/** Part of a line at a node. */
export interface WorkLine {
  lineId: string
  sku: string
  /** Units asked of the node. */
  quantity: number
  /** Units it could not find. */
  short: number
}

/** Work for one node. Times are epoch ms of the market, null = not (yet). */
export interface FulfillmentOrder {
  fulfillmentOrderId: string
  nodeId: string
  /** Carrier it is planned for, null where none is known. */
  carrier: string | null
  status: WorkStatus
  /** 1 = first node tried. */
  attempt: number
  /** Work that this took over by a reroute, and the decision that did it. */
  replaces: string | null
  decisionId: string | null
  lines: readonly WorkLine[]
  /** Whether the units are hard allocated at the node. */
  isReserved: boolean
  sourcedAt: number
  releasedAt: number | null
  acceptedAt: number | null
  rejectedAt: number | null
  rejectReason: string | null
  pickingAt: number | null
  pickedAt: number | null
  packedAt: number | null
  shippedAt: number | null
  deliveredAt: number | null
  cancelledAt: number | null
  shipBy: number | null
  processingCostCents: number | null
  /** Its way to another market; absent = never asked for. */
  transfer?: WorkTransfer
}

/** A parcel. */
export interface Shipment {
  shipmentId: string
  /** Work it came from; absent where a file told of it. */
  fulfillmentOrderId?: string
  nodeId: string | null
  carrier: string | null
  service: string | null
  trackingNumber: string | null
  shippedAt: number | null
  promisedAt: number | null
  deliveredAt: number | null
  freightCostCents: number | null
  insuranceCents: number | null
  weightG: number | null
}

/** Where an order goes. */
export interface ShipTo {
  country: string | null
  region: string | null
  city: string | null
  postalCode: string | null
  timeZone: string | null
}

/** What is said of an order once, when it comes. */
export interface OrderHeader {
  orderId: string
  market: string
  provider: string
  externalId: string
  channel: string | null
  method: Method
  currency: string
  customerRef: string | null
  shipTo: ShipTo
  placedAt: number
  approvedAt: number | null
  promisedAt: number | null
  /** Value of the goods without freight and tax; null = the sum of the lines. */
  totalCents: number | null
  freightCents: number | null
  taxCents: number | null
  discountCents: number | null
  flags: readonly string[]
}

/** A step in the life of an order, for its timeline. */
export interface HistoryEntry {
  at: number
  type: string
  reason: string | null
  nodeId: string | null
}

/** An order as the core knows it. */
export interface Order extends OrderHeader {
  status: OrderStatus
  origin: 'api' | 'file'
  lines: readonly OrderLine[]
  /** In the order they were made; rejected, cancelled and rerouted ones stay. */
  work: readonly FulfillmentOrder[]
  shipments: readonly Shipment[]
  shippedAt: number | null
  deliveredAt: number | null
  cancelledAt: number | null
  cancelReason: string | null
  /** How often work was moved to another node. */
  moves: number
  /** Incidents for which it was told that its work stays. */
  declinedFor: readonly string[]
  /** A person put it back: it is not moved again without being asked. */
  isPinned: boolean
  /** Whether any step was done here, so that its source no longer places it. */
  hasOwnSteps: boolean
  /** `CoreState.changes` when it was found that it has to wait for stock, null where it does not. */
  waitingSince: number | null
  /** Hash of the file content it was imported from, null for API orders. */
  contentHash: string | null
  /** Its way from another market; absent = it began here. */
  transfer?: OrderTransfer
  /** Newest 100 steps. */
  history: readonly HistoryEntry[]
  updatedAt: number
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

/** Units of a line. */
export interface LineUnits {
  lineId: string
  quantity: number
}

/** States in which a node still has to do something. */
const openWork: ReadonlySet<WorkStatus> = new Set(['open', 'accepted', 'picking', 'packed'])
/** States in which work can still leave its node. */
const movableWork: ReadonlySet<WorkStatus> = new Set(['open', 'accepted'])
/** States from which an order does not come back. */
const endedOrders: ReadonlySet<OrderStatus> = new Set([
  'shipped',
  'delivered',
  'collected',
  'cancelled',
  'return_requested',
  'returned',
])

/** Whether it was neither rejected nor cancelled nor moved away. */
export function isLiveWork(work: FulfillmentOrder): boolean {
  return work.status !== 'rejected' && work.status !== 'cancelled'
}

/** Work that was just made: nothing was done yet. */
export const untouchedWork: Omit<
  FulfillmentOrder,
  'fulfillmentOrderId' | 'nodeId' | 'carrier' | 'lines' | 'sourcedAt'
> = {
  status: 'open',
  attempt: 1,
  replaces: null,
  decisionId: null,
  isReserved: false,
  releasedAt: null,
  acceptedAt: null,
  rejectedAt: null,
  rejectReason: null,
  pickingAt: null,
  pickedAt: null,
  packedAt: null,
  shippedAt: null,
  deliveredAt: null,
  cancelledAt: null,
  shipBy: null,
  processingCostCents: null,
}

/** Whether the node still has to do something. */
export function isOpenWork(work: FulfillmentOrder): boolean {
  return openWork.has(work.status)
}

/** Whether the work can go to another node: nobody began to pick it. */
export function isMovable(work: FulfillmentOrder): boolean {
  return movableWork.has(work.status)
}

/** Whether nobody has to do anything for the order before it leaves. */
export function isEnded(order: Pick<Order, 'status'>): boolean {
  return endedOrders.has(order.status)
}
