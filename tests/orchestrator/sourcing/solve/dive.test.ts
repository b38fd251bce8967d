// Dives: solutions by prices that go on moving must be possible, no dearer than where they began, and the same again.

import { describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { makeInstance } from '../../../../orchestrator/bench/sourcing/instances.ts'
import { answersOf, costOfAnswers } from '../../../../orchestrator/sourcing/solve/answers.ts'
import { solveBatch } from '../../../../orchestrator/sourcing/solve/batch.ts'
import { Bound } from '../../../../orchestrator/sourcing/solve/bound.ts'
import { tablesOf } from '../../../../orchestrator/sourcing/solve/columns.ts'
import { Dives } from '../../../../orchestrator/sourcing/solve/dive.ts'
import { greedyNearest } from '../../../../orchestrator/sourcing/solve/greedy.ts'
import { Pace } from '../../../../orchestrator/sourcing/solve/pace.ts'
import { fewPasses, firstStep, walkPrices } from '../../../../orchestrator/sourcing/solve/passes.ts'
import { Assignment } from '../../../../orchestrator/sourcing/solve/plans.ts'
import { Pool } from '../../../../orchestrator/sourcing/solve/pool.ts'
import { Pricer } from '../../../../orchestrator/sourcing/solve/pricing.ts'
import { checkSolution } from './check.ts'

/** Solutions of dives from nothing, one from the other, and the bound. */
async function dived(seed: number) {
  const pace = new Pace({ timeLimitMs: 1e9, elapsedMs: () => 0 })
  const problem = makeInstance({ seed, orders: 200, nodes: 12, scarce: 0.9 })
  const tables = await tablesOf(problem, pace)
  if (tables === null) throw new Error('no time passes')
  const [bound, pool, pricer] = [new Bound(tables), new Pool(tables, 8), new Pricer(tables)]
  const random = seededRandom(seed)
  await bound.round(pricer, pace)
  await walkPrices({ bound, pool, pricer, pace, random }, firstStep(bound), fewPasses)
  await bound.round(pricer, pace)
  const dives = new Dives(pricer, random, pace)
  const first = await dives.improve(new Assignment(tables), bound)
  const second = await dives.improve(first, bound)
  return { problem, first, second, bound: bound.bound }
}

describe('dives where much is scarce', () => {
  test('take never more than there is, and stay above the bound and below the nearest places', async () => {
    for (const seed of [1, 2]) {
      const { problem, first, second, bound } = await dived(seed)
      expect(second.cost).toBeLessThanOrEqual(first.cost)
      expect(first.cost).toBeLessThan(greedyNearest(problem).cost)
      expect(second.cost).toBeGreaterThanOrEqual(bound)
      for (const { left } of [first, second]) expect(left.every((each) => each >= -1e-9)).toBe(true)
      expect(costOfAnswers(answersOf(second))).toBeCloseTo(second.cost, 6)
    }
  })

  test('are the same for a seed', async () => {
    const [a, b] = [await dived(4), await dived(4)]
    expect(a.second.plans).toEqual(b.second.plans)
  })

  test('answer a batch possibly, far cheaper than the nearest places', async () => {
    const problem = makeInstance({ seed: 1, orders: 1_010, nodes: 12, scarce: 0.9 })
    let now = 0
    const elapsedMs = () => {
      now += 0.01
      return now
    }
    const solution = await solveBatch(problem, { timeLimitMs: 1_500, gap: 0.2, seed: 1, elapsedMs })
    const { cost, complaints } = checkSolution(problem, solution)
    expect(complaints).toEqual([])
    expect(cost).toBeCloseTo(solution.cost, 6)
    expect(solution.bound).toBeLessThanOrEqual(cost)
    expect(cost).toBeLessThan(0.8 * greedyNearest(problem).cost)
  })
})
