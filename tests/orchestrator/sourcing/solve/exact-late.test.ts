// Places that say what they cost at least and have their ways worked out when they are asked for get the same answers
// as places that have them from the start.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bestWith,
  rankPlaces,
  type Supply,
  solveOrder,
} from '../../../../orchestrator/sourcing/solve/exact.ts'
import type { Place, Problem, SolverOrder, Way } from '../../../../orchestrator/sourcing/solve/problem.ts'
import { problems } from './instances.ts'

const small = problems({ orders: 1, lines: 4, quantity: 4, places: 5, ways: 3, allocations: 40_000 })
const runs = { numRuns: 600 }

test('an order gets the same answer where ways are worked out when they are asked for', () => {
  let spared = 0
  fc.assert(
    fc.property(small, (problem) => {
      const order = orderOf(problem)
      const late = { ...order, places: order.places.map((place) => lateOf(place, order)) }
      const supply = supplyOf(problem)
      expect(solveOrder(late, supply)).toEqual(solveOrder(order, supply))
      if (late.places.some(({ isAsked }) => !isAsked)) spared += 1
      expect(bestWith(late, supply, 0)).toEqual(bestWith(order, supply, 0))
      expect(rankPlaces(late, supply, 2)).toEqual(rankPlaces(order, supply).slice(0, 2))
    }),
    runs,
  )
  expect(spared).toBeGreaterThan(50)
})

test('places are ranked the same where only the first ones are asked for, and some are left out', () => {
  fc.assert(
    fc.property(small, fc.nat({ max: 5 }), fc.nat({ max: 4 }), (problem, most, out) => {
      const order = orderOf(problem)
      const supply = supplyOf(problem)
      const others = rankPlaces(order, supply).filter(({ place }) => place !== out)
      expect(rankPlaces(order, supply, most, (place) => place === out)).toEqual(others.slice(0, most))
    }),
    runs,
  )
})

/** A place that knows the exact least of its ways, and tells whether it was asked for them. */
function lateOf(place: Place, { lines }: SolverOrder): Place & { isAsked: boolean } {
  const each = Math.min(...place.ways.map((way) => leastOf(way, lines)))
  return {
    ...{ node: place.node, distance: place.distance, can: place.can, isAsked: false },
    least: { each, perUnit: lines.map(() => 0) },
    get ways() {
      this.isAsked = true
      return place.ways
    },
  }
}

/** The least that any piece of work costs on a way. */
function leastOf(way: Way, [line, ...others]: SolverOrder['lines'], sent: readonly number[] = []): number {
  if (line === undefined) return sent.some((units) => units > 0) ? way.cost(sent) : Infinity
  const amounts = Array.from({ length: line.quantity + 1 }, (_, units) => units)
  return Math.min(...amounts.map((units) => leastOf(way, others, [...sent, units])))
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
