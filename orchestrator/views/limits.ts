// The limits of reroutes as the API shows them: with their version, and who set them last. It changes nothing.

import type { api } from '#data/contracts'
import type { CoreState } from '#orchestrator/core'
import { isoOrNull } from './figures.ts'

/** The limits of reroutes as they are kept. */
export function limitsView({ policy, policySet }: CoreState): api.KeptReroutePolicy {
  const { version, at, by } = policySet
  return { ...policy, version, changedAt: isoOrNull(at), changedBy: by }
}
