// What the core can be asked to do. `at` of a command is the business time (epoch ms of the market).

import type { api } from '#data/contracts'
import type { Command } from '#data/log'
import type { DecisionRecord } from './events.ts'
import type { Finding, Impact } from './incidents/incident.ts'
import type { MarketClock, Node } from './market.ts'
import type { ImportedOrder, OrderHeader, OrderLine, Shipment, WorkRef } from './orders/order.ts'
import type { StockCount } from './stock/stock.ts'

/** A node for some lines. */
export interface Assignment {
  nodeId: string
  carrier: string | null
  /** Epoch ms, null = no deadline. */
  shipBy: number | null
  lines: readonly { lineId: string; quantity: number }[]
}

/** A change of stock. `onHand` sets, `delta` adds; exactly one of them. */
export interface StockChange {
  sku: string
  nodeId: string
  delta: number | null
  onHand: number | null
  reason: string
}

/** Data of each command, by its type. */
export interface CommandData {
  DefineNodes: { nodes: readonly Node[] }
  /** Counts from a file; those older than what is known change nothing. */
  CountStock: { items: readonly StockCount[] }
  /** All or none. */
  AdjustStock: { items: readonly StockChange[] }
  CreateOrder: { order: OrderHeader; lines: readonly OrderLine[] }
  ImportOrders: { orders: readonly ImportedOrder[] }
  ValidateOrder: { orderId: string }
  /** Plans work; nothing is allocated yet. */
  SourceOrder: { orderId: string; assignments: readonly Assignment[]; decision: DecisionRecord }
  /** No node can take it. */
  BackorderOrder: { orderId: string; reason: string; decision: DecisionRecord | null }
  /** Allocates what was planned, all or nothing. */
  ReserveOrder: { orderId: string }
  /** Undo of ReserveOrder and SourceOrder: back to validated. */
  UnsourceOrder: { orderId: string; reason: string }
  ReleaseOrder: { orderId: string }
  /** Moves work that nobody began to other nodes: allocates there, then lets go here. */
  RerouteOrder: {
    orderId: string
    fulfillmentOrderId: string
    assignments: readonly Assignment[]
    decision: DecisionRecord
  }
  /** Undo of a reroute: back to the node it came from. */
  UndoReroute: { orderId: string; decisionId: string; reason: string }
  /** Work that was to be moved stays: no candidate, a limit, held out, or shadow mode. */
  DeclineReroute: { orderId: string; decision: DecisionRecord }
  StartPicking: WorkRef
  PickWork: WorkRef & { short: readonly { lineId: string; quantity: number }[] }
  PackWork: WorkRef
  ShipWork: WorkRef & { shipment: Shipment }
  DeliverWork: WorkRef
  CancelOrder: { orderId: string; reason: string }
  OpenIncident: { incidentId: string; finding: Finding; impact: Impact }
  UpdateIncident: { incidentId: string; finding: Finding; impact: Impact }
  ResolveIncident: { incidentId: string; reason: string }
  AcknowledgeIncident: { incidentId: string; by: string }
  SetPolicy: { policy: api.ReroutePolicy }
  SetClock: { clock: Partial<MarketClock>; isDemo?: boolean }
}

/** Name of a command. */
export type CommandType = keyof CommandData

/** A command of the core. */
export type CoreCommand = {
  [T in CommandType]: Command & { type: T; data: CommandData[T]; at: number }
}[CommandType]

/** What a command answers. */
export interface CoreAnswer {
  orderId: string | null
  status: string | null
  /** What was refused or changed, by item, where there are several. */
  details?: Record<string, unknown>
}
