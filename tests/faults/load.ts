// Clients of a served home: carts, stock changes and whole orders over HTTP. Each asks again with the same key until it
// is answered, whoever serves then, and keeps what it was told.

import type { Reply } from '../orchestrator/http-place.ts'
import { nodeIds, type ServedHome, skus } from './home.ts'

/** A request and what it got. */
export interface Told {
  path: string
  body: object
  status: number
  text: string
}

type Ended = 'answered' | 'stopped'

/** Answers that end a request: done, or refused by a rule. */
const endings: ReadonlySet<number> = new Set([200, 201, 409, 422])

/** Clients that ask until they are stopped. */
export class Load {
  /** What was acknowledged, by key. */
  readonly told = new Map<string, Told>()
  /** Requests without an answer yet, by key. */
  readonly open = new Map<string, { path: string; body: object }>()
  /** Answers that ended nothing, by status and code; 0 = no answer. */
  readonly trouble = new Map<string, number>()
  delivered = 0
  readonly #home: ServedHome
  readonly #clients: Promise<void>[]
  #isStopped = false
  #keys = 0

  /** @param clients each with one request under way */
  constructor(home: ServedHome, clients: number) {
    this.#home = home
    const lives = [this.#cart, this.#order, this.#shelf].map((life) => life.bind(this))
    this.#clients = Array.from({ length: clients }, async (_, i) => {
      for (let round = 0; !this.#isStopped; round++) await lives[i % lives.length]?.(i + round)
    })
  }

  /** Lets every client end its request, or give it up until `finish`. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#clients)
  }

  /** Asks again what has no answer. @returns the keys that still have none */
  async finish(): Promise<string[]> {
    for (const [key, { path, body }] of [...this.open]) await this.#try(key, path, body)
    return [...this.open.keys()]
  }

  /** Asks some acknowledged requests again. @returns the keys that got another answer, and what they got */
  async askAgain(count: number): Promise<string[]> {
    const all = [...this.told]
    const step = Math.max(1, Math.floor(all.length / count))
    const odd: string[] = []
    for (let i = 0; i < all.length; i += step) {
      const [key, { path, body, status, text }] = all[i] as [string, Told]
      const reply = await this.#home.call('POST', path, { body, headers: { 'idempotency-key': key } })
      if (reply.status !== status || reply.text !== text) {
        odd.push(`${key} ${path}: ${status} ${text}, then ${reply.status} ${reply.text}`)
      }
    }
    return odd
  }

  /** Asks until there is an answer, or the load is stopped. */
  async #ask(path: string, body: object): Promise<Reply | null> {
    const key = `key-${this.#keys++}`
    this.open.set(key, { path, body })
    while (!this.#isStopped) {
      if (!this.#home.isServed) await pause(20)
      else if ((await this.#try(key, path, body)) === 'answered') return this.#replyTo(key)
      else await pause(50)
    }
    return null
  }

  async #try(key: string, path: string, body: object): Promise<Ended> {
    const headers = { 'idempotency-key': key }
    const reply = await this.#home.call('POST', path, { body, headers }).catch(() => null)
    if (reply !== null && endings.has(reply.status)) {
      this.open.delete(key)
      this.told.set(key, { path, body, status: reply.status, text: reply.text })
      return 'answered'
    }
    const what = reply === null ? '0' : `${reply.status} ${String(reply.body?.code)}`
    this.trouble.set(what, (this.trouble.get(what) ?? 0) + 1)
    return 'stopped'
  }

  #replyTo(key: string): Reply {
    const { status, text } = this.told.get(key) as Told
    return { status, text, headers: {}, body: JSON.parse(text) as Record<string, unknown> }
  }

  /** A cart: held, often let go again. */
  async #cart(n: number): Promise<void> {
    const lines = [{ sku: skus[n % 2], nodeId: nodeIds[n % nodeIds.length], quantity: 1 + (n % 3) }]
    const held = await this.#ask('/inventory/reservations', { lines, ttlSeconds: 3_600 })
    if (held?.status !== 200 || n % 4 === 0) return
    await this.#ask(`/inventory/reservations/${String(held.body.reservationId)}/release`, {})
  }

  /** Goods that come in and are taken out. */
  async #shelf(n: number): Promise<void> {
    const delta = n % 3 === 0 ? -1 : 1
    const items = [{ sku: 'cool', nodeId: nodeIds[n % nodeIds.length], delta, reason: 'count' }]
    await this.#ask('/inventory/adjustments', { items })
  }

  /** An order from its beginning until it is delivered. */
  async #order(n: number): Promise<void> {
    const externalId = `L-${n}-${this.#keys}`
    const lines = [{ sku: skus[n % skus.length], quantity: 1, unitPriceCents: 1_500 }]
    const made = await this.#ask('/orders', { externalId, currency: 'USD', lines })
    if (made?.status !== 201) return
    const orderId = String(made.body.orderId)
    const workId = await this.#workOf(orderId)
    if (workId === null) return
    const base = `/fulfillment-orders/${orderId}/${workId}`
    for (const step of ['accept', 'start-picking', 'pick', 'pack', 'ship', 'deliver']) {
      if ((await this.#ask(`${base}/${step}`, {}))?.status !== 200) return
    }
    this.delivered++
  }

  /** Work of an order that the flow has released, null where it takes too long. */
  async #workOf(orderId: string): Promise<string | null> {
    for (let tries = 0; tries < 100 && !this.#isStopped; tries++) {
      const reply = await this.#home.call('GET', `/orders/${orderId}`).catch(() => null)
      const work = (reply?.body?.fulfillmentOrders ?? []) as { fulfillmentOrderId: string }[]
      if (reply?.body?.status === 'released' && work[0] !== undefined) return work[0].fulfillmentOrderId
      await pause(50)
    }
    return null
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
