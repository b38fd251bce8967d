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

/** Ids of accepted loads, newest first: a list that grows without being copied. */
interface Accepted {
  loadId: string
  before: Accepted | null
}

interface Registry {
  loads: Accepted | null
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
  initial: () => ({ loads: null, markets: new Map() }),
  decide: (state, { data }) => {
    const market = state.markets.get(data.provider) ?? data.market
    if (market !== data.market) return { refused: 'provider_market', answer: { market, isNew: false } }
    if (includes(state.loads, data.loadId)) return { events: [], answer: { market, isNew: false } }
    return { events: [{ type: 'LoadAccepted', data }], answer: { market, isNew: true } }
  },
  evolve: (state, event) => {
    if (event.type !== 'LoadAccepted') return state
    const { loadId, provider, market } = event.data as LoadAccepted
    const isKnown = state.markets.has(provider)
    return {
      loads: { loadId, before: state.loads },
      markets: isKnown ? state.markets : new Map(state.markets).set(provider, market),
    }
  },
}

function includes(loads: Accepted | null, loadId: string): boolean {
  for (let each = loads; each !== null; each = each.before) if (each.loadId === loadId) return true
  return false
}

/** The writer of the loads' stream. */
export function openRegistry(
  log: EventLog,
  effects: Effects,
): Promise<Actor<Registry, AcceptLoad, LoadAnswer>> {
  return openActor({ log, stream: loadStream, definition, effects })
}
