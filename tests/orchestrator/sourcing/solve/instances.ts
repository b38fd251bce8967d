// Small random problems for property tests: costs with bands, minimum charges and gaps, all of them whole numbers.

import fc from 'fast-check'
import type { Problem, SolverOrder, Way } from '../../../../orchestrator/sourcing/solve/problem.ts'

/** How large problems may be. */
export interface Shape {
  orders: number
  lines: number
  quantity: number
  places: number
  ways: number
  /** Allocations of all orders together, at most: what an exhaustive search has to try. */
  allocations: number
  /** Orders contend for what there is, and to serve them is worth it. */
  isScarce?: boolean
  /** Whether half of the ways say what they cost at least; left out = yes. */
  hasFloors?: boolean
}

/** Small random problems; the same seed gives the same problem. */
export function problems(shape: Shape): fc.Arbitrary<Problem> {
  return fc
    .record({
      seed: fc.nat(),
      orders: fc.integer({ min: 1, max: shape.orders }),
      nodes: fc.integer({ min: 1, max: shape.places }),
      capacities: fc.nat({ max: 4 }),
      skus: fc.integer({ min: shape.lines, max: shape.lines + 1 }),
    })
    .map((size) => problemOf(size, shape))
    .filter((problem) => allocationsOf(problem) <= shape.allocations)
}

interface Size {
  seed: number
  orders: number
  nodes: number
  capacities: number
  skus: number
}

function problemOf({ seed, orders, nodes, capacities, skus }: Size, shape: Shape): Problem {
  const draw = drawsOf(seed)
  const { isScarce = false } = shape
  const stock = Array.from({ length: nodes * skus }, () =>
    draw(isScarce ? 12 : 4) === 0 ? Infinity : draw(shape.quantity + (isScarce ? 3 : 2)),
  )
  return {
    nodes,
    skus,
    capacities: Array.from({ length: capacities }, () => ({
      limit: draw(5) === 0 ? Infinity : (isScarce ? 2 : 0) + draw(8),
    })),
    stock: (node, sku) => stock[node * skus + sku] ?? 0,
    orders: Array.from({ length: orders }, (_, at) =>
      orderOf(`o${at}`, draw, { nodes, skus, capacities }, shape),
    ),
  }
}

function orderOf(
  id: string,
  draw: (below: number) => number,
  size: Omit<Size, 'seed' | 'orders'>,
  shape: Shape,
): SolverOrder {
  const skus = Array.from({ length: size.skus }, (_, sku) => sku).sort(() => draw(3) - 1)
  const lines = skus
    .slice(0, 1 + draw(shape.lines))
    .map((sku) => ({ sku, quantity: 1 + (draw(2) === 0 ? 0 : draw(shape.quantity)) }))
  const weights = lines.map(() => 1 + draw(5))
  const full = 2 ** lines.length - 1
  return {
    id,
    lines,
    places: Array.from({ length: size.nodes }, (_, node) => node)
      .filter(() => draw(6) > 0)
      .map((node) => ({
        node,
        distance: draw(8) === 0 ? Number.NaN : draw(50),
        can: draw(shape.isScarce ? 9 : 3) === 0 ? draw(full + 1) : full,
        ways: Array.from({ length: 1 + draw(shape.ways) }, () =>
          wayOf(draw, weights, shape.hasFloors === false ? null : lines, size.capacities),
        ),
      })),
    splitCost: draw(3) === 0 ? 0 : draw(10),
    maxNodes: draw(2) === 0 ? 1 + draw(3) : 10,
    maxNodesPerLine: draw(2) === 0 ? 1 : 1 + draw(3),
    isWhole: draw(4) === 0,
    unservedCost: draw(shape.isScarce ? 9 : 3) === 0 ? draw(6) : (shape.isScarce ? 40 : 10) + draw(60),
  }
}

function wayOf(
  draw: (below: number) => number,
  weights: readonly number[],
  lines: readonly { quantity: number }[] | null,
  capacities: number,
): Way {
  const price = costKinds[draw(costKinds.length)]?.(draw, weights) ?? (() => 0)
  const uses = Array.from({ length: capacities }, (_, capacity) => capacity)
    .filter(() => draw(2) === 0)
    .map((capacity) => ({ capacity, each: draw(2), perLine: draw(2), perUnit: draw(2) }))
  if (lines === null || draw(2) === 0) return { uses, cost: price }
  return { uses, cost: price, least: leastOf(price, lines, draw(3)) }
}

type Price = (units: readonly number[]) => number

const costKinds: ((draw: (below: number) => number, weights: readonly number[]) => Price)[] = [
  function linear(draw, weights) {
    const each = draw(12)
    const perLine = draw(4)
    const perUnit = weights.map(() => draw(5))
    return (units) =>
      each + sum(units, (amount, i) => (amount > 0 ? perLine + amount * (perUnit[i] ?? 0) : 0))
  },
  function banded(draw, weights) {
    const bands = Array.from({ length: 1 + draw(4) }, () => ({ upTo: 1 + draw(25), cents: draw(30) }))
    return (units) => {
      const weight = sum(units, (amount, i) => amount * (weights[i] ?? 0))
      return Math.min(...bands.filter((band) => weight <= band.upTo).map((band) => band.cents), Infinity)
    }
  },
  function charged(draw, weights) {
    const [minimum, rate, free] = [draw(25), draw(4), 5 + draw(25)]
    return (units) => {
      const weight = sum(units, (amount, i) => amount * (weights[i] ?? 0))
      return weight >= free ? 1 : Math.max(minimum, rate * weight)
    }
  },
  function arbitrary(draw) {
    const seed = draw(1e6)
    return (units) => {
      const value = drawsOf(units.reduce((hash, amount) => hash * 31 + amount, seed))
      return value(5) === 0 ? Infinity : value(25)
    }
  },
]

/** A true floor of the cost: the more `share`, the more of it for each unit. */
function leastOf(price: Price, lines: readonly { quantity: number }[], share: number) {
  const all = amountsOf(lines).map((units) => ({
    units,
    cost: price(units),
    count: sum(units, (amount) => amount),
  }))
  const perUnit =
    share === 0 ? 0 : Math.min(3, ...all.map(({ cost, count }) => Math.floor(cost / count / share)))
  return {
    each: Math.min(99, ...all.map(({ cost, count }) => cost - perUnit * count)),
    perUnit: lines.map(() => perUnit),
  }
}

function amountsOf(lines: readonly { quantity: number }[]): number[][] {
  let all: number[][] = [[]]
  for (const { quantity } of lines) {
    all = all.flatMap((units) => Array.from({ length: quantity + 1 }, (_, amount) => [...units, amount]))
  }
  return all.slice(1)
}

function allocationsOf(problem: Problem): number {
  let all = 1
  for (const { lines, places } of problem.orders) {
    const ways = places.reduce((most, place) => Math.max(most, place.ways.length), 1)
    const units = lines.reduce((count, line) => count + line.quantity, 0)
    all *= ways ** Math.min(places.length, units)
    for (const { quantity } of lines) for (let k = 1; k <= quantity; k++) all *= (places.length + k) / k
  }
  return all
}

function sum(units: readonly number[], of: (amount: number, i: number) => number): number {
  return units.reduce((total, amount, i) => total + of(amount, i), 0)
}

/** Whole numbers below a limit, the same for the same seed. */
function drawsOf(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
