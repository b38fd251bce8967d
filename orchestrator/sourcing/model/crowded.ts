// Prices of soft limits on the number of nodes, which the solver of batches does not know: what it found is eased where
// they are paid, and is never dearer with them than each order in turn from its nearest node.

import { nearestInSteps, Remainder } from '../solve/greedy.ts'
import type { OrderSolution } from '../solve/problem.ts'
import type { Model, OrderModel } from './build.ts'
import { crowdCents } from './plans.ts'
import { solveOne } from './solve-one.ts'

/** Answers in the order of the model's orders. */
export interface Eased {
  answers: readonly OrderSolution[]
  /** With the prices of all soft limits. */
  cost: number
}

/**
 * The answers of a batch with all soft limits paid, and with fewer nodes where that is cheaper.
 * @param rest lets others run
 * @returns null where none is paid
 */
export async function easeCrowds(
  model: Model,
  found: readonly OrderSolution[],
  rest: () => Promise<unknown>,
): Promise<Eased | null> {
  if (!model.orders.some((order, i) => crowdOf(order, found[i]) > 0)) return null
  const answers = await withFewerNodes(model, found, rest)
  const cost = costOf(model, answers)
  const nearest = await nearestInSteps(model.problem, async () => {
    await rest()
    return false
  })
  const nearestCost = costOf(model, nearest)
  return nearestCost < cost ? { answers: nearest, cost: nearestCost } : { answers, cost }
}

/** Each order that pays for its nodes solved again, out of what all others leave. */
async function withFewerNodes(
  model: Model,
  found: readonly OrderSolution[],
  rest: () => Promise<unknown>,
): Promise<OrderSolution[]> {
  const remainder = new Remainder(model.problem)
  const take = (order: OrderModel, answer: OrderSolution, sign: 1 | -1) => {
    for (const piece of answer.pieces) remainder.take(order.solver, piece, sign)
  }
  const answers = [...found]
  for (const [i, order] of model.orders.entries()) take(order, found[i] as OrderSolution, 1)
  for (const [i, order] of model.orders.entries()) {
    const before = found[i] as OrderSolution
    const crowd = crowdOf(order, before)
    if (crowd === 0) continue
    await rest()
    take(order, before, -1)
    const other = solveOne(model, order, { supply: remainder })
    const isCheaper = other !== null && other.cost + crowdOf(order, other) < before.cost + crowd
    answers[i] = isCheaper ? other : before
    take(order, answers[i], 1)
  }
  return answers
}

function costOf(model: Model, answers: readonly OrderSolution[]): number {
  return model.orders.reduce((sum, order, i) => sum + (answers[i]?.cost ?? 0) + crowdOf(order, answers[i]), 0)
}

function crowdOf(order: OrderModel, answer: Pick<OrderSolution, 'pieces'> | undefined): number {
  return answer === undefined ? 0 : crowdCents(order, answer.pieces)
}
