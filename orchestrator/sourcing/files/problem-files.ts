// What a problem in files is made of. Shapes only.

import type { api } from '#data/contracts'
import type { ProductFacts, SourcingOrder } from '../world.ts'

/** Stock of a SKU at a node; null = as much as is wanted. */
export interface StockRow {
  nodeId: string
  sku: string
  available: number | null
}

/** An order of a file. */
export interface FileOrder
  extends Omit<SourcingOrder, 'currency' | 'avoided' | 'held' | 'from' | 'placedAt'> {
  /** Epoch ms, null = not told. */
  placedAt: number | null
}

/** A product of a file. */
export interface FileProduct extends ProductFacts {
  sku: string
}

/** A whole problem. */
export interface SourcingFiles {
  network: api.NetworkDocument
  /** null = every node has everything. */
  stock: readonly StockRow[] | null
  products: readonly FileProduct[]
  orders: readonly FileOrder[]
  strategy: api.StrategyDraft
}
