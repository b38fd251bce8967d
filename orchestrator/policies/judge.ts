// What the policies in force say of an order before a step: which hold, which fail, what is to be done. It changes
// nothing.

import type { api } from '#data/contracts'
import {
  type CoreState,
  isMovable,
  isOpenWork,
  noMarks,
  type Order,
  type PolicyResult,
  policiesInForce,
  resultKey,
} from '#orchestrator/core'
import { conditionOfPolicy } from './conditions.ts'
import type { FactsContext } from './facts/context.ts'
import { FactSet, OrderSubjects, type Part } from './facts/fact-set.ts'
import { unitsLeft } from './facts/order-facts.ts'

/** What one policy said of an order or a part of it. */
export interface Said {
  policy: api.OrderPolicy
  /** null = the order. */
  part: string | null
  /** passed: a filter that held or an execution that did not fire; error: its condition could not be worked out. */
  outcome: 'passed' | 'failed' | 'acts' | 'error'
  /** Why it could not be worked out. */
  reason: string | null
}

/** Policies in force that are asked before a step; the same list as long as the book is the same. */
export function policiesAt({ policyBook }: Pick<CoreState, 'policyBook'>, point: api.PolicyPoint) {
  const inForce = policiesInForce(policyBook)
  if (inForce.length === 0) return none
  const known = byPoint.get(inForce) ?? new Map<api.PolicyPoint, readonly api.OrderPolicy[]>()
  byPoint.set(inForce, known)
  const made = known.get(point) ?? inForce.filter(({ points }) => points.includes(point))
  known.set(point, made)
  return made
}

const none: readonly api.OrderPolicy[] = []
const byPoint = new WeakMap<readonly api.OrderPolicy[], Map<api.PolicyPoint, readonly api.OrderPolicy[]>>()

/**
 * What the policies say of an order; those that hold and do nothing are left out.
 * @param policies asked in this order; those of nodes are left to `nodesRefused`
 */
export function judge(policies: readonly api.OrderPolicy[], order: Order, context: FactsContext): Said[] {
  if (policies.length === 0) return []
  const shared = new OrderSubjects(order, context)
  const parts = new Map<api.PolicyScope, readonly NamedPart[]>()
  const said: Said[] = []
  for (const policy of policies) {
    if (policy.scope === 'node') continue
    const asked = parts.get(policy.scope) ?? partsOf(policy.scope, order, shared)
    parts.set(policy.scope, asked)
    for (const { part, facts } of asked) {
      const one = ask(policy, part, facts)
      if (one.outcome !== 'passed') said.push(one)
    }
  }
  return said
}

interface NamedPart {
  part: string | null
  facts: FactSet
}

function partsOf(scope: api.PolicyScope, order: Order, shared: OrderSubjects): NamedPart[] {
  const named = (part: string | null, given: Part): NamedPart => ({ part, facts: new FactSet(shared, given) })
  switch (scope) {
    case 'line':
      return order.lines.filter((line) => unitsLeft(line) > 0).map((line) => named(line.lineId, { line }))
    case 'fulfillment_order':
      return order.work.filter(isOpenWork).map((work) => named(work.fulfillmentOrderId, { work }))
    default:
      return [named(null, {})]
  }
}

function ask(policy: api.OrderPolicy, part: string | null, facts: FactSet): Said {
  const outcome = conditionOfPolicy(policy)?.outcome(facts) ?? { reason: 'its condition cannot be read' }
  if (typeof outcome !== 'boolean') return { policy, part, outcome: 'error', reason: outcome.reason }
  const isFilter = policy.kind === 'filter'
  const isQuiet = outcome === isFilter
  return { policy, part, outcome: isQuiet ? 'passed' : isFilter ? 'failed' : 'acts', reason: null }
}

/**
 * Nodes that policies of nodes keep an order away from, with the reason in words. Only filters that are critical do.
 * @param nodeIds that may be chosen
 */
export function nodesRefused(
  policies: readonly api.OrderPolicy[],
  order: Order,
  nodeIds: Iterable<string>,
  context: FactsContext,
): Map<string, string> {
  const refused = new Map<string, string>()
  const own = policies.filter(
    ({ scope, kind, severity }) => scope === 'node' && kind === 'filter' && severity === 'critical',
  )
  if (own.length === 0) return refused
  const shared = new OrderSubjects(order, context)
  for (const nodeId of nodeIds) {
    const facts = new FactSet(shared, { nodeId })
    const against = own.find((policy) => conditionOfPolicy(policy)?.holds(facts) !== true)
    if (against !== undefined) refused.set(nodeId, `policy ${against.name}`)
  }
  return refused
}

/** Whether a result was told before, so that it counts no more. */
export function isTold(order: Order, point: api.PolicyPoint, { policy, part }: Said): boolean {
  const { policyId, version } = policy
  return (order.policies ?? noMarks).told.includes(resultKey(point, { policyId, version, part }))
}

/** What a person reads of what a policy said. */
export function textOf({ policy, part, outcome, reason }: Said): string {
  const about = part === null ? '' : ` (${part})`
  switch (outcome) {
    case 'failed':
      return `${policy.name}${about}: does not hold`
    case 'error':
      return `${policy.name}${about}: could not be worked out, ${reason ?? 'no reason'}`
    default:
      return `${policy.name}${about}: ${policy.actions.map(wordsOf).join(', ') || 'noted'}`
  }
}

function wordsOf({ do: act, field, value }: api.PolicyAction): string {
  switch (act) {
    case 'set':
      return `sets ${field ?? 'a value'} to ${value}`
    case 'hold':
      return `holds: ${value}`
    case 'route':
      return `is sourced by ${value}`
    case 'approve':
      return `needs a person: ${value}`
    case 'reroute':
      return `is to be moved: ${value}`
    case 'tag':
      return `tagged ${value}`
  }
}

/** What is noted of what a policy said. */
export function resultOf(said: Said, actions: readonly api.PolicyAction[] = []): PolicyResult {
  const { policy, part, outcome } = said
  return {
    policyId: policy.policyId,
    version: policy.version,
    part,
    outcome: outcome === 'acts' || outcome === 'passed' ? 'acted' : outcome,
    severity: policy.severity,
    text: textOf(said),
    actions,
  }
}

/** A move that a policy wants. */
export interface WantedMove {
  why: string
  policy: api.OrderPolicy
}

/** Work of an order that a policy before reroutes wants elsewhere, by its id, with the reason in words. */
export function reroutesWanted(said: readonly Said[], order: Order): Map<string, WantedMove> {
  const wanted = new Map<string, WantedMove>()
  for (const { policy, part, outcome } of said) {
    const move = outcome === 'acts' ? policy.actions.find((action) => action.do === 'reroute') : undefined
    if (move === undefined) continue
    for (const work of order.work) {
      const isMeant =
        part === null || part === work.fulfillmentOrderId || work.lines.some(({ lineId }) => lineId === part)
      if (isMeant && isMovable(work))
        wanted.set(work.fulfillmentOrderId, { why: `policy ${policy.name}: ${move.value}`, policy })
    }
  }
  return wanted
}

/** Why a policy before reroutes keeps an order where it is, null where none does. */
export function rerouteRefused(said: readonly Said[]): string | null {
  const against = said.find(({ policy, outcome }) => outcome !== 'acts' && policy.severity === 'critical')
  return against === undefined ? null : `policy ${against.policy.name}`
}
