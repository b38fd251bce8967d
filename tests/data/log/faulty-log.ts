// A log that does what the real one below it does, and then claims something else where it is told to.

import { fail } from '#data/kernel'
import type { Appended, EventLog, NewEvent, StoredEvent } from '#data/log'

/**
 * What becomes of an append: it goes well, or its outcome is reported unknown though it did or did not land.
 */
export type Fate = 'fine' | 'lost' | 'landed'

/** A log whose next appends meet the fates in `fates`; later ones go well. */
export class FaultyLog implements EventLog {
  readonly #log: EventLog
  fates: Fate[] = []
  /** Every read and append fails while this is set. */
  isDown = false

  constructor(log: EventLog) {
    this.#log = log
  }

  async append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended> {
    const fate = this.isDown ? 'lost' : (this.fates.shift() ?? 'fine')
    if (fate === 'lost') throw fail('LOG_UNAVAILABLE', { reason: 'told to fail' })
    const appended = await this.#log.append(stream, expectedSeq, events)
    if (fate === 'landed') throw fail('LOG_UNAVAILABLE', { reason: 'told to fail' })
    return appended
  }

  async read(stream: string, afterSeq: number, limit: number): Promise<StoredEvent[]> {
    this.#check()
    return this.#log.read(stream, afterSeq, limit)
  }

  async tail(stream: string): Promise<number> {
    this.#check()
    return this.#log.tail(stream)
  }

  async eventsOfCommand(stream: string, commandId: string): Promise<StoredEvent[]> {
    this.#check()
    return this.#log.eventsOfCommand(stream, commandId)
  }

  streams(): Promise<string[]> {
    return this.#log.streams()
  }

  close(): Promise<void> {
    return this.#log.close()
  }

  #check(): void {
    if (this.isDown) throw fail('LOG_UNAVAILABLE', { reason: 'told to be down' })
  }
}
