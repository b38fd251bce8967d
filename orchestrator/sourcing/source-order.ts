// Sources one order: the cheapest way in a world by its strategy or, where that leaves something, by the fallback, with
// the record of why. It carries nothing out.

import type { DecisionRecord } from '#orchestrator/core'
import { recordOfSourcing } from './explain/record.ts'
import { reasonsOf } from './explain/unserved.ts'
import type { BuildOptions } from './model/build.ts'
import { openSession, SourcingSession } from './model/session.ts'
import { type Solved, solveAlone } from './model/solve-alone.ts'
import { moveOrder } from './move-order.ts'
import type { ExplainedPlan, SourceOptions, SourcingOrder, SourcingWorld } from './world.ts'

/** Strategies tried one after the other, at most. */
const strategiesTried = 5

/**
 * The cheapest way for one order. What has no node is told with a code and a reason; nothing is thrown.
 * @param world a session, where many orders are sourced at one instant
 */
export function sourceOrder(
  order: SourcingOrder,
  world: SourcingWorld | SourcingSession,
  options: SourceOptions,
): ExplainedPlan {
  if (order.from !== null) return moveOrder(order, world, options)
  const session = world instanceof SourcingSession ? world : openSession(world)
  const build: BuildOptions = { only: options.toNodeId ?? null, keepsRejected: true }
  const first = solveAlone(order, session, build)
  const best = orFallback(first, order, session, options, build)
  const { model, plan } = best
  const unserved = reasonsOf(model, best.order, plan, build)
  const decision = recordOfSourcing({
    ...best,
    unserved,
    decisionId: options.decisionId,
    incidentId: options.incidentId ?? null,
    method: 'exact',
    gap: best.isProven ? null : best.gap,
    counterfactuals: options.counterfactuals ?? 'cost',
    build,
  })
  return {
    orderId: order.orderId,
    work: plan.pieces.map(({ work }) => work),
    unserved,
    costCents: plan.costCents,
    decision: best === first ? decision : byFallback(decision, best),
    strategy: model.session.world.strategy,
  }
}

/** The cheapest way by the strategy or, where that leaves something, by a fallback that serves more. */
export function withFallback(
  order: SourcingOrder,
  session: SourcingSession,
  strategyOf: NonNullable<SourceOptions['strategyOf']>,
): Solved {
  return orFallback(solveAlone(order, session, {}), order, session, { decisionId: '', strategyOf }, {})
}

/** The answer of the first fallback that serves more. */
function orFallback(
  first: Solved,
  order: SourcingOrder,
  session: SourcingSession,
  { strategyOf }: SourceOptions,
  build: BuildOptions,
): Solved {
  let best = first
  const tried = new Set([session.world.strategy.strategyId])
  let next = session.world.strategy.fallbackId
  while (leftOf(best) > 0 && next !== null && !tried.has(next) && tried.size < strategiesTried) {
    tried.add(next)
    const strategy = strategyOf?.(next) ?? null
    if (strategy === null) break
    const other = solveAlone(order, session.under(strategy), build)
    if (leftOf(other) < leftOf(best)) best = other
    next = strategy.fallbackId
  }
  return best
}

function leftOf({ plan }: Solved): number {
  return plan.left.reduce((sum, { quantity }) => sum + quantity, 0)
}

function byFallback(decision: DecisionRecord, { model }: Solved): DecisionRecord {
  return { ...decision, reason: `by the fallback ${model.session.world.strategy.name}: ${decision.reason}` }
}
