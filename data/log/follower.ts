// Follows a stream that somebody else writes: a fold that stays warm, so that a takeover need not read the whole
// stream. It never writes.

import type { Effects } from '#data/kernel'
import type { Command, Definition, DomainEvent } from './definition.ts'
import type { EventLog } from './event-log.ts'
import { type SnapshotOptions, startFromSnapshot } from './snapshot-keeper.ts'
import { StreamFold } from './stream-fold.ts'

/** What is followed. */
export interface FollowerOptions<S, C extends Command, E extends DomainEvent, A> {
  log: EventLog
  stream: string
  definition: Definition<S, C, E, A>
  /** Where snapshots of the stream are kept, to start from. */
  snapshots?: { options: SnapshotOptions; effects: Pick<Effects, 'clock' | 'random'> }
}

/** Answers that a writer keeps in memory where nothing else is said. */
export const answersKept = 10_000

/** A fold of a stream, as far as it was last caught up. */
export class Follower<S, C extends Command, E extends DomainEvent, A> {
  readonly #options: FollowerOptions<S, C, E, A>
  readonly #fold: StreamFold<S, C, E, A>
  /** Id of the last event that was read. */
  #lastId: string | null = null
  #under: Promise<void> | null = null
  #isTaken = false

  constructor(options: FollowerOptions<S, C, E, A>) {
    this.#options = options
    this.#fold = new StreamFold(options.stream, options.definition, answersKept)
  }

  /** Last event folded. */
  get lastSeq(): number {
    return this.#fold.seq
  }

  state(): S {
    return this.#fold.state
  }

  /** Folds what came since. Calls that come meanwhile share the one under way. @throws LOG_UNAVAILABLE, LOG_DAMAGED */
  catchUp(): Promise<void> {
    if (this.#isTaken) return Promise.resolve()
    this.#under ??= this.#read().finally(() => {
      this.#under = null
    })
    return this.#under
  }

  /**
   * The fold, for the writer that goes on with it; from here on nobody else moves it. Null where the stream is not what
   * was folded any more: a server that failed over may have dropped what it showed but never acknowledged.
   * @throws LOG_UNAVAILABLE, LOG_DAMAGED
   */
  async handOver(): Promise<StreamFold<S, C, E, A> | null> {
    this.#isTaken = true
    await this.#under?.catch(() => undefined)
    if (this.#lastId === null) return this.#fold
    const { log, stream } = this.#options
    const [event] = await log.read(stream, this.#fold.seq - 1, 1)
    return event?.eventId === this.#lastId ? this.#fold : null
  }

  async #read(): Promise<void> {
    const { log, stream, definition, snapshots } = this.#options
    const { codec } = definition
    if (this.#fold.seq === 0 && codec !== undefined && snapshots !== undefined) {
      await startFromSnapshot({ log, stream, codec, ...snapshots }, this.#fold)
    }
    const tail = await log.tail(stream)
    await this.#fold.catchUp(log, tail, ({ eventId }) => {
      this.#lastId = eventId
      return true
    })
  }
}
