// How stock follows from events. Positions that are not tracked stay so until they are counted or adjusted.

import { Set as PersistentSet } from 'immutable'
import type { EventData, StockMove } from './events.ts'
import { isOpenWork } from './order.ts'
import { unitsOf } from './standing.ts'
import { type CoreState, type Stock, stockKey } from './state.ts'

type Timed<T> = T & { at: number }

/** Stock after a count. */
export function counted(state: CoreState, { items, at }: Timed<EventData['StockCounted']>): CoreState {
  return setAll(
    state,
    items.map((item) => {
      const before = state.stock.get(stockKey(item.sku, item.nodeId))
      const allocated = before?.allocated ?? allocatedSoFar(state, item.sku, item.nodeId)
      return { ...item, allocated, updatedAt: at }
    }),
  )
}

/** Stock after units were put on shelves or taken off. */
export function adjusted(state: CoreState, { items, at }: Timed<EventData['StockAdjusted']>): CoreState {
  return items.reduce((next, { sku, nodeId, delta }) => {
    const before = next.stock.get(stockKey(sku, nodeId))
    const onHand = (before?.onHand ?? 0) + delta
    const allocated = before?.allocated ?? allocatedSoFar(next, sku, nodeId)
    const fresh = { sku, nodeId, safetyStock: 0, inbound: 0, countedAt: at }
    return setAll(next, [{ ...fresh, ...before, onHand, allocated, updatedAt: at }])
  }, state)
}

/** Stock after units were promised. */
export function allocated(state: CoreState, data: Timed<EventData['StockAllocated']>): CoreState {
  return move(state, data, (stock, quantity) => ({ ...stock, allocated: stock.allocated + quantity }))
}

/** Stock after a promise was taken back. */
export function released(state: CoreState, data: Timed<EventData['StockReleased']>): CoreState {
  return move(state, data, (stock, quantity) => ({ ...stock, allocated: stock.allocated - quantity }))
}

/** Stock after promised units left. */
export function shipped(state: CoreState, data: Timed<EventData['StockShipped']>): CoreState {
  return move(state, data, (stock, quantity) => ({
    ...stock,
    onHand: stock.onHand - quantity,
    allocated: stock.allocated - quantity,
  }))
}

function move(
  state: CoreState,
  { items, at }: { items: readonly StockMove[]; at: number },
  change: (stock: Stock, quantity: number) => Stock,
): CoreState {
  let { stock } = state
  for (const { sku, nodeId, quantity } of items) {
    const key = stockKey(sku, nodeId)
    const before = stock.get(key)
    if (before !== undefined)
      stock = stock.set(key, { ...change(before, quantity), updatedAt: Math.max(before.updatedAt, at) })
  }
  return { ...state, stock }
}

function setAll(state: CoreState, positions: readonly Stock[]): CoreState {
  const stock = state.stock.asMutable()
  const stockOfSku = state.stockOfSku.asMutable()
  const trackedNodes = state.trackedNodes.asMutable()
  for (const position of positions) {
    const key = stockKey(position.sku, position.nodeId)
    if (!stock.has(key)) {
      stockOfSku.set(position.sku, (stockOfSku.get(position.sku) ?? PersistentSet<string>()).add(key))
    }
    stock.set(key, position)
    trackedNodes.add(position.nodeId)
  }
  return {
    ...state,
    stock: stock.asImmutable(),
    stockOfSku: stockOfSku.asImmutable(),
    trackedNodes: trackedNodes.asImmutable(),
  }
}

/** Units that open work holds at a position that was not tracked so far. */
function allocatedSoFar(state: CoreState, sku: string, nodeId: string): number {
  let units = 0
  for (const orderId of state.openByNode.get(nodeId) ?? []) {
    for (const work of state.orders.get(orderId)?.work ?? []) {
      if (work.nodeId !== nodeId || !work.isReserved || !isOpenWork(work)) continue
      for (const line of work.lines) if (line.sku === sku) units += unitsOf(line)
    }
  }
  return units
}
