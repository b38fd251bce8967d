// Which of several policies gets its way where they set or choose the same of an order: the one that was asked first,
// before whatever step. It changes no order.

import type { api } from '#data/contracts'
import { choiceOf, type Order } from '#orchestrator/core'
import type { Said } from './judge.ts'

/** What was set and chosen of an order by policies before, and by those that are asked together. */
export class Choices {
  readonly #before: ReadonlyMap<string, string>
  readonly #taken = new Set<string>()

  /** @param order as it was before they were asked */
  constructor({ policies }: Pick<Order, 'policies'>) {
    this.#before = new Map((policies?.choices ?? []).map(({ what, policyId }) => [what, policyId]))
  }

  /** Whether an earlier policy has set or chosen the same; a new version of that policy may do so again. */
  isSettled(action: api.PolicyAction, { policy: { policyId }, part }: Said): boolean {
    const what = choiceOf(action, part)
    if (what === null) return false
    return this.#taken.has(what) || (this.#before.get(what) ?? policyId) !== policyId
  }

  /** Notes what was set or chosen just now. */
  take(action: api.PolicyAction, { part }: Said): void {
    const what = choiceOf(action, part)
    if (what !== null) this.#taken.add(what)
  }
}
