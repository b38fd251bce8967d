// The two sides of a replay of a policy: the policies in force, and the same with the draft in the place of its
// published version. Pure.

import type { api } from '#data/contracts'
import { type CoreState, policiesInForce } from '#orchestrator/core'
import { policiesAt } from '#orchestrator/policies'
import type { ReplaySides } from './run.ts'

/** Both sides of a draft. @param now epoch ms of the market */
export function policySides(
  { policyBook }: Pick<CoreState, 'policyBook'>,
  draft: api.OrderPolicyDraft,
  now: number,
): ReplaySides {
  const others = policiesInForce(policyBook).filter(({ policyId }) => policyId !== draft.policyId)
  const at = new Date(now).toISOString()
  const drafted: api.OrderPolicy = {
    ...draft,
    ...{ version: 0, status: 'published', draftedAt: at, draftedBy: 'replay', publishedAt: at },
    ...{ publishedBy: 'replay', replayId: null, retiredAt: null, retiredBy: null },
  }
  const after = { policyBook: { policies: [...others, drafted] } }
  return {
    before: (point) => policiesAt({ policyBook }, point),
    after: (point) => policiesAt(after, point),
  }
}
