// The event log as one process sees it: it keeps the contract of `EventLog` over a simulated store, with latency and
// faults. It decides no fault itself.

import { type Clock, type DetourError, fail } from '#data/kernel'
import type { Appended, EventLog, NewEvent, StoredEvent } from '#data/log'
import type { Fate } from './script.ts'
import { asText, type SimulatedStore, storeError, type TextEvent } from './store.ts'

/** What a connection is made of. */
export interface ConnectionOptions {
  store: SimulatedStore
  /** Time of the network and the database, which goes on while the process stands still. */
  clock: Clock
  /** What befalls the next call. */
  fate(kind: 'append' | 'read'): Fate
  /** Hands something to the process: now, later where it stands still, never where it is dead. */
  deliver(run: () => void): void
  isDead(): boolean
}

/** A process's way to the log. */
export class SimulatedConnection implements EventLog {
  readonly #options: ConnectionOptions
  /** When the last append takes effect: later ones come after it. */
  #lastEffect = 0
  #isClosed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended> {
    if (this.#isClosed) return Promise.reject(unavailable('the log is closed'))
    const { clock, store, deliver } = this.#options
    const fate = this.#options.fate('append')
    const text = asText(events)
    const { promise, resolve, reject } = Promise.withResolvers<Appended>()
    const effectAt = Math.max(clock.now() + fate.there, this.#lastEffect)
    const answer = (error: DetourError | null, appended: Appended | null) =>
      clock.after(fate.back, () => deliver(() => (appended === null ? reject(error) : resolve(appended))))
    const { generation } = store
    const arrive = (): void => {
      const isGone = store.generation !== generation || (this.#options.isDead() && !fate.survives)
      const outcome = isGone
        ? unavailable('the connection broke')
        : this.#take(stream, expectedSeq, text, fate)
      if (fate.how === 'late') return
      if (outcome instanceof Error) answer(outcome, null)
      else if (fate.how === 'fine') answer(null, outcome)
      else answer(unavailable('no answer came'), null)
    }
    if (fate.how === 'late') {
      clock.after(fate.there, () => deliver(() => reject(unavailable('no answer came'))))
      clock.after(fate.there + fate.back, arrive)
    } else {
      this.#lastEffect = effectAt
      clock.after(effectAt - clock.now(), arrive)
    }
    return promise
  }

  #take(stream: string, expectedSeq: number, text: readonly TextEvent[], fate: Fate): Appended | DetourError {
    const { store, clock } = this.#options
    if (fate.how === 'lost') return unavailable('the database did not take it')
    try {
      return store.append(stream, expectedSeq, text, clock.now(), fate.how !== 'loose')
    } catch (error) {
      return storeError(error)
    }
  }

  /** Takes out all that the reader does not look at, so that a state that hangs on it comes to light. */
  read(
    stream: string,
    afterSeq: number,
    limit: number,
    without: readonly string[] = [],
  ): Promise<StoredEvent[]> {
    return this.#ask((store) => {
      const events = store.read(stream, afterSeq, limit)
      for (const { data } of events) for (const path of without) cut(data, path.split('.').slice(1))
      return events
    })
  }

  tail(stream: string): Promise<number> {
    return this.#ask((store) => store.tail(stream))
  }

  eventsOfCommand(stream: string, commandId: string): Promise<StoredEvent[]> {
    return this.#ask((store) => store.eventsOfCommand(stream, commandId))
  }

  streams(): Promise<string[]> {
    return this.#ask((store) => store.streams())
  }

  close(): Promise<void> {
    this.#isClosed = true
    return Promise.resolve()
  }

  #ask<T>(question: (store: SimulatedStore) => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(unavailable('the log is closed'))
    const { clock, store, deliver } = this.#options
    const fate = this.#options.fate('read')
    const { generation } = store
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    clock.after(fate.there, () => {
      const isGood = fate.how === 'fine' && store.generation === generation
      const found = isGood ? { value: question(store) } : null
      clock.after(fate.back, () =>
        deliver(() => (found === null ? reject(unavailable('no answer came')) : resolve(found.value))),
      )
    })
    return promise
  }
}

function cut(value: unknown, [name, ...rest]: readonly string[]): void {
  if (typeof value !== 'object' || value === null || name === undefined) return
  const inner = value as Record<string, unknown>
  if (rest.length === 0) delete inner[name]
  else cut(inner[name], rest)
}

function unavailable(reason: string): DetourError {
  return fail('LOG_UNAVAILABLE', { reason })
}
