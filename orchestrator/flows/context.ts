// What the steps of the flow work with.

import type { Core, Order } from '#orchestrator/core'
import { type FactsContext, factsHere } from '#orchestrator/policies'
import type { Worlds } from '#orchestrator/sourcing'

/** Flows that take orders off the straight way. */
export interface FlowGate {
  /**
   * Takes an order further where a flow has it, or takes it.
   * @returns false where it goes the straight way
   */
  take(order: Order): Promise<boolean>
  /** One turn of the loop: what begins runs is looked for, and every run goes as far as it goes. */
  turn(): Promise<void>
}

/** What a step works with. */
export interface FlowContext {
  core: Core
  worlds: Worlds
  /** Epoch ms of the market. */
  now(): number
  /** Whether new orders may wait to be sourced together with others, where their strategy says so; default true. */
  mayWait?: boolean
  /** Flows beside the straight way; absent = there are none. */
  flows?: FlowGate
  /** Facts of another time than now, for what is only tried; absent = the market as it is. */
  facts?: FactsContext
}

/** Where facts come from. */
export function factsAt({ core, worlds, now, facts }: FlowContext): FactsContext {
  return facts ?? factsHere(worlds, core.state(), now())
}
