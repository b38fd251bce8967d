// What the stock of a SKU at a node is, and what of it can be promised. Values are never changed in place.

/** Stock of a SKU at a node. A pair that is not in the state, at a node without any, is untracked. */
export interface Stock {
  sku: string
  nodeId: string
  onHand: number
  /** Hard allocated to orders. */
  allocated: number
  safetyStock: number
  inbound: number
  /** Epoch ms of the last count. */
  countedAt: number
  /** What moved since that count, oldest first, at most the newest 500. */
  moved: readonly { at: number; delta: number }[]
  updatedAt: number
  /** `CoreState.changes` at its last change. */
  version: number
}

/** A stock count: what the shelf held at a time. */
export interface StockCount {
  sku: string
  nodeId: string
  onHand: number
  safetyStock: number
  inbound: number
  countedAt: number
}

/** Key of a stock position. */
export function stockKey(sku: string, nodeId: string): string {
  return `${sku}\u001f${nodeId}`
}

/** Units that can be promised. */
export function availableOf(stock: Stock): number {
  return stock.onHand - stock.allocated - stock.safetyStock
}

/** Units held for a while for somebody who has not ordered yet. */
export interface Reservation {
  reservationId: string
  lines: readonly ReservationLine[]
  /** Epoch ms of the market. */
  createdAt: number
  expiresAt: number
  channel: string | null
  reference: string | null
}

/** Units of a reservation at one position. */
export interface ReservationLine {
  sku: string
  nodeId: string
  quantity: number
  /** Of these, units out of the channel's ring fence. */
  ringFenced: number
  /** Whether the position had a stock feed when it was reserved. */
  isTracked: boolean
}

/** Supply or demand that is expected. */
export interface ScheduleEntry {
  scheduleId: string
  kind: 'supply' | 'demand'
  sku: string
  nodeId: string
  /** Units, 0 = taken away. */
  quantity: number
  /** Epoch ms of the market. */
  dueAt: number
}

/** How far a position may be promised below what is there; null = every SKU, every node. The closest match holds. */
export interface StockRule {
  sku: string | null
  nodeId: string | null
  /** Units that may be promised without stock, 0 = none. */
  backorderLimit: number
}
