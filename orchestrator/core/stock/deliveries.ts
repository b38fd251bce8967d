// When suppliers brought goods to each node, as far back as says how often they come. It judges nothing.

import type { CoreState } from '../state.ts'

/** Deliveries that are remembered of each node, and how far apart they are: what is unpacked for hours came at once. */
const keptMost = 24
const apartMs = 12 * 3_600_000

/** The reason that changes of stock give for goods of suppliers. */
export const receiptReason = 'receipt'

/** The state after goods came to nodes. @param at epoch ms of the market */
export function withDeliveries(state: CoreState, nodeIds: Iterable<string>, at: number): CoreState {
  let { deliveries } = state
  for (const nodeId of new Set(nodeIds)) {
    const known = deliveries.get(nodeId) ?? []
    if (at < (known.at(-1) ?? Number.NEGATIVE_INFINITY) + apartMs) continue
    deliveries = deliveries.set(nodeId, [...known, at].slice(-keptMost))
  }
  return deliveries === state.deliveries ? state : { ...state, deliveries }
}
