// Which holds are a flow's own to lift: those of its hold tiles, and of the policies that its tiles name. What a
// person, a policy before every order or a check holds is not. It changes nothing.

import type { CoreState, Order } from '#orchestrator/core'
import { holdsOf } from '#orchestrator/policies'
import type { FlowPlan } from '../compile/plan.ts'
import { policyInForce } from './policy-in-force.ts'
import { linesIn } from './scope.ts'

/** Reasons of the holds that a flow may lift. */
export function ownHolds({ tiles }: FlowPlan, state: CoreState): Set<string> {
  const own = new Set<string>()
  for (const tile of tiles.values()) {
    if (tile.type === 'hold') own.add(tile.reason)
    const named = 'policies' in tile ? (tile.policies ?? []) : []
    for (const policyId of named) {
      const policy = policyInForce(state, policyId)
      if (policy !== null) for (const reason of holdsOf(policy)) own.add(reason)
    }
  }
  return own
}

/** Reasons with which an order, or lines of it, are held now. @param lineIds null = the whole order */
export function holdsOn(order: Order, lineIds: readonly string[] | null): string[] {
  const ofLines = linesIn(order, lineIds).map(({ hold }) => hold)
  const all = lineIds === null ? [order.hold, ...ofLines] : ofLines
  return [...new Set(all.flatMap((hold) => hold ?? []))]
}
