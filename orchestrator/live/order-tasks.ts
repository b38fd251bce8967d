// Orders of the demo that are due: placed, handed on to the flow, thought better of. The same span asks for the same
// orders under the same command ids, so that asking twice changes nothing.

import { orderIdOf } from '#data/contracts'
import type { Continuation, DrawnOrder } from '#data/world'
import type { CommandData, CoreState } from '#orchestrator/core'
import type { Task } from './task.ts'

/** Length of a slot of orders, ms. */
export const slotMs = 900_000
/** Slots looked back at after a start: customers have thought again by then. */
const slotsBack = 48
/** How long after placing an order its customer waits for stock. */
const patienceMs = 10 * 86_400_000
/** How often the flow is asked again for an order that waits. */
const againMs = 1_800_000

/** Orders of the demo, slot by slot. */
export class Intake {
  #world: Continuation
  #market: string
  #provider: string
  #nextSlot: number
  #pending: DrawnOrder[] = []
  #cancels: { at: number; order: DrawnOrder }[] = []
  #releases = new Map<string, number>()

  /** @param from epoch ms from which orders may be missing in the core */
  constructor(world: Continuation, market: string, provider: string, from: number) {
    this.#world = world
    this.#market = market
    this.#provider = provider
    const first = Math.floor(from / slotMs)
    this.#nextSlot = first
    for (let slot = first - slotsBack; slot < first; slot++) {
      for (const order of world.orders(slot)) this.#remember(order)
    }
  }

  /** Commands that are due by `until`. */
  tasks(state: CoreState, until: number): Task[] {
    for (; this.#nextSlot * slotMs <= until; this.#nextSlot++) {
      for (const order of this.#world.orders(this.#nextSlot)) {
        this.#remember(order)
        this.#pending.push(order)
      }
    }
    // An order stays pending until it is seen in the core: a command that failed is sent again.
    this.#pending = this.#pending.filter((order) => !state.orders.has(this.#idOf(order)))
    const creates = this.#pending.filter((order) => order.arrivesAt <= until)
    const cancels = this.#cancels.filter(({ at }) => at <= until)
    this.#cancels = this.#cancels.filter(({ at }) => at > until)
    return [
      ...creates.map((order) => this.#create(order)),
      ...cancels.flatMap((cancel) => this.#cancel(state, cancel)),
      ...this.#giveUps(state, until),
    ]
  }

  /** Orders that the flow should take further by `until`. */
  advances(state: CoreState, until: number): string[] {
    const due: string[] = []
    for (const orderId of state.waiting) {
      const at = this.#releases.get(orderId) ?? 0
      if (at > until) continue
      due.push(orderId)
      this.#releases.set(orderId, until + againMs)
    }
    if (this.#releases.size > state.waiting.size + 5_000) {
      for (const orderId of this.#releases.keys()) {
        if (!state.waiting.has(orderId)) this.#releases.delete(orderId)
      }
    }
    return due
  }

  #remember(order: DrawnOrder): void {
    this.#releases.set(this.#idOf(order), order.releaseAt)
    if (order.cancelAt !== null) this.#cancels.push({ at: order.cancelAt, order })
  }

  #idOf({ externalId }: DrawnOrder): string {
    return orderIdOf(this.#market, this.#provider, externalId)
  }

  #create(drawn: DrawnOrder): Task {
    const { lines, placedAt, arrivesAt, externalId } = drawn
    const { channel, method, currency, customerRef, shipTo, promisedAt } = drawn
    const { totalCents, freightCents, taxCents, discountCents } = drawn
    const data: CommandData['CreateOrder'] = {
      order: {
        orderId: this.#idOf(drawn),
        market: this.#market,
        provider: this.#provider,
        externalId,
        channel,
        method,
        currency,
        customerRef,
        shipTo,
        placedAt,
        approvedAt: arrivesAt,
        promisedAt,
        totalCents,
        freightCents,
        taxCents,
        discountCents,
        flags: [],
      },
      lines: lines.map((line) => ({ ...line, cancelled: 0, shipped: 0, freightCents: 0 })),
    }
    return { type: 'CreateOrder', data, at: arrivesAt, commandId: `live/order/${externalId}` }
  }

  #cancel(state: CoreState, { at, order }: { at: number; order: DrawnOrder }): Task[] {
    const orderId = this.#idOf(order)
    const status = state.orders.get(orderId)?.status
    if (status !== undefined && !cancellable.has(status)) return []
    const data = { orderId, reason: order.cancelReason }
    return [{ type: 'CancelOrder', data, at, commandId: `live/cancel/${order.externalId}` }]
  }

  #giveUps(state: CoreState, until: number): Task[] {
    const tasks: Task[] = []
    for (const orderId of state.waiting) {
      const order = state.orders.get(orderId)
      const at = (order?.placedAt ?? 0) + patienceMs
      if (order?.status !== 'backordered' || order.provider !== this.#provider || at > until) continue
      if (!order.work.every(({ status }) => untouched.has(status))) continue
      const data = { orderId, reason: 'out of stock' }
      tasks.push({ type: 'CancelOrder', data, at, commandId: `live/giveup/${order.externalId}` })
    }
    return tasks
  }
}

const cancellable: ReadonlySet<string> = new Set([
  'created',
  'validated',
  'on_hold',
  'backordered',
  'sourced',
  'released',
])

const untouched: ReadonlySet<string> = new Set(['open', 'accepted', 'rejected', 'cancelled'])
