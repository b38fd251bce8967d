// The version of a policy that tiles go by.

import type { api } from '#data/contracts'
import { type CoreState, policiesInForce } from '#orchestrator/core'

/** The version of a policy that tiles go by, null = none is in force. */
export function policyInForce({ policyBook }: CoreState, policyId: string): api.OrderPolicy | null {
  return policiesInForce(policyBook).find((each) => each.policyId === policyId) ?? null
}
