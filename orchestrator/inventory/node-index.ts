// SKUs of each node, sorted: an index over the state that is made when it is first asked for, and anew when positions
// came. It holds nothing that the state does not.

import { type CoreState, partsOfKey } from '#orchestrator/core'

const indexes = new WeakMap<CoreState['stockOfSku'], Map<string, string[]>>()

/** SKUs with stock at a node, sorted. Cost of the first call after a position came: all positions. */
export function skusOfNode({ stockOfSku }: CoreState, nodeId: string): readonly string[] {
  let index = indexes.get(stockOfSku)
  if (index === undefined) {
    index = indexOf(stockOfSku)
    indexes.set(stockOfSku, index)
  }
  return index.get(nodeId) ?? []
}

function indexOf(stockOfSku: CoreState['stockOfSku']): Map<string, string[]> {
  const index = new Map<string, string[]>()
  for (const keys of stockOfSku.values()) {
    for (const key of keys) {
      const { sku, nodeId } = partsOfKey(key)
      const skus = index.get(nodeId)
      if (skus === undefined) index.set(nodeId, [sku])
      else skus.push(sku)
    }
  }
  for (const skus of index.values()) skus.sort()
  return index
}
