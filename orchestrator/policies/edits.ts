// What setting a value means for an order: the edit that the core is asked for, and whether its rules let it be. It
// changes nothing.

import { type api, methods } from '#data/contracts'
import {
  type CoreCommand,
  type CoreState,
  decide,
  evolve,
  type Order,
  type OrderChanges,
} from '#orchestrator/core'

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

/** Edits of an order that are asked for together: each is put to the rules of the core, and none is made. */
export class Edits {
  /** Those that can be and change something. */
  readonly asked: { changes: OrderChanges; reason: string }[] = []
  readonly #orderId: string
  readonly #at: number
  #state: CoreState

  /** @param at epoch ms of the market */
  constructor(state: CoreState, orderId: string, at: number) {
    this.#state = state
    this.#orderId = orderId
    this.#at = at
  }

  /** The order as the edits so far would leave it; undefined = there is none. */
  get order(): Order | undefined {
    return this.#state.orders.get(this.#orderId)
  }

  /** Takes in one more. @returns why it cannot be, null where it can or the order is so already */
  add(changes: OrderChanges, reason: string): string | null {
    const data = { orderId: this.#orderId, version: null, changes, reason }
    const command: CoreCommand = { commandId: 'none', type: 'EditOrder', data, at: this.#at }
    const verdict = decide(this.#state, command)
    if ('refused' in verdict) return verdict.refused
    if (verdict.events.length === 0) return null
    this.#state = verdict.events.reduce((next, event) => evolve(next, event), this.#state)
    this.asked.push({ changes, reason })
    return null
  }
}
