// What came of a tile, and what tiles work with. Shapes only.

import type { api } from '#data/contracts'
import type { Effects } from '#data/kernel'
import type { FlowMessage, FlowRun, FlowToken, Order } from '#orchestrator/core'
import type { UrlPolicy } from '#orchestrator/webhooks'
import type { ProviderActions } from '../actions/action.ts'
import type { FileCaller } from '../actions/file-call.ts'
import type { HttpCaller } from '../actions/http-call.ts'
import type { Lanes } from '../actions/lanes.ts'
import type { FlowPlan } from '../compile/plan.ts'
import type { FlowContext } from '../context.ts'

/** A tile was done or passed over; or it waits and nothing changed; or it failed. */
export type TileResult =
  | {
      kind: 'next'
      outcome: 'done' | 'skipped'
      reason?: string | null
      /** What taking it back needs to know; absent = there is nothing to take back. */
      undoRef?: string | null
      said?: string
      messages?: readonly FlowMessage[]
    }
  | { kind: 'wait'; reason: string }
  /** `undoRef` where it may have been done all the same, so that it has to be taken back. */
  | { kind: 'fail'; reason: string; isFinal?: boolean; undoRef?: string }

/** What reaches out of the process. */
export interface Outside {
  /** Where calls may go. */
  policy: UrlPolicy
  actions: ProviderActions
  http: HttpCaller
  files: FileCaller
  lanes: Lanes
}

/** What runs work with. */
export interface RunParts extends FlowContext {
  outside: Outside
  clock: { now(): number; after(ms: number, run: () => void): () => void }
  logger: Effects['logger']
}

/** A tile at work. */
export interface Scene {
  parts: RunParts
  plan: FlowPlan
  run: FlowRun
  token: FlowToken
  /** null where the run is about stock. */
  order: Order | null
}

/** A tile of a type. */
export type Tile<T extends api.FlowTileType> = api.FlowTileOf<T>
