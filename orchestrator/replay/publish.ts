// What has to be looked at before a version of a policy or flow is published: a replay of it, and what a check found
// that a person must take on. It publishes nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type CoreState, policyIn } from '#orchestrator/core'
import { assertPolicy } from '#orchestrator/policies'
import { documentHash } from './flow-sides.ts'
import { noReplay, type Replays } from './replays.ts'

/** Findings of a replay that a person takes on; what a check found is asked of the version itself. */
const ofReplays: ReadonlySet<string> = new Set([noReplay, 'matched_everything'])

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
  return summary.findings.filter(({ code }) => ofReplays.has(code))
}

/** Findings on flows that a person has to take on. */
const needWord: ReadonlySet<string> = new Set(['matches_everything'])

/** A flow that was checked, as it was given. */
interface CheckedFlow {
  flowId: string
  kind: api.FlowKind
  document: unknown
  findings: readonly api.FlowFinding[]
}

/**
 * That a flow may be published: a replay of this very document was looked at, or a person takes on that none was.
 * @throws REPLAY_UNKNOWN, FLOW_NEEDS_WORD with every code that needs a word
 */
export function assertFlowPublishable(
  { flowId, kind, document, findings }: CheckedFlow,
  { replayId, accepted = [] }: Pick<api.FlowPublishBody, 'replayId' | 'accepted'>,
  replays: Pick<Replays, 'get'>,
): void {
  const needs = findings.flatMap(({ code }) => (needWord.has(code) && !accepted.includes(code) ? [code] : []))
  let reason = findings.find(({ code }) => code === needs[0])?.text
  if (kind === 'order' && !accepted.includes(noReplay)) {
    const missing = missingReplay(flowId, document, replayId === undefined ? null : replays.get(replayId))
    if (missing !== null) {
      needs.push(noReplay)
      reason ??= missing
    }
  }
  if (reason !== undefined && needs.length > 0)
    throw fail('FLOW_NEEDS_WORD', { flowId, reason, needs, findings })
}

function missingReplay(flowId: string, document: unknown, replay: api.Replay | null): string | null {
  if (replay === null) return 'nobody looked at a replay of it on past orders'
  if (replay.kind !== 'flow' || replay.id !== flowId) return 'the replay is of something else'
  if (replay.documentHash !== documentHash(document)) return 'the replay is of another document'
  if (replay.status !== 'done') return 'the replay has not come to its end'
  const isEmpty = replay.summary?.findings.some(({ code }) => code === noReplay)
  return isEmpty ? 'there were no orders in the days of the replay' : null
}
