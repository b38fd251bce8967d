// What waits for one receiver: new messages, and replayed ones that give way to them; of those about the same incident
// one after another. It sends nothing.

import type { WaitingRow } from './events.ts'
import { Subjects } from './subjects.ts'
import { type Queued, type Waiting, WaitingLine } from './waiting-line.ts'

/** New messages that may pass a replayed one that is due; then it has its turn. */
const passesMost = 4

/** The messages of one receiver. */
export class ReceiverQueue {
  /** Everything that waits or is being tried, by seq. */
  readonly #all = new Map<number, Queued>()
  readonly #fresh = new WaitingLine()
  readonly #replayed = new WaitingLine()
  readonly #subjects = new Subjects()
  /** Being tried. */
  readonly #taken = new Set<Queued>()
  /** Tried before their time, since later ones wait for them. */
  readonly #called = new Set<Queued>()
  /** Counted tries after which they were called because the receiver was back. */
  readonly #calls = new Map<number, number>()
  #turns = 0
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
    const isReplay = waiting.isReplay && !staysNew
    const keepsTurn = known?.isReplay === isReplay && known.dueAt === 0 && !this.#taken.has(known)
    const added = { ...waiting, isReplay, turn: keepsTurn ? known.turn : ++this.#turns }
    if (known !== undefined) {
      this.#forget(known)
      this.#calls.delete(known.seq)
    }
    this.#all.set(added.seq, added)
    if (isReplay) this.#replays++
    this.#subjects.add(added)
    this.#lineOf(added).add(added)
    if (known !== undefined) this.#goOnAfter(known)
  }

  has(seq: number): boolean {
    return this.#all.has(seq)
  }

  /**
   * The message to be tried now, no longer offered until it is put back or settled; null where none is due. New ones go
   * first, but for every fifth time while a replayed one is due. In the place of one about an incident goes an earlier
   * one about the same, also before its time; where that is being tried, the later one waits for it.
   * @param mayReplay whether a replayed one may be tried now
   */
  take(now: number, mayReplay: boolean): Waiting | null {
    for (const called of this.#called) return this.#taking(called)
    for (;;) {
      const fresh = this.#fresh.first(now)
      const replay = mayReplay ? this.#replayed.first(now) : null
      const isReplaysTurn = replay !== null && (fresh === null || this.#passes >= passesMost)
      const due = isReplaysTurn ? replay : fresh
      if (due === null) return null
      const first = this.#subjects.firstOf(due)
      if (first !== due) {
        this.#lineOf(due).remove(due)
        this.#subjects.hold(due)
        if (this.#taken.has(first)) continue
      }
      if (isReplaysTurn) this.#passes = 0
      else if (replay !== null) this.#passes++
      return this.#taking(first)
    }
  }

  /**
   * Lets those be tried at once that later ones about the same incident wait for: the receiver is back. Each of them
   * once between two tries that the schedule counts, so that one that only it refuses is not tried again and again.
   */
  callFirsts(): void {
    for (const first of this.#subjects.firsts()) {
      const { seq, dueAt, attempt, uncounted } = first
      if (dueAt === 0 || this.#taken.has(first) || this.#calls.get(seq) === attempt - uncounted) continue
      this.#calls.set(seq, attempt - uncounted)
      this.#called.add(first)
    }
  }

  /**
   * When the next one is due, epoch ms, 0 = at once; null where nothing waits.
   * @param mayReplay whether replayed ones count
   */
  nextDueAt(mayReplay: boolean): number | null {
    if (this.#called.size > 0) return 0
    const fresh = this.#fresh.nextDueAt()
    const replayed = mayReplay ? this.#replayed.nextDueAt() : null
    return fresh === null || replayed === null ? (fresh ?? replayed) : Math.min(fresh, replayed)
  }

  /** Offers a message again that was taken, unless another took its place. */
  putBack({ seq, round }: Waiting, dueAt: number): void {
    const waiting = this.#all.get(seq)
    if (waiting?.round !== round || !this.#taken.delete(waiting)) return
    waiting.dueAt = dueAt
    this.#lineOf(waiting).add(waiting)
  }

  /**
   * Takes note of a try of the message.
   * @param round the message as queued then; a later replay is another one
   * @param again when and how it is tried again; null = it waits no longer
   */
  settle(
    seq: number,
    round: number,
    again: Pick<Waiting, 'attempt' | 'uncounted' | 'dueAt' | 'payloadAt'> | null,
  ): void {
    const waiting = this.#all.get(seq)
    if (waiting === undefined || waiting.round !== round) return
    this.#forget(waiting)
    if (again !== null) this.add({ ...waiting, ...again })
    else {
      this.#calls.delete(seq)
      this.#goOnAfter(waiting)
    }
  }

  /** Everything that waits, oldest event first. */
  rows(): WaitingRow[] {
    return [...this.#all.values()].toSorted((a, b) => a.seq - b.seq).map(rowOf)
  }

  /** Adds what a snapshot holds. */
  restore(rows: readonly WaitingRow[]): void {
    for (const [seq, eventType, round, attempt, dueAt, payloadAt, ...more] of rows) {
      const [isReplay = false, subject = null, uncounted = 0] = more
      this.add({ seq, eventType, subject, round, attempt, uncounted, dueAt, payloadAt, isReplay })
    }
  }

  #lineOf({ isReplay }: Queued): WaitingLine {
    return isReplay ? this.#replayed : this.#fresh
  }

  #taking(waiting: Queued): Waiting {
    this.#lineOf(waiting).remove(waiting)
    this.#called.delete(waiting)
    this.#taken.add(waiting)
    return waiting
  }

  #forget(waiting: Queued): void {
    this.#lineOf(waiting).remove(waiting)
    this.#all.delete(waiting.seq)
    this.#subjects.remove(waiting)
    this.#taken.delete(waiting)
    this.#called.delete(waiting)
    if (waiting.isReplay) this.#replays--
  }

  /** Whoever waited for this one is offered again, or has the next one tried that it waits for. */
  #goOnAfter(gone: Queued): void {
    const freed = this.#subjects.freedBy(gone)
    if (freed === null) return
    if (freed.wasHeld) this.#lineOf(freed.first).add(freed.first)
    else if (!this.#taken.has(freed.first)) this.#called.add(freed.first)
  }
}

function rowOf(waiting: Waiting): WaitingRow {
  const { seq, eventType, round, attempt, dueAt, payloadAt, isReplay, subject, uncounted } = waiting
  const row: WaitingRow = [seq, eventType, round, attempt, dueAt, payloadAt]
  if (subject !== null || uncounted > 0) row.push(isReplay, subject, uncounted)
  else if (isReplay) row.push(true)
  return row
}
