// What a writer knows of its stream up to the last durable event: state, seq, and the answers given so far.
// It never writes.

import { fail } from '#data/kernel'
import {
  commandIdOf,
  domainEvent,
  isControlEvent,
  type KnownCommand,
  knownCommand,
} from './command-record.ts'
import type { Command, Definition, DomainEvent } from './definition.ts'
import type { EventLog, StoredEvent } from './event-log.ts'
import { SeenCommands } from './seen-commands.ts'

/** Events per read while folding. */
const chunkEvents = 10_000

/** The fold of one stream. */
export class StreamFold<S, C extends Command, E extends DomainEvent, A> {
  /** State after event `seq`. */
  state: S
  /** Last event folded, 0 = none. */
  seq = 0
  /** Ids of all commands in the stream, and of those about to be. */
  readonly seen = new SeenCommands()
  readonly #stream: string
  readonly #definition: Definition<S, C, E, A>
  readonly #answersKept: number
  readonly #answers = new Map<string, KnownCommand<A>>()
  /**
   * Ids in the order they came, written round and round: taking the first key of a Map again and again is
   * slow.
   */
  readonly #ring: string[] = []
  #ringNext = 0

  constructor(stream: string, definition: Definition<S, C, E, A>, answersKept: number) {
    this.#stream = stream
    this.#definition = definition
    this.#answersKept = answersKept
    this.state = definition.initial()
  }

  /** The answer to a command, where it is among those kept in memory. */
  answerTo(commandId: string): KnownCommand<A> | undefined {
    return this.#answers.get(commandId)
  }

  /** Keeps an answer; the oldest makes room. */
  keep(commandId: string, known: KnownCommand<A>): void {
    const before = this.#answers.size
    this.#answers.set(commandId, known)
    if (this.#answers.size === before) return
    const oldest = this.#ring[this.#ringNext]
    if (oldest !== undefined) this.#answers.delete(oldest)
    this.#ring[this.#ringNext] = commandId
    this.#ringNext = (this.#ringNext + 1) % this.#answersKept
  }

  /** Goes on to a state and seq reached elsewhere: a group that became durable. */
  moveTo(state: S, seq: number): void {
    this.state = state
    this.seq = seq
  }

  /**
   * Folds the events after `seq` up to `tail`; stops before an event that is not `isOwn`.
   * @returns whether it reached the tail
   */
  async catchUp(log: EventLog, tail: number, isOwn: (event: StoredEvent) => boolean): Promise<boolean> {
    const read = (from: number): Promise<StoredEvent[]> => {
      const events = log.read(this.#stream, from, Math.min(chunkEvents, tail - from))
      events.catch(() => {})
      return events
    }
    let next = this.seq < tail ? read(this.seq) : null
    while (next !== null) {
      const events = await next
      const end = this.seq + events.length
      if (events.length === 0)
        throw fail('LOG_UNAVAILABLE', { reason: `${this.#stream} has no event ${end + 1}` })
      next = end < tail ? read(end) : null
      for (const event of events) {
        if (!isOwn(event)) return false
        this.#apply(event)
      }
    }
    return true
  }

  #apply(event: StoredEvent): void {
    const commandId = commandIdOf(event.eventId)
    const known = knownCommand<A>(event)
    if (known !== null) {
      this.seen.add(commandId)
      this.keep(commandId, known)
    } else {
      const first = this.#answers.get(commandId)
      if (first !== undefined) first.result.seq = event.seq
    }
    if (!isControlEvent(event.type)) {
      this.state = this.#definition.evolve(this.state, domainEvent(event) as E)
    }
    this.seq = event.seq
  }
}
