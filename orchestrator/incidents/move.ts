// The best other place for work that is at a node: by the same sourcing as new work, with what is there now to be
// compared with. It moves nothing.

import type { Assignment, Core, DecisionRecord, FulfillmentOrder, Order } from '#orchestrator/core'
import { askedForMove, assignmentOf, sourceHere, type Worlds } from '#orchestrator/sourcing'

/** What a move is planned with. */
export interface MoveContext {
  core: Core
  worlds: Worlds
  /** Epoch ms of the market. */
  now: number
}

/** What a move is for, and how far it may go. */
export interface MoveOptions {
  decisionId: string
  incidentId: string | null
  /** What it may cost more than to stay, in cents that are really paid. */
  maxExtraCents: number
  /** Only this node, where a person chose it. */
  toNodeId?: string
}

/** A plan, or why there is none; both with the record of what was weighed. */
export interface MovePlan {
  assignments: Assignment[] | null
  decision: DecisionRecord
}

/** The best place for a piece of work beside where it is. */
export function planMove(
  order: Order,
  work: FulfillmentOrder,
  { core, worlds, now }: MoveContext,
  options: MoveOptions,
): MovePlan {
  const state = core.state()
  const asked = askedForMove(state, order, work, now)
  const { work: planned, decision } = sourceHere(asked, { worlds, state, now }, options)
  return { assignments: planned.length === 0 ? null : planned.map(assignmentOf), decision }
}
