// What can be asked about policies. Shapes only.

import type { api } from '#data/contracts'

/** Data of each command on policies, by its type. */
export interface PolicyCommands {
  /** Becomes the next version of its id; the same as its newest version is no new one. */
  DraftPolicy: { draft: api.OrderPolicyDraft; by: string }
  /** The version is in force from now on, instead of the one before. @param accepted codes that a person took on */
  PublishPolicy: {
    policyId: string
    version: number
    replayId: string | null
    accepted: readonly string[]
    by: string
  }
  /** No version of it is in force any more. */
  RetirePolicy: { policyId: string; by: string; reason: string }
}
