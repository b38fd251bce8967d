// What can happen to orders and their work. Events are kept forever: fields are added, never renamed.

import type { api } from '#data/contracts'
import type { PolicyResult } from '../policies/policy-book.ts'
import type { WorkAsk } from '../reroute/work-ask.ts'
import type { OrderChanges } from './commands.ts'
import type { DecisionRecord } from './decision-record.ts'
import type { ImportedOrder, LineUnits, NewLine, NewWork, OrderHeader, Shipment, WorkRef } from './order.ts'
import type { OwnState } from './own-states.ts'

/** Data of each event of orders, by its type; every event has `at`, epoch ms of the market. */
export interface OrderEvents {
  OrderCreated: {
    order: OrderHeader
    lines: readonly NewLine[]
    hold?: string
    reservationId?: string
    /** Order it was split or cloned from. */
    parentOrderId?: string
    reason?: string
  }
  OrderImported: { order: ImportedOrder }
  OrderValidated: { orderId: string }
  /** What policies said before a step; where they held the order, `OrderHeld` follows. */
  PoliciesApplied: { orderId: string; point: api.PolicyPoint; results: readonly PolicyResult[] }
  /** @param lineIds absent or null = the whole order */
  OrderHeld: { orderId: string; reason: string; lineIds?: readonly string[] | null }
  /** @param only see `LiftHold` */
  HoldLifted: { orderId: string; reason: string; lineIds: readonly string[] | null; only?: string }
  OrderEdited: { orderId: string; changes: OrderChanges; reason: string }
  LinesCancelled: { orderId: string; lines: readonly LineUnits[]; reason: string }
  /** Units that went to another order. */
  OrderSplit: { orderId: string; newOrderId: string; lines: readonly LineUnits[]; reason: string }
  LineSubstituted: {
    orderId: string
    lineId: string
    quantity: number
    line: NewLine
    reason: string
  }
  LinesBackordered: { orderId: string; lines: readonly LineUnits[]; reason: string }
  LinesPreordered: { orderId: string; lineIds: readonly string[]; launchAt: number; reason: string }
  PreorderLaunched: { orderId: string; lineIds: readonly string[]; reason: string }
  OrderRetried: { orderId: string; reason: string }
  OwnStatesDefined: { states: readonly OwnState[] }
  OwnStateSet: {
    orderId: string
    lineId: string | null
    fulfillmentOrderId: string | null
    state: string | null
    reason: string
  }
  OrderSourced: { orderId: string; work: readonly NewWork[]; decision: DecisionRecord }
  OrderBackordered: { orderId: string; reason: string; decision: DecisionRecord | null }
  /** @param workIds absent = all open work, as in the two that follow */
  OrderReserved: { orderId: string; workIds?: readonly string[] }
  OrderUnsourced: { orderId: string; reason: string; workIds?: readonly string[] }
  OrderReleased: { orderId: string; workIds?: readonly string[] }
  OrderRerouted: {
    orderId: string
    fulfillmentOrderId: string
    work: readonly NewWork[]
    decision: DecisionRecord
    /** Plan that a person approved, and who moved it by hand beyond which limits; absent = by itself. */
    planId?: string
    by?: string
    override?: string
    /** It went back after an incident. */
    isBack?: true
    /** What providers are to be asked; absent = nothing. */
    asks?: readonly WorkAsk[]
  }
  /**
   * @param dropped keys of what is not asked any more, since one of it was refused; absent = none
   * @param by the person who asked for it; absent = by itself
   */
  RerouteUndone: {
    orderId: string
    decisionId: string
    work: readonly NewWork[]
    reason: string
    asks?: readonly WorkAsk[]
    dropped?: readonly string[]
    by?: string
  }
  RerouteDeclined: { orderId: string; decision: DecisionRecord }
  WorkAccepted: WorkRef
  WorkRejected: WorkRef & { reason: string }
  /** Work that was called back before anybody began: by a hold or an edit. Its units have no work now. */
  WorkWithdrawn: WorkRef & { reason: string }
  PickingStarted: WorkRef
  /** @param shortTo absent = cancelled */
  WorkPicked: WorkRef & { short: readonly LineUnits[]; shortTo?: 'source' | 'cancel' }
  WorkPacked: WorkRef
  WorkReady: WorkRef
  /** @param lines units in the parcel, absent = all of the work */
  WorkShipped: WorkRef & { shipment: Shipment; lines?: readonly LineUnits[] }
  /** @param shipmentId absent or null = every parcel */
  WorkDelivered: WorkRef & { shipmentId?: string | null }
  WorkCollected: WorkRef
  OrderCancelled: { orderId: string; reason: string }
  /** An event that a flow or somebody outside raised; the reason is its name, for the history. */
  FlowEventRaised: { orderId: string; name: string; reason: string; note?: string | null; by?: string }
  ReturnRequested: { orderId: string; lines: readonly LineUnits[]; reason: string }
  ReturnReceived: { orderId: string; lines: readonly LineUnits[]; nodeId: string; reason: string }
}
