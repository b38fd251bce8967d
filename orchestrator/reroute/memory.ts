// What earlier rounds of reroutes found, so that later ones need not weigh everything again: an incident whose work
// stays is looked at again when limits change or some minutes have gone by. It can be lost at any time.

import type { api } from '#data/contracts'
import type { Order } from '#orchestrator/core'

/** After that long work that stayed is weighed again, ms of the market. */
const againMs = 300_000
/** The same of single orders at risk. */
const riskAgainMs = 3_600_000
/** The same of work that an incident moved before it ended. */
const endAgainMs = 1_800_000
const toldMost = 100_000

/** What was found before. */
export class Memory {
  readonly #incidents = new Map<string, { at: number; policy: api.ReroutePolicy }>()
  readonly #orders = new Map<string, number>()
  readonly #plans = new Map<string, number>()
  readonly #told = new Set<string>()
  readonly #ended = new Map<string, number>()

  /** Whether work that stayed because of an incident is to be weighed again. */
  isStale(incidentId: string, at: number, policy: api.ReroutePolicy): boolean {
    const known = this.#incidents.get(incidentId)
    return known === undefined || known.policy !== policy || at >= known.at + againMs || at < known.at
  }

  /** Whether moves of a plan that was approved a while ago are to be weighed again; then they are not for a while. */
  isPlanDue(planId: string, at: number): boolean {
    return isDue(this.#plans, planId, at, againMs)
  }

  weighed(incidentId: string, at: number, policy: api.ReroutePolicy): void {
    this.#incidents.set(incidentId, { at, policy })
  }

  /** Whether an order at risk was weighed a short while ago. */
  wasWeighed({ orderId }: Order, at: number): boolean {
    return (this.#orders.get(orderId) ?? Number.NEGATIVE_INFINITY) > at - riskAgainMs
  }

  orderWeighed({ orderId }: Order, at: number): void {
    if (this.#orders.size >= toldMost) this.#orders.clear()
    this.#orders.set(orderId, at)
  }

  /** An order for which there was only no more room where it should go: it is weighed again some minutes later. */
  roomWasShort(order: Order, at: number): void {
    this.orderWeighed(order, at - riskAgainMs + againMs)
  }

  /** Whether something is said for the first time. */
  isNews(key: string): boolean {
    if (this.#told.has(key)) return false
    if (this.#told.size >= toldMost) this.#told.clear()
    this.#told.add(key)
    return true
  }

  /** Whether moves of an incident that ended are to be weighed: at once, and later what could not go back then. */
  isEndDue(incidentId: string, at: number): boolean {
    return isDue(this.#ended, incidentId, at, endAgainMs)
  }
}

/** Whether something was not done within a time before; it is noted as done then. */
function isDue(done: Map<string, number>, key: string, at: number, everyMs: number): boolean {
  const known = done.get(key)
  if (known !== undefined && at >= known && at < known + everyMs) return false
  if (done.size >= toldMost) done.clear()
  done.set(key, at)
  return true
}
