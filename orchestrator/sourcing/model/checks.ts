// What a node, a way or a piece of work is looked at for, and how it stands: the words and figures that decisions are
// explained with. It chooses nothing.

import type { api } from '#data/contracts'
import type { CandidateRecord } from '#orchestrator/core'
import type { Rule } from './rules.ts'

type ConstraintRecord = NonNullable<CandidateRecord['constraints']>[number]

/** How something stands with one constraint. */
export interface Check {
  /** Of a strategy, or one that always holds: active, method, customer, avoided, service, stock, incident, cut_off. */
  name: api.ConstraintName | FixedName
  isHard: boolean
  isMet: boolean
  /** Why it is not met, for lines without a node: e.g. too_far. */
  code: string
  /** Why it is not met, in words that go on after the name of the node. */
  text: string
  value: number | null
  limit: number | null
  slack: number | null
  unit: string | null
  /** Price of a soft one as it stands. */
  cents: number
}

/** Constraints that no strategy can switch off. */
export type FixedName =
  | 'active'
  | 'method'
  | 'customer'
  | 'avoided'
  | 'incident'
  | 'service'
  | 'stock'
  | 'cut_off'

interface Seen {
  isMet: boolean
  code: string
  text: string
  value?: number | null
  limit?: number | null
  /** value - limit where more is better; limit - value where not given. */
  slack?: number | null
  unit?: string | null
  /** By how much it is missed, in units of its price. */
  missedBy?: number
}

/** How a constraint of the strategy stands. */
export function check(rule: Pick<Rule, 'name' | 'isHard' | 'priceCents'>, seen: Seen): Check {
  const { isMet, code, text, value = null, limit = null, unit = null, missedBy = isMet ? 0 : 1 } = seen
  const slack =
    seen.slack !== undefined ? seen.slack : value === null || limit === null ? null : limit - value
  const cents = rule.isHard || isMet ? 0 : rule.priceCents * missedBy
  return { name: rule.name, isHard: rule.isHard, isMet, code, text, value, limit, slack, unit, cents }
}

/** How one of those that always hold stands. */
export function fixed(name: FixedName, seen: Seen): Check {
  const { isMet, code, text, value = null, limit = null, unit = null } = seen
  const slack =
    seen.slack !== undefined ? seen.slack : value === null || limit === null ? null : limit - value
  return { name, isHard: true, isMet, code, text, value, limit, slack, unit, cents: 0 }
}

/** Whether something stands in the way. */
export function isBlocked(checks: readonly Check[]): boolean {
  for (const one of checks) if (one.isHard && !one.isMet) return true
  return false
}

/** Those that stand in the way. */
export function blocking(checks: readonly Check[]): Check[] {
  return checks.filter(({ isHard, isMet }) => isHard && !isMet)
}

/** As a decision keeps it. */
export function recordOf(one: Check): ConstraintRecord {
  return {
    name: one.name,
    kind: one.isHard ? 'hard' : 'soft',
    isMet: one.isMet,
    value: tidy(one.value),
    limit: tidy(one.limit),
    slack: tidy(one.slack),
    unit: one.unit,
  }
}

function tidy(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * 100) / 100
}
