// Door of conditions: CEL over typed facts, the same for everything that is chosen by a condition.

export {
  type Condition,
  type ConditionFault,
  charactersMost,
  conditionOf,
  isCondition,
} from './condition.ts'
export { environmentOf } from './environment.ts'
export { type Fact, type Facts, type FactType, type NamedFact, namedFacts, type Subject } from './fact.ts'
