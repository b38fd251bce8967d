// What commands on nodes lead to, and what orders hold of stock. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, type Verdict } from '../decision.ts'
import type { Node } from '../market.ts'
import { type FulfillmentOrder, isOpenWork, type Order } from '../orders/order.ts'
import { unitsOf } from '../orders/standing.ts'
import type { CoreState } from '../state.ts'
import type { StockMove } from './events.ts'
import { stockKey } from './stock.ts'

export { shortageOfOrder as shortage } from './available.ts'

/** Nodes that are new or different. */
export function defineNodes(state: CoreState, { nodes }: CommandData['DefineNodes'], at: number): Verdict {
  const changed = nodes.filter((node) => !sameNode(state.nodes.get(node.nodeId), node))
  return done(changed.map((node) => event('NodeDefined', { node, at })))
}

function sameNode(a: Node | undefined, b: Node): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b)
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
