// How stock follows from counts, adjustments, and what orders take, give back and send off. Pure.

import type { EventData } from '../events.ts'
import type { CoreState } from '../state.ts'
import { receiptReason, withDeliveries } from './deliveries.ts'
import type { StockMove } from './events.ts'
import { movesAfter, sumOf } from './moves.ts'
import { changePositions, positionAt, putPositions, withFence } from './positions.ts'
import { ownSource, recalculated, withCount, withUnits } from './sources.ts'
import { type Stock, type StockCount, stockKey } from './stock.ts'

type Timed<T> = T & { at: number }

/** Stock after a count: what moved after it was taken still holds. */
export function counted(state: CoreState, { items, at }: Timed<EventData['StockCounted']>): CoreState {
  const positions = items.map((item) => {
    const before = positionAt(state, item.sku, item.nodeId)
    const next = countedBy(state, before, item)
    const safetyStock = before.more?.hasOwnSafetyStock === true ? before.safetyStock : item.safetyStock
    return { ...next, safetyStock, inbound: item.inbound, updatedAt: at }
  })
  return putPositions(state, positions)
}

function countedBy(state: CoreState, before: Stock, { onHand, countedAt }: StockCount): Stock {
  if (before.more !== null && before.more.sources.length > 0) {
    const count = { source: ownSource, figures: { on_hand: onHand }, countedAt }
    return withCount(before, false, count, state.measures)
  }
  const moved = movesAfter(before.moved, countedAt)
  return { ...before, onHand: Math.max(0, onHand + sumOf(moved)), moved, countedAt }
}

/** Stock after units were put on shelves or taken off. */
export function adjusted(state: CoreState, { items, at }: Timed<EventData['StockAdjusted']>): CoreState {
  const positions = new Map<string, Stock>()
  for (const { sku, nodeId, delta, source } of items) {
    const key = stockKey(sku, nodeId)
    const before = positions.get(key) ?? positionAt(state, sku, nodeId)
    positions.set(key, { ...withUnits(before, delta, at, state.measures, source), updatedAt: at })
  }
  const isReceipt = ({ delta, reason }: (typeof items)[number]) => delta > 0 && reason === receiptReason
  const reached = items.filter(isReceipt).map(({ nodeId }) => nodeId)
  return withDeliveries(putPositions(state, [...positions.values()]), reached, at)
}

/** Stock after a source system told what it has. */
export function sourceCounted(
  state: CoreState,
  { source, items, at }: Timed<EventData['SourceCounted']>,
): CoreState {
  const positions = items.map(({ sku, nodeId, measures: figures, countedAt }) => {
    const before = positionAt(state, sku, nodeId)
    const isNew = !state.stock.has(stockKey(sku, nodeId))
    const next = withCount(before, isNew, { source, figures, countedAt }, state.measures)
    return { ...next, updatedAt: Math.max(before.updatedAt, at) }
  })
  return putPositions(state, positions)
}

/** Stock after a person counted the shelves: the difference holds from the time of the count on. */
export function cycleCounted(
  state: CoreState,
  { nodeId, items, countedAt, at }: Timed<EventData['CycleCounted']>,
): CoreState {
  const positions = items.map(({ sku, quantity, expected }) => {
    const before = positionAt(state, sku, nodeId)
    const updatedAt = Math.max(before.updatedAt, at)
    if (before.more !== null && before.more.sources.length > 0) {
      return { ...withUnits(before, quantity - expected, countedAt, state.measures), updatedAt }
    }
    const moved = movesAfter(before.moved, countedAt)
    return { ...before, onHand: quantity + sumOf(moved), moved, countedAt, updatedAt }
  })
  return putPositions(state, positions)
}

/** Every position as its sources tell, after it was said anew how on hand is made of them. */
export function measuresDefined(
  state: CoreState,
  { measures, at }: Timed<EventData['MeasuresDefined']>,
): CoreState {
  const changed: Stock[] = []
  for (const stock of state.stock.values()) {
    const next = recalculated(stock, measures)
    if (next.onHand !== stock.onHand) changed.push({ ...next, updatedAt: Math.max(stock.updatedAt, at) })
  }
  return putPositions({ ...state, measures }, changed)
}

/** Stock after units were promised to an order. */
export function allocated(
  state: CoreState,
  { orderId, items, at }: Timed<EventData['StockAllocated']>,
): CoreState {
  const next = changePositions(state, items, at, (stock, { quantity, ringFenced = 0, channel }) =>
    withFence({ ...stock, allocated: stock.allocated + quantity }, channel, -ringFenced),
  )
  let { fenced } = next
  for (const { sku, nodeId, ringFenced = 0, channel } of items) {
    if (ringFenced === 0 || channel === undefined) continue
    const key = fencedKey(orderId, sku, nodeId)
    fenced = fenced.set(key, { channel, units: ringFenced + (fenced.get(key)?.units ?? 0) })
  }
  return fenced === next.fenced ? next : { ...next, fenced }
}

/** Stock after a promise was taken back: units out of a ring fence go back there. */
export function released(
  state: CoreState,
  { orderId, items, at }: Timed<EventData['StockReleased']>,
): CoreState {
  const freed = (stock: Stock, move: StockMove) => {
    const { channel, units } = fencedUnits(state, orderId, move)
    return withFence({ ...stock, allocated: stock.allocated - move.quantity }, channel, units)
  }
  return withoutFenced(changePositions(state, items, at, freed), orderId, items)
}

/** Stock after promised units left. */
export function shipped(
  state: CoreState,
  { orderId, items, at }: Timed<EventData['StockShipped']>,
): CoreState {
  const gone = (stock: Stock, { quantity }: StockMove) =>
    withUnits({ ...stock, allocated: stock.allocated - quantity }, -quantity, at, state.measures)
  return withoutFenced(changePositions(state, items, at, gone), orderId, items)
}

/** Stock after ring-fenced units left by another way than an order. */
export function consumed(state: CoreState, { items, at }: Timed<EventData['ChannelConsumed']>): CoreState {
  return changePositions(state, items, at, (stock, { channel, quantity }) =>
    withFence(withUnits(stock, -quantity, at, state.measures), channel, -quantity),
  )
}

function fencedKey(orderId: string, sku: string, nodeId: string): string {
  return `${orderId}\u001f${stockKey(sku, nodeId)}`
}

/** Of units that an order gives back or sends off, those that came out of a ring fence: they go first. */
function fencedUnits(state: CoreState, orderId: string, { sku, nodeId, quantity }: StockMove) {
  const known = state.fenced.get(fencedKey(orderId, sku, nodeId))
  return known === undefined
    ? { channel: null, units: 0 }
    : { channel: known.channel, units: Math.min(known.units, quantity) }
}

function withoutFenced(state: CoreState, orderId: string, items: readonly StockMove[]): CoreState {
  let { fenced } = state
  if (fenced.size === 0) return state
  for (const move of items) {
    const { channel, units } = fencedUnits({ ...state, fenced }, orderId, move)
    if (channel === null) continue
    const key = fencedKey(orderId, move.sku, move.nodeId)
    const left = (fenced.get(key)?.units ?? 0) - units
    fenced = left > 0 ? fenced.set(key, { channel, units: left }) : fenced.delete(key)
  }
  return fenced === state.fenced ? state : { ...state, fenced }
}
