// Sources all orders of a batch together: prices for what can run out give a bound and good solutions, HiGHS sharpens
// the prices and solves small batches, or groups of orders of large ones, to the end. It looks at no clock but the
// caller's, and gives what it has when time is over.

import { answersOf, costOfAnswers, isSame, solutionOf } from './answers.ts'
import { tablesOf } from './columns.ts'
import { nearestInSteps } from './greedy.ts'
import { Pace } from './pace.ts'
import type { BatchSolution, OrderSolution, Problem, SolveOptions } from './problem.ts'
import { BatchSearch } from './search.ts'
import { checkProblem } from './valid.ts'

/**
 * The cheapest way for all orders together that was found in time, with a bound that proves how far it can be from
 * the best. Never dearer than each order in turn from the nearest place.
 * @throws SOURCING_PROBLEM_INVALID for what cannot be meant: costs or stock that are no numbers or below zero
 */
export async function solveBatch(problem: Problem, options: SolveOptions): Promise<BatchSolution> {
  const pace = new Pace(options)
  await checkProblem(problem, pace)
  // It is quick, and nothing may be dearer: only a caller ends it.
  const nearest = await nearestInSteps(
    problem,
    async () => (await pace.rest()) && pace.stopped === 'cancelled',
  )
  const tables = await tablesOf(problem, pace)
  // no cost is below zero: the bound where nothing else is known
  if (tables === null) return finish(nearest, 0, 'greedy', pace)
  const search = new BatchSearch(tables, pace, options)
  const { assignment, bound, method } = await search.run()
  const found = answersOf(assignment)
  if (costOfAnswers(nearest) < costOfAnswers(found)) return finish(nearest, bound, 'greedy', pace)
  return finish(found, bound, method, pace)
}

function finish(
  orders: OrderSolution[],
  bound: number,
  method: BatchSolution['method'],
  pace: Pace,
): BatchSolution {
  const seconds = pace.spentMs / 1000
  const stopped = isSame(costOfAnswers(orders), bound) ? null : (pace.stopped ?? 'gap')
  return solutionOf(orders, bound, { method, seconds, stopped })
}
