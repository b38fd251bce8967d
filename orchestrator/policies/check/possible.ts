// Whether rows can hold together: ranges of numbers, sets of texts, yes and no. Pure. Facts count as independent of one
// another, and tests of texts as independent of other tests.

import type { api } from '#data/contracts'
import type { NamedFact } from '#orchestrator/conditions'
import type { Clause } from './clauses.ts'

/** Whether the rows of a clause can hold together. */
export function isPossible(clause: Clause, facts: ReadonlyMap<string, NamedFact>): boolean {
  for (const [fact, rows] of Map.groupBy(clause, (row) => row.fact)) {
    const known = facts.get(fact)
    if (known !== undefined && !canHold(rows, known)) return false
  }
  return true
}

function canHold(rows: readonly api.FormRow[], fact: NamedFact): boolean {
  switch (fact.type) {
    case 'bool':
      return new Set(rows.map(({ value }) => value)).size === 1
    case 'int':
    case 'double':
      return numbersCanHold(rows, fact)
    case 'string':
      return textsCanHold(rows, fact)
    default:
      return testsCanHold(rows)
  }
}

interface Range {
  low: number
  high: number
  /** Whether the end itself is left out. */
  isLowOpen: boolean
  isHighOpen: boolean
}

function numbersCanHold(rows: readonly api.FormRow[], { type, least, most }: NamedFact): boolean {
  const range: Range = {
    low: least ?? Number.NEGATIVE_INFINITY,
    high: most ?? Number.POSITIVE_INFINITY,
    isLowOpen: false,
    isHighOpen: false,
  }
  const not = new Set<number>()
  let only: Set<number> | null = null
  for (const { sign, value } of rows) {
    const values = (Array.isArray(value) ? value : [value]).map(Number)
    const [one = 0] = values
    if (sign === 'less' || sign === 'at_most') lower(range, one, sign === 'less')
    else if (sign === 'more' || sign === 'at_least') raise(range, one, sign === 'more')
    else if (sign === 'is_not' || sign === 'none_of') for (const each of values) not.add(each)
    else only = only === null ? new Set(values) : new Set(values.filter((each) => only?.has(each)))
  }
  if (only !== null) return [...only].some((each) => isWithin(range, each) && !not.has(each))
  return type === 'int' ? hasWhole(range, not) : hasAny(range, not)
}

function lower(range: Range, high: number, isOpen: boolean): void {
  if (high < range.high || (high === range.high && isOpen)) Object.assign(range, { high, isHighOpen: isOpen })
}

function raise(range: Range, low: number, isOpen: boolean): void {
  if (low > range.low || (low === range.low && isOpen)) Object.assign(range, { low, isLowOpen: isOpen })
}

function isWithin({ low, high, isLowOpen, isHighOpen }: Range, value: number): boolean {
  return (isLowOpen ? value > low : value >= low) && (isHighOpen ? value < high : value <= high)
}

function hasAny(range: Range, not: ReadonlySet<number>): boolean {
  if (range.low < range.high) return true
  return range.low === range.high && isWithin(range, range.low) && !not.has(range.low)
}

function hasWhole(range: Range, not: ReadonlySet<number>): boolean {
  if (range.low === Number.NEGATIVE_INFINITY || range.high === Number.POSITIVE_INFINITY) return true
  // Among one more number than are left out there is one that is not.
  const first = Math.ceil(range.low)
  for (let value = first; value <= range.high && value <= first + not.size + 1; value++) {
    if (isWithin(range, value) && !not.has(value)) return true
  }
  return false
}

function textsCanHold(rows: readonly api.FormRow[], { words }: NamedFact): boolean {
  let only: Set<string> | null = words === undefined ? null : new Set([...words, ''])
  const not = new Set<string>()
  const tests: api.FormRow[] = []
  for (const row of rows) {
    const values = (Array.isArray(row.value) ? row.value : [row.value]).map(String)
    if (row.sign === 'is' || row.sign === 'one_of') {
      only = new Set(values.filter((each) => only === null || only.has(each)))
    } else if (row.sign === 'is_not' || row.sign === 'none_of') for (const each of values) not.add(each)
    else tests.push(row)
  }
  if (only === null) return testsCanHold(tests)
  return [...only].some((text) => !not.has(text) && tests.every((test) => passes(text, test)))
}

function passes(text: string, { sign, isNot, value }: api.FormRow): boolean {
  const part = String(value)
  const holds =
    sign === 'contains'
      ? text.includes(part)
      : sign === 'starts_with'
        ? text.startsWith(part)
        : text.endsWith(part)
  return holds !== isNot
}

/** The same test cannot hold and not hold. */
function testsCanHold(rows: readonly api.FormRow[]): boolean {
  const seen = new Map<string, boolean>()
  for (const { sign, value, isNot } of rows) {
    const key = `${sign} ${String(value)}`
    if ((seen.get(key) ?? isNot) !== isNot) return false
    // Every text contains nothing, and begins and ends with it.
    if (value === '' && isNot && sign !== 'contains') return false
    seen.set(key, isNot)
  }
  return true
}
