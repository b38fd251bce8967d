// What expressions of flows may ask for: facts of orders and their parts as policies have them, facts of a position
// of stock, and facts of the run itself.

import {
  type Condition,
  type ConditionFault,
  conditionOf,
  environmentOf,
  type Facts,
  type NamedFact,
  namedFacts,
} from '#orchestrator/conditions'
import type { CoreState, FlowRun, Order, OrderLine } from '#orchestrator/core'
import { availableOf, stockKey } from '#orchestrator/core'
import { FactSet, type FactsContext, OrderSubjects, subjectsIn } from '#orchestrator/policies'

/** What an expression is about. */
export type ExpressionScope = 'order' | 'line' | 'stock'

/** Facts of a run. */
export const runTable = {
  outcome: { type: 'string', means: 'what the last custom action said; "" = nothing yet' },
  attempt: { type: 'int', means: 'number of the run among those of its order, 1 = the first' },
  steps: { type: 'int', means: 'steps it took so far' },
  ageMinutes: { type: 'double', means: 'minutes since it began' },
} as const satisfies Facts

/** Facts of a position of stock. */
export const stockTable = {
  sku: { type: 'string', means: 'what it is' },
  nodeId: { type: 'string', means: 'node that has it' },
  nodeName: { type: 'string', means: 'name of the node' },
  nodeType: { type: 'string', means: 'what the node is' },
  onHand: { type: 'int', means: 'units there' },
  available: { type: 'int', means: 'units that can be promised; below 0 = more was promised than is there' },
  allocated: { type: 'int', means: 'units of orders' },
  reserved: { type: 'int', means: 'units held for a while' },
  safetyStock: { type: 'int', means: 'units that are kept back' },
  inbound: { type: 'int', means: 'units on their way' },
} as const satisfies Facts

const run = { name: 'run', facts: runTable }
const environments = {
  order: environmentOf([...subjectsIn('order'), run]),
  line: environmentOf([...subjectsIn('line'), run]),
  stock: environmentOf([{ name: 'stock', facts: stockTable }, run]),
} as const

const known = {
  order: factsWithRun('order'),
  line: factsWithRun('line'),
  stock: new Map(namedFacts([{ name: 'stock', facts: stockTable }, run]).map((fact) => [fact.path, fact])),
} as const

function factsWithRun(scope: 'order' | 'line'): ReadonlyMap<string, NamedFact> {
  return new Map(namedFacts([...subjectsIn(scope), run]).map((fact) => [fact.path, fact]))
}

/** What expressions of a scope may ask for, by path. */
export function factsOfScope(scope: ExpressionScope): ReadonlyMap<string, NamedFact> {
  return known[scope]
}

/** The condition of a text of a flow, or what is wrong with it. */
export function expressionOf(scope: ExpressionScope, text: string): Condition | ConditionFault {
  return conditionOf(text, environments[scope])
}

type RunFacts = ReturnType<typeof runFacts>

function runFacts(of: Pick<FlowRun, 'outcome' | 'steps' | 'startedAt'>, attempt: number, now: number) {
  return {
    outcome: of.outcome,
    attempt: BigInt(attempt),
    steps: BigInt(of.steps),
    ageMinutes: (now - of.startedAt) / 60_000,
  }
}

/** Facts of an order, or a line of it, on its way through a flow. */
export class OrderRunFacts extends FactSet {
  readonly run: RunFacts

  constructor(shared: OrderSubjects, run: RunFacts, line?: OrderLine) {
    super(shared, line === undefined ? {} : { line })
    this.run = run
  }
}

/** A run that has not begun, for what chooses a flow. */
const unborn = { outcome: '', steps: 0 }

/**
 * Facts of an order and its run.
 * @param given the run, null = there is none yet
 */
export function factsOfOrder(order: Order, given: FlowRun | null, context: FactsContext) {
  const shared = new OrderSubjects(order, context)
  const about = given ?? { ...unborn, startedAt: context.now }
  const run = runFacts(about, order.flow?.run ?? 1, context.now)
  return {
    order: new OrderRunFacts(shared, run),
    ofLine: (line: OrderLine) => new OrderRunFacts(shared, run, line),
  }
}

/** Facts of a position of stock and its run. @param now epoch ms of the market */
export function factsOfStock(
  { sku, nodeId }: { sku: string; nodeId: string },
  given: FlowRun | null,
  state: CoreState,
  now: number,
) {
  const stock = state.stock.get(stockKey(sku, nodeId))
  const node = state.nodes.get(nodeId)
  const units = (value: number | undefined) => BigInt(Math.round(value ?? 0))
  return {
    stock: {
      ...{ sku, nodeId, nodeName: node?.name ?? nodeId, nodeType: node?.type ?? '' },
      onHand: units(stock?.onHand),
      available: units(stock === undefined ? 0 : availableOf(stock)),
      allocated: units(stock?.allocated),
      reserved: units(stock?.reserved),
      safetyStock: units(stock?.safetyStock),
      inbound: units(stock?.inbound),
    },
    run: runFacts(given ?? { ...unborn, startedAt: now }, 1, now),
  }
}
