// Batches too large to try out: what must hold of every answer, however it is stopped and whatever is asked.

import { describe, expect, test } from 'vitest'
import { makeInstance } from '../../../../orchestrator/bench/sourcing/instances.ts'
import { solveBatch } from '../../../../orchestrator/sourcing/solve/batch.ts'
import { greedyCheapest, greedyNearest } from '../../../../orchestrator/sourcing/solve/greedy.ts'
import type { Problem, SolveOptions, SolverOrder } from '../../../../orchestrator/sourcing/solve/problem.ts'
import { checkSolution } from './check.ts'

/** Time that passes only when it is looked at: the same steps are cut at the same place on any machine. */
function countedTime(perLook: number): () => number {
  let now = 0
  return () => {
    now += perLook
    return now
  }
}

const calm: SolveOptions = { timeLimitMs: 1e9, gap: 0.02, seed: 3, elapsedMs: countedTime(0.01) }

/** Orders of one unit of one SKU, one place each: `orders` want what `places` may give to `each`. */
function assignment(
  orders: number,
  places: number,
  each: number,
  change: Partial<SolverOrder> = {},
): Problem {
  return {
    nodes: places,
    skus: 1,
    stock: () => Number.POSITIVE_INFINITY,
    capacities: Array.from({ length: places }, () => ({ limit: each })),
    orders: Array.from({ length: orders }, (_, o) => ({
      id: `o${o}`,
      lines: [{ sku: 0, quantity: 1 }],
      places: Array.from({ length: places }, (_, node) => ({
        node,
        distance: node,
        can: 1,
        ways: [
          {
            uses: [{ capacity: node, each: 1, perLine: 0, perUnit: 0 }],
            cost: () => ((o * 7919 + node * 104729) % 997) + 1,
          },
        ],
      })),
      splitCost: 0,
      maxNodes: 1,
      maxNodesPerLine: 1,
      isWhole: true,
      unservedCost: 1e9,
      ...change,
    })),
  }
}

describe('a batch', () => {
  test('is answered possibly, with a true bound, and not dearer than greedy', async () => {
    for (const seed of [1, 2, 3]) {
      const problem = makeInstance({ seed, orders: 150, nodes: 12 })
      const solution = await solveBatch(problem, calm)
      expect(checkSolution(problem, solution)).toEqual({ cost: solution.cost, complaints: [] })
      expect(solution.bound).toBeLessThanOrEqual(solution.cost)
      expect(solution.gap).toBeCloseTo((solution.cost - solution.bound) / solution.cost, 12)
      expect(solution.cost).toBeLessThanOrEqual(greedyNearest(problem).cost)
      expect(solution.cost).toBeLessThanOrEqual(greedyCheapest(problem).cost)
    }
  })

  test('gets the same answer for the same seed', async () => {
    const problem = makeInstance({ seed: 5, orders: 120, nodes: 10 })
    const first = await solveBatch(problem, { ...calm, elapsedMs: () => performance.now() })
    const second = await solveBatch(problem, { ...calm, elapsedMs: countedTime(0.3) })
    expect({ ...second, seconds: 0 }).toEqual({ ...first, seconds: 0 })
  })

  test('of orders without common needs is solved order by order to the optimum', async () => {
    const problem = { ...makeInstance({ seed: 6, orders: 60, nodes: 8 }), capacities: [] }
    const free: Problem = {
      ...problem,
      stock: (node, sku) => (problem.stock(node, sku) > 0 ? Number.POSITIVE_INFINITY : 0),
      orders: problem.orders.map((order) => ({
        ...order,
        places: order.places.map((place) => ({
          ...place,
          ways: place.ways.map((way) => ({ uses: [], cost: (units: readonly number[]) => way.cost(units) })),
        })),
      })),
    }
    const solution = await solveBatch(free, { ...calm, gap: 0 })
    expect(solution).toMatchObject({ gap: 0, stopped: null, cost: greedyCheapest(free).cost })
  })

  test('serves as many orders as fit when a unit without a place costs far more than anything', async () => {
    const problem = assignment(300, 6, 40)
    const solution = await solveBatch(problem, { ...calm, gap: 0 })
    expect(solution.orders.filter((order) => order.pieces.length === 1)).toHaveLength(240)
    expect(solution).toMatchObject({ gap: 0, stopped: null })
    expect(checkSolution(problem, solution).complaints).toEqual([])
    const served = solution.orders.filter((order) => order.pieces.length === 1)
    const shifted = served.reduce((sum, order) => sum + order.cost, 0)
    expect(solution.cost).toBe(60e9 + shifted)
  })

  test('with amounts too many for a table is solved all the same', async () => {
    const problem = assignment(12, 3, 4, {
      lines: [{ sku: 0, quantity: 400 }],
      isWhole: false,
      maxNodes: 3,
      maxNodesPerLine: 3,
      unservedCost: 50,
    })
    const scarce = { ...problem, stock: (node: number) => 900 + node * 100 }
    const solution = await solveBatch(scarce, {
      ...calm,
      timeLimitMs: 1500,
      elapsedMs: () => performance.now(),
    })
    expect(checkSolution(scarce, solution).complaints).toEqual([])
    expect(solution.cost).toBeLessThanOrEqual(greedyNearest(scarce).cost)
    expect(solution.bound).toBeLessThanOrEqual(solution.cost)
  })
})

