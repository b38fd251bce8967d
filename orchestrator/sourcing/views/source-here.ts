// Sources an order of a running market: by the strategy that its rules choose, in the world as it is now. It carries
// nothing out.

import type { api } from '#data/contracts'
import { type CoreState, newestStrategy } from '#orchestrator/core'
import { sourceBatch } from '../source-batch.ts'
import { sourceOrder } from '../source-order.ts'
import { strategyFor } from '../strategy/choice.ts'
import type { BatchOptions, BatchPlan, ExplainedPlan, SourceOptions, SourcingOrder } from '../world.ts'
import type { Worlds } from './worlds.ts'

/** The market as it is. */
export interface Here {
  worlds: Worlds
  state: CoreState
  /** Epoch ms of the market. */
  now: number
}

/** The strategy that holds for an order. */
export function strategyHere(
  order: SourcingOrder,
  { state, now }: Pick<Here, 'state' | 'now'>,
): api.Strategy {
  return strategyFor(order, state.strategies, now).strategy
}

/** The cheapest way for an order, with the record of why. @param strategy default: the one that holds for it */
export function sourceHere(
  order: SourcingOrder,
  here: Here,
  options: Omit<SourceOptions, 'strategyOf'>,
  strategy: api.Strategy = strategyHere(order, here),
): ExplainedPlan {
  const { worlds, state, now } = here
  return sourceOrder(order, worlds.at(state, now, strategy), {
    ...options,
    strategyOf: (strategyId) => newestStrategy(state.strategies.strategies, strategyId) ?? null,
  })
}

/** The cheapest way for orders of one strategy together; with decisions where their ids are asked for. */
export function sourceTogether(
  orders: readonly SourcingOrder[],
  { worlds, state, now }: Here,
  options: BatchOptions,
  strategy: api.Strategy,
): Promise<BatchPlan> {
  return sourceBatch(orders, worlds.at(state, now, strategy), options)
}
