// What would have to be different for another node to win, found by solving again. It tells only what a solution shows.

import { showMoney } from '#data/kernel'
import type { DecisionRecord } from '#orchestrator/core'
import type { Model, OrderModel } from '../model/build.ts'
import { crowdCents, type ReadPlan } from '../model/plans.ts'
import { solveOne } from '../model/solve-one.ts'
import { nodeIdOf } from './candidates.ts'
import { nameOf } from './sentences.ts'

type Counterfactual = NonNullable<DecisionRecord['counterfactuals']>[number]

/**
 * How many cents cheaper work at a place would have to be for it to be chosen: the best plan with it, solved again,
 * against the plan that was taken. It is exact, since the place has one piece of work in every plan.
 */
export function costCounterfactual(
  model: Model,
  order: OrderModel,
  plan: ReadPlan,
  place: number,
): Counterfactual | null {
  if (place < 0 || plan.left.length > 0) return null
  const forced = solveOne(model, order, place)
  if (forced === null || !forced.isProven) return null
  const extra = forced.cost + crowdCents(order, forced.pieces) - plan.costCents
  return counterfactualOf(model, order, nodeIdOf(order, place), extra)
}

/** What a node that costs more in all would have to cost less: whole cents until it is cheaper, where cents are whole. */
export function counterfactualOf(
  model: Model,
  order: OrderModel,
  nodeId: string,
  extra: number,
): Counterfactual {
  const isRounded = model.session.world.rounding === 'cents'
  const amount = Math.max(0, isRounded ? Math.round(extra) + 1 : extra)
  const money = showMoney(Math.ceil(amount), order.order.currency)
  const text = `${nameOf(order, nodeId)} would win if it were ${money} cheaper.`
  return { nodeId, kind: 'cost', amount, unit: 'cents', text }
}
