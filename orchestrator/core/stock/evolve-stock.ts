// How stock follows from events. Positions that are not tracked stay so until they are counted or adjusted.

import { Set as PersistentSet } from 'immutable'
import type { EventData } from '../events.ts'
import { isOpenWork } from '../orders/order.ts'
import { unitsOf } from '../orders/standing.ts'
import type { CoreState } from '../state.ts'
import type { StockMove } from './events.ts'
import { type Stock, stockKey } from './stock.ts'

type Timed<T> = T & { at: number }

/** Most moves kept of a position. */
const movesKept = 500

/** Stock after a count: what moved after it was taken still holds. */
export function counted(state: CoreState, { items, at }: Timed<EventData['StockCounted']>): CoreState {
  return setAll(
    state,
    items.map((item) => {
      const before = state.stock.get(stockKey(item.sku, item.nodeId))
      const allocated = before?.allocated ?? allocatedSoFar(state, item.sku, item.nodeId)
      const moved = (before?.moved ?? []).filter((move) => move.at > item.countedAt)
      const onHand = Math.max(0, item.onHand + moved.reduce((sum, move) => sum + move.delta, 0))
      return { ...item, onHand, allocated, moved, updatedAt: at, version: 0 }
    }),
  )
}

/** Stock after units were put on shelves or taken off. */
export function adjusted(state: CoreState, { items, at }: Timed<EventData['StockAdjusted']>): CoreState {
  return items.reduce((next, { sku, nodeId, delta }) => {
    const before = next.stock.get(stockKey(sku, nodeId))
    const allocated = before?.allocated ?? allocatedSoFar(next, sku, nodeId)
    const fresh = { sku, nodeId, onHand: 0, safetyStock: 0, inbound: 0, countedAt: 0, moved: [], version: 0 }
    return setAll(next, [onShelf({ ...fresh, ...before, allocated, updatedAt: at }, delta, at)])
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
  return move(state, data, (stock, quantity) =>
    onShelf({ ...stock, allocated: stock.allocated - quantity }, -quantity, data.at),
  )
}

function onShelf(stock: Stock, delta: number, at: number): Stock {
  const moved = [...stock.moved, { at, delta }].slice(-movesKept)
  return { ...stock, onHand: stock.onHand + delta, moved }
}

function move(
  state: CoreState,
  { items, at }: { items: readonly StockMove[]; at: number },
  change: (stock: Stock, quantity: number) => Stock,
): CoreState {
  const version = state.changes + 1
  let { stock } = state
  for (const { sku, nodeId, quantity } of items) {
    const key = stockKey(sku, nodeId)
    const before = stock.get(key)
    if (before !== undefined) {
      stock = stock.set(key, {
        ...change(before, quantity),
        updatedAt: Math.max(before.updatedAt, at),
        version,
      })
    }
  }
  return { ...state, stock, changes: version }
}

function setAll(state: CoreState, positions: readonly Stock[]): CoreState {
  const version = state.changes + 1
  const stock = state.stock.asMutable()
  const stockOfSku = state.stockOfSku.asMutable()
  const trackedNodes = state.trackedNodes.asMutable()
  for (const position of positions) {
    const key = stockKey(position.sku, position.nodeId)
    if (!stock.has(key)) {
      stockOfSku.set(position.sku, (stockOfSku.get(position.sku) ?? PersistentSet<string>()).add(key))
    }
    stock.set(key, { ...position, version })
    trackedNodes.add(position.nodeId)
  }
  return {
    ...state,
    stock: stock.asImmutable(),
    stockOfSku: stockOfSku.asImmutable(),
    trackedNodes: trackedNodes.asImmutable(),
    changes: version,
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
