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
