// Silences of the core with how they stand and how many open incidents they match. It changes none.

import type { api } from '#data/contracts'
import { fits, nextStart, stateOf, stretchAt } from '#orchestrator/alerting'
import type { Silence } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'

const order = { active: 0, upcoming: 1, ended: 2 }

/** All of a market, or those that stand so; those that hold first. */
export function listSilences(engine: Engine, asked?: api.Silence['state']): api.Silence[] {
  return [...engine.core.state().alerting.silences.values()]
    .map((silence) => silenceView(engine, silence))
    .filter(({ state }) => asked === undefined || state === asked)
    .sort((a, b) => order[a.state] - order[b.state] || (a.startsAt < b.startsAt ? 1 : -1))
}

/** A silence with how it stands now, and what it matches. */
export function silenceView(engine: Engine, silence: Silence): api.Silence {
  const { incidents, openIncidents } = engine.core.state()
  const now = engine.now()
  const until = stretchAt(silence, now)?.to ?? null
  const next = nextStart(silence, now)
  const matching = [...openIncidents.values()].filter((id) => {
    const incident = incidents.get(id)
    return incident !== undefined && fits(silence.matchers, incident)
  })
  return {
    ...silence,
    state: stateOf(silence, now),
    activeUntil: until === null || !Number.isFinite(until) ? null : new Date(until).toISOString(),
    nextStart: next === null ? null : new Date(next).toISOString(),
    openIncidents: matching.length,
  }
}
