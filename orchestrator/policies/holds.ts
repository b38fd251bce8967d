// What policies hold orders with. A hold is known by its reason, so that each lifts its own.

import type { api } from '#data/contracts'

/** Reason of a hold that waits for a person's word; a person lifts the hold to approve. */
const approvalReason = 'approval needed'

type Named = Pick<api.OrderPolicy, 'name'>

/** Reason of the hold that an action of a policy asks for, null = it asks for none. */
export function holdOfAction({ name }: Named, { do: act, value }: api.PolicyAction): string | null {
  if (act === 'hold') return `policy: ${value}`
  return act === 'approve' ? `${approvalReason}: ${name}: ${value}` : null
}

/** Reason with which a critical policy holds what it does not let through, or could not carry out. */
export function holdOfCritical({ name }: Named): string {
  return `policy: ${name}`
}

/** All reasons with which a policy may hold. */
export function holdsOf(policy: api.OrderPolicy): string[] {
  const own = policy.severity === 'critical' ? [holdOfCritical(policy)] : []
  return [...own, ...policy.actions.flatMap((action) => holdOfAction(policy, action) ?? [])]
}
