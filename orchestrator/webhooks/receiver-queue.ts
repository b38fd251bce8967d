// What waits for one receiver: new messages, and replayed ones that give way to them. It sends nothing.

import type { WaitingRow } from './events.ts'
import { type Waiting, WaitingLine } from './waiting-line.ts'

/** New messages that may pass a replayed one that is due; then it has its turn. */
const passesMost = 4

/** The messages of one receiver. */
export class ReceiverQueue {
  /** Everything that waits or is being tried, by seq. */
  readonly #all = new Map<number, Waiting>()
  readonly #fresh = new WaitingLine()
  readonly #replayed = new WaitingLine()
  #replays = 0
  /** New messages that passed the first replayed one. */
  #passes = 0

  get size(): number {
    return this.#all.size
  }

  /** New messages among them. */
  get news(): number {
    return this.#all.size - this.#replays
  }

  /** Replayed messages among them. */
  get replays(): number {
    return this.#replays
  }

  /**
   * Adds a message; one with the same seq gives way to it. A new one that was not tried yet stays new, in its place,
   * when somebody asks for it again, so that none that came later is sent before it.
   */
  add(waiting: Waiting): void {
    const known = this.#all.get(waiting.seq)
    const staysNew = known !== undefined && known.attempt === 0 && !known.isReplay
    const added = staysNew ? { ...waiting, isReplay: false } : waiting
    if (known !== undefined) {
      const keepsPlace = known.isReplay === added.isReplay && known.dueAt === 0
      if (!keepsPlace) this.#lineOf(known).remove(known)
      this.#forget(known)
    }
    this.#all.set(added.seq, added)
    if (added.isReplay) this.#replays++
    this.#lineOf(added).add(added)
  }

  has(seq: number): boolean {
    return this.#all.has(seq)
  }

  /**
   * The message to be tried now, no longer offered until it is put back or settled; null where none is due. New ones go
   * first, but for every fifth time while a replayed one is due.
   * @param mayReplay whether a replayed one may be tried now
   */
  take(now: number, mayReplay: boolean): Waiting | null {
    const fresh = this.#fresh.first(now)
    const replay = mayReplay ? this.#replayed.first(now) : null
    const isReplaysTurn = replay !== null && (fresh === null || this.#passes >= passesMost)
    if (isReplaysTurn) this.#passes = 0
    else if (replay !== null) this.#passes++
    const taken = isReplaysTurn ? replay : fresh
    if (taken !== null) this.#lineOf(taken).remove(taken)
    return taken
  }

  /**
   * When the next one is due, epoch ms, 0 = at once; null where nothing waits.
   * @param mayReplay whether replayed ones count
   */
  nextDueAt(mayReplay: boolean): number | null {
    const fresh = this.#fresh.nextDueAt()
    const replayed = mayReplay ? this.#replayed.nextDueAt() : null
    return fresh === null || replayed === null ? (fresh ?? replayed) : Math.min(fresh, replayed)
  }

  /** Offers a message again that was taken, unless another took its place. */
  putBack(waiting: Waiting, dueAt: number): void {
    if (this.#all.get(waiting.seq) !== waiting) return
    waiting.dueAt = dueAt
    this.#lineOf(waiting).add(waiting)
  }

  /**
   * Takes note of a try of the message.
   * @param round the message as queued then; a later replay is another one
   * @param again when and how it is tried again; null = it waits no longer
   */
  settle(seq: number, round: number, again: Pick<Waiting, 'attempt' | 'dueAt' | 'payloadAt'> | null): void {
    const waiting = this.#all.get(seq)
    if (waiting === undefined || waiting.round !== round) return
    this.#lineOf(waiting).remove(waiting)
    this.#forget(waiting)
    if (again !== null) this.add({ ...waiting, ...again })
  }

  /** Everything that waits, oldest event first. */
  rows(): WaitingRow[] {
    return [...this.#all.values()].toSorted((a, b) => a.seq - b.seq).map(rowOf)
  }

  /** Adds what a snapshot holds. */
  restore(rows: readonly WaitingRow[]): void {
    for (const [seq, eventType, round, attempt, dueAt, payloadAt, isReplay = false] of rows) {
      this.add({ seq, eventType, round, attempt, dueAt, payloadAt, isReplay })
    }
  }

  #lineOf({ isReplay }: Waiting): WaitingLine {
    return isReplay ? this.#replayed : this.#fresh
  }

  #forget(waiting: Waiting): void {
    this.#all.delete(waiting.seq)
    if (waiting.isReplay) this.#replays--
  }
}

function rowOf({ seq, eventType, round, attempt, dueAt, payloadAt, isReplay }: Waiting): WaitingRow {
  const row: WaitingRow = [seq, eventType, round, attempt, dueAt, payloadAt]
  if (isReplay) row.push(true)
  return row
}
