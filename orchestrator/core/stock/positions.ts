// How changed positions are put into the state, with what finds them. Positions that are not tracked stay so until
// they are counted or adjusted.

import { isOpenWork } from '../orders/order.ts'
import { unitsHeld } from '../orders/standing.ts'
import type { CoreState } from '../state.ts'
import { withMore } from './sources.ts'
import { emptyStock, ringFenceOf, type Stock, stockKey } from './stock.ts'

/** The position, or an empty one that holds what was promised while it was not tracked. */
export function positionAt(state: CoreState, sku: string, nodeId: string): Stock {
  const key = stockKey(sku, nodeId)
  const known = state.stock.get(key)
  if (known !== undefined) return known
  const reserved = state.untrackedReserved.get(key) ?? 0
  return { ...emptyStock(sku, nodeId), allocated: allocatedSoFar(state, sku, nodeId), reserved }
}

/** Units that open work holds at a position that was not tracked so far. */
function allocatedSoFar(state: CoreState, sku: string, nodeId: string): number {
  let units = 0
  for (const orderId of state.openByNode.get(nodeId) ?? []) {
    for (const work of state.orders.get(orderId)?.work ?? []) {
      if (work.nodeId !== nodeId || !work.isReserved || !isOpenWork(work)) continue
      for (const line of work.lines) if (line.sku === sku) units += unitsHeld(line)
    }
  }
  return units
}

/** Most positions that are put one by one; more go together. */
const few = 8

/** The state with these positions, known or new; they count as one change. */
export function putPositions(state: CoreState, positions: readonly Stock[]): CoreState {
  const version = state.changes + 1
  const isMany = positions.length > few
  let stock = isMany ? state.stock.asMutable() : state.stock
  let { stockOfSku, trackedNodes, untrackedReserved } = state
  for (const position of positions) {
    const { sku, nodeId } = position
    const key = stockKey(sku, nodeId)
    if (!stock.has(key)) {
      if (stockOfSku === state.stockOfSku && isMany) stockOfSku = stockOfSku.asMutable()
      // Made whole: an array that grows keeps room for more.
      stockOfSku = stockOfSku.set(sku, stockOfSku.get(sku)?.concat(key) ?? [key])
      trackedNodes = trackedNodes.add(nodeId)
      untrackedReserved = untrackedReserved.delete(key)
    }
    stock = stock.set(key, { ...position, version })
  }
  return {
    ...state,
    stock: isMany ? stock.asImmutable() : stock,
    stockOfSku: isMany ? stockOfSku.asImmutable() : stockOfSku,
    trackedNodes,
    untrackedReserved,
    changes: version,
  }
}

/** The state with the known ones of these positions changed; those that are not tracked are passed over. */
export function changePositions<T extends { sku: string; nodeId: string }>(
  state: CoreState,
  items: readonly T[],
  at: number,
  change: (stock: Stock, item: T) => Stock,
): CoreState {
  const version = state.changes + 1
  let { stock } = state
  for (const item of items) {
    const key = stockKey(item.sku, item.nodeId)
    const before = stock.get(key)
    if (before === undefined) continue
    const updatedAt = Math.max(before.updatedAt, at)
    stock = stock.set(key, { ...change(before, item), updatedAt, version })
  }
  return { ...state, stock, changes: version }
}

/** The position with units put into the ring fence of a channel (positive) or taken out. */
export function withFence(stock: Stock, channel: string | null | undefined, units: number): Stock {
  if (channel == null || units === 0) return stock
  const left = ringFenceOf(stock, channel) + units
  const { [channel]: _, ...others } = stock.more?.channels ?? {}
  const channels = left === 0 ? others : { ...others, [channel]: left }
  return withMore({ ...stock, ringFenced: stock.ringFenced + units }, { channels })
}
