// What rows and groups say, as clauses: any of them holds where all its rows hold. Pure; where there would be too many,
// there are none.

import type { api } from '#data/contracts'
import { isGroup } from '../form/to-text.ts'

/** Rows that hold together. */
export type Clause = readonly api.FormRow[]

/** Clauses at most. */
const clausesMost = 1_000

const opposite: Readonly<Partial<Record<api.FormSign, api.FormSign>>> = {
  is: 'is_not',
  is_not: 'is',
  less: 'at_least',
  at_least: 'less',
  more: 'at_most',
  at_most: 'more',
  one_of: 'none_of',
  none_of: 'one_of',
}

/** The row that holds where the other does not. */
function turned(row: api.FormRow): api.FormRow {
  if (typeof row.value === 'boolean') return { ...row, value: !row.value }
  const sign = opposite[row.sign]
  return sign === undefined ? { ...row, isNot: !row.isNot } : { ...row, sign }
}

/** The form that holds where the other does not. */
export function negated({ join, items }: api.FormGroup): api.FormGroup {
  return {
    join: join === 'and' ? 'or' : 'and',
    items: items.map((item) => (isGroup(item) ? negated(item) : turned(item))),
  }
}

/** Clauses of a form, null where there would be too many. */
export function clausesOf(item: api.FormGroup | api.FormRow): Clause[] | null {
  if (!isGroup(item)) return [[item]]
  let all: Clause[] = item.join === 'and' ? [[]] : []
  for (const each of item.items) {
    const more = clausesOf(each)
    if (more === null) return null
    all =
      item.join === 'or' ? [...all, ...more] : all.flatMap((one) => more.map((other) => [...one, ...other]))
    if (all.length > clausesMost) return null
  }
  return all
}
