// What reroutes work with. Shapes only.

import type { Core, CoreState } from '#orchestrator/core'
import type { Worlds } from '#orchestrator/sourcing'
import type { Memory } from './memory.ts'

/** The market that moves are planned in: a state and what is known of the world. */
export interface PlanPlace {
  state: CoreState
  worlds: Worlds
  /** Epoch ms of the market. */
  now: number
  /** Elapsed ms since any instant, for time limits; absent = no limit but that of quality. */
  elapsedMs?: () => number
}

/** What moves are made with. */
export interface MoveContext {
  core: Core
  worlds: Worlds
  /** Epoch ms of the market. */
  now: number
  elapsedMs?: () => number
}

/** What a round of reroutes works with. */
export interface RerouteContext extends MoveContext {
  /** How odd the order model finds an order, 0 to 1; of moves that are as good, the oddest first. */
  oddnessOf(orderId: string): number
  /** What earlier rounds found, so that they need not look again; absent = nothing. */
  memory?: Memory
}

/** The place of a context as it is now. */
export function placeOf({ core, worlds, now, elapsedMs }: MoveContext): PlanPlace {
  return { state: core.state(), worlds, now, ...(elapsedMs === undefined ? {} : { elapsedMs }) }
}
