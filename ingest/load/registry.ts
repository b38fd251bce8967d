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

/** What the book says of a load: not there yet, there already, or of a provider that belongs to another market. */
export type Standing = 'new' | 'known' | { market: string }

const definition: Definition<Registry, AcceptLoad, DomainEvent, null> = {
  initial: () => ({ loads: null, markets: new Map() }),
  decide: (state, { data }) => {
    const standing = standingOf(state, data)
    if (typeof standing === 'object') return { refused: 'provider_market', answer: null }
    return { events: standing === 'new' ? [{ type: 'LoadAccepted', data }] : [], answer: null }
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

/** What the book says of a load. */
export function standingOf(state: Registry, load: LoadAccepted): Standing {
  const market = state.markets.get(load.provider) ?? load.market
  if (market !== load.market) return { market }
  return includes(state.loads, load.loadId) ? 'known' : 'new'
}

function includes(loads: Accepted | null, loadId: string): boolean {
  for (let each = loads; each !== null; each = each.before) if (each.loadId === loadId) return true
  return false
}

/** The writer of the loads' stream. */
export function openRegistry(log: EventLog, effects: Effects): Promise<Actor<Registry, AcceptLoad, null>> {
  return openActor({ log, stream: loadStream, definition, effects })
}
