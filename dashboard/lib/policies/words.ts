// Words and small rules of policies on the page: what they are called, empty drafts, signs of rows. Pure.

import type { api } from '#data/contracts'
import { count, counted, money, none } from '../numbers.ts'
import type { FigureRow } from '../what-if.ts'
import type { Tone } from '../words.ts'

/** What each kind does. */
export const kindWords = {
  execution: 'acts where the condition holds',
  filter: 'lets a step be taken only where the condition holds',
} as const satisfies Record<api.OrderPolicy['kind'], string>

/** What comes of what fails. */
export const severityWords = {
  information: 'noted, the order goes on',
  critical: 'the order is held',
} as const satisfies Record<api.OrderPolicy['severity'], string>

/** What a policy is asked of. */
export const scopeWords = {
  order: 'each order',
  line: 'each line',
  fulfillment_order: 'each fulfillment order',
  node: 'each node that may be chosen',
} as const satisfies Record<api.PolicyScope, string>

/** Steps. */
export const pointWords = {
  validate: 'validation',
  source: 'sourcing',
  release: 'release',
  reroute: 'a reroute',
} as const satisfies Record<api.PolicyPoint, string>

/** What can be done. */
export const actWords = {
  hold: 'hold it',
  approve: 'ask for a person',
  route: 'source it by a strategy',
  set: 'set a value',
  tag: 'tag it',
  reroute: 'move its work',
} as const satisfies Record<api.PolicyAction['do'], string>

/** What the value of an action is. */
export const valueWords = {
  hold: 'reason',
  approve: 'reason',
  route: 'strategy',
  set: 'value',
  tag: 'tag',
  reroute: 'reason',
} as const satisfies Record<api.PolicyAction['do'], string>

/** Signs of rows by type of fact. */
export const signWords = {
  is: 'is',
  is_not: 'is not',
  less: 'is less than',
  at_most: 'is at most',
  more: 'is more than',
  at_least: 'is at least',
  one_of: 'is one of',
  none_of: 'is none of',
  contains: 'contains',
  starts_with: 'starts with',
  ends_with: 'ends with',
} as const satisfies Record<api.FormRow['sign'], string>

type Sign = api.FormRow['sign']
const numberSigns: readonly Sign[] = [
  ...(['is', 'is_not', 'less', 'at_most', 'more', 'at_least', 'one_of', 'none_of'] as const),
]
const textSigns: readonly Sign[] = [
  ...(['is', 'is_not', 'one_of', 'none_of', 'contains', 'starts_with', 'ends_with'] as const),
]

/** Signs that a fact can have. */
export function signsFor(type: api.PolicyFact['type']): readonly Sign[] {
  if (type === 'bool') return ['is']
  if (type === 'list<string>') return ['contains']
  return type === 'string' ? textSigns : numberSigns
}

/** A row of a fact with an ordinary value. */
export function rowOf({ path, type, words }: api.PolicyFact): api.FormRow {
  const value = type === 'bool' ? true : type === 'int' || type === 'double' ? 0 : (words[0] ?? '')
  return { fact: path, sign: signsFor(type)[0] ?? 'is', isNot: false, value }
}

/** The row with another sign: its value becomes a list, or stops being one. */
export function withSign(row: api.FormRow, sign: Sign): api.FormRow {
  const isList = sign === 'one_of' || sign === 'none_of'
  const { value } = row
  const isTest = sign === 'contains' || sign === 'starts_with' || sign === 'ends_with'
  const one = Array.isArray(value) ? (value[0] ?? '') : value
  return { ...row, sign, isNot: isTest && row.isNot, value: (isList ? [one] : one) as api.FormRow['value'] }
}

/** The value that a person typed, as the type of its fact has it. */
export function typedValue(
  raw: string,
  row: api.FormRow,
  type: api.PolicyFact['type'],
): api.FormRow['value'] {
  const isNumber = type === 'int' || type === 'double'
  if (row.sign === 'one_of' || row.sign === 'none_of') {
    const parts = raw.split(',').map((part) => part.trim())
    return isNumber ? parts.map(Number).filter(Number.isFinite) : parts
  }
  return isNumber ? Number(raw) : raw
}

