// Orders that two flows would take, or that none does: looked for among the orders of the market and among orders
// made up from the values that the flows name. What it finds is certain; what it does not find may still be.

import type { api } from '#data/contracts'
import type { Condition } from '#orchestrator/conditions'
import type { CoreState, Order } from '#orchestrator/core'
import { type FactsContext, factsIn } from '#orchestrator/policies'
import { factsOfOrder } from './facts.ts'
import type { Findings } from './finding.ts'
import { madeUpFlag, madeUpOrders } from './made-up.ts'
import type { FlowPlan } from './plan.ts'

/** A flow in force with what it takes. */
export type MatchedFlow = Pick<FlowPlan, 'flowId' | 'kind' | 'match' | 'title' | 'startEvents'>

/** What a flow is held against. */
export interface OverlapContext {
  /** The flows in force beside it. */
  others: readonly MatchedFlow[]
  state: CoreState
  /** Epoch ms of the market. */
  now: number
  /** The mode it is meant for; absent = the one that its name has. */
  mode?: api.FlowMode
}

/** Orders of the market, and made-up ones, that are looked at. */
const most = { orders: 2_000, madeUp: 2_000 } as const

/** Tells which other flow takes orders of this one, and whether it takes all or none. */
export function checkOverlaps(
  plan: FlowPlan,
  { others, state, now, mode }: OverlapContext,
  findings: Findings,
): void {
  const { match } = plan
  if ((mode ?? state.flows.modes[plan.flowId]) === 'shadow') return
  if (plan.kind !== 'order') checkEvents(plan, others, findings)
  if (plan.kind !== 'order' || match === null) return
  const rivals = others.filter(
    (other) => other.kind === 'order' && other.flowId !== plan.flowId && other.match !== null,
  )
  const conditions = [match, ...rivals.map((rival) => rival.match as Condition)]
  const real = newest(state)
  const orders = [...real, ...madeUpOrders(conditions, factsIn('order'), now, most.madeUp)]
  const context = bareFacts(state, now)
  const told = new Set<string>()
  let taken = 0
  for (const order of orders) {
    const facts = factsOfOrder(order, null, context).order
    if (!match.holds(facts)) continue
    taken++
    for (const rival of rivals) {
      if (told.has(rival.flowId) || !rival.match?.holds(facts)) continue
      told.add(rival.flowId)
      const both = `${plan.flowId} and by ${rival.flowId}`
      const text = `${describe(order)} would be taken by ${both}: make one of them narrower.`
      findings.error('orders_matched_twice', null, text)
    }
  }
  if (orders.length > 0 && taken === 0)
    findings.warning(
      'matches_nothing',
      null,
      `None of ${orders.length} orders that were tried would be taken.`,
    )
  const isAll =
    real.length >= 20 && real.every((order) => match.holds(factsOfOrder(order, null, context).order))
  if (isAll || (taken === orders.length && taken > 0)) {
    const left = rivals.length > 0 ? 'the others' : 'default'
    const text = `It takes every order that was tried: nothing would be left for ${left}.`
    findings.warning('matches_everything', null, text)
  }
}

/** Flows about returns or stock that the same event begins: certain where one of them takes everything. */
function checkEvents(plan: FlowPlan, others: readonly MatchedFlow[], findings: Findings): void {
  for (const other of others) {
    if (other.kind !== plan.kind || other.flowId === plan.flowId) continue
    const shared = [...plan.startEvents].filter((name) => other.startEvents.has(name))
    if (shared.length === 0) continue
    const both = `${shared.join(', ')} begins ${plan.flowId} and ${other.flowId}`
    if (plan.match === null || other.match === null)
      findings.error('events_matched_twice', null, `${both}: say in both what they are for.`)
    else findings.warning('events_shared', null, `${both}: where both take it, the first by name does.`)
  }
}

function newest({ orders }: CoreState): Order[] {
  const found: Order[] = []
  for (const order of orders.values()) {
    found.push(order)
    if (found.length >= most.orders) break
  }
  return found
}

/** Facts as they are for an order that just came: nobody scored it, and no node has it. */
function bareFacts(state: CoreState, now: number): FactsContext {
  return { state, now, riskOf: () => 0, oddnessOf: () => 0, incidentAt: () => undefined }
}

function describe({ externalId, channel, method, shipTo, lines, flags }: Order): string {
  if (!flags.includes(madeUpFlag)) return `Order ${externalId}`
  const units = lines.reduce((sum, line) => sum + line.quantity, 0)
  const where = [shipTo.country, shipTo.region, shipTo.city].filter((part) => part !== null && part !== '')
  return `An order by ${method} of ${units} units${channel === null ? '' : ` over ${channel}`} to ${where.join(', ')}`
}
