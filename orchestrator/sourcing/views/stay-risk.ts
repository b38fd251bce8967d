// How likely work misses its promise where it is: as a model says, else by how long its node and its way take. It
// weighs no other node.

import type { CoreState, FulfillmentOrder, Order } from '#orchestrator/core'
import { usual } from '../model/facts.ts'
import { excessOver, latenessOf, lawOf } from '../model/laws.ts'
import type { Worlds } from './worlds.ts'

const hourMs = 3_600_000

/**
 * Probability that the promise is missed, 0 to 1; null without a promise. The time that work has been at its node
 * already counts.
 * @param now epoch ms of the market
 */
export function riskOfStaying(
  order: Order,
  work: FulfillmentOrder,
  { worlds, state, now }: { worlds: Worlds; state: CoreState; now: number },
): number | null {
  const { promisedAt } = order
  if (promisedAt === null) return null
  const told = worlds.history.outlook?.risks.get(order.orderId)?.get(work.fulfillmentOrderId)
  if (told !== undefined) return told
  const [learned, network] = [worlds.learned(state), worlds.network(state)]
  const { nodeId, carrier, service } = work
  const processing = network.nodes.get(nodeId)?.processing ?? learned.processing(nodeId)
  const way = network.services.get(service ?? '')?.transit
  const transit = lawOf(way ?? learned.transit(nodeId, carrier, order.shipTo.region) ?? usual.transit)
  const gone = Math.max(0, now - (work.releasedAt ?? work.sourcedAt)) / hourMs
  const rest = excessOver(gone, lawOf(processing ?? usual.processing))
  const left = (promisedAt - now) / hourMs
  return latenessOf(rest.mean + transit.mean, rest.variance + transit.variance, left).risk
}
