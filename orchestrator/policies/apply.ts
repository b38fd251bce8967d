// Policies before a step of the flow: what they change, hold and note goes to the core as one command, so that after a
// crash all of it is there or none. A market without policies pays one look at an empty list.

import type { api } from '#data/contracts'
import type { Core, CoreState, Order, PolicyResult } from '#orchestrator/core'
import { newestStrategy } from '#orchestrator/core'
import type { Worlds } from '#orchestrator/sourcing'
import { Choices } from './choices.ts'
import { Edits, editOf } from './edits.ts'
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
  const { orderId, version } = order
  const holds: { lineIds: readonly string[] | null; reason: string }[] = []
  const results: PolicyResult[] = []
  const asking = { order, state, at, choices: new Choices(order), edits: new Edits(state, orderId, at) }
  for (const one of said) {
    const { result, hold } = outcomeOf(one, asking)
    results.push(result)
    if (hold !== null) holds.push({ lineIds: linesOf(one, order), reason: hold })
  }
  const edits = asking.edits.asked
  const isEdited = edits.length > 0
  const data = { orderId, point, results, holds, ...(isEdited ? { edits, version } : {}) }
  const done = await context.core.execute('ApplyPolicies', data, { at })
  // Edits are refused where the order has become another since it was asked about.
  if (done.status === 'refused') return isEdited ? 'changed' : 'wait'
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

/** What policies are asked with. */
interface Asking {
  order: Order
  state: CoreState
  /** Epoch ms of the market. */
  at: number
  choices: Choices
  edits: Edits
}

/** What comes of what a policy said. @returns hold: reason of the hold that it asks for, null = none */
function outcomeOf(said: Said, asking: Asking): { result: PolicyResult; hold: string | null } {
  const { policy, outcome } = said
  const broken = policy.severity === 'critical' ? holdOfCritical(policy) : null
  if (outcome !== 'acts') return { result: resultOf(said), hold: broken }
  const done: api.PolicyAction[] = []
  let hold: string | null = null
  let problem: string | null = null
  for (const action of policy.actions) {
    // What an earlier policy set or chose stays.
    if (asking.choices.isSettled(action, said)) continue
    const against = problemOf(action, said, asking)
    if (against !== null) problem ??= against
    else {
      done.push(action)
      asking.choices.take(action, said)
    }
    hold ??= holdOfAction(policy, action)
  }
  if (problem === null) return { result: resultOf(said, done), hold }
  return { result: resultOf({ ...said, outcome: 'error', reason: problem }, done), hold: hold ?? broken }
}

/** Why an action cannot be done, null where it can; an edit that can is asked for. */
function problemOf(
  action: api.PolicyAction,
  { policy, part }: Said,
  { order, state, at, edits }: Asking,
): string | null {
  if (action.do === 'route') {
    const isKnown = newestStrategy(state.strategies.strategies, String(action.value)) !== undefined
    return isKnown ? null : `there is no strategy ${action.value}`
  }
  if (action.do !== 'set') return null
  const changes = editOf(action, edits.order ?? order, part, at)
  if (changes === null) return `${action.field ?? 'it'} cannot be set`
  return edits.add(changes, `policy: ${policy.name}`)
}

/** Lines that a hold of a part is about, null = the whole order. */
export function linesOf({ policy, part }: Said, order: Order): string[] | null {
  if (part === null) return null
  if (policy.scope === 'line') return [part]
  const work = order.work.find(({ fulfillmentOrderId }) => fulfillmentOrderId === part)
  return work === undefined ? null : [...new Set(work.lines.map(({ lineId }) => lineId))]
}
