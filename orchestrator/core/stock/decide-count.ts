// What counts and adjustments of stock lead to: files, source systems, people at the shelves. Pure.

import type { CommandData } from '../commands.ts'
import { answered, done, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { isStrange } from './available.ts'
import { badNode, badQuantity, badSku, firstOf, isUnits, twice, unitsMost } from './checks.ts'
import type { SourceCount, StockChange } from './commands.ts'
import { measureName } from './decide-plan.ts'
import type { StockDelta } from './events.ts'
import { movesAfter, sumOf } from './moves.ts'
import { bookedOf, ownSource, sourcesOf } from './sources.ts'
import { type Stock, stockKey } from './stock.ts'

const dayMs = 86_400_000
const minuteMs = 60_000

/** Source systems of a position at most, and measures of one. */
const most = { sources: 20, measures: 50 }

/** Counts that are newer than what is known; those of a time to come are left out. */
export function countStock(state: CoreState, { items }: CommandData['CountStock'], at: number): Verdict {
  const news = items.filter((item) => {
    if (item.countedAt > at + dayMs) return false
    const known = state.stock.get(stockKey(item.sku, item.nodeId))
    return known === undefined || item.countedAt > ownCount(known)
  })
  return done(news.length === 0 ? [] : [event('StockCounted', { items: news, at })])
}

/** When Detour's own figure of a position was counted. */
function ownCount(stock: Stock): number {
  const sources = stock.more?.sources ?? []
  if (sources.length === 0) return stock.countedAt
  return sources.find(({ source }) => source === ownSource)?.countedAt ?? 0
}

/** All changes or none. */
export function adjustStock(state: CoreState, { items }: CommandData['AdjustStock'], at: number): Verdict {
  const deltas: StockDelta[] = []
  const onHand = new Map<string, number>()
  for (const item of items) {
    const { sku, nodeId, reason, source } = item
    const key = stockKey(sku, nodeId)
    const known = state.stock.get(key)
    const before = onHand.get(key) ?? (known === undefined ? 0 : bookedOf(known, state.measures))
    const delta = deltaOf(item, before)
    const bad = badChange(state, item, before, delta)
    if (bad !== null) return bad
    onHand.set(key, before + delta)
    const isNews = delta !== 0 || known === undefined
    if (isNews) deltas.push({ sku, nodeId, delta, reason, ...(source === undefined ? {} : { source }) })
  }
  return done(deltas.length === 0 ? [] : [event('StockAdjusted', { items: deltas, at })])
}

function badChange(state: CoreState, item: StockChange, before: number, delta: number): Verdict | null {
  const { sku, nodeId, source } = item
  if (!Number.isSafeInteger(delta) || Math.abs(delta) > unitsMost) {
    return refused('quantity_invalid', { sku, nodeId })
  }
  if (!state.nodes.has(nodeId)) return refused('node_unknown', { nodeId })
  if (isStrange(state, sku)) return refused('sku_unknown', { sku })
  if (delta < 0 && before + delta < 0) return refused('stock_negative', { sku, nodeId, onHand: before })
  if (source === undefined || source === ownSource) return null
  const stock = state.stock.get(stockKey(sku, nodeId))
  const isKnown = stock !== undefined && sourcesOf(stock).some((each) => each.source === source)
  return isKnown ? null : refused('source_unknown', { sku, nodeId, source })
}

function deltaOf(item: StockChange, before: number): number {
  return item.onHand === null ? (item.delta ?? 0) : item.onHand - before
}

/** What a source system says, where it is newer than what it said before. All or none. */
export function setOnHand(state: CoreState, data: CommandData['SetOnHand'], at: number): Verdict {
  const { source } = data
  const items = data.items.map((item) => ({ ...item, countedAt: item.countedAt ?? at }))
  if (!measureName.test(source) || source === ownSource) return refused('source_invalid', { source })
  const bad = firstOf(
    () => twice(items),
    () => badNode(state, items),
    () => badFigures(state, source, items, at),
  )
  if (bad !== null) return bad
  const news = items.filter(({ sku, nodeId, countedAt }) => {
    const stock = state.stock.get(stockKey(sku, nodeId))
    const known = stock?.more?.sources.find((each) => each.source === source)
    return known === undefined || countedAt > known.countedAt
  })
  return answered(news.length === 0 ? [] : [event('SourceCounted', { source, items: news, at })], {
    changed: news.length,
  })
}

function badFigures(
  state: CoreState,
  source: string,
  items: readonly SourceCount[],
  at: number,
): Verdict | null {
  for (const { sku, nodeId, measures, countedAt } of items) {
    const names = Object.keys(measures)
    if (names.length === 0 || names.length > most.measures || !names.every((name) => measureName.test(name)))
      return refused('measure_invalid', { sku, nodeId })
    if (!Object.values(measures).every((units) => isUnits(units, 0)))
      return refused('quantity_invalid', { sku, nodeId })
    if (countedAt > at + dayMs) return refused('count_in_future', { sku, nodeId })
    const known = state.stock.get(stockKey(sku, nodeId))?.more?.sources ?? []
    if (known.length >= most.sources && !known.some((each) => each.source === source))
      return refused('sources_many', { sku, nodeId, most: most.sources })
  }
  return null
}

/** What a person counted: on hand becomes that, and what moved after the count still holds. */
export function countCycle(state: CoreState, data: CommandData['CountCycle'], at: number): Verdict {
  const { countId, nodeId, by } = data
  const countedAt = data.countedAt ?? at
  const places = data.items.map(({ sku }) => ({ sku, nodeId }))
  const bad = firstOf(
    () => badQuantity(data.items, 0),
    () => twice(places),
    () => badNode(state, [{ nodeId }]),
    () => badSku(places, (sku) => isStrange(state, sku)),
    () => (countedAt > at + minuteMs ? refused('count_in_future', { countId }) : null),
  )
  if (bad !== null) return bad
  const items = data.items.map(({ sku, quantity }) => {
    const stock = state.stock.get(stockKey(sku, nodeId))
    return { sku, quantity, expected: stock === undefined ? 0 : bookedAt(state, stock, countedAt) }
  })
  const outdated = items.find(
    ({ sku }) => (state.stock.get(stockKey(sku, nodeId))?.countedAt ?? 0) > countedAt,
  )
  if (outdated !== undefined) return refused('count_outdated', { countId, sku: outdated.sku, nodeId })
  const variances = items.map((item) => ({ ...item, variance: item.quantity - item.expected }))
  return answered([event('CycleCounted', { countId, nodeId, items, countedAt, by, at })], {
    items: variances,
  })
}

/** What the books had on hand at a time since the last count. */
function bookedAt({ measures }: CoreState, stock: Stock, at: number): number {
  const moved = sourcesOf(stock).reduce((units, each) => units + sumOf(movesAfter(each.moved, at)), 0)
  return bookedOf(stock, measures) - moved
}
