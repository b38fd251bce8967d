// Replays the stream of a market from its first event, in slices that leave room for other work, and finds the event
// after which something shows that only the whole state tells.

import { setImmediate } from 'node:timers/promises'
import type { EventLog, StoredEvent } from '#data/log'
import { type CoreState, coreDefinition, coreEvent, coreStream } from '#orchestrator/core'
import { Audit, type AuditFinding, breaks, type EventRef, refOf } from './audit.ts'

const chunk = 10_000
/** Events after which other work gets its turn. */
const slice = 200

/** States on the way, by the event they are after; they share what they have in common. */
export type Checkpoints = { seq: number; state: CoreState }[]

/** A market's stream, replayed as far as it was asked for. */
export class Replay {
  readonly audit: Audit
  readonly #log: EventLog
  readonly #stream: string
  readonly #checkpoints: Checkpoints
  /** States after these events are kept. */
  readonly #wanted: ReadonlySet<number>
  readonly kept = new Map<number, CoreState>()

  /** @param wanted events after which the state is kept */
  constructor(log: EventLog, market: string, wanted: ReadonlySet<number>) {
    this.audit = new Audit(market)
    this.#log = log
    this.#stream = coreStream(market)
    this.#wanted = wanted
    this.#checkpoints = [{ seq: 0, state: this.audit.state }]
  }

  /**
   * Goes on to an event.
   * @param onProgress told how far it is
   * @throws LOG_UNAVAILABLE, LOG_DAMAGED
   */
  async to(seq: number, onProgress: (seq: number) => void = () => undefined): Promise<void> {
    const { audit } = this
    while (audit.lastSeq < seq) {
      const events = await this.#log.read(this.#stream, audit.lastSeq, Math.min(chunk, seq - audit.lastSeq))
      if (events.length === 0) break
      for (const event of events) {
        audit.take(event)
        if (this.#wanted.has(event.seq)) this.kept.set(event.seq, audit.state)
        if (event.seq % slice === 0) await setImmediate()
      }
      this.#checkpoints.push({ seq: audit.lastSeq, state: audit.state })
      onProgress(audit.lastSeq)
    }
    audit.settle()
  }

  /** Looks at the whole state; what shows only there is traced to the event that brought it. */
  async lookAtAll(): Promise<void> {
    for (const finding of this.audit.lookAtAll()) finding.first = await this.#trace(finding)
  }

  /** Halves the way again and again: what shows now and did not at first began in between. */
  async #trace(finding: AuditFinding): Promise<EventRef | null> {
    let [low, high] = [0, this.#checkpoints.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (breaks(this.#at(middle).state, finding)) high = middle
      else low = middle
    }
    const from = this.#at(low)
    const events = await this.#log.read(this.#stream, from.seq, this.#at(high).seq - from.seq)
    const states = this.#statesOf(from.state, events)
    let [before, after] = [-1, states.length - 1]
    if (after < 0 || !breaks(states[after] as CoreState, finding)) return null
    while (after - before > 1) {
      const middle = (before + after) >> 1
      if (breaks(states[middle] as CoreState, finding)) after = middle
      else before = middle
    }
    const event = events[after]
    return event === undefined ? null : refOf(event)
  }

  #at(index: number): Checkpoints[number] {
    return this.#checkpoints[index] as Checkpoints[number]
  }

  #statesOf(start: CoreState, events: readonly StoredEvent[]): CoreState[] {
    const { evolve } = coreDefinition(this.audit.market)
    let state = start
    return events.map((event) => {
      state = evolve(state, coreEvent(event))
      return state
    })
  }
}
