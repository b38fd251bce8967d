// Two policies beside each other: whether they contradict, and whether one never gets its way because of the other.
// Only policies of the same scope are compared; those of different steps only in what they set and choose.

import { api } from '#data/contracts'
import { factsIn } from '../conditions.ts'
import { negated } from './clauses.ts'
import { canHoldTogether, follows } from './reason.ts'

/** A policy with what its condition says as rows, null where it is more than rows. */
export interface Readable {
  policy: api.OrderPolicyDraft
  form: api.FormGroup | null
}

/** What is odd about two policies together. @param own the one that is looked at */
export function pairFindings(own: Readable, other: Readable): api.PolicyFinding[] {
  const [a, b] = [own.policy, other.policy]
  if (a.scope !== b.scope || own.form === null || other.form === null) return []
  const meet = a.points.some((point) => b.points.includes(point))
  const facts = factsIn(a.scope)
  const [formA, formB] = [whereItSpeaks(own, own.form), whereItSpeaks(other, other.form)]
  const finding = (code: string, needsWord: boolean, text: string): api.PolicyFinding => ({
    ...{ code, kind: 'warning', needsWord, text },
    ...{ policyId: a.policyId, otherId: b.policyId, position: null },
  })
  if (a.kind === 'filter' && b.kind === 'filter') {
    if (!meet || canHoldTogether(own.form, other.form, facts) !== false) return []
    const text = `What ${a.name} lets through ${b.name} does not: together they let nothing through.`
    return [finding('contradicts', true, text)]
  }
  if (a.kind === 'filter' || b.kind === 'filter') return []
  const clash = clashOf(a, b)
  if (clash !== null && canHoldTogether(formA, formB, facts) === true) {
    const [first, second] = isBefore(a, b) ? [a, b] : [b, a]
    const isShadowed = follows(first === a ? formB : formA, first === a ? formA : formB, facts) === true
    const text = isShadowed
      ? `${second.name} never gets its way: ${first.name} holds wherever it does and ${clash} first.`
      : `${a.name} and ${b.name} can hold together, and ${clash} otherwise: ${first.name} comes first.`
    return [finding(isShadowed ? 'shadowed' : 'contradicts', !isShadowed, text)]
  }
  if (meet && sameActs(a, b) && follows(formA, formB, facts) === true) {
    return [finding('redundant', false, `${b.name} does the same wherever ${a.name} holds.`)]
  }
  return []
}

/** Where a policy has something to say: an execution where it holds, a filter where it does not. */
function whereItSpeaks({ policy }: Readable, form: api.FormGroup): api.FormGroup {
  return policy.kind === 'execution' ? form : negated(form)
}

/** In which order they are asked: step by step, and before the same step by priority. */
function isBefore(a: api.OrderPolicyDraft, b: api.OrderPolicyDraft): boolean {
  const [first, second] = [firstStep(a), firstStep(b)]
  if (first !== second) return first < second
  return a.priority < b.priority || (a.priority === b.priority && a.policyId < b.policyId)
}

function firstStep({ points }: api.OrderPolicyDraft): number {
  return api.policyPoints.findIndex((point) => points.includes(point))
}

/** What both do and cannot both have, null = nothing. */
function clashOf(a: api.OrderPolicyDraft, b: api.OrderPolicyDraft): string | null {
  for (const one of a.actions) {
    for (const other of b.actions) {
      if (one.do !== other.do || one.field !== other.field || one.value === other.value) continue
      if (one.do === 'set') return `sets ${one.field ?? 'a value'}`
      if (one.do === 'route') return 'chooses the strategy'
    }
  }
  return null
}

function sameActs(a: api.OrderPolicyDraft, b: api.OrderPolicyDraft): boolean {
  const acts = ({ actions }: api.OrderPolicyDraft) =>
    JSON.stringify(actions.map((action) => [action.do, action.field, action.value]).sort())
  return a.actions.length > 0 && acts(a) === acts(b)
}
