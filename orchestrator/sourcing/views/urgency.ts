// Which orders are worth more in time than their strategy says: those that open incidents make late, up to what a
// person lets a move cost. It prices nothing but lateness, and moves nothing.

import { type CoreState, limitsOf, partsOfSlice } from '#orchestrator/core'
import type { SourcingOrder, SourcingWorld, Urgency } from '../world.ts'
import { hampers, isOfPrice } from './learned.ts'

/** What says whether a node or carrier may come into question for an order. */
type Place = Pick<SourcingWorld, 'network' | 'stock' | 'learned'>

/**
 * The urgency of orders while incidents are open; null where none is, and where a move may cost nothing or anything.
 * @param isAll whether all orders are urgent: where work is moved
 * @param isHindered whether incidents are why an order would be late, asked of those that one touches
 */
export function urgencyOf(
  state: CoreState,
  place: Place,
  isAll: boolean,
  isHindered: (order: SourcingOrder) => boolean,
): Urgency | null {
  const lateOrderCents = limitsOf(state.policy).maxExtraCostCents
  if (!Number.isFinite(lateOrderCents) || lateOrderCents <= 0) return null
  if (isAll) return { lateOrderCents, isUrgent: () => true }
  const slices = [...state.openIncidents.values()].flatMap((incidentId) => {
    const incident = state.incidents.get(incidentId)
    const counts = incident !== undefined && (hampers(incident) || isOfPrice(incident))
    return counts ? [partsOfSlice(incident)] : []
  })
  if (slices.length === 0) return null
  const isTouched = (order: SourcingOrder) =>
    slices.some((parts) => parts.every(({ dimension, value }) => isIn(dimension, value, order, place)))
  return { lateOrderCents, isUrgent: (order) => isTouched(order) && isHindered(order) }
}

/** Whether an order could be sourced in a slice: at that node, by that carrier, on that way. */
function isIn(dimension: string, value: string, order: SourcingOrder, place: Place): boolean {
  const region = order.destination.region ?? 'unknown'
  switch (dimension) {
    case 'all':
      return true
    case 'node':
      return sells(value, order, place)
    case 'carrier':
      return carries(value, order, place)
    case 'region':
      return region === value
    case 'lane':
      return value.endsWith(`>${region}`) && sellersFrom(value.slice(0, -region.length - 1), order, place)
    case 'channel':
      return order.channel === value
    case 'method':
      return order.method === value
    case 'sku':
      return order.lines.some(({ sku }) => sku === value)
    default:
      return false
  }
}

/** Whether a node has some of the goods. */
function sells(
  nodeId: string,
  { lines, avoided, channel }: SourcingOrder,
  { network, stock }: Place,
): boolean {
  if (avoided.has(nodeId) || !network.nodes.has(nodeId)) return false
  return lines.some(({ sku }) => {
    const units = stock.available(sku, nodeId, channel)
    return units === null ? (stock.nodesOf(sku)?.includes(nodeId) ?? true) : (units ?? 0) > 0
  })
}

/** Whether some node of a region has some of the goods. */
function sellersFrom(region: string, order: SourcingOrder, place: Place): boolean {
  for (const node of place.network.nodes.values()) {
    if ((node.region ?? 'unknown') === region && sells(node.nodeId, order, place)) return true
  }
  return false
}

/** Whether a carrier could bring it: by any of its services or, without services, from a node that uses it. */
function carries(carrierId: string, order: SourcingOrder, place: Place): boolean {
  const { network, learned } = place
  if (network.hasServices) {
    for (const service of network.services.values()) if (service.carrierId === carrierId) return true
    return false
  }
  for (const { nodeId } of network.nodes.values()) {
    if (learned.carriers(nodeId).includes(carrierId) && sells(nodeId, order, place)) return true
  }
  return false
}
