// What a model of lateness says of a market now, as sourcing and rescues take it: how long nodes and ways take, and how
// likely open work misses its promise. Shapes and look-ups; the model itself is elsewhere.

import type { api } from '#data/contracts'

/** What a model says; good until the next one comes. */
export interface Outlook {
  /** Version of the model. */
  version: string
  /** Epoch ms of the market. */
  madeAt: number
  /** From release to leaving, by node id. */
  processing: ReadonlyMap<string, api.Spread>
  /** From leaving to the customer, by `wayKey`. */
  transit: ReadonlyMap<string, api.Spread>
  /** Probability that open work misses its promise, 0 to 1, by order and then by piece of work. */
  risks: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** Key of a way: node, carrier ('' = any), region of the destination ('' = not known). */
export function wayKey(nodeId: string, carrierId: string | null, region: string | null): string {
  return `${nodeId}\u001f${carrierId ?? ''}\u001f${region ?? ''}`
}

/** Node and carrier of a key; null = any. */
export function wayOf(key: string): { nodeId: string; carrierId: string | null; region: string | null } {
  const [nodeId = '', carrierId = '', region = ''] = key.split('\u001f')
  return { nodeId, carrierId: carrierId === '' ? null : carrierId, region: region === '' ? null : region }
}

/** How likely an order misses its promise: as likely as its riskiest piece of work; null where no model tells. */
export function riskOfOrder(outlook: Outlook | null | undefined, orderId: string): number | null {
  const works = outlook?.risks.get(orderId)
  return works === undefined ? null : Math.max(...works.values())
}
