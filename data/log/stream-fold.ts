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
import { type FrozenBits, SeenCommands } from './seen-commands.ts'
import type { SnapshotPart, SnapshotReader, StateCodec } from './snapshot.ts'

/** Events per read while folding, and reads under way at a time: the log works on while we fold. */
const chunkEvents = 2_000
const readsAhead = 4

/** Told as a fold goes on. */
export interface FoldWatch {
  /** It went on to a later event. */
  notice(): void
  /** Nothing follows. */
  close(): Promise<void>
}

/** The fold of one stream. */
export class StreamFold<S, C extends Command, E extends DomainEvent, A> {
  /** State after event `seq`. */
  state: S
  /** Last event folded, 0 = none. */
  seq = 0
  /** Ids of all commands in the stream, and of those about to be. */
  seen = new SeenCommands()
  /** Seq of the snapshot that it was started from, 0 = none. */
  startedAt = 0
  watch: FoldWatch | null = null
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

  /** Everything known now, as parts of a snapshot; what happens while they are asked for does not show in them. */
  freeze(codec: StateCodec<S>): { seq: number; parts: Iterable<SnapshotPart> } {
    const { state, seq, seen } = this
    const answers = [...this.#ring.slice(this.#ringNext), ...this.#ring.slice(0, this.#ringNext)]
      .map((commandId) => [commandId, this.#answers.get(commandId)] as const)
      .filter(([, known]) => known !== undefined)
    const parts = function* (): Generator<SnapshotPart> {
      for (const piece of codec.freeze(state)) yield ['state', piece]
      for (const answer of answers) yield ['answers', answer]
      for (const piece of seen.freeze()) yield ['seen', piece]
    }
    return { seq, parts: parts() }
  }

  /** Takes the parts of a snapshot; moves there when all came. */
  thaw(codec: StateCodec<S>, seq: number): SnapshotReader<true> {
    const state = codec.thaw()
    const seen = SeenCommands.thaw()
    const answers: [string, KnownCommand<A>][] = []
    return {
      take: (section, piece) => {
        if (section === 'state') state.take(piece)
        else if (section === 'seen') seen.take(piece as FrozenBits)
        else if (section === 'answers') answers.push(piece as [string, KnownCommand<A>])
      },
      done: () => {
        this.moveTo(state.done(), seq)
        this.startedAt = seq
        this.seen = seen.done()
        for (const [commandId, known] of answers) this.keep(commandId, known)
        return true
      },
    }
  }

  /** Goes on to a state and seq reached elsewhere: a group that became durable. */
  moveTo(state: S, seq: number): void {
    this.state = state
    this.seq = seq
    this.watch?.notice()
  }

  /**
   * Folds the events after `seq` up to `tail`; stops before an event that is not `isOwn`.
   * @returns whether it reached the tail
   */
  async catchUp(log: EventLog, tail: number, isOwn: (event: StoredEvent) => boolean): Promise<boolean> {
    const ahead: Promise<StoredEvent[]>[] = []
    const { unread } = this.#definition
    let from = this.seq
    const readOn = (): void => {
      for (; from < tail && ahead.length < readsAhead; from += chunkEvents) {
        const events = log.read(this.#stream, from, Math.min(chunkEvents, tail - from), unread)
        events.catch(() => {})
        ahead.push(events)
      }
    }
    for (readOn(); ahead.length > 0; readOn()) {
      const events = (await ahead.shift()) as StoredEvent[]
      if (events[0]?.seq !== this.seq + 1)
        throw fail('LOG_UNAVAILABLE', { reason: `${this.#stream} has no event ${this.seq + 1}` })
      for (const event of events) {
        if (!isOwn(event)) return false
        this.#apply(event, tail - event.seq < this.#answersKept)
      }
    }
    if (this.seq < tail)
      throw fail('LOG_UNAVAILABLE', { reason: `${this.#stream} has no event ${this.seq + 1}` })
    return true
  }

  /** @param isKept whether its answer may be among those kept in the end */
  #apply(event: StoredEvent, isKept: boolean): void {
    const commandId = commandIdOf(event.eventId)
    const known = knownCommand<A>(event)
    if (known !== null) {
      this.seen.add(commandId)
      if (isKept) this.keep(commandId, known)
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
