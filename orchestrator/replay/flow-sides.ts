// The two sides of a replay of a flow: the flows in force, and the same with one version in the place of its own.
// Orders go through them dry, with the facts of the day they came.

import { hash } from 'node:crypto'
import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { canonicalJson } from '#data/log'
import type { Core, CoreState, Order } from '#orchestrator/core'
import {
  dryRun,
  type FlowContext,
  type FlowPlan,
  flowsInForce,
  lineHoldsOf,
  planIn,
  versionOf,
  wouldTake,
} from '#orchestrator/flows'
import { type FactsContext, policiesAt } from '#orchestrator/policies'
import type { Worlds } from '#orchestrator/sourcing'
import type { FlowPath, ReplaySides } from './run.ts'

/** Where flows are replayed. */
export interface FlowPlace {
  state: CoreState
  worlds: Worlds
  /** Epoch ms of the market. */
  now: number
}

/**
 * Both sides of a flow.
 * @param version a published one; absent = the draft that is kept, else the newest
 * @throws FLOW_UNKNOWN, FLOW_INVALID where it cannot be read, REPLAY_OF_ORDERS_ONLY for one about returns or stock
 */
export function flowSides(
  flowId: string,
  version: number | undefined,
  place: FlowPlace,
): { version: number | null; documentHash: string; sides: ReplaySides } {
  const { state } = place
  const flow = meantBy(flowId, version, place)
  if (flow === undefined) throw fail('FLOW_UNKNOWN', { flowId })
  const tried = planIn(flow)
  if (tried.kind !== 'order') throw fail('REPLAY_OF_ORDERS_ONLY', { flowId, kind: tried.kind })
  const before = orderPlans(state)
  const others = before.filter((plan) => plan.flowId !== flowId)
  // Default comes last: it takes what no other takes.
  const after = flowId === before.at(-1)?.flowId ? [...others, tried] : [tried, ...others]
  const policies = (point: api.PolicyPoint) => policiesAt(state, point)
  return {
    version: flow.version === 0 ? null : flow.version,
    documentHash: documentHash(flow.document),
    sides: {
      ...{ before: policies, after: policies },
      flowId,
      pathOf: (came, order, side, facts) =>
        pathThrough(side === 'before' ? before : after, { came, order }, place, facts),
    },
  }
}

/** Flows that take orders, in the order in which they are asked. */
export function orderPlans({ flows }: Pick<CoreState, 'flows'>): FlowPlan[] {
  return flowsInForce(flows)
    .filter(({ mode, plan }) => mode !== 'shadow' && plan.kind === 'order')
    .map(({ plan }) => plan)
}

/** What tells documents of flows apart, whatever the order of their fields. */
export function documentHash(document: unknown): string {
  return hash('sha256', canonicalJson(document), 'base64url')
}

/** The version that is meant; a draft counts as version 0. */
function meantBy(
  flowId: string,
  version: number | undefined,
  { state, now }: FlowPlace,
): api.PublishedFlow | undefined {
  if (version !== undefined) return versionOf(state, flowId, version)
  const draft = state.flows.drafts.find((each) => each.flowId === flowId)
  if (draft === undefined) {
    const newest = state.flows.published.find((flow) => flow.flowId === flowId)
    return newest ?? versionOf(state, flowId, 1)
  }
  const publishedAt = new Date(now).toISOString()
  return {
    flowId,
    version: 0,
    publishedAt,
    publishedBy: 'replay',
    document: draft.document as api.FlowDocument,
  }
}

/**
 * The way of an order of the past through flows, by the policies of the place.
 * @param orders came: as it came, which chooses the flow; order: with what policies changed
 */
export function pathThrough(
  plans: readonly FlowPlan[],
  { came, order }: { came: Order; order: Order },
  { state, worlds }: FlowPlace,
  facts: FactsContext,
): FlowPath {
  const core = { state: () => state } as Core
  const context: FlowContext = { core, worlds, now: () => order.placedAt, facts }
  const plan = plans.find((each) => wouldTake(each, came, context))
  if (plan === undefined) {
    // It goes the default way.
    const placed = new Map(order.lines.map(({ lineId }) => [lineId, null]))
    const straight = { isValidated: true, held: null, heldLines: lineHoldsOf(order), placed }
    const nobody = { said: [], later: [], filteredBy: [] }
    return { tiles: ['no flow takes it'], ...straight, ...nobody }
  }
  const { steps, ...end } = dryRun(plan, order, context)
  const tiles = steps.map(({ tileId, outcome }) => (outcome === 'done' ? tileId : `${tileId} (${outcome})`))
  return { tiles: [plan.flowId, ...tiles], ...end }
}
