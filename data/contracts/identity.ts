// The ids that TypeScript and SQL must agree on. It computes them and never stores anything.

import { createHash } from 'node:crypto'

/**
 * The id of an order: MD5 of market, provider and external id with U+001F between, written as a uuid.
 * The same as `md5(concat_ws(chr(31), market, provider, order_external_id))::uuid` in the warehouse.
 */
export function orderIdOf(market: string, provider: string, externalId: string): string {
  const hex = createHash('md5').update([market, provider, externalId].join('\u001f')).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The id of a node: provider and external id, "provider:id". */
export function nodeIdOf(provider: string, externalId: string): string {
  return `${provider}:${externalId}`
}
