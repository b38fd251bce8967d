// The solver of one order finds what trying everything finds, and its answers hold.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bestWith,
  bestWithout,
  type ProvenSolution,
  rankPlaces,
  type Supply,
  solveOrder,
} from '../../../../orchestrator/sourcing/solve/exact.ts'
import { greedyCheapest, greedyNearest } from '../../../../orchestrator/sourcing/solve/greedy.ts'
import type { Problem, SolverOrder } from '../../../../orchestrator/sourcing/solve/problem.ts'
import { checkSolution } from './check.ts'
import { solveExhaustively } from './exhaustive.ts'
import { problems } from './instances.ts'

const small = problems({ orders: 1, lines: 4, quantity: 4, places: 5, ways: 3, allocations: 40_000 })
const runs = { numRuns: 600 }

describe('the solver of one order', () => {
  test('finds the cost that trying everything finds, in as few pieces, and its answer holds', () => {
    fc.assert(
      fc.property(small, (problem) => {
        const answer = solveOrder(orderOf(problem), supplyOf(problem))
        const best = solveExhaustively(problem)
        expect(answer.cost).toBe(best.cost)
        expect(answer.isProven).toBe(true)
        expect(answer.bound).toBe(best.cost)
        expect(complaintsOf(problem, answer)).toEqual([])
        expect(answer.pieces.length).toBe(best.pieces)
      }),
      runs,
    )
  })

  test('without a place, and with one, finds what trying everything so finds', () => {
    fc.assert(
      fc.property(small, fc.nat({ max: 4 }), (problem, place) => {
        const order = orderOf(problem)
        fc.pre(place < order.places.length)
        const supply = supplyOf(problem)
        const without = bestWithout(order, supply, place)
        expect(without.cost).toBe(
          solveExhaustively(problem, (steps) => steps.every((s) => s.place !== place)).cost,
        )
        expect(complaintsOf(problem, without)).toEqual([])
        expect(without.pieces.some((piece) => piece.place === place)).toBe(false)
        const forced = bestWith(order, supply, place)
        const best = solveExhaustively(problem, (steps) => steps.some((s) => s.place === place)).cost
        expect(forced?.cost ?? Infinity).toBe(best)
        expect(forced?.isProven ?? true).toBe(true)
        if (forced === null) return
        expect(complaintsOf(problem, forced)).toEqual([])
        expect(forced.pieces.some((piece) => piece.place === place)).toBe(true)
      }),
      runs,
    )
  })

  test('with prices finds what trying everything with these prices in the costs finds', () => {
    fc.assert(
      fc.property(small, fc.array(fc.nat({ max: 6 }), { minLength: 5, maxLength: 5 }), (problem, prices) => {
        const priceOf = (at: number) => prices[at % prices.length] ?? 0
        const answer = solveOrder(orderOf(problem), supplyOf(problem), {
          stock: (node, sku) => priceOf(node + 2 * sku),
          capacity: priceOf,
        })
        expect(answer.priced).toBe(solveExhaustively(withPrices(problem, priceOf)).cost)
        expect(complaintsOf(problem, answer)).toEqual([])
      }),
      runs,
    )
  })

  test('with little time gives an answer that holds and says if it is proven', () => {
    fc.assert(
      fc.property(small, fc.nat({ max: 60 }), (problem, evaluations) => {
        const order = orderOf(problem)
        const answer = solveOrder(order, supplyOf(problem), null, { evaluations, steps: evaluations * 4 })
        const best = solveExhaustively(problem).cost
        expect(complaintsOf(problem, answer)).toEqual([])
        expect(answer.cost).toBeGreaterThanOrEqual(best)
        expect(answer.bound).toBeLessThanOrEqual(best)
        if (answer.isProven) expect(answer.cost).toBe(best)
      }),
      runs,
    )
  })

  test('gives the same answer every time', () => {
    fc.assert(
      fc.property(small, (problem) => {
        const first = solveOrder(orderOf(problem), supplyOf(problem))
        const order = { ...orderOf(problem) }
        solveOrder(order, { stock: () => 1, left: () => 1 })
        expect(solveOrder(order, supplyOf(problem))).toEqual(first)
      }),
      { numRuns: 200 },
    )
  })

  test('costs at most what the nearest place costs, and the same as each order in turn', () => {
    fc.assert(
      fc.property(small, (problem) => {
        const answer = solveOrder(orderOf(problem), supplyOf(problem))
        expect(answer.cost).toBeLessThanOrEqual(greedyNearest(problem).cost)
        expect(answer.cost).toBe(greedyCheapest(problem).cost)
      }),
      runs,
    )
  })
})

