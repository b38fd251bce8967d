// What can happen in the core. Events are kept forever: fields are added, never renamed.

import type { api } from '#data/contracts'
import type { Finding, Impact } from './incidents/incident.ts'
import type { MarketClock, Node } from './market.ts'
import type {
  FulfillmentOrder,
  ImportedOrder,
  OrderHeader,
  OrderLine,
  Shipment,
  WorkRef,
} from './orders/order.ts'
import type { StockCount } from './stock/stock.ts'

/** A node that was weighed for work. */
export interface CandidateRecord {
  nodeId: string
  carrier: string | null
  isChosen: boolean
  isFeasible: boolean
  /** Constraints it does not meet, in words. */
  failed: readonly string[]
  /** Least available units over the lines, null = untracked. */
  available: number | null
  /** Expected hours until the customer has it. */
  hours: number
  terms: readonly { name: string; cents: number }[]
  totalCents: number
}

/** Why work went where it went. */
export interface DecisionRecord {
  decisionId: string
  kind: 'source' | 'reroute'
  incidentId: string | null
  fromNodeId: string | null
  toNodeId: string | null
  status: 'done' | 'refused' | 'held_out'
  reason: string
  /** Extra cost of a reroute, cost of a sourcing; null where nothing was done. */
  costCents: number | null
  /** Expected hours saved by a reroute. */
  hoursSaved: number | null
  candidates: readonly CandidateRecord[]
}

/** Units allocated or let go at a node. */
export interface StockMove {
  sku: string
  nodeId: string
  quantity: number
}

/** Units put on a shelf (positive) or taken off. */
export interface StockDelta {
  sku: string
  nodeId: string
  delta: number
  reason: string
}

/**
 * Data of each event, by its type; every event has `at`, epoch ms of the market. Events named Stock change stock
 * alone, those named Order, Work and so on change orders alone.
 */
export interface EventData {
  NodeDefined: { node: Node }
  StockCounted: { items: readonly StockCount[] }
  StockAdjusted: { items: readonly StockDelta[] }
  StockAllocated: { orderId: string; items: readonly StockMove[] }
  StockReleased: { orderId: string; items: readonly StockMove[] }
  OrderCreated: { order: OrderHeader; lines: readonly OrderLine[] }
  OrderImported: { order: ImportedOrder }
  OrderValidated: { orderId: string }
  OrderHeld: { orderId: string; reason: string }
  OrderSourced: { orderId: string; work: readonly FulfillmentOrder[]; decision: DecisionRecord }
  OrderBackordered: { orderId: string; reason: string; decision: DecisionRecord | null }
  OrderReserved: { orderId: string }
  OrderUnsourced: { orderId: string; reason: string }
  OrderReleased: { orderId: string }
  OrderRerouted: {
    orderId: string
    fulfillmentOrderId: string
    work: readonly FulfillmentOrder[]
    decision: DecisionRecord
  }
  RerouteUndone: { orderId: string; decisionId: string; work: readonly FulfillmentOrder[]; reason: string }
  RerouteDeclined: { orderId: string; decision: DecisionRecord }
  PickingStarted: WorkRef
  WorkPicked: WorkRef & { short: readonly { lineId: string; quantity: number }[] }
  WorkPacked: WorkRef
  WorkShipped: WorkRef & { shipment: Shipment }
  /** Units left the shelf for good, with their allocation. */
  StockShipped: { orderId: string; items: readonly StockMove[] }
  WorkDelivered: WorkRef
  OrderCancelled: { orderId: string; reason: string }
  IncidentOpened: { incidentId: string; finding: Finding; impact: Impact }
  IncidentUpdated: { incidentId: string; finding: Finding; impact: Impact }
  IncidentResolved: { incidentId: string; reason: string }
  IncidentAcknowledged: { incidentId: string; by: string }
  PolicySet: { policy: api.ReroutePolicy }
  ClockSet: { clock: Partial<MarketClock>; isDemo: boolean }
}

/** Name of an event. */
export type EventType = keyof EventData

/** An event of the core. */
export type CoreEvent = { [T in EventType]: { type: T; data: EventData[T] & { at: number } } }[EventType]
