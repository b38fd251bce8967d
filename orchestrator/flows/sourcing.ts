// The step that finds nodes for what an order wants: by the strategy that holds for it, within the bounds of asking
// again. Where no node can take it, it waits for stock, or for a person where nodes refused.

import type { api } from '#data/contracts'
import type { CommandResult } from '#data/log'
import type { CoreAnswer, Order } from '#orchestrator/core'
import { factsHere, nodesRefused, policiesAt } from '#orchestrator/policies'
import {
  askedFor,
  assignmentOf,
  type ExplainedPlan,
  type PlannedWork,
  type SourceOptions,
  type SourcingOrder,
  sourceHere,
  strategyHere,
  type Want,
} from '#orchestrator/sourcing'
import type { FlowContext } from './context.ts'
import { firstTry, refusedNodes, shortNodes, timesRefused } from './refusals.ts'
import { mayEnd, newsOf, wantsOf } from './wants.ts'

type Result = Promise<CommandResult<CoreAnswer> | null>

/** Orders that were looked at in vain: the news of then, and when. */
const inVain = new WeakMap<Order, { news: number; at: number }>()
/** After that long a waiting order is looked at again although there is no news, ms of the market. */
const againMs = 3_600_000

/** What is noted of an order that waits at a tile of its flow for others, to be sourced together with them. */
export const gatheringNote = 'waits_for_others'

/**
 * Plans work for what is wanted, or says why not; null where it goes on waiting.
 * @param lineIds lines that are meant, null = all
 */
export async function findNodes(
  order: Order,
  context: FlowContext,
  lineIds: readonly string[] | null = null,
): Result {
  const { core, now } = context
  const state = core.state()
  const wanted = wantsOf(order, state, lineIds)
  const { wants, isFresh } = wanted
  const at = now()
  const ask = (avoided?: ReadonlyMap<string, string>) => askedFor(state, order, wants, at, avoided)
  const strategy = strategyHere(ask(), { state, now: at })
  // A batch takes whole orders, so that lines of a branch would wait for nothing.
  const mayWait = context.mayWait !== false && lineIds === null
  if (isFresh && mayWait && isGathering(order, strategy, at)) return null
  if (isFresh && timesRefused(order, wants) >= strategy.maxTries)
    return hold(order, wants, 'refused_everywhere', context)
  const news = newsOf(order, state)
  const before = isFresh ? undefined : inVain.get(order)
  if (before?.news === news && at < before.at + againMs) return null
  const refused = refusedNodes(order, wants, state, at)
  const short = shortNodes(order, wants, state)
  // Goods that were not found somewhere are sought elsewhere first; when stock comes, also there.
  const kept = keptFrom(order, context)
  const avoided = new Map([...(isFresh ? short : []), ...refused, ...kept])
  const plan = planOf(ask(avoided), strategy, order, context)
  if (plan.work.length > 0) {
    if (isTooDear(order, wants, plan, strategy, context)) {
      return hold(order, wants, 'sourcing_again_too_dear', context)
    }
    return carryOut(order, plan, context)
  }
  if (!isFresh) {
    inVain.set(order, { news, at })
    return null
  }
  const isRefused =
    refused.size > 0 && planOf(ask(new Map([...short, ...kept])), strategy, order, context).work.length > 0
  if (isRefused) return hold(order, wants, 'refused_everywhere', context)
  // Of an order in branches the rest goes its own way: these lines alone wait.
  return lineIds === null ? wait(order, plan, context) : null
}

const noneKept: ReadonlyMap<string, string> = new Map()

/** Nodes that policies keep an order away from, with the reason in words. */
export function keptFrom(order: Order, { core, worlds, now }: FlowContext): ReadonlyMap<string, string> {
  const state = core.state()
  const policies = policiesAt(state, 'source')
  if (policies.length === 0) return noneKept
  return nodesRefused(policies, order, state.nodes.keys(), factsHere(worlds, state, now()))
}

/**
 * The plan that gives all that is wanted to one node, or to the best ones. It carries nothing out.
 * @param isBeside whether its units come beside those that are reserved softly for the order already
 */
