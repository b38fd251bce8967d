// Which rows a form can have: what each sign asks of its fact and value. Pure; it reads no text.

import type { api } from '#data/contracts'
import type { FactType, NamedFact } from '#orchestrator/conditions'

/** Signs of comparisons, as CEL writes them. */
export const compared = {
  is: '==',
  is_not: '!=',
  less: '<',
  at_most: '<=',
  more: '>',
  at_least: '>=',
} as const satisfies Partial<Record<api.FormSign, string>>

/** Sign of a comparison. */
export type ComparedSign = keyof typeof compared

/** Signs that test a text, as CEL calls them. */
export const tested = {
  contains: 'contains',
  starts_with: 'startsWith',
  ends_with: 'endsWith',
} as const satisfies Partial<Record<api.FormSign, string>>

/** Sign of a test. */
export type TestedSign = keyof typeof tested

const numbers: readonly api.FormSign[] = [
  'is',
  'is_not',
  'less',
  'at_most',
  'more',
  'at_least',
  'one_of',
  'none_of',
]
const signsOf: Readonly<Record<FactType, readonly api.FormSign[]>> = {
  string: ['is', 'is_not', 'one_of', 'none_of', 'contains', 'starts_with', 'ends_with'],
  int: numbers,
  double: numbers,
  bool: ['is'],
  'list<string>': ['contains'],
}

/** Signs that a fact can have. */
export function signsFor(type: FactType): readonly api.FormSign[] {
  return signsOf[type]
}

/** What is wrong with a row, null = nothing. */
export function problemOfRow(
  { fact, sign, isNot, value }: api.FormRow,
  facts: ReadonlyMap<string, NamedFact>,
): string | null {
  const known = facts.get(fact)
  if (known === undefined) return `${fact} is not known here`
  if (!signsFor(known.type).includes(sign)) return `${fact} cannot be compared so`
  if (isNot && !(sign in tested)) return `${fact}: only texts and lists can be turned round`
  const isList = sign === 'one_of' || sign === 'none_of'
  if (isList !== Array.isArray(value)) return isList ? `${fact} needs a list` : `${fact} needs one value`
  const values = Array.isArray(value) ? value : [value]
  if (values.length === 0) return `${fact} needs a value`
  return values.every((one) => fits(one, known.type)) ? null : `${fact} needs ${needs(known.type)}`
}

function fits(value: string | number | boolean, type: FactType): boolean {
  switch (type) {
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value)
    case 'double':
      return typeof value === 'number' && Number.isFinite(value)
    default:
      return typeof value === 'string' && value.isWellFormed()
  }
}

function needs(type: FactType): string {
  switch (type) {
    case 'bool':
      return 'yes or no'
    case 'int':
      return 'a whole number'
    case 'double':
      return 'a number'
    default:
      return 'a text'
  }
}
