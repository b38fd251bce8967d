// Orders that came over HTTP on their way through the default flow, many at a time. What is lost from here in a crash
// the engine finds again by the state of the orders.

import { type Effects, reasonOf } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'

/** Orders advanced at the same time: enough to fill a group of the log. */
const together = 256
/** Orders that wait before a new one is answered only once it was advanced itself. */
const waitingMost = 10_000

/** Advances orders behind the answers. */
export class FlowQueue {
  readonly #engine: Pick<Engine, 'advance'>
  readonly #logger: Effects['logger']
  readonly #waiting: { orderId: string; done: () => void }[] = []
  #next = 0
  #running = 0
  #idle: (() => void)[] = []
  #closed = false

  constructor(engine: Pick<Engine, 'advance'>, logger: Effects['logger']) {
    this.#engine = engine
    this.#logger = logger
  }

  /** Takes an order; resolves at once, or, when too many wait, once it has been advanced. */
  async push(orderId: string): Promise<void> {
    if (this.#closed) return
    const isFull = this.#waiting.length - this.#next >= waitingMost
    const advanced = new Promise<void>((done) => {
      this.#waiting.push({ orderId, done })
    })
    this.#start()
    if (isFull) await advanced
  }

  /** Drops what waits and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { done } of this.#waiting.splice(0)) done()
    this.#next = 0
    if (this.#running > 0) await new Promise<void>((done) => this.#idle.push(done))
  }

  #start(): void {
    while (this.#running < together && this.#next < this.#waiting.length) {
      const entry = this.#waiting[this.#next++]
      if (this.#next > 1_000) {
        this.#waiting.splice(0, this.#next)
        this.#next = 0
      }
      if (entry !== undefined) void this.#run(entry)
    }
  }

  async #run({ orderId, done }: { orderId: string; done: () => void }): Promise<void> {
    this.#running++
    try {
      await this.#engine.advance(orderId)
    } catch (error) {
      this.#logger.warn(
        { orderId, reason: reasonOf(error) },
        'an order stopped in its flow; it is tried again',
      )
    }
    this.#running--
    done()
    this.#start()
    if (this.#running === 0) for (const tell of this.#idle.splice(0)) tell()
  }
}
