// Stock of the demo: suppliers come to each node every third day, and what a fault says is not there is written off.
// It plans commands and sends none.

import type { Continuation } from '#data/world'
import type { CoreState, Stock, StockChange } from '#orchestrator/core'
import type { Pieces } from './piece.ts'
import type { Task } from './task.ts'

/** Share of what a node should have below which its supplier brings more. */
const lowShare = 0.8

/** Commands on stock that are due after `from` and by `until` (epoch ms). */
export function stockTasks(
  world: Continuation,
  pieces: Pieces,
  state: CoreState,
  from: number,
  until: number,
): Task[] {
  return [
    ...world.receipts(from + 1, until + 1).flatMap(({ node, at }) => receipt(world, pieces, state, node, at)),
    ...lost(world, pieces, state, until),
  ]
}

function receipt(world: Continuation, pieces: Pieces, state: CoreState, node: number, at: number): Task[] {
  const items: StockChange[] = []
  for (const stock of state.stock.values()) {
    if (pieces.nodeOf(stock.nodeId) !== node) continue
    const wanted = world.wanted(node, stock.sku, at)
    const free = freeOf(stock)
    if (free < wanted * lowShare) items.push(change(stock, wanted - free, 'receipt'))
  }
  if (items.length === 0) return []
  return [{ type: 'AdjustStock', data: { items }, at, commandId: `live/receipt/${world.nodes[node]}/${at}` }]
}

/** What is free of a product while a fault keeps it away turns out not to be there. */
function lost(world: Continuation, pieces: Pieces, state: CoreState, at: number): Task[] {
  return world.stockOuts(at).flatMap(({ id, node, sku }) => {
    const items: StockChange[] = []
    for (const key of state.stockOfSku.get(sku) ?? []) {
      const stock = state.stock.get(key)
      if (stock === undefined || pieces.nodeOf(stock.nodeId) !== node) continue
      if (freeOf(stock) > 0) items.push(change(stock, -freeOf(stock), 'adjustment'))
    }
    if (items.length === 0) return []
    return [{ type: 'AdjustStock' as const, data: { items }, at, commandId: `live/lost/${id}/${at}` }]
  })
}

function freeOf({ onHand, allocated }: Stock): number {
  return onHand - allocated
}

function change({ sku, nodeId }: Stock, delta: number, reason: string): StockChange {
  return { sku, nodeId, delta, onHand: null, reason }
}
