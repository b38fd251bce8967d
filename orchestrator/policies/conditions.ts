// Conditions of policies: what each scope may ask for, and texts made ready once. It judges no order.

import type { api } from '#data/contracts'
import {
  type Condition,
  type ConditionFault,
  conditionOf,
  environmentOf,
  isCondition,
  type NamedFact,
  namedFacts,
  type Subject,
} from '#orchestrator/conditions'
import { nowFacts } from '#orchestrator/sourcing'
import { IncidentAt, IncidentFacts } from './facts/incident-facts.ts'
import { AnomalyFacts, CustomerFacts, OrderFacts } from './facts/order-facts.ts'
import { LineFacts, NodeFacts, WorkFacts } from './facts/part-facts.ts'
import {
  anomalyTable,
  customerTable,
  incidentKinds,
  incidentTable,
  lineTable,
  nodeTable,
  orderTable,
  workTable,
} from './facts/tables.ts'

const order: Subject = { name: 'order', facts: orderTable, made: OrderFacts }
const customer: Subject = { name: 'customer', facts: customerTable, made: CustomerFacts }
const anomaly: Subject = { name: 'anomaly', facts: anomalyTable, made: AnomalyFacts }
const now: Subject = { name: 'now', facts: nowFacts }
const incident: Subject = {
  name: 'incident',
  facts: incidentTable,
  made: IncidentFacts,
  parts: incidentKinds.map((name) => ({ name, facts: incidentTable, made: IncidentAt })),
}
const line: Subject = { name: 'line', facts: lineTable, made: LineFacts }
const work: Subject = { name: 'fulfillmentOrder', facts: workTable, made: WorkFacts }
const node: Subject = { name: 'node', facts: nodeTable, made: NodeFacts }

const always = [order, customer, incident, anomaly, now]
const subjectsOf: Readonly<Record<api.PolicyScope, readonly Subject[]>> = {
  order: always,
  line: [...always, line, node],
  fulfillment_order: [...always, work, node],
  node: [...always, node],
}

const environments = {
  order: environmentOf(subjectsOf.order),
  line: environmentOf(subjectsOf.line),
  fulfillment_order: environmentOf(subjectsOf.fulfillment_order),
  node: environmentOf(subjectsOf.node),
} as const satisfies Record<api.PolicyScope, ReturnType<typeof environmentOf>>

/** The condition of a text in a scope, or what is wrong with it. Values are asked of it as a `FactSet`. */
export function conditionIn(scope: api.PolicyScope, text: string): Condition | ConditionFault {
  return conditionOf(text, environments[scope])
}

/** What conditions of a scope may ask about. */
export function subjectsIn(scope: api.PolicyScope): readonly Subject[] {
  return subjectsOf[scope]
}

/** Facts of a scope with the way to them. */
export function factsIn(scope: api.PolicyScope): ReadonlyMap<string, NamedFact> {
  return named[scope]
}

const byPath = (scope: api.PolicyScope) =>
  new Map(namedFacts(subjectsOf[scope]).map((fact) => [fact.path, fact]))
const named = {
  order: byPath('order'),
  line: byPath('line'),
  fulfillment_order: byPath('fulfillment_order'),
  node: byPath('node'),
}

const ready = new WeakMap<api.OrderPolicy, Condition | null>()

/** The condition of a published policy, made once; null where it cannot be read, which a check would have told. */
export function conditionOfPolicy(policy: api.OrderPolicy): Condition | null {
  const known = ready.get(policy)
  if (known !== undefined) return known
  const made = conditionIn(policy.scope, policy.when)
  const condition = isCondition(made) ? made : null
  ready.set(policy, condition)
  return condition
}
