// How stock follows from its events: the table from event to step. Pure.

import type { HandlersOf } from '../handlers.ts'
import type { StockEvents } from './events.ts'
import * as stock from './evolve-stock.ts'

/** What events of stock do. */
export const stockHandlers: Partial<HandlersOf<StockEvents>> = {
  StockCounted: stock.counted,
  StockAdjusted: stock.adjusted,
  StockAllocated: stock.allocated,
  StockReleased: stock.released,
  StockShipped: stock.shipped,
}
