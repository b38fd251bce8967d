// What the steps of the flow work with. Shapes only.

import type { Core } from '#orchestrator/core'
import type { Worlds } from '#orchestrator/sourcing'

/** What a step works with. */
export interface FlowContext {
  core: Core
  worlds: Worlds
  /** Epoch ms of the market. */
  now(): number
  /** Whether new orders may wait to be sourced together with others, where their strategy says so; default true. */
  mayWait?: boolean
}