export function planFor(
  order: Order,
  context: FlowContext,
  {
    nodeId,
    lineIds,
    isBeside = false,
  }: { nodeId: string | null; lineIds: readonly string[] | null; isBeside?: boolean },
): ExplainedPlan {
  const { core, now } = context
  const { wants } = wantsOf(order, core.state(), lineIds)
  const asked = askedFor(core.state(), order, wants, now(), keptFrom(order, context))
  const strategy = strategyHere(asked, { state: core.state(), now: now() })
  const wanted = isBeside ? { ...asked, held: () => 0 } : asked
  return planOf(wanted, strategy, order, context, { toNodeId: nodeId })
}

/** Whether an order that found no nodes just now waits for others instead. */
export function gathersNow(order: Order, { core, mayWait, now }: FlowContext): boolean {
  const { wants, isFresh } = wantsOf(order, core.state())
  if (!isFresh || mayWait === false) return false
  const asked = askedFor(core.state(), order, wants, now())
  return isGathering(order, strategyHere(asked, { state: core.state(), now: now() }), now())
}

/** Whether an order waits for others, to be sourced together with them. */
export function isGathering(order: Order, { batchMinutes }: api.Strategy, now: number): boolean {
  return batchMinutes > 0 && order.work.length === 0 && now < order.updatedAt + batchMinutes * 60_000
}

/** Gives planned work to its nodes. */
export async function carryOut(
  { orderId }: Order,
  { work, decision }: Pick<ExplainedPlan, 'work' | 'decision'>,
  { core, worlds, now }: Pick<FlowContext, 'core' | 'worlds' | 'now'>,
): Promise<CommandResult<CoreAnswer>> {
  const assignments = work.map(assignmentOf)
  const release = worlds.claim(work)
  try {
    return await core.execute('SourceOrder', { orderId, assignments, decision }, { at: now() })
  } finally {
    release()
  }
}

function planOf(
  asked: SourcingOrder,
  strategy: api.Strategy,
  order: Order,
  { core, worlds, now }: FlowContext,
  more: Partial<SourceOptions> = {},
): ExplainedPlan {
  const decisionId = `${order.orderId}/source/${order.work.length}`
  const here = { worlds, state: core.state(), now: now() }
  return sourceHere(asked, here, { decisionId, ...more }, strategy)
}

/**
 * Whether units that a node did not do would cost more now than the strategy lets them, against what they would cost at
 * the first node that had them.
 */
function isTooDear(
  order: Order,
  wants: readonly Want[],
  plan: ExplainedPlan,
  { maxExtraCents }: api.Strategy,
  context: FlowContext,
): boolean {
  const first = firstTry(order, wants)
  if (first === null) return false
  const { core, now } = context
  const asked = askedFor(core.state(), order, wants, now())
  const units = new Map<string, number>()
  for (const { sku, quantity } of wants) units.set(sku, (units.get(sku) ?? 0) + quantity)
  // As if it had the goods.
  const there = { ...asked, held: (_: string, sku: string) => units.get(sku) ?? 0 }
  const options = { toNodeId: first.nodeId, counterfactuals: 'none' as const }
  const before = planOf(there, plan.strategy, order, context, options)
  if (before.work.length === 0 || before.unserved.length > plan.unserved.length) return false
  return paid(plan.work) - paid(before.work) > maxExtraCents
}

/** Cents that are really paid. */
function paid(work: readonly PlannedWork[]): number {
  let cents = 0
  for (const { terms } of work) {
    for (const term of terms) if (term.name === 'carriage' || term.name === 'processing') cents += term.cents
  }
  return cents
}

/** A person has to look. */
function hold({ orderId }: Order, wants: readonly Want[], reason: string, { core, now }: FlowContext) {
  const lineIds = [...new Set(wants.map(({ lineId }) => lineId))]
  return core.execute('HoldOrder', { orderId, lineIds, reason }, { at: now() })
}

/**
 * It waits; the reason is the code of what its units lack, first of what time may bring. The decision has an id of its
 * own: the one that finds a node later is another.
 */
function wait({ orderId }: Order, { unserved, ...found }: ExplainedPlan, { core, now }: FlowContext) {
  const decision = { ...found.decision, decisionId: `${found.decision.decisionId}/wait` }
  const codes = unserved.map(({ code }) => code)
  const reason = codes.find((code) => mayEnd(code)) ?? codes[0] ?? decision.reason
  return core.execute('BackorderOrder', { orderId, reason, decision }, { at: now() })
}
