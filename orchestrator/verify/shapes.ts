// What a rule of the core is, and what is said where one does not hold. Shapes only.

import type { CoreState, Order, Stock } from '#orchestrator/core'

/** A rule that did not hold. */
export interface Violation {
  /** Id of the rule. */
  invariant: string
  /** What it is about: `order o1`, `position x at fab:A`, `index ...`. */
  subject: string
  /** What was found, in words. */
  found: string
}

/** A rule on one order. */
export interface OrderInvariant {
  scope: 'order'
  id: string
  says: string
  /** What is wrong with the order, null where nothing is. */
  find(order: Order, state: CoreState): string | null
}

/** A rule on one stock position. */
export interface PositionInvariant {
  scope: 'position'
  id: string
  says: string
  /** @param held units that reserved open work holds there */
  find(stock: Stock, held: number): string | null
}

/** A rule on what one command did to a position; a state alone does not show it. */
export interface StepInvariant {
  scope: 'step'
  id: string
  says: string
  /** @param limit units that may be promised there without stock */
  find(before: Stock | undefined, after: Stock, limit: number): string | null
}

/** A rule on the whole: mostly that an index lists nothing it should not. */
export interface StateInvariant {
  scope: 'state'
  id: string
  says: string
  find(state: CoreState): Iterable<{ subject: string; found: string }>
}

/** Any rule. */
export type Invariant = OrderInvariant | PositionInvariant | StepInvariant | StateInvariant
