// Parts of the product broken on purpose, as somebody could break them by mistake: the simulation has to find each.

import type { Appended, EventLog, NewEvent, StoredEvent } from '#data/log'
import { controlEvents } from '#data/log'
import type { CoreState, Stock } from '#orchestrator/core'
import { type Parts, realParts } from '#orchestrator/simulation'

const { definition } = realParts

/** A state that has plenty of everything. */
function plenty(state: CoreState): CoreState {
  const more = (position: Stock | undefined) =>
    position === undefined ? undefined : { ...position, onHand: position.onHand + 1_000 }
  const stock = {
    get: (key: string) => more(state.stock.get(key)),
    getPair: (sku: string, nodeId: string) => more(state.stock.getPair(sku, nodeId)),
    has: (key: string) => state.stock.has(key),
  }
  return { ...state, stock: stock as unknown as CoreState['stock'] }
}

/** Orders take units without a look at what there is. */
export const withoutShortage: Parts = {
  ...realParts,
  definition: {
    ...definition,
    decide: (state, command) =>
      definition.decide(command.type === 'ReserveOrder' ? plenty(state) : state, command),
  },
}

/** Units that are let go are given back twice. */
export const releasingTwice: Parts = {
  ...realParts,
  definition: {
    ...definition,
    evolve: (state, event) => {
      const once = definition.evolve(state, event)
      return event.type === 'StockReleased' ? definition.evolve(once, event) : once
    },
  },
}

/** Shipped units stay on the shelf. */
export const shippingNothing: Parts = {
  ...realParts,
  definition: {
    ...definition,
    evolve: (state, event) => (event.type === 'StockShipped' ? state : definition.evolve(state, event)),
  },
}

/** The state depends on how often it was folded. */
export function foldingByCount(): Parts {
  let count = 0
  return {
    ...realParts,
    definition: {
      ...definition,
      evolve: (state, event) => {
        const next = definition.evolve(state, event)
        return event.type === 'OrderReleased' ? { ...next, liveOrders: ++count } : next
      },
    },
  }
}

/** A log of which some calls go another way. */
class ChangedLog implements EventLog {
  readonly #log: EventLog
  constructor(log: EventLog) {
    this.#log = log
  }
  append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended> {
    return this.#log.append(stream, expectedSeq, events)
  }
  read(stream: string, afterSeq: number, limit: number): Promise<StoredEvent[]> {
    return this.#log.read(stream, afterSeq, limit)
  }
  tail(stream: string): Promise<number> {
    return this.#log.tail(stream)
  }
  eventsOfCommand(stream: string, commandId: string): Promise<StoredEvent[]> {
    return this.#log.eventsOfCommand(stream, commandId)
  }
  streams(): Promise<string[]> {
    return this.#log.streams()
  }
  close(): Promise<void> {
    return this.#log.close()
  }
}

class WithoutBarrier extends ChangedLog {
  override append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended> {
    const isBarrier = events[0]?.type === controlEvents.writerStarted
    if (isBarrier) return Promise.resolve({ lastSeq: expectedSeq, recordedAt: 0 })
    return super.append(stream, expectedSeq, events)
  }
}

class Forgetful extends ChangedLog {
  override eventsOfCommand(): Promise<StoredEvent[]> {
    return Promise.resolve([])
  }
}

class Hasty extends ChangedLog {
  override append(stream: string, expectedSeq: number, events: readonly NewEvent[]): Promise<Appended> {
    const appended = super.append(stream, expectedSeq, events)
    const isBarrier = events[0]?.type === controlEvents.writerStarted
    if (isBarrier) return appended
    appended.catch(() => {})
    return Promise.resolve({ lastSeq: expectedSeq + events.length, recordedAt: 0 })
  }
}

function onLog(change: (log: EventLog) => EventLog): Parts {
  return { ...realParts, open: (options) => realParts.open({ ...options, log: change(options.log) }) }
}

/** Writers that take the stream without a barrier. */
export const withoutBarrier = onLog((log) => new WithoutBarrier(log))

/** Writers that do not find in the log what they did before. */
export const forgetful = onLog((log) => new Forgetful(log))

/** Writers that acknowledge what they have only sent. */
export const hasty = onLog((log) => new Hasty(log))

/** A log that takes every append, wherever the stream ends. */
export const withoutFence: Parts = { ...realParts, isFenced: false }
