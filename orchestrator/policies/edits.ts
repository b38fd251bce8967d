// What setting a value means for an order: the edit that the core is asked for. It changes nothing.

import { type api, methods } from '#data/contracts'
import type { Order, OrderChanges } from '#orchestrator/core'

const hourMs = 3_600_000
const shipToFields = ['country', 'region', 'city', 'postalCode'] as const

/**
 * The edit of an action, null where its value is of the wrong kind or it is about a line and there is none.
 * @param part line that it is about, null = the order
 * @param now epoch ms of the market
 */
export function editOf(
  { field, value }: api.PolicyAction,
  { shipTo, lines }: Pick<Order, 'shipTo' | 'lines'>,
  part: string | null,
  now: number,
): OrderChanges | null {
  const method = methods.find((each) => each === value)
  if (field === 'method') return method === undefined ? null : { method }
  if (field === 'promisedInHours') {
    if (typeof value !== 'number' || !Number.isFinite(value)) return null
    return { promisedAt: now + Math.round(value * hourMs) }
  }
  if (field === 'unitPriceCents') {
    const isPrice = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    const line = lines.find(({ lineId }) => lineId === part)
    if (!isPrice || line === undefined) return null
    return { prices: [{ lineId: line.lineId, unitPriceCents: value }] }
  }
  const place = shipToFields.find((each) => each === field)
  if (place === undefined || typeof value !== 'string') return null
  return { shipTo: { ...shipTo, [place]: value === '' ? null : value } }
}
