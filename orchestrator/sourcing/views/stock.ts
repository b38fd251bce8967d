// Stock of a state as sourcing sees it: what a channel can have, reservations whose time has come as free, and who may
// have a SKU at all. It reserves nothing.

import { availableFor, backorderLimitOf, type CoreState, partsOfKey, stockReadAt } from '#orchestrator/core'
import type { StockView } from '../world.ts'
import type { History } from './history.ts'

/**
 * Stock at a time.
 * @param history who has sold a SKU, for nodes without a stock feed
 */
export function stockView(state: CoreState, history: Pick<History, 'soldBy'>, now: number): StockView {
  return {
    available: (sku, nodeId, channel) => {
      const stock = stockReadAt(state, sku, nodeId, now)
      if (stock !== undefined) return availableFor(stock, channel) + backorderLimitOf(state, sku, nodeId)
      return state.trackedNodes.has(nodeId) ? undefined : null
    },
    keptBack: (sku, nodeId) => stockReadAt(state, sku, nodeId, now)?.safetyStock ?? 0,
    onHand: (sku, nodeId) => stockReadAt(state, sku, nodeId, now)?.onHand ?? null,
    nodesOf: (sku) => nodesOf(state, history, sku),
  }
}

/** Where it is stocked; of nodes without a feed those that have sold it, or all where nobody has. */
function nodesOf(state: CoreState, { soldBy }: Pick<History, 'soldBy'>, sku: string): string[] | null {
  const keys = state.stockOfSku.get(sku)
  const sellers = soldBy.get(sku)
  if (keys === undefined && sellers === undefined) {
    return state.trackedNodes.size === 0 ? null : untracked(state, state.nodes.keys())
  }
  const stocked = (keys ?? []).map((key) => partsOfKey(key).nodeId)
  if (sellers === undefined) return stocked
  const known = new Set(stocked)
  return [...stocked, ...untracked(state, sellers).filter((nodeId) => !known.has(nodeId))]
}

function untracked(state: CoreState, nodeIds: Iterable<string>): string[] {
  return [...nodeIds].filter((nodeId) => !state.trackedNodes.has(nodeId))
}
