// Which strategy an order is sourced by: the first rule whose condition holds chooses, else the default. It publishes
// nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { defaultStrategy, defaultStrategyId, newestStrategy, type StrategiesState } from '#orchestrator/core'
import type { SourcingOrder } from '../world.ts'
import { type Condition, conditionOf, isCondition } from './conditions.ts'
import { factsOf } from './facts.ts'

/** A strategy and the rule that chose it. */
export interface StrategyChoice {
  strategy: api.Strategy
  /** Place of the rule, the first is 0; null = none held. */
  rule: number | null
}

interface ReadyRule {
  holds: Condition
  strategy: api.Strategy
  place: number
}

const ready = new WeakMap<StrategiesState, readonly ReadyRule[]>()

/**
 * The strategy of an order: the newest version of the one that the first rule chooses that holds.
 * @param now epoch ms of the market
 */
export function strategyFor(order: SourcingOrder, book: StrategiesState, now: number): StrategyChoice {
  const rules = readyRules(book)
  if (rules.length > 0) {
    const facts = factsOf(order, now)
    for (const { holds, strategy, place } of rules) if (holds(facts)) return { strategy, rule: place }
  }
  return { strategy: newestStrategy(book.strategies, defaultStrategyId) ?? defaultStrategy, rule: null }
}

/** Rules with their conditions, made once for each list. One that cannot be read never holds. */
function readyRules(book: StrategiesState): readonly ReadyRule[] {
  const known = ready.get(book)
  if (known !== undefined) return known
  const made = book.rules.flatMap(({ when, strategyId }, place) => {
    const condition = conditionOf(when)
    const strategy = newestStrategy(book.strategies, strategyId)
    return isCondition(condition) && strategy !== undefined ? [{ holds: condition, strategy, place }] : []
  })
  ready.set(book, made)
  return made
}

/** What is wrong with rules: conditions that cannot be read, strategies that are not there. */
export function ruleFaults(
  rules: readonly api.StrategyRule[],
  strategies: readonly api.Strategy[],
): api.StrategyRuleFault[] {
  return rules.flatMap(({ when, strategyId }, rule): api.StrategyRuleFault[] => {
    const condition = conditionOf(when)
    const isKnown = newestStrategy(strategies, strategyId) !== undefined
    return [
      ...(isCondition(condition) ? [] : [{ rule, ...condition }]),
      ...(isKnown ? [] : [{ rule, position: null, reason: `there is no strategy ${strategyId}` }]),
    ]
  })
}

/** Nothing where all rules can be used. @throws STRATEGY_RULE_INVALID with the first fault, and all of them */
export function assertRules(rules: readonly api.StrategyRule[], strategies: readonly api.Strategy[]): void {
  const faults = ruleFaults(rules, strategies)
  const [first] = faults
  if (first !== undefined) throw fail('STRATEGY_RULE_INVALID', { ...first, faults })
}
