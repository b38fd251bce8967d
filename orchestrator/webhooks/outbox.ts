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
/** Every event is the first of its command. */
const suffix = '/0'
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
  /** Ids of events of which nobody knows whether the log has them. */
  readonly #doubtful = new Set<string>()

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
   * @param id unique within the stream; by default one of this run. Who asks again under the same id because the
   *   outcome was unknown is told the seq of the one that the log has.
   * @throws LOG_UNAVAILABLE, LOG_FENCED, LOG_EVENT_EXISTS, LOG_DAMAGED
   */
  append(event: OutboxEvent, id = `${this.#run}-${++this.#ids}`): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#pending.push({ event, id: `${id}${suffix}`, resolve, reject })
    this.#writing ??= this.#write()
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
      } catch (error) {
        for (const pending of group) pending.reject(error)
      }
    }
    // In the same breath as the check above, so that no append comes in between and waits forever.
    this.#writing = null
  }

  #addSnapshot(): void {
    const data = this.#options.ledger.snapshot()
    const id = `${this.#run}-${++this.#ids}${suffix}`
    const nothing = () => undefined
    this.#pending.unshift({ event: { type: 'WebhookSnapshot', data }, id, resolve: nothing, reject: nothing })
    this.#sinceSnapshot = 0
  }

  #follow(event: Pick<StoredEvent, 'type' | 'data'>): void {
    const written = { seq: ++this.#lastSeq, type: event.type, data: event.data }
    this.#sinceSnapshot++
    // A snapshot of this ledger tells it nothing, and would offer again what is under way.
    if (event.type !== 'WebhookSnapshot') this.#options.ledger.apply(written)
    this.#options.onWritten(written)
  }

  /** Each of the group is told its seq, once it is durable and in the ledger. */
  async #appendGroup(group: readonly Pending[]): Promise<void> {
    const { effects } = this.#options
    let left = group
    let hasKnown = false
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#catchUp()
        if (hasKnown) left = await this.#unwrittenOf(left)
        await this.#appendNow(left)
        return
      } catch (error) {
        if (!(error instanceof DetourError)) throw error
        if (error.code === 'LOG_EVENT_EXISTS' && !hasKnown) {
          // Some landed in an earlier try whose answer was lost: the others are written without them.
          hasKnown = true
          continue
        }
        if (!error.retryable) throw error
        for (const { id } of left) this.#doubtful.add(id)
        if (attempt >= tries.attempts) throw error
        await effects.clock.sleep(backoffMs(attempt, tries, effects.random))
      }
    }
  }

  async #appendNow(group: readonly Pending[]): Promise<void> {
    if (group.length === 0) return
    const { log, stream } = this.#options
    const events: NewEvent[] = group.map(({ event, id }) => ({ eventId: id, ...event }))
    await log.append(stream, this.#lastSeq, events)
    // Its place is taken: what has not landed by now never will.
    this.#doubtful.clear()
    for (const { event, resolve } of group) {
      this.#follow(event)
      resolve(this.#lastSeq)
    }
  }

  /** Those of the group that the log has not; the others are told their seq. */
  async #unwrittenOf(group: readonly Pending[]): Promise<Pending[]> {
    const { log, stream } = this.#options
    const unwritten: Pending[] = []
    for (const pending of group) {
      const [written] = await log.eventsOfCommand(stream, pending.id.slice(0, -suffix.length))
      if (written === undefined) unwritten.push(pending)
      else pending.resolve(written.seq)
    }
    return unwritten
  }

  /** Follows events of appends of unknown outcome that did land. */
  async #catchUp(): Promise<void> {
    if (this.#doubtful.size === 0) return
    const { log, stream } = this.#options
    for (const event of await log.read(stream, this.#lastSeq, this.#doubtful.size)) {
      if (!this.#doubtful.has(event.eventId)) throw fail('LOG_FENCED', { stream, seq: event.seq })
      this.#follow(event)
    }
  }
}
