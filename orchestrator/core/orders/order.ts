// What an order is while the core works on it. Shapes only; values are never changed in place.

import type { fulfillmentOrderStatuses, methods, orderStatuses } from '#data/contracts'
import type { OrderFlow } from '../flows/flow-run.ts'
import type { PolicyMarks } from '../policies/policy-book.ts'
import type { OrderTransfer, WorkTransfer } from '../transfer/transfer.ts'

/** State of an order or a line. */
export type OrderStatus = (typeof orderStatuses)[number]
/** State of a fulfillment order. */
export type WorkStatus = (typeof fulfillmentOrderStatuses)[number]
/** How an order reaches its customer. */
export type Method = (typeof methods)[number]

/** A line as it comes; what else is known of a line follows from events. */
export interface NewLine {
  lineId: string
  sku: string
  quantity: number
  unitPriceCents: number
  discountCents: number
  taxCents: number
  freightCents: number
  /** Units that its source says were cancelled or have left; absent = none. */
  cancelled?: number
  shipped?: number
  /** Day on which it may go on, epoch ms; absent or null = at once. */
  launchAt?: number | null
  /** Why it is held; absent or null = it is not. */
  hold?: string | null
}

/**
 * A line. Units ordered = cancelled + units in live work + units without work, see `partsOf`. Of all units, `shipped`
 * have left their node, of these `delivered` have arrived, of these `returnRequested` and `returned` come or came back.
 */
export interface OrderLine extends NewLine {
  cancelled: number
  shipped: number
  delivered: number
  returnRequested: number
  returned: number
  /** Of the units without work, those that wait for stock. */
  backordered: number
  launchAt: number | null
  hold: string | null
  /** Own state of its units without work, null = none. */
  ownState: string | null
}

/** Part of a line at a node, as it is asked for. */
export interface NewWorkLine {
  lineId: string
  sku: string
  /** Units asked of the node. */
  quantity: number
  /** Units it could not find. */
  short: number
  /** Units that have left; absent in events of earlier versions: all of them once the work has left. */
  shipped?: number
  delivered?: number
}

/** Part of a line at a node; its live units are `quantity - short`, of these some have left, of these some arrived. */
export interface WorkLine extends NewWorkLine {
  shipped: number
  delivered: number
}

/** Work as an event tells it; earlier versions told less. */
export type NewWork = Omit<FulfillmentOrder, 'lines' | 'ownState'> & {
  lines: readonly NewWorkLine[]
  ownState?: string | null
}

/** Work for one node. Times are epoch ms of the market, null = not (yet). */
export interface FulfillmentOrder {
  fulfillmentOrderId: string
  nodeId: string
  /** Carrier it is planned for, null where none is known. */
  carrier: string | null
  /** Service of the carrier that it is planned for, by its id in the network; absent = none was chosen. */
  service?: string
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
  /** Own state, null = none. */
  ownState: string | null
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
  /** Units in it; absent = all of its work. */
  lines?: readonly LineUnits[]
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

/**
 * Four values for each step: its time, type, reason and node. The time of the first is epoch ms of the market, those of
 * the others are ms since the first.
 */
export type History = readonly (number | string | null)[]

/** An order as the core knows it. */
export interface Order extends OrderHeader {
  /** Follows from its lines, see `statusOf`. */
  status: OrderStatus
  origin: 'api' | 'file'
  /** Counts edits, from 1. */
  version: number
  /** State of units without work, beside what holds them back: for orders of files what the file said. */
  stage: OrderStatus
  /** Why the whole order is held, null = it is not. */
  hold: string | null
  /** Order it was split or cloned from. */
  parentOrderId: string | null
  /** Soft reservation whose units become this order's when it is allocated. */
  reservationId: string | null
  /** When it was last tried again: refusals of nodes before that no longer count. */
  retriedAt: number | null
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
  /** Incidents for which it was told that its work stays; `risk` where a person said so without any. */
  declinedFor: readonly string[]
  /** Incidents for which it is left in place to measure, null = of moves without one; absent = none. */
  heldOutFor?: readonly (string | null)[]
  /** A person put it back: it is not moved again without being asked. */
  isPinned: boolean
  /** Whether any step was done here, so that its source no longer places it. */
  hasOwnSteps: boolean
  /** `CoreState.changes` when it was found that it has to wait for stock, null where it does not. */
  waitingSince: number | null
  /** Hash of the file content it was imported from, null for API orders. */
  contentHash: string | null
  /** What policies left on it; absent = nothing. */
  policies?: PolicyMarks
  /** Its way from another market; absent = it began here. */
  transfer?: OrderTransfer
  /** Its way through a flow; absent = it goes the straight way of the default. */
  flow?: OrderFlow
  /** Newest 100 steps, see `historySteps`. */
  history: History
  updatedAt: number
}

/** An order as a file tells it. */
export type ImportedOrder = Pick<
  Order,
  'status' | 'shipments' | 'shippedAt' | 'deliveredAt' | 'cancelledAt' | 'cancelReason'
> &
  OrderHeader & { contentHash: string; lines: readonly NewLine[]; work: readonly NewWork[] }

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
export function isLiveWork(work: Pick<FulfillmentOrder, 'status'>): boolean {
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
  ...{ pickingAt: null, pickedAt: null, packedAt: null, shippedAt: null },
  deliveredAt: null,
  cancelledAt: null,
  shipBy: null,
  processingCostCents: null,
  ownState: null,
}

/** Whether the node still has to do something. */
export function isOpenWork(work: Pick<FulfillmentOrder, 'status'>): boolean {
  return openWork.has(work.status)
}

/** Whether the work can go to another node: nobody began to pick it. */
export function isMovable(work: Pick<FulfillmentOrder, 'status'>): boolean {
  return movableWork.has(work.status)
}

/** Whether nobody has to do anything for the order before it leaves. */
export function isEnded(order: Pick<Order, 'status'>): boolean {
  return endedOrders.has(order.status)
}
