// What has to be looked at before a version of a policy is published: a replay of it, and what a check found that a
// person must take on. It publishes nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type CoreState, policyIn } from '#orchestrator/core'
import { assertPolicy } from '#orchestrator/policies'
import type { Replays } from './replays.ts'

/** Code of the word that a policy is published without a replay. */
export const noReplay = 'no_replay'

/**
 * Findings that a person took on, where the version may be published.
 * @throws POLICY_UNKNOWN, POLICY_INVALID, REPLAY_UNKNOWN, POLICY_NEEDS_WORD with every code that needs a word
 */
export function assertPublishable(
  policyId: string,
  { version, replayId, accepted }: api.PolicyPublish,
  { state, replays }: { state: CoreState; replays: Pick<Replays, 'get'> },
): api.PolicyFinding[] {
  const policy = policyIn(state.policyBook, policyId, version)
  if (policy === undefined) throw fail('POLICY_UNKNOWN', { policyId, version })
  const findings = [...assertPolicy(policy, state), ...lookedAt(policy, replayId, replays)]
  const open = findings.filter(({ code, needsWord }) => needsWord && !accepted.includes(code))
  const [first] = open
  if (first === undefined) return findings
  const needs = [...new Set(open.map(({ code }) => code))]
  throw fail('POLICY_NEEDS_WORD', { policyId, reason: first.text, code: first.code, needs, findings })
}

/** What the replay found, or that there is none. */
function lookedAt(
  { policyId, version }: api.OrderPolicy,
  replayId: string | null,
  replays: Pick<Replays, 'get'>,
): api.PolicyFinding[] {
  const about = { policyId, otherId: null, position: null, kind: 'warning' as const, needsWord: true }
  const missing = (text: string): api.PolicyFinding[] => [{ ...about, code: noReplay, text }]
  if (replayId === null) return missing('Nobody looked at a replay of it on past orders.')
  const { kind, id, version: replayed, status, summary } = replays.get(replayId)
  const isOfIt = kind === 'policy' && id === policyId && replayed === version
  if (!isOfIt) return missing('The replay is of something else.')
  if (status !== 'done' || summary === null) return missing('The replay has not come to its end.')
  return summary.findings.filter(({ code }) => code === 'matched_everything')
}