describe('a batch that is stopped', () => {
  const problem = makeInstance({ seed: 8, orders: 400, nodes: 20 })

  test('by its time gives a possible answer and a true bound, wherever it is stopped', async () => {
    const { bound: best } = await solveBatch(problem, { ...calm, gap: 0.05 })
    for (const timeLimitMs of [0, 20, 100, 400, 1500, 4000]) {
      const solution = await solveBatch(problem, {
        ...calm,
        gap: 0,
        timeLimitMs,
        elapsedMs: countedTime(1),
      })
      expect(checkSolution(problem, solution).complaints).toEqual([])
      expect(solution.stopped).toBe('time')
      expect(solution.bound).toBeLessThanOrEqual(solution.cost)
      if (timeLimitMs > 0) expect(solution.bound).toBeGreaterThanOrEqual(0)
      expect(solution.cost).toBeGreaterThanOrEqual(best)
    }
  })

  test('by its caller gives what it has', async () => {
    for (const after of [1, 2, 4]) {
      let reports = 0
      const solution = await solveBatch(problem, {
        ...calm,
        gap: 0,
        elapsedMs: countedTime(1),
        isCancelled: () => reports >= after,
        onProgress: () => {
          reports++
        },
      })
      expect(solution.stopped).toBe('cancelled')
      expect(checkSolution(problem, solution).complaints).toEqual([])
      expect(solution.bound).toBeLessThanOrEqual(solution.cost)
    }
  })

  test('lets others run while it is solved, also while HiGHS works', async () => {
    let turns = 0
    let isSolving = true
    const others = (async () => {
      while (isSolving) {
        await new Promise((turn) => setImmediate(turn))
        turns++
      }
    })()
    await solveBatch(makeInstance({ seed: 9, orders: 400, nodes: 16 }), {
      ...calm,
      gap: 0.001,
      timeLimitMs: 2000,
      elapsedMs: () => performance.now(),
    })
    isSolving = false
    await others
    expect(turns).toBeGreaterThan(3)
  })
})

describe('a batch at its limits', () => {
  test('of nothing costs nothing', async () => {
    const empty = { nodes: 0, skus: 0, orders: [], stock: () => 0, capacities: [] }
    const solution = await solveBatch(empty, calm)
    expect(solution).toMatchObject({ orders: [], cost: 0, bound: 0, gap: 0, stopped: null })
  })

  test('of orders without places leaves all units without one', async () => {
    const problem = assignment(5, 0, 0)
    const solution = await solveBatch(problem, { ...calm, gap: 0 })
    expect(solution).toMatchObject({ cost: 5e9, gap: 0, stopped: null })
    expect(solution.orders.every((order) => order.pieces.length === 0 && order.unserved[0] === 1)).toBe(true)
  })

  test('where nothing has capacity leaves all units without a place', async () => {
    const problem = assignment(20, 4, 0)
    const solution = await solveBatch(problem, { ...calm, gap: 0 })
    expect(solution).toMatchObject({ cost: 20e9, gap: 0, stopped: null })
  })

  test.each([
    ['a negative cost', { places: [place(() => -1)] }],
    ['a cost that is no number', { places: [place(() => Number.NaN)] }],
    ['a negative price of a unit without a place', { unservedCost: -1 }],
    ['an endless price of a unit without a place', { unservedCost: Number.POSITIVE_INFINITY }],
    ['a split cost that is no number', { splitCost: Number.NaN }],
    ['half a unit', { lines: [{ sku: 0, quantity: 0.5 }] }],
    ['a SKU that is not there', { lines: [{ sku: 3, quantity: 1 }] }],
    ['a SKU twice', { lines: [line(), line()] }],
    ['a node twice', { places: [place(() => 1), place(() => 1)] }],
    ['more lines than places can tell', { lines: Array.from({ length: 31 }, line) }],
  ])('refuses %s', async (_, change) => {
    const refused = solveBatch(assignment(2, 2, 1, change), calm)
    await expect(refused).rejects.toMatchObject({ code: 'SOURCING_PROBLEM_INVALID' })
  })

  test('refuses stock and capacities below nothing', async () => {
    const problem = assignment(2, 2, 1)
    const code = 'SOURCING_PROBLEM_INVALID'
    await expect(solveBatch({ ...problem, stock: () => -1 }, calm)).rejects.toMatchObject({ code })
    await expect(solveBatch({ ...problem, stock: () => Number.NaN }, calm)).rejects.toMatchObject({ code })
    const capacities = [{ limit: Number.NaN }, { limit: 1 }]
    await expect(solveBatch({ ...problem, capacities }, calm)).rejects.toMatchObject({ code })
  })
})

function line() {
  return { sku: 0, quantity: 1 }
}

function place(cost: () => number) {
  return { node: 0, distance: 0, can: 1, ways: [{ uses: [], cost }] }
}
