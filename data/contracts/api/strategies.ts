// Shapes of sourcing strategies: what is weighed and what must hold. A version never changes once it is published.

import { Type } from 'typebox'
import { nodeTypes } from '../status.ts'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

const id = () => Type.String({ minLength: 1, maxLength: 200 })
const weight = () => Type.Number({ minimum: 0, maximum: 1_000 })
const cents = () => Type.Number({ minimum: 0, maximum: 1e9 })

/** Names of cost terms. */
export const costTerms = [
  'carriage',
  'processing',
  'split',
  'capacity',
  'lateness',
  'time',
  'stock_out',
  'co2',
  'priority',
  'soft',
] as const
export type CostTerm = (typeof costTerms)[number]

/** What each term counts for, 1 = as it is, 0 = not at all. */
export const objectiveWeights = shape({
  carriage: weight(),
  processing: weight(),
  split: weight(),
  capacity: weight(),
  lateness: weight(),
  time: weight(),
  stockOut: weight(),
  co2: weight(),
})

/** What things that nobody sends a bill for are taken to cost. */
export const objectivePrices = shape({
  splitCents: Type.Number({
    minimum: 0,
    maximum: 1e9,
    description: 'each further piece of work of an order',
  }),
  lateOrderCents: cents(),
  lateDayCents: cents(),
  hourCents: Type.Number({ minimum: 0, maximum: 1e6, description: 'each hour until the customer has it' }),
  fullNodeCents: Type.Number({
    minimum: 0,
    maximum: 1e9,
    description: 'an order at a node whose day is full; less below, nothing up to 40 % load',
  }),
  lastUnitCents: Type.Number({
    minimum: 0,
    maximum: 1e9,
    description: 'taking the last unit of a node; less the more is left',
  }),
  co2KgCents: cents(),
  unservedCents: Type.Number({
    minimum: 0,
    maximum: 1e12,
    description: 'a unit that is not sourced at all; large = serve as many as possible',
  }),
  unservedOrderCents: Type.Number({
    minimum: 0,
    maximum: 1e12,
    description: 'an order that is not sourced at all; of one in parts, the share of its units that is not',
  }),
})

/** Names of constraints. */
export const constraintNames = [
  'max_distance',
  'no_partial',
  'max_nodes_per_order',
  'max_nodes_per_line',
  'calendar',
  'capacity',
  'safety_stock',
  'promise',
  'node_type',
  'excluded_node',
  'source_list',
  'value_threshold',
  'reject_count',
] as const
export type ConstraintName = (typeof constraintNames)[number]

/** A constraint: hard ones must hold, soft ones cost. */
export const constraint = shape({
  name: oneOf(constraintNames),
  kind: oneOf(['hard', 'soft'] as const),
  limit: orNull(
    Type.Number({
      minimum: 0,
      maximum: 1e9,
      description: 'km, nodes, cents of a piece of work, refusals in the last 7 days; null where it has none',
    }),
  ),
  priceCents: Type.Number({
    minimum: 0,
    maximum: 1e9,
    description: 'of a soft one, per unit it is missed by',
  }),
  values: Type.Array(id(), { maxItems: 10_000, description: 'node types or node ids' }),
})
export type StrategyConstraint = Of<typeof constraint>

/** Nodes to take first; those in no list come last, or not at all with the constraint source_list. */
export const sourceList = shape({
  name: id(),
  priority: Type.Integer({ minimum: 0, maximum: 1_000, description: '0 = first' }),
  groupIds: Type.Array(id(), { maxItems: 1_000 }),
  nodeIds: Type.Array(id(), { maxItems: 20_000 }),
  nodeTypes: Type.Array(oneOf(nodeTypes)),
  priceCents: Type.Number({ minimum: 0, maximum: 1e9, description: 'of each step of priority' }),
})

const strategyFields = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  note: Type.String({ maxLength: 2_000 }),
  weights: objectiveWeights,
  prices: objectivePrices,
  constraints: Type.Array(constraint, { maxItems: 50 }),
  sourceLists: Type.Array(sourceList, { maxItems: 200 }),
  fallbackId: orNull(id()),
  batchMinutes: Type.Integer({ minimum: 0, maximum: 1_440, description: '0 = each order at once' }),
  daysAhead: Type.Integer({ minimum: 0, maximum: 30, description: 'how long work may wait for a free day' }),
  maxTries: Type.Integer({ minimum: 1, maximum: 100, description: 'nodes asked for the same units' }),
  maxExtraCents: Type.Number({
    minimum: 0,
    maximum: 1e9,
    description: 'what sourcing the same units again may cost more than at first',
  }),
}

/** What is published: it becomes the next version of its id. */
export const strategyDraft = shape({ strategyId: id(), ...strategyFields })
export type StrategyDraft = Of<typeof strategyDraft>

/** A published version. */
export const strategy = shape({
  strategyId: id(),
  version: Type.Integer({ minimum: 1 }),
  publishedAt: instantText,
  publishedBy: Type.String(),
  ...strategyFields,
})
export type Strategy = Of<typeof strategy>

/** The first rule whose condition holds chooses; where none does, the strategy `default`. */
export const strategyRule = shape({
  when: Type.String({ minLength: 1, maxLength: 2_000, description: 'CEL over order and now' }),
  strategyId: id(),
})
export type StrategyRule = Of<typeof strategyRule>

/** All strategies, their versions newest first, and the rules that choose. */
export const strategiesAnswer = shape({
  strategies: Type.Array(strategy),
  rules: Type.Array(strategyRule),
})
export type StrategiesAnswer = Of<typeof strategiesAnswer>

/** What is wrong or odd about a strategy. */
export const strategyFinding = shape({
  code: Type.String({ description: 'e.g. constraints_contradict' }),
  kind: oneOf(['error', 'warning'] as const),
  constraints: Type.Array(Type.String(), { description: 'names of those that it is about together' }),
  text: Type.String({ description: 'one sentence' }),
})
export type StrategyFinding = Of<typeof strategyFinding>

/** What is wrong with a rule. */
export const strategyRuleFault = shape({
  rule: Type.Integer({ description: 'its place in the list, the first is 0' }),
  position: orNull(Type.Integer({ description: 'character of the condition, the first is 0' })),
  reason: Type.String(),
})
export type StrategyRuleFault = Of<typeof strategyRuleFault>

/** What is to be checked. */
export const strategyCheck = Type.Object(
  {
    draft: Type.Optional(strategyDraft),
    rules: Type.Optional(Type.Array(strategyRule, { maxItems: 200 })),
  },
  { additionalProperties: false },
)
export type StrategyCheck = Of<typeof strategyCheck>

/** What a check found; nothing was published. */
export const strategyCheckAnswer = shape({
  isUsable: Type.Boolean(),
  findings: Type.Array(strategyFinding),
  rules: Type.Array(strategyRuleFault),
})
export type StrategyCheckAnswer = Of<typeof strategyCheckAnswer>

/** The rules that choose; the whole list. */
export const strategyRules = shape({ rules: Type.Array(strategyRule, { maxItems: 200 }) })
export type StrategyRules = Of<typeof strategyRules>

/** A version that was published, or the newest where the draft says the same. */
export const strategyPublished = shape({
  strategy,
  isNew: Type.Boolean(),
  findings: Type.Array(strategyFinding),
})
export type StrategyPublished = Of<typeof strategyPublished>
