// Which strategy an order is sourced by: the first rule whose condition holds chooses, else the default. It publishes
// nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type Condition, conditionOf, environmentOf, isCondition } from '#orchestrator/conditions'
import { defaultStrategy, defaultStrategyId, newestStrategy, type StrategiesState } from '#orchestrator/core'
import type { SourcingOrder } from '../world.ts'
import { factsOf, nowFacts, orderFacts } from './facts.ts'

/** A strategy and the rule that chose it. */
export interface StrategyChoice {
  strategy: api.Strategy
  /** Place of the rule, the first is 0; null = none held. */
  rule: number | null
}

interface ReadyRule {
  condition: Condition
  strategy: api.Strategy
  place: number
}

const environment = environmentOf([
  { name: 'order', facts: orderFacts },
  { name: 'now', facts: nowFacts },
])
const ready = new WeakMap<StrategiesState, readonly ReadyRule[]>()

/**
 * The strategy of an order: the one that a policy chose, else that of the first rule that holds; the newest version.
 * @param now epoch ms of the market
 */
export function strategyFor(order: SourcingOrder, book: StrategiesState, now: number): StrategyChoice {
  const told = order.strategyId === undefined ? undefined : newestStrategy(book.strategies, order.strategyId)
  if (told !== undefined) return { strategy: told, rule: null }
  const rules = readyRules(book)
  if (rules.length > 0) {
    const facts = factsOf(order, now)
    for (const { condition, strategy, place } of rules) {
      if (condition.holds(facts)) return { strategy, rule: place }
    }
  }
  return { strategy: newestStrategy(book.strategies, defaultStrategyId) ?? defaultStrategy, rule: null }
}

/** Rules with their conditions, made once for each list. One that cannot be read never holds. */
function readyRules(book: StrategiesState): readonly ReadyRule[] {
  const known = ready.get(book)
  if (known !== undefined) return known
  const made = book.rules.flatMap(({ when, strategyId }, place) => {
    const condition = conditionOf(when, environment)
    const strategy = newestStrategy(book.strategies, strategyId)
    return isCondition(condition) && strategy !== undefined ? [{ condition, strategy, place }] : []
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
    const condition = conditionOf(when, environment)
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
