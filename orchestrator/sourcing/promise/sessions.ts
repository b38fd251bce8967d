// Sessions that many promises share: one for each strategy and a few seconds of market time. Stock, load and products
// are looked at as they are at each promise; only what changes seldom is kept.

import type { api } from '#data/contracts'
import type { CoreState } from '#orchestrator/core'
import { openSession, type SourcingSession } from '../model/session.ts'
import type { Here } from '../views/source-here.ts'
import type { SourcingWorld } from '../world.ts'

/** Market time that a session is good for, ms. */
const goodForMs = 5_000
/** Sessions kept at once: as many strategies are rarely asked for within seconds. */
const sessionsMost = 20

interface Kept {
  session: SourcingSession
  /** What the session asks, as of the promise under way. */
  live: { world: SourcingWorld }
  history: object
  incidents: CoreState['incidents']
  openIncidents: CoreState['openIncidents']
}

/** Sessions by strategy. */
export class PromiseSessions {
  readonly #kept = new Map<string, Kept>()

  /**
   * The session of a strategy, its stock and load as of the state. Good until the next call.
   * Its time is up to five seconds ahead, so that nothing is promised for a cut-off that is over.
   */
  at({ worlds, state, now }: Here, strategy: api.Strategy): SourcingSession {
    const world = worlds.at(state, now, strategy)
    const ahead = Math.ceil(now / goodForMs) * goodForMs
    const key = `${strategy.strategyId}/${strategy.version}`
    const known = this.#kept.get(key)
    const isGood =
      known !== undefined &&
      known.session.world.now === ahead &&
      known.session.world.network === world.network &&
      known.session.world.strategy === strategy &&
      known.history === worlds.history &&
      known.incidents === state.incidents &&
      known.openIncidents === state.openIncidents
    if (isGood) {
      known.live.world = world
      return known.session
    }
    if (this.#kept.size >= sessionsMost) this.#kept.clear()
    const live = { world }
    const { incidents, openIncidents } = state
    const session = openSession(liveWorld(live, ahead))
    this.#kept.set(key, { session, live, history: worlds.history, incidents, openIncidents })
    return session
  }
}

/** A world that asks the newest one for what changes often. */
function liveWorld(live: Kept['live'], now: number): SourcingWorld {
  return {
    ...live.world,
    now,
    stock: {
      available: (sku, nodeId, channel) => live.world.stock.available(sku, nodeId, channel),
      keptBack: (sku, nodeId) => live.world.stock.keptBack(sku, nodeId),
      onHand: (sku, nodeId) => live.world.stock.onHand(sku, nodeId),
      nodesOf: (sku) => live.world.stock.nodesOf(sku),
    },
    load: {
      booked: (nodeId, day) => live.world.load.booked(nodeId, day),
      open: (nodeId) => live.world.load.open(nodeId),
      refused: (nodeId) => live.world.load.refused(nodeId),
    },
    product: (sku) => live.world.product(sku),
  }
}
