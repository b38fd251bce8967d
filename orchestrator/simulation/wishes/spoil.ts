// Makes a possible wish a hostile one: an amount that cannot be, or a name of nothing. It keeps the shape of the data.

import type { Random } from '#data/kernel'

const amounts: ReadonlySet<string> = new Set([
  'quantity',
  'delta',
  'onHand',
  'ttlMs',
  'version',
  'backorderLimit',
])
const names: ReadonlySet<string> = new Set([
  'orderId',
  'lineId',
  'sku',
  'nodeId',
  'fulfillmentOrderId',
  'reservationId',
  'channel',
  'scheduleId',
  'decisionId',
  'incidentId',
  'from',
  'to',
])
const oddAmounts = [0, -1, -7, 1_000_000_000] as const
/** Names that are no names of anything here, and some that trip up plain objects. */
const oddNames = ['nobody', '', '__proto__', 'constructor', 'hot\u001ffab:A'] as const

type Fields = Record<string, unknown>

/** The data with one amount or name replaced, as it is where it has none. It is a copy. */
export function spoiled<T>(data: T, random: Random): T {
  const copy = structuredClone(data)
  const places: { owner: Fields; field: string }[] = []
  find(copy, places)
  if (places.length === 0) return copy
  const { owner, field } = random.pick(places)
  owner[field] = amounts.has(field) ? random.pick(oddAmounts) : random.pick(oddNames)
  return copy
}

function find(value: unknown, places: { owner: Fields; field: string }[]): void {
  if (typeof value !== 'object' || value === null) return
  for (const [field, inner] of Object.entries(value)) {
    const isAmount = amounts.has(field) && typeof inner === 'number'
    const isName = names.has(field) && typeof inner === 'string'
    if (isAmount || isName) places.push({ owner: value as Fields, field })
    else find(inner, places)
  }
}
