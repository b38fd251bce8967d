// What can be asked of orders and their work. Shapes only.

import type { api } from '#data/contracts'
import type { PolicyResult } from '../policies/policy-book.ts'
import type { MoveGuard } from '../reroute/move-guard.ts'
import type { DecisionRecord } from './decision-record.ts'
import type {
  ImportedOrder,
  LineUnits,
  Method,
  NewLine,
  OrderHeader,
  Shipment,
  ShipTo,
  WorkRef,
} from './order.ts'
import type { OwnState } from './own-states.ts'

/** A node for some lines. */
export interface Assignment {
  nodeId: string
  carrier: string | null
  /** Service of the carrier, by its id in the network; absent = none was chosen. */
  service?: string
  /** Epoch ms, null = no deadline. */
  shipBy: number | null
  lines: readonly LineUnits[]
}

/** What of an order can be changed; absent = as it is. */
export interface OrderChanges {
  /** Lines to add. */
  add?: readonly NewLine[]
  /** New quantities, greater than what has left or was cancelled; 0 = cancel the line. */
  quantities?: readonly LineUnits[]
  prices?: readonly { lineId: string; unitPriceCents: number }[]
  shipTo?: ShipTo
  method?: Method
  /** Epoch ms, null = none. */
  promisedAt?: number | null
}

/** A new order made of another: ids are chosen by who asks. */
export interface NewOrderRef {
  newOrderId: string
  newExternalId: string
}

/** Data of each command on orders, by its type. */
export interface OrderCommands {
  CreateOrder: {
    order: OrderHeader
    lines: readonly NewLine[]
    /** Held from the start, for this reason. */
    hold?: string
    /** Soft reservation whose units become this order's when it is allocated. */
    reservationId?: string
  }
  ImportOrders: { orders: readonly ImportedOrder[] }
  ValidateOrder: { orderId: string }
  /**
   * What policies said before a step, and what they change and hold; results that were told before are left out, and
   * edits and holds with them.
   */
  ApplyPolicies: {
    orderId: string
    point: api.PolicyPoint
    results: readonly PolicyResult[]
    /** @param lineIds null = the whole order */
    holds: readonly { lineIds: readonly string[] | null; reason: string }[]
    /** Each on the order as those before it leave it; absent = none. */
    edits?: readonly { changes: OrderChanges; reason: string }[]
    /** Version that the edits were made for, another one is refused; absent = whatever it is. */
    version?: number
  }
  /** Plans work; nothing is allocated yet. */
  SourceOrder: { orderId: string; assignments: readonly Assignment[]; decision: DecisionRecord }
  /** No node can take it: all that has no work waits for stock. */
  BackorderOrder: { orderId: string; reason: string; decision: DecisionRecord | null }
  /**
   * Allocates what was planned, all or nothing; it takes the place of what is reserved softly for its lines.
   * @param workIds of planned work, absent = all of it
   */
  ReserveOrder: { orderId: string; workIds?: readonly string[] }
  /** Undo of ReserveOrder and SourceOrder: back to validated. @param workIds see ReserveOrder */
  UnsourceOrder: { orderId: string; reason: string; workIds?: readonly string[] }
  /** @param workIds see ReserveOrder */
  ReleaseOrder: { orderId: string; workIds?: readonly string[] }
  /** @param version that the caller saw, null = whatever it is; another one is refused */
  EditOrder: { orderId: string; version: number | null; changes: OrderChanges; reason: string }
  /** Nothing moves on until the hold is lifted; work that nobody began is called back. */
  HoldOrder: { orderId: string; lineIds: readonly string[] | null; reason: string }
  /** @param only holds that were put for this reason, absent = all */
  LiftHold: { orderId: string; lineIds: readonly string[] | null; reason: string; only?: string }
  CancelOrder: { orderId: string; reason: string }
  CancelLines: { orderId: string; lines: readonly LineUnits[]; reason: string }
  /** Units move to a new order with the same customer, address and promise. */
  SplitOrder: { orderId: string; lines: readonly LineUnits[]; reason: string } & NewOrderRef
  /** A new order with the same lines (all, or those named). */
  CloneOrder: { orderId: string; lines: readonly LineUnits[] | null; reason: string } & NewOrderRef
  /** Units of a line become a new line with another SKU. */
  SubstituteLine: {
    orderId: string
    lineId: string
    quantity: number
    sku: string
    newLineId: string
    /** null = the price of the line. */
    unitPriceCents: number | null
    reason: string
  }
  /** Units wait for stock; work planned for them is let go. null = all that has not begun. */
  BackorderLines: { orderId: string; lines: readonly LineUnits[] | null; reason: string }
  /** Lines wait for a day. @param launchAt epoch ms of the market */
  PreorderLines: { orderId: string; lineIds: readonly string[] | null; launchAt: number; reason: string }
  /** Preordered lines whose day has come go on; `at` of the command says which. */
  LaunchPreorder: { orderId: string }
  /** Tries again what the checks held, no node could take, or every node refused. */
  RetryOrder: { orderId: string; reason: string }
  /** All own states of the market; those that are no longer listed no longer hold anything back. */
  DefineOwnStates: { states: readonly OwnState[] }
  /**
   * Own state of a line or of work, null = none; where neither is named, of every part of the order that it fits. The
   * own states of the market say what may follow on what.
   */
  SetOwnState: {
    orderId: string
    lineId: string | null
    fulfillmentOrderId: string | null
    state: string | null
    reason: string
  }
  /** Moves work that nobody began to other nodes: allocates there, then lets go here. */
  RerouteOrder: {
    orderId: string
    fulfillmentOrderId: string
    assignments: readonly Assignment[]
    decision: DecisionRecord
    /** Keeps the limits of reroutes; absent = who asks has seen to it. */
    guard?: MoveGuard
  }
  /** Undo of a reroute: back to the node it came from. */
  /** @param refused key of what a provider was asked for it and will not do; absent = it is for another reason */
  UndoReroute: { orderId: string; decisionId: string; reason: string; refused?: string; by?: string }
  /** Work that was to be moved stays: no candidate, a limit, held out, or shadow mode. */
  DeclineReroute: { orderId: string; decision: DecisionRecord }
  AcceptWork: WorkRef
  /** The node will not do it: its units look for another node. */
  RejectWork: WorkRef & { reason: string }
  StartPicking: WorkRef
  /** @param shortTo what becomes of units not found: `source` = look for another node (default), `cancel` */
  PickWork: WorkRef & { short: readonly LineUnits[]; shortTo?: 'source' | 'cancel' }
  PackWork: WorkRef
  /** Packed goods wait at the node for their customer. */
  ReadyWork: WorkRef
  /** @param lines units of this parcel, null or absent = all that has not left */
  ShipWork: WorkRef & { shipment: Shipment; lines?: readonly LineUnits[] | null }
  /** @param shipmentId null or absent = every parcel of the work */
  DeliverWork: WorkRef & { shipmentId?: string | null }
  CollectWork: WorkRef
  RequestReturn: { orderId: string; lines: readonly LineUnits[]; reason: string }
  /** Goods came back. @param nodeId where to; @param restock whether they can be sold again */
  ReceiveReturn: {
    orderId: string
    lines: readonly LineUnits[]
    nodeId: string
    restock: boolean
    reason: string
  }
}
