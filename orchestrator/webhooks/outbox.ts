// The one writer of the stream `webhooks:<market>`: appends in groups, and the ledger follows what is durable.
// It never reports an event as written before the log has it.

import { backoffMs, DetourError, type Effects, fail } from '#data/kernel'
import type { EventLog, NewEvent, StoredEvent } from '#data/log'
import type { OutboxEvent } from './events.ts'
import type { Ledger } from './ledger.ts'

/** What the writer is made of. */
export interface OutboxOptions {
  log: EventLog
  stream: string
  effects: Pick<Effects, 'clock' | 'random'>
  ledger: Ledger
  /** Told of every event once it is durable and in the ledger. */
  onWritten: (event: Pick<StoredEvent, 'seq' | 'type' | 'data'>) => void
}

interface Pending {
  event: OutboxEvent
  id: string
  resolve: (seq: number) => void
  reject: (error: unknown) => void
}

/** Most events of one append. */
const groupEvents = 500
/** Events after which a snapshot is written; more where much waits. */
const snapshotEvents = 2_000
const tries = { attempts: 4, baseMs: 50, capMs: 1_000 }

/** Appends to the stream; reading it up to `lastSeq` came before. */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #run: string
  #lastSeq: number
  #sinceSnapshot: number
  #pending: Pending[] = []
  #writing: Promise<void> | null = null
  #ids = 0

  /**
   * @param lastSeq last event that is in the ledger
   * @param sinceSnapshot events after the last snapshot
   */
  constructor(options: OutboxOptions, lastSeq: number, sinceSnapshot: number) {
    this.#options = options
    this.#lastSeq = lastSeq
    this.#sinceSnapshot = sinceSnapshot
    const { clock, random } = options.effects
    this.#run = `${clock.now().toString(36)}-${random.int(0, 0xffffffff).toString(36)}`
  }

  /** Last event that is durable. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /**
   * Seq of the event, once it is durable and in the ledger. Events are written in the order of the calls.
   * @param id unique within the stream; by default one of this run
   * @throws LOG_UNAVAILABLE, LOG_FENCED, LOG_EVENT_EXISTS, LOG_DAMAGED
   */
  append(event: OutboxEvent, id = `${this.#run}-${++this.#ids}`): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#pending.push({ event, id: `${id}/0`, resolve, reject })
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
    return promise
  }

  /** Waits for what was asked before. */
  async close(): Promise<void> {
    await this.#writing
  }

  async #write(): Promise<void> {
    await Promise.resolve()
    while (this.#pending.length > 0) {
      if (this.#sinceSnapshot >= Math.max(snapshotEvents, this.#options.ledger.waiting() * 2))
        this.#addSnapshot()
      const isSnapshot = this.#pending[0]?.event.type === 'WebhookSnapshot'
      const group = this.#pending.splice(0, isSnapshot ? 1 : groupEvents)
      try {
        await this.#appendGroup(group)
        this.#follow(group)
      } catch (error) {
        for (const pending of group) pending.reject(error)
      }
    }
  }

  #addSnapshot(): void {
    const data = this.#options.ledger.snapshot()
    const id = `${this.#run}-${++this.#ids}/0`
    const nothing = () => undefined
    this.#pending.unshift({ event: { type: 'WebhookSnapshot', data }, id, resolve: nothing, reject: nothing })
    this.#sinceSnapshot = 0
  }

  #follow(group: readonly Pending[]): void {
    for (const { event, resolve } of group) {
      const seq = ++this.#lastSeq
      this.#sinceSnapshot++
      this.#options.ledger.apply({ seq, ...event })
      this.#options.onWritten({ seq, ...event })
      resolve(seq)
    }
  }

  /** Resolves once the group is durable; an append of unknown outcome is looked up before it is tried again. */
  async #appendGroup(group: readonly Pending[]): Promise<void> {
    const { log, stream, effects } = this.#options
    const events: NewEvent[] = group.map(({ event, id }) => ({ eventId: id, ...event }))
    for (let attempt = 1; ; attempt++) {
      try {
        await log.append(stream, this.#lastSeq, events)
        return
      } catch (error) {
        if (!(error instanceof DetourError && error.retryable)) throw error
        if (error.code === 'LOG_FENCED' || attempt > 1) {
          if (await this.#isThere(events)) return
        }
        if (attempt >= tries.attempts) throw error
        await effects.clock.sleep(backoffMs(attempt, tries, effects.random))
      }
    }
  }

  async #isThere(events: readonly NewEvent[]): Promise<boolean> {
    const { log, stream } = this.#options
    const found = await log.read(stream, this.#lastSeq, events.length)
    if (found.length === 0) return false
    if (found.length === events.length && found.every((event, i) => event.eventId === events[i]?.eventId)) {
      return true
    }
    throw fail('LOG_FENCED', { stream, seq: this.#lastSeq + 1 })
  }
}
