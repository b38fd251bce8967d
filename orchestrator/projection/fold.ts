// The state of a market from its stream alone, for whoever has no running core. It never writes.

import { type EventLog, isControlEvent } from '#data/log'
import { type CoreState, coreDefinition, coreEvent, coreStream } from '#orchestrator/core'

/** The state of a market after an event of its stream. */
export interface MarketFold {
  state: CoreState
  lastSeq: number
}

/** Events per read. */
const chunk = 10_000

/**
 * The fold of a market's stream, up to its end. The whole stream is read: about a second for 100,000 events.
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED
 */
export async function foldMarket(log: EventLog, market: string): Promise<MarketFold> {
  const { initial, evolve } = coreDefinition(market)
  const stream = coreStream(market)
  let state = initial()
  let lastSeq = 0
  for (;;) {
    const events = await log.read(stream, lastSeq, chunk)
    for (const event of events) {
      if (!isControlEvent(event.type)) state = evolve(state, coreEvent(event))
      lastSeq = event.seq
    }
    if (events.length < chunk) return { state, lastSeq }
  }
}
