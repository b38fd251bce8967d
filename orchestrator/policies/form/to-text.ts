// A form as CEL text: rows joined, groups in parentheses. Pure.

import type { api } from '#data/contracts'
import type { FactType, NamedFact } from '#orchestrator/conditions'
import { compared, problemOfRow, tested } from './rows.ts'

/** A text, or what is wrong with the form. */
export type WrittenForm = { text: string } | { problem: string }

/** Whether an item is a group. */
export function isGroup(item: api.FormRow | api.FormGroup): item is api.FormGroup {
  return 'items' in item
}

/** The text of a form. @param facts of the scope, by their path */
export function textOfForm(form: api.FormGroup, facts: ReadonlyMap<string, NamedFact>): WrittenForm {
  const problem = problemOf(form, facts)
  return problem === null ? { text: groupText(plainForm(form), facts) } : { problem }
}

function problemOf(group: api.FormGroup, facts: ReadonlyMap<string, NamedFact>): string | null {
  if (group.items.length === 0) return 'a group is empty'
  for (const item of group.items) {
    const problem = isGroup(item) ? problemOf(item, facts) : problemOfRow(item, facts)
    if (problem !== null) return problem
  }
  return null
}

/** The same form without what says nothing: groups of one, and a first group that is joined like the one around it. */
export function plainForm(form: api.FormGroup): api.FormGroup {
  const { join } = form
  const items = form.items.map((item) => (isGroup(item) ? plainItem(item) : item))
  const [first, ...others] = items
  const merged =
    first !== undefined && isGroup(first) && first.join === join ? [...first.items, ...others] : items
  const [only] = merged
  if (merged.length === 1 && only !== undefined) return isGroup(only) ? only : { join: 'and', items: [only] }
  return { join, items: merged }
}

function plainItem(group: api.FormGroup): api.FormRow | api.FormGroup {
  const plain = plainForm(group)
  const [only] = plain.items
  return plain.items.length === 1 && only !== undefined ? only : plain
}

function groupText({ join, items }: api.FormGroup, facts: ReadonlyMap<string, NamedFact>): string {
  const sign = join === 'and' ? ' && ' : ' || '
  return items
    .map((item) => (isGroup(item) ? `(${groupText(item, facts)})` : rowText(item, facts)))
    .join(sign)
}

function rowText({ fact, sign, isNot, value }: api.FormRow, facts: ReadonlyMap<string, NamedFact>): string {
  const type = facts.get(fact)?.type ?? 'string'
  const written = Array.isArray(value)
    ? `[${value.map((one) => literal(one, type)).join(', ')}]`
    : literal(value, type)
  const not = isNot ? '!' : ''
  switch (sign) {
    case 'one_of':
      return `${fact} in ${written}`
    case 'none_of':
      return `!(${fact} in ${written})`
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      if (type !== 'list<string>') return `${not}${fact}.${tested[sign]}(${written})`
      return isNot ? `!(${written} in ${fact})` : `${written} in ${fact}`
    default:
      if (type === 'bool') return value === true ? fact : `!${fact}`
      return `${fact} ${compared[sign]} ${written}`
  }
}

function literal(value: string | number | boolean, type: FactType): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  const plain = Object.is(value, -0) ? '0' : String(value)
  return type === 'double' && /^-?\d+$/.test(plain) ? `${plain}.0` : plain
}
