// What commands on stock and nodes lead to. Pure; what is promised is never promised twice.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { Node } from '../market.ts'
import { type FulfillmentOrder, isOpenWork, type Order } from '../orders/order.ts'
import { unitsOf } from '../orders/standing.ts'
import type { CoreState } from '../state.ts'
import type { StockChange } from './commands.ts'
import type { StockMove } from './events.ts'
import { availableOf, stockKey } from './stock.ts'

/** Nodes that are new or different. */
export function defineNodes(state: CoreState, { nodes }: CommandData['DefineNodes'], at: number): Verdict {
  const changed = nodes.filter((node) => !sameNode(state.nodes.get(node.nodeId), node))
  return done(changed.map((node) => event('NodeDefined', { node, at })))
}

function sameNode(a: Node | undefined, b: Node): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b)
}

const dayMs = 86_400_000

/** Counts that are newer than what is known; those of a time to come are left out. */
export function countStock(state: CoreState, { items }: CommandData['CountStock'], at: number): Verdict {
  const news = items.filter((item) => {
    if (item.countedAt > at + dayMs) return false
    const known = state.stock.get(stockKey(item.sku, item.nodeId))
    return known === undefined || item.countedAt > known.countedAt
  })
  return done(news.length === 0 ? [] : [event('StockCounted', { items: news, at })])
}

/** All changes or none. */
export function adjustStock(state: CoreState, { items }: CommandData['AdjustStock'], at: number): Verdict {
  const deltas: { sku: string; nodeId: string; delta: number; reason: string }[] = []
  const onHand = new Map<string, number>()
  for (const item of items) {
    if (!state.nodes.has(item.nodeId)) return refused('node_unknown', { nodeId: item.nodeId })
    const key = stockKey(item.sku, item.nodeId)
    const before = onHand.get(key) ?? state.stock.get(key)?.onHand ?? 0
    const delta = deltaOf(item, before)
    if (before + delta < 0)
      return refused('stock_negative', { sku: item.sku, nodeId: item.nodeId, onHand: before })
    onHand.set(key, before + delta)
    const isNews = delta !== 0 || !state.stock.has(key)
    if (isNews) deltas.push({ sku: item.sku, nodeId: item.nodeId, delta, reason: item.reason })
  }
  return done(deltas.length === 0 ? [] : [event('StockAdjusted', { items: deltas, at })])
}

function deltaOf(item: StockChange, before: number): number {
  return item.onHand === null ? (item.delta ?? 0) : item.onHand - before
}

/** Units of work as moves of stock, one per SKU and node. */
export function movesOf(work: readonly FulfillmentOrder[]): StockMove[] {
  const moves = new Map<string, StockMove>()
  for (const each of work) {
    for (const line of each.lines) {
      const key = stockKey(line.sku, each.nodeId)
      const quantity = (moves.get(key)?.quantity ?? 0) + unitsOf(line)
      if (quantity > 0) moves.set(key, { sku: line.sku, nodeId: each.nodeId, quantity })
    }
  }
  return [...moves.values()]
}

/** Open work of the order that holds stock. */
export function holding(order: Order): FulfillmentOrder[] {
  return order.work.filter((work) => work.isReserved && isOpenWork(work))
}

/** The first move that the stock does not allow, null where all are possible; untracked stock allows everything. */
export function shortage(
  state: CoreState,
  moves: readonly StockMove[],
): { sku: string; nodeId: string; available: number; asked: number } | null {
  for (const { sku, nodeId, quantity } of moves) {
    const stock = state.stock.get(stockKey(sku, nodeId))
    if (stock === undefined) continue
    const available = availableOf(stock)
    if (available < quantity) return { sku, nodeId, available, asked: quantity }
  }
  return null
}
