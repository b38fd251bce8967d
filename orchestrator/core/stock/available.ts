// What of a position may be promised, with the backorder limit that holds there. It reads; reservations whose time has
// come must have been ended in the state that it gets, see settle.ts.

import type { CoreState } from '../state.ts'
import type { StockMove } from './events.ts'
import { ruleKey } from './evolve-plan.ts'
import { availableFor } from './stock.ts'

/** What was missing. */
export type Shortage = {
  sku: string
  nodeId: string
  available: number
  asked: number
}

/** Units that may be promised beyond what is there: the closest rule holds, the SKU before the node; 0 without one. */
export function backorderLimitOf({ stockRules }: CoreState, sku: string, nodeId: string): number {
  if (stockRules.size === 0) return 0
  return (
    stockRules.get(ruleKey(sku, nodeId)) ??
    stockRules.get(ruleKey(sku, null)) ??
    stockRules.get(ruleKey(null, nodeId)) ??
    stockRules.get(ruleKey(null, null)) ??
    0
  )
}

/** Whether a position has no stock feed: whatever is asked of it is treated as there. */
export function isUntracked(state: CoreState, sku: string, nodeId: string): boolean {
  return !state.trackedNodes.has(nodeId) && state.stock.getPair(sku, nodeId) === undefined
}

/** Units that are there for a channel, without any backorder; null where stock is not tracked. */
export function availableAt(
  state: CoreState,
  sku: string,
  nodeId: string,
  channel: string | null,
): number | null {
  const stock = state.stock.getPair(sku, nodeId)
  if (stock !== undefined) return availableFor(stock, channel)
  if (!state.trackedNodes.has(nodeId)) return null
  // What the feed of a node does not list is not there; reservations on backorder hold of it all the same.
  return 0 - (state.untrackedReserved.getPair(sku, nodeId) ?? 0)
}

/** The first move that is not possible, null where all are; each position stands in one move. */
export function shortage(
  state: CoreState,
  moves: readonly StockMove[],
  channel: string | null = null,
): Shortage | null {
  for (const { sku, nodeId, quantity } of moves) {
    const available = availableAt(state, sku, nodeId, channel)
    if (available === null) continue
    if (available + backorderLimitOf(state, sku, nodeId) < quantity)
      return { sku, nodeId, available, asked: quantity }
  }
  return null
}

/**
 * The same for units of orders: who placed them knows the node, so what its feed does not list counts as not tracked.
 */
export function shortageOfOrder(
  state: CoreState,
  moves: readonly StockMove[],
  channel: string | null = null,
): Shortage | null {
  const listed = moves.filter(({ sku, nodeId }) => state.stock.getPair(sku, nodeId) !== undefined)
  return shortage(state, listed, channel)
}

/** Whether a SKU is known: by a product, or by stock anywhere. */
export function knowsSku({ products, stockOfSku }: CoreState, sku: string): boolean {
  return stockOfSku.has(sku) || products.has(sku)
}

/** Whether a SKU is not in the catalogue that there is, nor anywhere in stock: most likely a slip. */
export function isStrange(state: CoreState, sku: string): boolean {
  return state.products.size > 0 && !knowsSku(state, sku)
}
