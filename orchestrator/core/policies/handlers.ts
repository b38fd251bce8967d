// How the state follows from events of policies. Pure.

import type { api } from '#data/contracts'
import type { HandlersOf } from '../handlers.ts'
import type { PolicyEvents } from './events.ts'
import { withDraft, withVersions } from './policy-book.ts'

/** What events of policies do. */
export const policyHandlers: HandlersOf<PolicyEvents> = {
  PolicyDrafted: (state, { policy }) => ({ ...state, policyBook: withDraft(state.policyBook, policy) }),
  PolicyPublished: (state, { policyId, version, replayId, by, at }) => ({
    ...state,
    policyBook: withVersions(state.policyBook, policyId, (policy) =>
      policy.version === version
        ? { ...policy, status: 'published', publishedAt: instant(at), publishedBy: by, replayId }
        : retired(policy, by, at),
    ),
  }),
  PolicyRetired: (state, { policyId, by, at }) => ({
    ...state,
    policyBook: withVersions(state.policyBook, policyId, (policy) => retired(policy, by, at)),
  }),
}

function retired(policy: api.OrderPolicy, by: string, at: number): api.OrderPolicy {
  return policy.status === 'published'
    ? { ...policy, status: 'retired', retiredAt: instant(at), retiredBy: by }
    : policy
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
