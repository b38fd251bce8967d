// The book of loads in the log: which were accepted, and which market each provider belongs to.

import type { Effects } from '#data/kernel'
import {
  type Actor,
  type Command,
  type Definition,
  type DomainEvent,
  type EventLog,
  openActor,
} from '#data/log'
import { type LoadAccepted, loadStream } from './event.ts'

interface Registry {
  loads: ReadonlySet<string>
  markets: ReadonlyMap<string, string>
}

interface AcceptLoad extends Command {
  type: 'AcceptLoad'
  data: LoadAccepted
}

/** How the registry answered. */
export interface LoadAnswer {
  market: string
  isNew: boolean
}

const definition: Definition<Registry, AcceptLoad, DomainEvent, LoadAnswer> = {
  initial: () => ({ loads: new Set(), markets: new Map() }),
  decide: (state, { data }) => {
    const market = state.markets.get(data.provider) ?? data.market
    if (market !== data.market) return { refused: 'provider_market', answer: { market, isNew: false } }
    if (state.loads.has(data.loadId)) return { events: [], answer: { market, isNew: false } }
    return { events: [{ type: 'LoadAccepted', data }], answer: { market, isNew: true } }
  },
  evolve: (state, event) => {
    if (event.type !== 'LoadAccepted') return state
    const { loadId, provider, market } = event.data as LoadAccepted
    return {
      loads: new Set(state.loads).add(loadId),
      markets: new Map(state.markets).set(provider, market),
    }
  },
}

/** The writer of the loads' stream. */
export function openRegistry(
  log: EventLog,
  effects: Effects,
): Promise<Actor<Registry, AcceptLoad, LoadAnswer>> {
  return openActor({ log, stream: loadStream, definition, effects })
}