describe('an order too large to be looked at in full', () => {
  const large = problems({
    orders: 1,
    lines: 30,
    quantity: 400,
    places: 12,
    ways: 2,
    allocations: Infinity,
    isScarce: true,
    hasFloors: false,
  })

  test('gets an answer that holds, for no more costs than allowed, with a bound', () => {
    fc.assert(
      fc.property(large, (problem) => {
        let asked = 0
        const order = counting(orderOf(problem), () => asked++)
        const answer = solveOrder(order, supplyOf(problem), null, { evaluations: 4000, steps: 100_000 })
        expect(complaintsOf(problem, answer)).toEqual([])
        expect(answer.bound).toBeLessThanOrEqual(answer.cost)
        expect(asked).toBeLessThan(3 * 4000)
      }),
      { numRuns: 40 },
    )
  })

  test('is proven where what is known of the ways shows that one place is the best', () => {
    const lines = Array.from({ length: 25 }, (_, sku) => ({ sku, quantity: 9 }))
    const places = Array.from({ length: 40 }, (_, node) => ({
      node,
      distance: node,
      can: 2 ** 25 - 1,
      ways: [
        {
          uses: [],
          cost: (units: readonly number[]) => 500 + node + units.reduce((sum, amount) => sum + amount * 3, 0),
          least: { each: 500, perUnit: lines.map(() => 3) },
        },
      ],
    }))
    const order = {
      id: 'large',
      lines,
      places,
      splitCost: 100,
      maxNodes: 5,
      maxNodesPerLine: 2,
      isWhole: false,
      unservedCost: 900,
    }
    const answer = solveOrder(order, { stock: (node) => (node < 3 ? 0 : 50), left: () => 0 })
    expect(answer.isProven).toBe(true)
    expect(answer.pieces.map((piece) => piece.place)).toEqual([3])
  })

  test('a cost that is no number or below zero is no way', () => {
    const way = (cost: number) => ({ uses: [], cost: () => cost })
    const places = [Number.NaN, -5, Infinity, 12].map((cost, node) => ({
      node,
      distance: node,
      can: 1,
      ways: [way(cost)],
    }))
    const order = {
      id: 'odd',
      lines: [{ sku: 0, quantity: 1 }],
      places,
      splitCost: 0,
      maxNodes: 3,
      maxNodesPerLine: 1,
      isWhole: false,
      unservedCost: 99,
    }
    const answer = solveOrder(order, { stock: () => 1, left: () => 0 })
    expect(answer).toMatchObject({ cost: 12, pieces: [{ place: 3 }] })
  })
})

describe('places in order', () => {
  test('are those that send everything, the cheapest first, then those that send more', () => {
    fc.assert(
      fc.property(small, (problem) => {
        const order = orderOf(problem)
        const ranked = rankPlaces(order, supplyOf(problem))
        expect(ranked.map(({ place }) => place).sort()).toEqual(order.places.map((_, place) => place))
        const whole = ranked.filter((place) => place.isWhole).map(({ piece }) => piece?.cost ?? Infinity)
        expect(whole).toEqual([...whole].sort((a, b) => a - b))
        const alone = { ...order, isWhole: true, maxNodes: 1, unservedCost: 1e6 }
        expect(solveOrder(alone, supplyOf(problem)).pieces[0]?.cost).toBe(whole[0])
        const sent = ranked.map(({ piece }) => piece?.units.reduce((sum, units) => sum + units, 0) ?? 0)
        expect(sent).toEqual([...sent].sort((a, b) => b - a))
      }),
      runs,
    )
  })
})

describe('greedy', () => {
  const batch = problems({ orders: 6, lines: 3, quantity: 4, places: 4, ways: 2, allocations: Infinity })

  test('answers hold for batches', () => {
    fc.assert(
      fc.property(batch, (problem) => {
        expect(checkSolution(problem, greedyNearest(problem)).complaints).toEqual([])
        expect(checkSolution(problem, greedyCheapest(problem)).complaints).toEqual([])
      }),
      runs,
    )
  })
})

function counting(order: SolverOrder, count: () => void): SolverOrder {
  const places = order.places.map((place) => ({
    ...place,
    ways: place.ways.map((way) => ({
      ...way,
      cost: (units: readonly number[]) => {
        count()
        return way.cost(units)
      },
    })),
  }))
  return { ...order, places }
}

function withPrices(problem: Problem, priceOf: (at: number) => number): Problem {
  const orders = problem.orders.map((order) => ({
    ...order,
    places: order.places.map((place) => ({
      ...place,
      ways: place.ways.map((way) => ({
        uses: way.uses,
        cost: (units: readonly number[]) => {
          let cost = way.cost(units)
          const lines = units.filter((amount) => amount > 0).length
          const count = units.reduce((sum, amount) => sum + amount, 0)
          for (const { capacity, each, perLine, perUnit } of way.uses) {
            cost += priceOf(capacity) * (each + perLine * lines + perUnit * count)
          }
          for (const [i, amount] of units.entries()) {
            if (amount > 0) cost += amount * priceOf(place.node + 2 * (order.lines[i]?.sku ?? 0))
          }
          return cost
        },
      })),
    })),
  }))
  return { ...problem, orders }
}

function orderOf(problem: Problem): SolverOrder {
  const [order] = problem.orders
  if (order === undefined) throw new Error('a problem without an order')
  return order
}

function supplyOf(problem: Problem): Supply {
  return {
    stock: (node, sku) => problem.stock(node, sku),
    left: (capacity) => problem.capacities[capacity]?.limit ?? 0,
  }
}

function complaintsOf(problem: Problem, { pieces, unserved, cost }: ProvenSolution): string[] {
  const orders = [{ pieces, unserved, cost }]
  return checkSolution(problem, {
    orders,
    cost,
    bound: cost,
    gap: 0,
    method: 'exact',
    seconds: 0,
    stopped: null,
  }).complaints
}
