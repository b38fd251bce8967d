// What reroutes changed, as the API shows it: measured from the tables, once for each cycle. It changes nothing.

import type { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { measureEffects } from '#orchestrator/reroute'
import { placesOf } from './places.ts'
import { cachePerEngine } from './tables.ts'

const cache = cachePerEngine<api.RerouteEffect[]>(2)

/** Effects of all reroutes together first, then of each incident. */
export async function listEffects(engine: Engine): Promise<api.RerouteEffect[]> {
  const { tables } = await placesOf(engine)
  const at = { market: engine.market, now: engine.now() }
  const key = `${tables.version}/${Math.floor(at.now / 600_000)}`
  const effects = await cache(engine).get(key, () =>
    engine.workspace.warehouse.reading((queries) => measureEffects(queries, at)),
  )
  const { incidents } = engine.core.state()
  return effects.map((effect) => {
    const { incidentId } = effect
    return { ...effect, title: incidentId === null ? null : (incidents.get(incidentId)?.title ?? null) }
  })
}

/** The effect of the reroutes of an incident; null where it neither moved nor held out any order. */
export async function getEffect(engine: Engine, incidentId: string): Promise<api.RerouteEffect | null> {
  const effects = await listEffects(engine)
  return effects.find((effect) => effect.incidentId === incidentId) ?? null
}
