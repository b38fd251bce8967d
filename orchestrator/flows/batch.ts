// Orders that waited for others are sourced together with them, once the time of the first is over. Which those are
// follows from the orders alone; what the batch leaves over goes on one by one.

import type { api } from '#data/contracts'
import { DetourError } from '#data/kernel'
import { type CoreState, defaultFlowId, type FlowsState, type Order, runOf } from '#orchestrator/core'
import { hasSomethingToSay } from '#orchestrator/policies'
import {
  askedFor,
  type BatchOptions,
  type SourcingOrder,
  sourceTogether,
  strategyHere,
} from '#orchestrator/sourcing'
import type { FlowContext } from './context.ts'
import { carryOut, gatheringNote, isGathering, keptFrom } from './sourcing.ts'
import { wantsOf } from './wants.ts'

/** How long a batch may be solved for, and with how many orders. */
export interface BatchLimits {
  /** Wall time, ms. */
  timeLimitMs: number
  ordersMost: number
  /** Elapsed ms since any instant. */
  elapsedMs: () => number
}

/** An order that waits, with what it asks for. */
interface Gathered {
  order: Order
  asked: SourcingOrder
}

interface Batch {
  strategy: api.Strategy
  gathered: Gathered[]
  isDue: boolean
}

/** Share of its cost within which a batch need not be improved any more. */
const gap = 0.001

/** Least time that any strategy lets orders wait, ms; null where none does. */
export function leastWaitMs({ strategies }: CoreState): number | null {
  const minutes = strategies.strategies.flatMap(({ batchMinutes }) =>
    batchMinutes > 0 ? [batchMinutes] : [],
  )
  return minutes.length === 0 ? null : Math.min(...minutes) * 60_000
}

/** Whether an order may be one that waits for others. */
export function mayGather(order: Order, { flows }: CoreState): boolean {
  const { status, stage, hold, work } = order
  if (status !== 'validated' || stage !== 'validated' || hold !== null || work.length > 0) return false
  return order.flow?.state === 'running' ? gathersInFlow(order, flows) : isFree(order, flows)
}

/** Whether its flow has come to a tile that lets it wait for others. */
function gathersInFlow(order: Order, { modes, runs }: FlowsState): boolean {
  const run = runs.get(runOf(order) ?? '')
  if (run === undefined || modes[run.flowId] === 'paused') return false
  return run.tokens.some(({ state, note }) => state === 'ready' && note === gatheringNote)
}

/** Whether it goes the default way now. */
function isFree({ flow }: Order, { modes }: FlowsState): boolean {
  return flow !== undefined || modes[defaultFlowId] !== 'paused'
}

/**
 * Sources together what waited long enough, with all that waits beside it.
 * @returns ids of the orders that go on now, sourced or not
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function sourceGathered(context: FlowContext, limits: BatchLimits): Promise<string[]> {
  if (leastWaitMs(context.core.state()) === null) return []
  const ids: string[] = []
  for (const { strategy, gathered, isDue } of batchesOf(context)) {
    if (!isDue) continue
    for (let from = 0; from < gathered.length; from += limits.ordersMost) {
      const some = gathered.slice(from, from + limits.ordersMost)
      await sourceSome(some, strategy, context, limits)
      ids.push(...some.map(({ order }) => order.orderId))
    }
  }
  return ids
}

/** Orders that wait for others, by strategy. */
function batchesOf(context: FlowContext): Batch[] {
  const { core, now } = context
  const state = core.state()
  const at = now()
  const batches = new Map<string, Batch>()
  for (const orderId of state.waiting) {
    const order = state.orders.get(orderId)
    if (order === undefined || !mayGather(order, state)) continue
    // What policies say before it is sourced is carried out first; the flow does that.
    if (hasSomethingToSay(order, 'source', context)) continue
    const { wants, isFresh } = wantsOf(order, state)
    if (wants.length === 0 || !isFresh) continue
    const asked = askedFor(state, order, wants, at, keptFrom(order, context))
    const strategy = strategyHere(asked, { state, now: at })
    if (strategy.batchMinutes === 0) continue
    const batch = batches.get(strategy.strategyId) ?? { strategy, gathered: [], isDue: false }
    batches.set(strategy.strategyId, batch)
    batch.gathered.push({ order, asked })
    batch.isDue ||= !isGathering(order, strategy, at)
  }
  for (const { gathered } of batches.values()) {
    gathered.sort(
      (a, b) => a.order.placedAt - b.order.placedAt || (a.order.orderId < b.order.orderId ? -1 : 1),
    )
  }
  return [...batches.values()]
}

async function sourceSome(
  gathered: readonly Gathered[],
  strategy: api.Strategy,
  context: FlowContext,
  { timeLimitMs, elapsedMs }: BatchLimits,
): Promise<void> {
  const { core, worlds, now } = context
  const options: BatchOptions = {
    ...{ timeLimitMs, elapsedMs, gap, seed: 1 },
    decisionIdOf: ({ orderId }) => `${orderId}/source/0`,
  }
  const here = { worlds, state: core.state(), now: now() }
  const asked = gathered.map((each) => each.asked)
  const batch = await sourceTogether(asked, here, options, strategy).catch(unsolved)
  await Promise.all(
    gathered.map(async ({ order }, i) => {
      const plan = batch?.plans[i]
      if (plan?.decision === undefined || plan.work.length === 0) return
      // What changed meanwhile is refused, and sourced by itself.
      await carryOut(order, { work: plan.work, decision: plan.decision }, context)
    }),
  )
}

/** A batch that makes no sense as a whole must not hold up its orders: each is sourced by itself. */
function unsolved(error: unknown): null {
  if (error instanceof DetourError && error.code === 'SOURCING_PROBLEM_INVALID') return null
  throw error
}
