// How the system stands: clock, freshness, models, open incidents. It starts and stops nothing.

import { createRequire } from 'node:module'
import type { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { placesOf } from './places.ts'

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

/** Version, markets, clock, freshness, models and open incidents. */
export async function systemStatus(engine: Engine): Promise<api.SystemStatus> {
  const state = engine.core.state()
  const { warehouse } = engine.workspace
  const [freshness, markets, places] = await Promise.all([
    engine.freshness(),
    warehouse.reading((queries) =>
      queries.all<{ market: string }>('SELECT DISTINCT market FROM loads ORDER BY market'),
    ),
    placesOf(engine),
  ])
  return {
    version,
    market: engine.market,
    markets: [...new Set([engine.market, ...markets.map((row) => row.market)])].sort(),
    timeZone: places.zone,
    isDemo: state.isDemo,
    isEmpty: places.tables.firstAt === null && state.orders.size === 0 && markets.length === 0,
    clock: engine.clock(),
    freshness,
    models: engine.models(),
    openIncidents: state.openIncidents.size,
  }
}
