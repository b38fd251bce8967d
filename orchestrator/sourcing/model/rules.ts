// A strategy read for solving: its constraints by name, and what each piece costs by its weights and prices. It judges
// no node.

import type { api } from '#data/contracts'

/** A constraint of a strategy. */
export interface Rule {
  name: api.ConstraintName
  isHard: boolean
  limit: number | null
  /** Of a soft one, for each unit it is missed by. */
  priceCents: number
  values: ReadonlySet<string>
}

/** A strategy made ready. */
export interface Rules {
  strategy: api.Strategy
  of(name: api.ConstraintName): readonly Rule[]
  /** Hard ones, each name once. */
  hard: readonly api.ConstraintName[]
  isOn(name: api.ConstraintName): boolean
  /** Whether a hard one of that name is there. */
  isHard(name: api.ConstraintName): boolean
  /** Lowest limit of the hard ones, null = none. */
  hardLimit(name: api.ConstraintName): number | null
  /** Sum of prices of the soft ones. */
  softPrice(name: api.ConstraintName): number
}

const none: readonly Rule[] = []

/**
 * The rules of a strategy.
 * @param without hard constraints that are left out, to see whether they are what stands in the way
 */
export function rulesOf(strategy: api.Strategy, without?: ReadonlySet<api.ConstraintName>): Rules {
  const byName = new Map<api.ConstraintName, Rule[]>()
  for (const { name, kind, limit, priceCents, values } of strategy.constraints) {
    if (kind === 'hard' && without?.has(name)) continue
    const rule = { name, isHard: kind === 'hard', limit, priceCents, values: new Set(values) }
    const rules = byName.get(name)
    if (rules === undefined) byName.set(name, [rule])
    else rules.push(rule)
  }
  const of = (name: api.ConstraintName) => byName.get(name) ?? none
  const hard = new Set(
    [...byName.values()].flatMap((rules) => rules.flatMap(({ name, isHard }) => (isHard ? name : []))),
  )
  return {
    strategy,
    of,
    hard: [...hard],
    isOn: (name) => byName.has(name),
    isHard: (name) => hard.has(name),
    hardLimit: (name) => {
      const limits = of(name).flatMap(({ isHard, limit }) => (isHard && limit !== null ? [limit] : []))
      return limits.length === 0 ? null : Math.min(...limits)
    },
    softPrice: (name) => of(name).reduce((sum, rule) => sum + (rule.isHard ? 0 : rule.priceCents), 0),
  }
}
