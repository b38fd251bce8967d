// What is wrong or odd about a policy, by itself and beside those in force. What a person must take on is marked so. It
// sees rows and groups; of texts that are more than rows it only checks the types.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { isCondition } from '#orchestrator/conditions'
import { type CoreState, policiesInForce } from '#orchestrator/core'
import { conditionIn, factsIn } from '../conditions.ts'
import { formOfTree } from '../form/to-form.ts'
import { problemsOfActions } from './actions.ts'
import { pairFindings, type Readable } from './pairs.ts'
import { alwaysHolds, canHold } from './reason.ts'

/** What is wrong or odd about a draft, by itself and beside the policies in force. */
export function checkPolicy(
  draft: api.OrderPolicyDraft,
  state: Pick<CoreState, 'policyBook' | 'strategies'>,
): api.PolicyFinding[] {
  const own = byItself(draft, state)
  if (own.findings.some(({ kind }) => kind === 'error')) return own.findings
  const inForce = policiesInForce(state.policyBook)
  const others = inForce.filter(({ policyId }) => policyId !== draft.policyId)
  const pairs = others.flatMap((other) => pairFindings(own, readable(other)))
  const before = inForce.find(({ policyId }) => policyId === draft.policyId)
  return [...own.findings, ...(before === undefined ? [] : turned(draft, before.kind)), ...pairs]
}

/** A filter lets through what an execution acts on: whoever names the policy means the other kind. */
function turned(
  { policyId, kind }: api.OrderPolicyDraft,
  before: api.OrderPolicy['kind'],
): api.PolicyFinding[] {
  if (kind === before) return []
  const text = `The version in force is of kind ${before}: flows that name it would do the opposite.`
  const finding = { policyId, otherId: null, position: null, kind: 'warning' as const, needsWord: true }
  return [{ ...finding, code: 'kind_changed', text }]
}

/** What is odd about the policies in force together, each pair once. */
export function checkInForce({ policyBook }: Pick<CoreState, 'policyBook'>): api.PolicyFinding[] {
  const all = policiesInForce(policyBook).map(readable)
  return all.flatMap((one, i) => all.slice(i + 1).flatMap((other) => pairFindings(one, other)))
}

/** What is odd about policies that are asked beside each other, whatever steps they name; each pair once. */
export function pairsBeside(policies: readonly api.OrderPolicyDraft[]): api.PolicyFinding[] {
  const all = policies.map((policy) => readable({ ...policy, points: ['validate'] }))
  return all.flatMap((one, i) => all.slice(i + 1).flatMap((other) => pairFindings(one, other)))
}

function readable(policy: api.OrderPolicyDraft): Readable {
  const made = conditionIn(policy.scope, policy.when)
  const read = isCondition(made) ? formOfTree(made.tree, factsIn(policy.scope)) : null
  return { policy, form: read !== null && 'form' in read ? read.form : null }
}

function byItself(
  draft: api.OrderPolicyDraft,
  { strategies }: Pick<CoreState, 'strategies'>,
): Readable & { findings: api.PolicyFinding[] } {
  const { policyId, scope, when } = draft
  const about = { policyId, otherId: null, position: null, needsWord: false }
  const made = conditionIn(scope, when)
  if (!isCondition(made)) {
    const { position, reason } = made
    const text = `The condition: ${reason}.`
    const finding = { ...about, code: 'condition_invalid', kind: 'error' as const, position, text }
    return { policy: draft, form: null, findings: [finding] }
  }
  const strategyIds = new Set(strategies.strategies.map(({ strategyId }) => strategyId))
  const findings: api.PolicyFinding[] = problemsOfActions(draft, { strategyIds }).map((problem) => ({
    ...about,
    ...problem,
  }))
  const odd = (code: string, text: string, needsWord = false) =>
    findings.push({ ...about, code, kind: 'warning', needsWord, text })
  if (made.subjects.has('anomaly') && draft.points.some((point) => point !== 'reroute'))
    odd(
      'not_scored_yet',
      'anomaly.oddness is 0 for a new order before validate, source and release: a turn of the loop scores it later.',
    )
  const read = formOfTree(made.tree, factsIn(scope))
  const form = 'form' in read ? read.form : null
  if (made.subjects.size === 0) {
    const holds = made.holds({})
    odd(holds ? 'matches_everything' : 'matches_nothing', everything(draft, holds), isDrastic(draft, holds))
  } else if (form === null) {
    odd('only_text', 'Its condition is more than rows can say: it is not compared with other policies.')
  } else {
    const facts = factsIn(scope)
    if (alwaysHolds(form, facts) === true)
      odd('matches_everything', everything(draft, true), isDrastic(draft, true))
    if (canHold(form, facts) === false)
      odd('matches_nothing', everything(draft, false), isDrastic(draft, false))
  }
  return { policy: draft, form, findings }
}

function everything({ kind, scope }: api.OrderPolicyDraft, holds: boolean): string {
  const what = scope === 'order' ? 'order' : scope === 'line' ? 'line' : scope === 'node' ? 'node' : 'work'
  if (kind === 'execution')
    return holds ? `Its condition holds for every ${what}.` : `Its condition can never hold.`
  return holds
    ? `It lets every ${what} through.`
    : `It lets no ${what} through: its condition can never hold.`
}

/** Whether it would touch every order: an execution that always acts, a filter that lets nothing through. */
function isDrastic({ kind }: api.OrderPolicyDraft, holds: boolean): boolean {
  return (kind === 'execution') === holds
}

/** Findings where the policy can be used. @throws POLICY_INVALID with the first error, and all findings */
export function assertPolicy(
  draft: api.OrderPolicyDraft,
  state: Pick<CoreState, 'policyBook' | 'strategies'>,
): api.PolicyFinding[] {
  const findings = checkPolicy(draft, state)
  const first = findings.find(({ kind }) => kind === 'error')
  if (first === undefined) return findings
  const { code, text, position } = first
  throw fail('POLICY_INVALID', { policyId: draft.policyId, reason: text, code, position, findings })
}
