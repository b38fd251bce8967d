// Ended orders leave memory, a few in each turn of the loop, so that it does not grow with history. Which may go is
// settled by the core.

import type { Core } from '#orchestrator/core'

/** Of one turn. */
const most = { looked: 5_000, archived: 500, beside: 50 }

/** Goes through the orders of a core again and again. */
export class Archivist {
  readonly #core: Core
  readonly #days: number
  #orders: Iterator<string> = [].values()

  /** @param days after its last change that an ended order stays */
  constructor(core: Core, days: number) {
    this.#core = core
    this.#days = days
  }

  /**
   * Lets those of the next orders leave that may.
   * @param now epoch ms of the market
   * @returns orders that were found to be over for long enough
   * @throws LOG_UNAVAILABLE, LOG_FENCED
   */
  async turn(now: number): Promise<number> {
    const endedBefore = now - this.#days * 86_400_000
    const due = this.#dueBefore(endedBefore)
    for (let at = 0; at < due.length; at += most.beside) {
      const some = due.slice(at, at + most.beside)
      await Promise.all(some.map((orderId) => this.#core.archive(orderId, endedBefore, now)))
    }
    return due.length
  }

  #dueBefore(endedBefore: number): string[] {
    const { orders } = this.#core.state()
    const due: string[] = []
    let isNew = false
    for (let looked = 0; looked < most.looked && due.length < most.archived; looked++) {
      let next = this.#orders.next()
      if (next.done === true) {
        if (isNew) break
        isNew = true
        this.#orders = orders.keys()
        next = this.#orders.next()
        if (next.done === true) break
      }
      const order = orders.get(next.value)
      if (order !== undefined && this.#core.isArchivable(order, endedBefore)) due.push(order.orderId)
    }
    return due
  }
}
