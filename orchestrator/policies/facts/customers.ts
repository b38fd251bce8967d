// How many orders a customer placed lately, kept in step with the state: only what changed is looked at, and nothing
// before somebody asks.

import type { CoreState } from '#orchestrator/core'

/** How long an order counts as placed lately, ms. */
export const latelyMs = 7 * 86_400_000

/** Times at which customers placed orders that are in memory. */
export class Customers {
  #orders: CoreState['orders'] | null = null
  #times = new Map<string, number[]>()

  /**
   * Orders of the customer that were placed in the last seven days before an instant.
   * @param now epoch ms of the market
   */
  placedLately({ orders }: Pick<CoreState, 'orders'>, customerRef: string, now: number): number {
    this.#follow(orders)
    const times = this.#times.get(customerRef)
    if (times === undefined) return 0
    return times.reduce((count, at) => count + (at <= now && at > now - latelyMs ? 1 : 0), 0)
  }

  #follow(orders: CoreState['orders']): void {
    const before = this.#orders
    if (before === orders) return
    if (before === null)
      for (const { customerRef, placedAt } of orders.values()) this.#add(customerRef, placedAt, 1)
    else {
      for (const orderId of orders.differences(before)) {
        const [was, is] = [before.get(orderId), orders.get(orderId)]
        if (was !== undefined) this.#add(was.customerRef, was.placedAt, -1)
        if (is !== undefined) this.#add(is.customerRef, is.placedAt, 1)
      }
    }
    this.#orders = orders
  }

  #add(customerRef: string | null, placedAt: number, by: 1 | -1): void {
    if (customerRef === null) return
    const times = this.#times.get(customerRef) ?? []
    if (by === 1) times.push(placedAt)
    else times.splice(times.indexOf(placedAt), 1)
    if (times.length === 0) this.#times.delete(customerRef)
    else this.#times.set(customerRef, times)
  }
}
