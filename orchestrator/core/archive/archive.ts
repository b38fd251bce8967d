// Finds archived orders by the ids of the commands that archived them, and brings them back before they are needed. It
// keeps nothing of them in memory.

import type { EventLog } from '#data/log'
import type { CommandData } from '../commands.ts'
import type { Order } from '../orders/order.ts'
import type { CoreState } from '../state.ts'

/** What the archive works with. */
export interface ArchiveParts {
  log: EventLog
  stream: string
  state(): CoreState
  /** Whether a command with this id may have been carried out; false only where none was. */
  mayHaveSeen(commandId: string): boolean
  /** Carries out a command of the archive. */
  execute<T extends 'ArchiveOrder' | 'RestoreOrder'>(
    type: T,
    data: CommandData[T],
    options: { at: number; commandId: string },
  ): Promise<unknown>
}

/** The archive of a market's ended orders. */
export class Archive {
  readonly #parts: ArchiveParts
  /** Orders that are on their way out. */
  readonly #leaving = new Map<string, Promise<unknown>>()

  constructor(parts: ArchiveParts) {
    this.#parts = parts
  }

  /** Lets an order leave memory, where nothing can be done with it any more. @throws LOG_UNAVAILABLE, LOG_FENCED */
  async archive(orderId: string, endedBefore: number, at: number): Promise<void> {
    if (this.#leaving.has(orderId)) return
    const leaving = this.#find(orderId).then(({ next }) => {
      const commandId = idOf('archive', orderId, next)
      return this.#parts.execute('ArchiveOrder', { orderId, endedBefore }, { at, commandId })
    })
    this.#leaving.set(orderId, leaving)
    try {
      await leaving
    } finally {
      this.#leaving.delete(orderId)
    }
  }

  /** Whether any of the orders may be in the archive: false for almost all that are not. */
  mayHold(orderIds: readonly string[]): boolean {
    const { orders } = this.#parts.state()
    return orderIds.some(
      (orderId) =>
        this.#leaving.has(orderId) ||
        (!orders.has(orderId) && this.#parts.mayHaveSeen(idOf('archive', orderId, 1))),
    )
  }

  /** Brings back those of the orders that are archived. @throws LOG_UNAVAILABLE, LOG_FENCED */
  async restore(orderIds: readonly string[], at: number): Promise<void> {
    for (const orderId of orderIds) {
      await this.#leaving.get(orderId)?.catch(() => undefined)
      if (this.#parts.state().orders.has(orderId)) continue
      const { order, next } = await this.#find(orderId)
      if (order === null) continue
      // The same wish by several at once is one command.
      const commandId = idOf('restore', orderId, next - 1)
      await this.#parts.execute('RestoreOrder', { order }, { at, commandId })
    }
  }

  /** What the order was when it was archived last, null = never; and the number that its next archiving has. */
  async #find(orderId: string): Promise<{ order: Order | null; next: number }> {
    const { log, stream, mayHaveSeen } = this.#parts
    let order: Order | null = null
    for (let next = 1; ; next++) {
      const commandId = idOf('archive', orderId, next)
      const [event] = mayHaveSeen(commandId) ? await log.eventsOfCommand(stream, commandId) : []
      if (event === undefined) return { order, next }
      if (event.type === 'OrderArchived') order = (event.data as { order: Order }).order
    }
  }
}

function idOf(what: 'archive' | 'restore', orderId: string, number: number): string {
  return `${what}/${orderId}/${number}`
}

/** Orders that a command names, wherever it may name one. */
export function ordersNamed(data: unknown): string[] {
  const { orderId, newOrderId, order, orders, request } = data as {
    orderId?: unknown
    newOrderId?: unknown
    order?: { orderId?: unknown }
    orders?: readonly { orderId?: unknown }[]
    request?: { order?: { orderId?: unknown } }
  }
  const many = Array.isArray(orders) ? orders.map((each) => each.orderId) : []
  const named = [orderId, newOrderId, order?.orderId, request?.order?.orderId, ...many]
  return named.filter((id) => typeof id === 'string')
}
