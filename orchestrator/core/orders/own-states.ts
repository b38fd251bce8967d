// Own states of a market: names for steps within a standard state, what may follow on what, and which of them hold the
// order back. Pure; the standard states stand in transitions.ts.

import { orderStatuses } from '#data/contracts'
import type { OrderStatus } from './order.ts'

/** A state of one's own within a standard state. */
export interface OwnState {
  name: string
  within: OrderStatus
  /** States it may follow on: other own states within the same one, or the standard state itself. */
  from: readonly string[]
  /** States that may follow on it, in the same way. */
  to: readonly string[]
  /** Whether nothing goes on from the standard state until this one is left. */
  blocks: boolean
}

/** States in which nothing is left to do, so that no own state can be within them. */
const terminal: ReadonlySet<OrderStatus> = new Set(['cancelled', 'returned'])

/** Why a list of own states cannot be, null where it can. */
export function problemOfOwnStates(
  states: readonly OwnState[],
): { reason: string; details: Record<string, unknown> } | null {
  const byName = new Map(states.map((state) => [state.name, state]))
  if (byName.size < states.length) return { reason: 'own_state_twice', details: {} }
  for (const { name, within, from, to } of states) {
    const isStandard = (orderStatuses as readonly string[]).includes(name)
    if (isStandard) return { reason: 'own_state_is_standard', details: { name } }
    if (terminal.has(within)) return { reason: 'own_state_in_terminal', details: { name, within } }
    const odd = [...from, ...to].find((each) => each !== within && byName.get(each)?.within !== within)
    if (odd !== undefined) return { reason: 'own_transition_unknown', details: { name, state: odd } }
  }
  return null
}

/**
 * Why a part cannot go from one own state to another, null where it can.
 * @param standard state that the part is in
 * @param from own state it is in, null = none
 * @param to own state it should be in, null = none
 */
export function problemOfOwnStep(
  states: readonly OwnState[],
  standard: OrderStatus,
  from: string | null,
  to: string | null,
): string | null {
  const find = (name: string | null) => states.find((state) => state.name === name)
  const [before, after] = [find(from), find(to)]
  if (to !== null && after === undefined) return 'own_state_unknown'
  if (after !== undefined && after.within !== standard) return 'own_state_elsewhere'
  const isLeft = before === undefined || before.to.includes(to ?? standard)
  const isEntered = after === undefined || after.from.includes(before === undefined ? standard : before.name)
  return isLeft && isEntered ? null : 'own_transition_illegal'
}

/** Whether an own state holds back what is in it. */
export function isBlocking(states: readonly OwnState[], name: string | null): boolean {
  return name !== null && states.some((state) => state.name === name && state.blocks)
}
