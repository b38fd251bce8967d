// What can happen to stock. Events are kept forever: fields are added, never renamed.

import type { CalculatedMeasure, ChannelUnits, Product, SourceCount } from './commands.ts'
import type { Reservation, ScheduleEntry, StockCount, StockRule } from './stock.ts'

/** Units allocated or let go at a node. */
export interface StockMove {
  sku: string
  nodeId: string
  quantity: number
  /** Of these, units that came out of the ring fence of `channel`, and go back there. */
  ringFenced?: number
  channel?: string
}

/** Units put on a shelf (positive) or taken off. */
export interface StockDelta {
  sku: string
  nodeId: string
  delta: number
  reason: string
  /** System that told; absent = Detour itself. */
  source?: string
}

/** Data of each event of stock, by its type; every event has `at`, epoch ms of the market. They change stock alone. */
export interface StockEvents {
  StockCounted: { items: readonly StockCount[] }
  StockAdjusted: { items: readonly StockDelta[] }
  StockAllocated: { orderId: string; items: readonly StockMove[] }
  StockReleased: { orderId: string; items: readonly StockMove[] }
  /** Units left the shelf for good, with their allocation. */
  StockShipped: { orderId: string; items: readonly StockMove[] }
  SourceCounted: { source: string; items: readonly SourceCount[] }
  SafetyStockSet: { items: readonly { sku: string; nodeId: string; quantity: number }[]; reason: string }
  StockRulesSet: { rules: readonly StockRule[] }
  StockScheduled: { entries: readonly ScheduleEntry[] }
  SupplyReceived: { scheduleId: string; sku: string; nodeId: string; quantity: number; reason: string }
  ChannelAllocated: { items: readonly ChannelUnits[]; reason: string }
  ChannelUnallocated: { items: readonly ChannelUnits[]; reason: string }
  ChannelConsumed: { items: readonly ChannelUnits[]; reason: string }
  StockReserved: { reservation: Reservation }
  ReservationRenewed: { reservationId: string; expiresAt: number }
  /** @param consumedBy order whose hard allocation took its place */
  ReservationEnded: {
    reservationId: string
    how: 'released' | 'expired' | 'consumed'
    reason: string
    consumedBy?: string
    /** Units that ended; absent = all that it still held. */
    lines?: readonly { sku: string; nodeId: string; quantity: number }[]
  }
  CycleCounted: {
    countId: string
    nodeId: string
    items: readonly { sku: string; quantity: number; expected: number }[]
    countedAt: number
    by: string
  }
  MeasuresDefined: { measures: readonly CalculatedMeasure[] }
  ProductsDefined: { products: readonly Product[] }
}
