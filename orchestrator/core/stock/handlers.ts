// How stock follows from its events: the table from event to step. Pure.

import type { HandlersOf } from '../handlers.ts'
import type { StockEvents } from './events.ts'
import * as plan from './evolve-plan.ts'
import * as reservation from './evolve-reservation.ts'
import * as stock from './evolve-stock.ts'

/** What events of stock do. */
export const stockHandlers: HandlersOf<StockEvents> = {
  StockCounted: stock.counted,
  StockAdjusted: stock.adjusted,
  StockAllocated: stock.allocated,
  StockReleased: stock.released,
  StockShipped: stock.shipped,
  SourceCounted: stock.sourceCounted,
  CycleCounted: stock.cycleCounted,
  MeasuresDefined: stock.measuresDefined,
  ChannelConsumed: stock.consumed,
  ChannelAllocated: plan.fenced,
  ChannelUnallocated: plan.unfenced,
  SafetyStockSet: plan.safetyStockSet,
  StockRulesSet: plan.rulesSet,
  StockScheduled: plan.scheduled,
  SupplyReceived: plan.supplyReceived,
  ProductsDefined: plan.productsDefined,
  StockReserved: reservation.reserved,
  ReservationRenewed: reservation.renewed,
  ReservationEnded: reservation.ended,
}
