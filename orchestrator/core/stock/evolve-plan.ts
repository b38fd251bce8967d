// How plans and rules of stock follow from events: schedule, safety stock, ring fences, backorder limits,
// products. Pure.

import type { EventData } from '../events.ts'
import type { CoreState } from '../state.ts'
import { withDeliveries } from './deliveries.ts'
import { changePositions, positionAt, putPositions, withFence } from './positions.ts'
import { withMore, withUnits } from './sources.ts'
import { type ScheduleEntry, stockKey } from './stock.ts'

type Timed<T> = T & { at: number }

/** The state with entries of the schedule put, replaced or (with no units) taken away. */
export function scheduled(
  state: CoreState,
  { entries }: Pick<EventData['StockScheduled'], 'entries'>,
): CoreState {
  let { schedule, scheduleAt } = state
  for (const entry of entries) {
    const known = schedule.get(entry.scheduleId)
    if (known !== undefined) {
      const key = stockKey(known.sku, known.nodeId)
      const others = (scheduleAt.get(key) ?? []).filter((each) => each.scheduleId !== entry.scheduleId)
      scheduleAt = others.length === 0 ? scheduleAt.delete(key) : scheduleAt.set(key, others)
    }
    if (entry.quantity === 0) {
      schedule = schedule.delete(entry.scheduleId)
      continue
    }
    const key = stockKey(entry.sku, entry.nodeId)
    schedule = schedule.set(entry.scheduleId, entry)
    scheduleAt = scheduleAt.set(key, withEntry(scheduleAt.get(key) ?? [], entry))
  }
  return { ...state, schedule, scheduleAt, changes: state.changes + 1 }
}

function withEntry(entries: readonly ScheduleEntry[], entry: ScheduleEntry): ScheduleEntry[] {
  const after = entries.findIndex((each) => each.dueAt > entry.dueAt)
  return after < 0 ? [...entries, entry] : entries.toSpliced(after, 0, entry)
}

/** The state after scheduled supply came, in whole or in part: on the shelf, off the schedule. */
export function supplyReceived(state: CoreState, data: Timed<EventData['SupplyReceived']>): CoreState {
  const { scheduleId, sku, nodeId, quantity, at } = data
  const before = positionAt(state, sku, nodeId)
  const came = withUnits(before, quantity, at, state.measures)
  const put = putPositions(state, [{ ...came, updatedAt: Math.max(before.updatedAt, at) }])
  const next = withDeliveries(put, [nodeId], at)
  const entry = state.schedule.get(scheduleId)
  if (entry === undefined) return next
  return scheduled(next, { entries: [{ ...entry, quantity: Math.max(0, entry.quantity - quantity) }] })
}

/** Stock with the safety stock that somebody set here; a SKU that its node did not list is there with none. */
export function safetyStockSet(
  state: CoreState,
  { items, at }: Timed<EventData['SafetyStockSet']>,
): CoreState {
  const positions = items.map(({ sku, nodeId, quantity }) => {
    const before = positionAt(state, sku, nodeId)
    const updatedAt = Math.max(before.updatedAt, at)
    return withMore({ ...before, safetyStock: quantity, updatedAt }, { hasOwnSafetyStock: true })
  })
  return putPositions(state, positions)
}

/** Stock with units set apart for channels. */
export function fenced(state: CoreState, { items, at }: Timed<EventData['ChannelAllocated']>): CoreState {
  return changePositions(state, items, at, (stock, { channel, quantity }) =>
    withFence(stock, channel, quantity),
  )
}

/** Stock with units of channels for everybody again. */
export function unfenced(state: CoreState, { items, at }: Timed<EventData['ChannelUnallocated']>): CoreState {
  return changePositions(state, items, at, (stock, { channel, quantity }) =>
    withFence(stock, channel, -quantity),
  )
}

/** Key of a backorder rule. */
export function ruleKey(sku: string | null, nodeId: string | null): string {
  return stockKey(sku ?? '', nodeId ?? '')
}

/** The state with backorder limits; they may let orders go on that wait. */
export function rulesSet(state: CoreState, { rules }: EventData['StockRulesSet']): CoreState {
  const stockRules = state.stockRules.withMutations((map) => {
    for (const { sku, nodeId, backorderLimit } of rules) map.set(ruleKey(sku, nodeId), backorderLimit)
  })
  const changes = state.changes + 1
  return { ...state, stockRules, changes, nodesVersion: changes }
}

/** The state with products. */
export function productsDefined(state: CoreState, { products }: EventData['ProductsDefined']): CoreState {
  return {
    ...state,
    products: state.products.withMutations((map) => {
      for (const product of products) map.set(product.sku, { ...map.get(product.sku), ...product })
    }),
  }
}