/** The value of a row as a person types it. */
export function shownValue({ value }: api.FormRow): string {
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** A draft that nothing was said of yet. */
export const emptyDraft: api.OrderPolicyDraft = {
  policyId: '',
  name: '',
  note: '',
  kind: 'execution',
  severity: 'critical',
  scope: 'order',
  points: ['validate'],
  when: 'order.valueCents > 50000',
  actions: [{ do: 'hold', field: null, value: 'worth a look' }],
  priority: 100,
  isEnabled: true,
}

/** What a version says, to be drafted anew. */
export function draftOf(policy: api.OrderPolicy): api.OrderPolicyDraft {
  const { policyId, name, note, kind, severity, scope, points, when, actions, priority, isEnabled } = policy
  return { policyId, name, note, kind, severity, scope, points, when, actions, priority, isEnabled }
}

/** How a version stands, in a word with its tone. */
export function standingOf({ status, isEnabled }: api.OrderPolicy): { tone: Tone; word: string } {
  if (status === 'published')
    return isEnabled ? { tone: 'good', word: 'In force' } : { tone: 'plain', word: 'Off' }
  return status === 'draft' ? { tone: 'info', word: 'Draft' } : { tone: 'plain', word: 'Retired' }
}

/** What goes on, in a sentence. */
export function policiesSentence({ policies, findings }: api.PoliciesAnswer): string {
  const inForce = policies.filter(({ status, isEnabled }) => status === 'published' && isEnabled).length
  if (inForce === 0) return 'No policy is in force: orders take every step unasked.'
  const odd =
    findings.length === 0
      ? 'none stands in the way of another'
      : `${counted(findings.length, 'pair')} to look at`
  return `${counted(inForce, 'policy', 'policies')} in force; ${odd}.`
}

/** An action in words. */
export function actionWords({ do: act, field, value }: api.PolicyAction): string {
  return act === 'set' ? `set ${field ?? ''} to ${value}` : `${actWords[act]}: ${value}`
}

/** Figures of both sides of a replay as rows; the tone says whether a change is good. */
export function replayRows({ before, after, currency }: api.ReplaySummary): FigureRow[] {
  const change = (was: number, is: number) =>
    is === was ? '' : `${is > was ? '+' : '−'}${count(Math.abs(is - was))}`
  const row = (
    title: string,
    name: 'validated' | 'held' | 'noted' | 'tagged' | 'sourced' | 'unserved' | 'rerouted',
  ) => ({
    ...{ title, before: count(before[name]), after: count(after[name]) },
    change: change(before[name], after[name]),
    tone: 'plain' as const,
  })
  const cost = after.costCents - before.costCents
  const [was, is] = [before.lateOrders, after.lateOrders]
  const late = was === null || is === null ? 0 : is - was
  return [
    row('Past validation', 'validated'),
    row('Held', 'held'),
    row('With something noted', 'noted'),
    row('Tagged', 'tagged'),
    row('Sourced whole', 'sourced'),
    row('Without a node for some units', 'unserved'),
    row('Work that would be moved', 'rerouted'),
    {
      title: 'Cost of work',
      before: money(before.costCents, currency),
      after: money(after.costCents, currency),
      change: cost === 0 ? '' : `${cost > 0 ? '+' : ''}${money(cost, currency)}`,
      // Orders that are held cost nothing: less is no gain where more are held.
      tone: after.held === before.held ? toneOf(-cost) : 'plain',
    },
    {
      title: 'Expected late orders',
      before: was === null ? none : was.toFixed(1),
      after: is === null ? none : is.toFixed(1),
      change: Math.abs(late) < 0.05 ? '' : `${late > 0 ? '+' : '−'}${Math.abs(late).toFixed(1)}`,
      tone: after.held === before.held ? toneOf(-late) : 'plain',
    },
  ]
}

function toneOf(gain: number): Tone {
  return gain === 0 ? 'plain' : gain > 0 ? 'good' : 'bad'
}
