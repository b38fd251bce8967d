// Takes snapshots of a fold as it goes on, and starts a fold from the newest one. It decides nothing about the state.

import { type Effects, retry } from '#data/kernel'
import type { Command, DomainEvent } from './definition.ts'
import type { EventLog } from './event-log.ts'
import type { SnapshotStore, StateCodec } from './snapshot.ts'
import type { FoldWatch, StreamFold } from './stream-fold.ts'

/** Where and when snapshots are taken. */
export interface SnapshotOptions {
  store: SnapshotStore
  /** Events between two; never fewer than the last one had parts, so that they stay cheap. Default 50,000. */
  every?: number
  /** Events since the last one for which closing takes another. Default 1,000. */
  atClose?: number
}

/** What a keeper works with. */
export interface KeeperParts<S> {
  log: EventLog
  stream: string
  codec: StateCodec<S>
  effects: Pick<Effects, 'clock' | 'random'>
  options: SnapshotOptions
}

const outages = { attempts: 5, baseMs: 20, capMs: 500 }

/**
 * Moves a new fold to the newest usable snapshot of its stream, if there is one.
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED
 */
export async function startFromSnapshot<S, C extends Command, E extends DomainEvent, A>(
  { log, stream, codec, effects, options }: KeeperParts<S>,
  fold: StreamFold<S, C, E, A>,
): Promise<void> {
  const patient = <T>(work: () => Promise<T>) => retry(work, outages, effects)
  const lastSeq = await patient(() => log.tail(stream))
  const wanted = { stream, format: codec.format, lastSeq }
  await options.store.load(wanted, async (header) => {
    const [event] = await patient(() => log.read(stream, header.seq - 1, 1))
    return event?.eventId === header.eventId ? fold.thaw(codec, header.seq) : null
  })
}

/** Watches one fold. */
export class SnapshotKeeper<S, C extends Command, E extends DomainEvent, A> implements FoldWatch {
  readonly #parts: KeeperParts<S>
  readonly #fold: StreamFold<S, C, E, A>
  readonly #every: number
  readonly #atClose: number
  #lastSeq: number
  #nextSeq: number
  #saving: Promise<void> | null = null

  constructor(parts: KeeperParts<S>, fold: StreamFold<S, C, E, A>) {
    this.#parts = parts
    this.#fold = fold
    this.#every = parts.options.every ?? 50_000
    this.#atClose = parts.options.atClose ?? 1_000
    this.#lastSeq = fold.startedAt
    this.#nextSeq = fold.startedAt + this.#every
  }

  /** Called when the fold went on; takes a snapshot where one is due. */
  notice(): void {
    if (this.#fold.seq < this.#nextSeq || this.#saving !== null) return
    this.#saving = this.#save().finally(() => {
      this.#saving = null
    })
  }

  /** Waits for the one under way, and takes a last one where much happened since. */
  async close(): Promise<void> {
    await this.#saving
    if (this.#fold.seq - this.#lastSeq >= this.#atClose) await this.#save()
  }

  async #save(): Promise<void> {
    const { log, stream, codec, effects, options } = this.#parts
    const { seq, parts } = this.#fold.freeze(codec)
    let count = 0
    const counted = function* () {
      for (const part of parts) {
        count++
        yield part
      }
    }
    const [event] = await log.read(stream, seq - 1, 1).catch(() => [])
    if (event !== undefined) {
      const takenAt = effects.clock.now()
      const header = { stream, seq, eventId: event.eventId, format: codec.format, takenAt }
      if (await options.store.save(header, counted())) this.#lastSeq = seq
    }
    this.#nextSeq = seq + Math.max(this.#every, count)
  }
}
