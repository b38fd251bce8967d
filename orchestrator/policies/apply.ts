// Policies before a step of the flow: what they say is carried out by commands of the core, and noted where something
// happened. A market without policies pays one look at an empty list.

import type { api } from '#data/contracts'
import type { Core, Order, PolicyResult } from '#orchestrator/core'
import { newestStrategy } from '#orchestrator/core'
import type { Worlds } from '#orchestrator/sourcing'
import { Choices } from './choices.ts'
import { editOf } from './edits.ts'
import { factsHere } from './facts/context.ts'
import { holdOfAction, holdOfCritical } from './holds.ts'
import { isTold, judge, policiesAt, resultOf, type Said } from './judge.ts'

/** Where policies are applied. */
export interface ApplyContext {
  core: Core
  worlds: Worlds
  /** Epoch ms of the market. */
  now(): number
}

/** go: the step may be taken; changed: the order is another now, look again; wait: the step is not taken now. */
export type Gate = 'go' | 'changed' | 'wait'

/** Results of an order that are carried out together; the others follow in the next look. */
const saidMost = 200

/**
 * Asks the policies in force before a step of an order.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function applyPolicies(
  order: Order,
  point: api.PolicyPoint,
  context: ApplyContext,
): Promise<Gate> {
  return applyGiven(policiesAt(context.core.state(), point), order, point, context)
}

/**
 * The same for policies that a tile of a flow names.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function applyGiven(
  policies: readonly api.OrderPolicy[],
  order: Order,
  point: api.PolicyPoint,
  context: ApplyContext,
): Promise<Gate> {
  if (policies.length === 0) return 'go'
  const state = context.core.state()
  const at = context.now()
  const said = judge(policies, order, factsHere(context.worlds, state, at))
    .filter((one) => !isTold(order, point, one))
    .slice(0, saidMost)
  if (said.length === 0) return 'go'
  const holds: { lineIds: readonly string[] | null; reason: string }[] = []
  const results: PolicyResult[] = []
  let isEdited = false
  const choices = new Choices(order)
  for (const one of said) {
    const { result, hold, hasEdited } = await carryOut(one, order, choices, context)
    results.push(result)
    if (hold !== null) holds.push({ lineIds: linesOf(one, order), reason: hold })
    isEdited ||= hasEdited
  }
  const data = { orderId: order.orderId, point, results, holds }
  const done = await context.core.execute('ApplyPolicies', data, { at })
  if (done.status === 'refused') return 'wait'
  return isEdited || holds.length > 0 || done.status === 'done' ? 'changed' : 'go'
}

/** Whether policies in force have something to say before a step that was not told yet. */
export function hasSomethingToSay(order: Order, point: api.PolicyPoint, context: ApplyContext): boolean {
  const state = context.core.state()
  const policies = policiesAt(state, point)
  if (policies.length === 0) return false
  const facts = factsHere(context.worlds, state, context.now())
  return judge(policies, order, facts).some((said) => !isTold(order, point, said))
}

interface Carried {
  result: PolicyResult
  /** Reason of the hold that it asks for, null = none. */
  hold: string | null
  hasEdited: boolean
}

async function carryOut(said: Said, order: Order, choices: Choices, context: ApplyContext): Promise<Carried> {
  const { policy, outcome } = said
  const isCritical = policy.severity === 'critical'
  const broken = isCritical ? holdOfCritical(policy) : null
  if (outcome !== 'acts') return { result: resultOf(said), hold: broken, hasEdited: false }
  const done: api.PolicyAction[] = []
  let hold: string | null = null
  let hasEdited = false
  let problem: string | null = null
  for (const action of policy.actions) {
    // What an earlier policy set or chose stays.
    if (choices.isSettled(action, said)) continue
    const asked = await one(action, said, order, context)
    if (asked.problem !== null) problem ??= asked.problem
    else {
      done.push(action)
      choices.take(action, said)
    }
    hold ??= asked.hold
    hasEdited ||= asked.hasEdited
  }
  if (problem === null) return { result: resultOf(said, done), hold, hasEdited }
  const failed = resultOf({ ...said, outcome: 'error', reason: problem }, done)
  return { result: failed, hold: hold ?? broken, hasEdited }
}

async function one(action: api.PolicyAction, said: Said, order: Order, context: ApplyContext) {
  const nothing = { problem: null as string | null, hold: null as string | null, hasEdited: false }
  const { policy } = said
  switch (action.do) {
    case 'hold':
    case 'approve':
      return { ...nothing, hold: holdOfAction(policy, action) }
    case 'route': {
      const { strategies } = context.core.state().strategies
      const isKnown = newestStrategy(strategies, String(action.value)) !== undefined
      return isKnown ? nothing : { ...nothing, problem: `there is no strategy ${action.value}` }
    }
    case 'set': {
      // What was set just before is in the state, not yet in the order that was judged.
      const fresh = context.core.state().orders.get(order.orderId) ?? order
      const changes = editOf(action, fresh, said.part, context.now())
      if (changes === null) return { ...nothing, problem: `${action.field ?? 'it'} cannot be set` }
      const reason = `policy: ${policy.name}`
      const data = { orderId: order.orderId, version: null, changes, reason }
      const edited = await context.core.execute('EditOrder', data, { at: context.now() })
      if (edited.status === 'refused') return { ...nothing, problem: edited.reason ?? 'refused' }
      return { ...nothing, hasEdited: edited.status === 'done' }
    }
    default:
      return nothing
  }
}

/** Lines that a hold of a part is about, null = the whole order. */
function linesOf({ policy, part }: Said, order: Order): string[] | null {
  if (part === null) return null
  if (policy.scope === 'line') return [part]
  const work = order.work.find(({ fulfillmentOrderId }) => fulfillmentOrderId === part)
  return work === undefined ? null : [...new Set(work.lines.map(({ lineId }) => lineId))]
}
