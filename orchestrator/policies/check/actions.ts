// What is wrong with the kind, scope, steps and actions of a policy. It looks at no condition.

import { type api, methods } from '#data/contracts'

/** What else exists that a policy may name. */
export interface NamedElsewhere {
  strategyIds: ReadonlySet<string>
}

/** Problems that forbid a policy, and those that are only odd. */
export interface Problem {
  code: string
  kind: 'error' | 'warning'
  text: string
}

/** Names that addresses of the API take. */
const reserved: ReadonlySet<string> = new Set(['reroute', 'facts', 'check', 'form'])

const error = (code: string, text: string): Problem => ({ code, kind: 'error', text })
const warning = (code: string, text: string): Problem => ({ code, kind: 'warning', text })

/** What is wrong with what a policy does, and where. */
export function problemsOfActions(draft: api.OrderPolicyDraft, known: NamedElsewhere): Problem[] {
  const { kind, scope, points, actions } = draft
  const found: Problem[] = []
  if (reserved.has(draft.policyId))
    found.push(error('id_reserved', `${draft.policyId} is no name for a policy.`))
  if (kind === 'filter' && actions.length > 0)
    found.push(error('filter_acts', 'A filter only lets a step be taken or not: it has no actions.'))
  if (kind === 'execution' && actions.length === 0)
    found.push(warning('does_nothing', 'It has no actions: it is only noted where its condition holds.'))
  if (scope === 'node') {
    if (kind === 'execution') found.push(error('node_acts', 'A policy of nodes can only be a filter.'))
    if (points.some((point) => point !== 'source'))
      found.push(error('node_point', 'A policy of nodes is asked before sourcing alone.'))
    if (draft.severity === 'information')
      found.push(warning('node_noted', 'A filter of nodes that is only information keeps nobody away.'))
  }
  if (scope === 'fulfillment_order' && points.includes('validate'))
    found.push(warning('no_work_yet', 'Before validation an order has no fulfillment orders.'))
  return [...found, ...actions.flatMap((action) => problemsOfAction(action, draft, known))]
}

function problemsOfAction(
  { do: act, field, value }: api.PolicyAction,
  { scope, points }: api.OrderPolicyDraft,
  { strategyIds }: NamedElsewhere,
): Problem[] {
  const isText = typeof value === 'string' && value.trim() !== ''
  if (act === 'set') return problemsOfSet(field, value, scope)
  if (field !== null) return [error('action_field', `${act} sets no field.`)]
  if (!isText) return [error('action_value', `${act} needs a text.`)]
  if (act === 'route') {
    if (!strategyIds.has(value)) return [error('strategy_unknown', `There is no strategy ${value}.`)]
    const isLate = points.every((point) => point === 'release' || point === 'reroute')
    return isLate ? [warning('route_late', 'It is sourced already by then: the strategy is never used.')] : []
  }
  if (act === 'reroute' && points.some((point) => point !== 'reroute'))
    return [error('reroute_point', 'Work is moved before reroutes alone.')]
  if (act !== 'reroute' && act !== 'tag' && points.includes('reroute'))
    return [error('point_acts', `Before reroutes a policy can move work or tag, not ${act}.`)]
  return []
}

function problemsOfSet(
  field: api.PolicyAction['field'],
  value: string | number,
  scope: api.PolicyScope,
): Problem[] {
  switch (field) {
    case null:
      return [error('action_field', 'It says no field to set.')]
    case 'method':
      return methods.some((each) => each === value)
        ? []
        : [error('action_value', `method is one of ${methods.join(', ')}.`)]
    case 'promisedInHours':
      return typeof value === 'number' ? [] : [error('action_value', 'promisedInHours needs a number.')]
    case 'unitPriceCents': {
      if (scope !== 'line') return [error('action_scope', 'Only a policy of lines sets a price.')]
      const isPrice = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      return isPrice ? [] : [error('action_value', 'unitPriceCents needs a whole number from 0.')]
    }
    default:
      return typeof value === 'string' ? [] : [error('action_value', `${field} needs a text.`)]
  }
}
