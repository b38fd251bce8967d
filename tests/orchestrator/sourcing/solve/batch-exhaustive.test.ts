// Small batches in which orders contend for stock and capacity cost what trying everything finds, to the cent.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { solveBatch } from '../../../../orchestrator/sourcing/solve/batch.ts'
import { greedyNearest } from '../../../../orchestrator/sourcing/solve/greedy.ts'
import type { BatchSolution, Problem } from '../../../../orchestrator/sourcing/solve/problem.ts'
import { checkSolution } from './check.ts'
import { solveExhaustively } from './exhaustive.ts'
import { problems } from './instances.ts'

const shapes = {
  'orders that split': { orders: 3, lines: 2, quantity: 3, places: 3, ways: 2, allocations: 60_000 },
  'many orders of one line': { orders: 7, lines: 1, quantity: 2, places: 3, ways: 2, allocations: 200_000 },
  'orders of several lines': { orders: 3, lines: 3, quantity: 1, places: 3, ways: 1, allocations: 60_000 },
}

describe('a small batch', () => {
  for (const [name, shape] of Object.entries(shapes)) {
    test(`of ${name} costs what trying everything finds, with a bound that proves it`, async () => {
      await fc.assert(
        fc.asyncProperty(problems({ ...shape, isScarce: true }), async (problem) => {
          const best = solveExhaustively(problem).cost
          const solution = await solve(problem)
          expect(checkSolution(problem, solution).complaints).toEqual([])
          expect(solution.cost).toBe(best)
          expect(solution.bound).toBeCloseTo(best, 6)
          expect(solution.cost).toBeLessThanOrEqual(greedyNearest(problem).cost)
        }),
        { numRuns: 250 },
      )
    }, 60_000)
  }

  test('is solved the same way every time', async () => {
    await fc.assert(
      fc.asyncProperty(problems({ ...shapes['orders that split'], isScarce: true }), async (problem) => {
        expect((await solve(problem)).orders).toEqual((await solve(problem)).orders)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})

function solve(problem: Problem): Promise<BatchSolution> {
  const from = performance.now()
  return solveBatch(problem, {
    timeLimitMs: 30_000,
    gap: 0,
    seed: 7,
    elapsedMs: () => performance.now() - from,
  })
}
