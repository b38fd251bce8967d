// What can happen to policies. Events are kept forever: fields are added, never renamed.

import type { api } from '#data/contracts'

/** Data of each event of policies, by its type. */
export interface PolicyEvents {
  PolicyDrafted: { policy: api.OrderPolicy }
  PolicyPublished: {
    policyId: string
    version: number
    replayId: string | null
    accepted: readonly string[]
    by: string
  }
  PolicyRetired: { policyId: string; by: string; reason: string }
}
