// Clients that place orders at any process of a cluster and ask again with the same key until they are answered, and
// what the log has of that in the end.

import { randomUUID } from 'node:crypto'
import type { EventLog, StoredEvent } from '#data/log'
import { orderBody, type Server } from './cluster-place.ts'

/** Orders under way and answered. */
export class OrderLoad {
  readonly #servers: readonly Server[]
  readonly #path: string
  readonly #clients: Promise<void>[]
  /** External id -> order id, of every order that was acknowledged. */
  readonly acknowledged = new Map<string, string>()
  /** External ids of every order that was ever asked for. */
  readonly asked = new Set<string>()
  /** Answers other than 201, by status and code; 0 = no answer. */
  readonly trouble = new Map<string, number>()
  #isStopped = false

  /**
   * Starts the clients; each has one order at a time under way.
   * @param path of the orders
   */
  constructor(servers: readonly Server[], clients = 8, path = '/api/v1/orders') {
    this.#servers = servers
    this.#path = path
    this.#clients = Array.from({ length: clients }, (_, i) => this.#client(i))
  }

  /** Resolves when so many more orders were acknowledged. @throws after 60 s */
  async more(orders: number): Promise<void> {
    const goal = this.acknowledged.size + orders
    const end = Date.now() + 60_000
    while (this.acknowledged.size < goal) {
      if (Date.now() > end)
        throw new Error(`stuck at ${this.acknowledged.size}: ${JSON.stringify([...this.trouble])}`)
      await new Promise((done) => setTimeout(done, 20))
    }
  }

  /** Lets every order that is under way be answered. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#clients)
  }

  async #client(number: number): Promise<void> {
    for (let i = 0; !this.#isStopped; i++) {
      const externalId = `load-${number}-${i}-${randomUUID().slice(0, 8)}`
      this.asked.add(externalId)
      await this.#place(externalId, number + i)
    }
  }

  async #place(externalId: string, from: number): Promise<void> {
    const headers = { 'idempotency-key': externalId }
    for (let tries = 0; tries < 600; tries++) {
      const server = this.#servers[(from + tries) % this.#servers.length] as Server
      const reply = await server
        .call('POST', this.#path, { body: orderBody(externalId), headers, timeoutMs: 1_500 })
        .catch(() => null)
      if (reply?.status === 201) {
        this.acknowledged.set(externalId, String(reply.body.orderId))
        return
      }
      const what = reply === null ? '0' : `${reply.status} ${reply.body?.code ?? reply.text}`
      this.trouble.set(what, (this.trouble.get(what) ?? 0) + 1)
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`${externalId} was never answered: ${JSON.stringify([...this.trouble])}`)
  }
}

/** Every event of a stream. */
export async function eventsOf(log: EventLog, stream: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  for (;;) {
    const more = await log.read(stream, events.length, 5_000)
    events.push(...more)
    if (more.length < 5_000) return events
  }
}

/** How often each external id was created in a market's stream. */
export function createdIn(events: readonly StoredEvent[]): Map<string, number> {
  const created = new Map<string, number>()
  for (const { type, data } of events) {
    if (type !== 'OrderCreated') continue
    const { externalId } = (data as { order: { externalId: string } }).order
    created.set(externalId, (created.get(externalId) ?? 0) + 1)
  }
  return created
}
