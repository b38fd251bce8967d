// Keeps an index over orders in step with the state: what an order was is taken out, what it is now is put in. It only
// looks at orders that changed, and it changes none.

import type { CoreState, Order } from '#orchestrator/core'

/** An index over orders. */
export interface OrderIndex {
  clear(): void
  /** @param sign 1 = put it in, -1 = take it out */
  count(order: Order, sign: 1 | -1): void
}

/** How long an index goes on before it is made anew, so that what is long ago leaves it, ms. */
const keptMs = 30 * 86_400_000

/** Follows the orders of a state. */
export class OrderFollower {
  readonly #index: OrderIndex
  #orders: CoreState['orders'] | null = null
  #key = ''
  #startedAt = 0

  constructor(index: OrderIndex) {
    this.#index = index
  }

  /** Cost: orders that changed since the last call; the first call looks at all of them. @param now epoch ms */
  follow(state: CoreState, now: number): void {
    const before = this.#orders
    // What an order counts as depends on zones and hours of nodes.
    const key = `${state.nodesVersion}/${state.network.version}`
    const isSame = key === this.#key && now >= this.#startedAt && now < this.#startedAt + keptMs
    this.#orders = state.orders
    if (before === null || !isSame) {
      this.#key = key
      this.#startedAt = now
      this.#index.clear()
      for (const order of state.orders.values()) this.#index.count(order, 1)
      return
    }
    if (before === state.orders) return
    for (const orderId of state.orders.differences(before)) {
      const [old, order] = [before.get(orderId), state.orders.get(orderId)]
      if (old !== undefined) this.#index.count(old, -1)
      if (order !== undefined) this.#index.count(order, 1)
    }
  }
}
