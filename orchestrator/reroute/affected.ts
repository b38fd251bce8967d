// The work that an incident touches: open, not yet picked, in its slice. It judges nothing and moves nothing.

import {
  type CoreState,
  type FulfillmentOrder,
  isMovable,
  type Order,
  partsOfSlice,
  type Slice,
  type SlicePart,
} from '#orchestrator/core'

/** A piece of work that may be moved. */
export interface AffectedWork {
  order: Order
  work: FulfillmentOrder
}

/**
 * Work in a slice, by order of its nodes; nothing for a slice that no other node or carrier would leave.
 * @param isMeant which work counts; by default what can still be moved
 */
export function affectedBy(
  state: CoreState,
  slice: Slice,
  isMeant: (work: FulfillmentOrder) => boolean = isMovable,
): AffectedWork[] {
  const parts = partsOfSlice(slice)
  if (!parts.some(({ dimension }) => leavable.has(dimension))) return []
  const node = parts.find(({ dimension }) => dimension === 'node')
  const nodeIds = node === undefined ? [...state.openByNode.keys()] : [node.value]
  const found: AffectedWork[] = []
  for (const nodeId of nodeIds) {
    for (const orderId of state.openByNode.get(nodeId) ?? []) {
      const order = state.orders.get(orderId)
      for (const work of order?.work ?? []) {
        if (order === undefined || work.nodeId !== nodeId || !isMeant(work)) continue
        if (parts.every((part) => isIn(part, order, work, state))) found.push({ order, work })
      }
    }
  }
  return found
}

/** Dimensions that work can leave by going elsewhere. */
const leavable: ReadonlySet<string> = new Set(['node', 'carrier', 'lane', 'region'])

function isIn(
  { dimension, value }: SlicePart,
  order: Order,
  { nodeId, carrier }: FulfillmentOrder,
  state: CoreState,
): boolean {
  switch (dimension) {
    case 'node':
      return nodeId === value
    case 'carrier':
      return carrier === value
    case 'region':
      return (order.shipTo.region ?? 'unknown') === value
    case 'lane':
      return `${state.nodes.get(nodeId)?.region ?? 'unknown'}>${order.shipTo.region ?? 'unknown'}` === value
    case 'channel':
      return (order.channel ?? 'unknown') === value
    case 'provider':
      return order.provider === value
    case 'method':
      return order.method === value
    default:
      return false
  }
}
