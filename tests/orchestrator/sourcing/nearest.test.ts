// A batch is never dearer than each order in turn from its nearest node, whatever the network is like and however
// little time there is.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { ordersOfFiles, sourceBatch, sourceNearest, worldOfFiles } from '#orchestrator/sourcing'
import { makeProblem } from '../../../orchestrator/bench/sourcing/made-network.ts'

const soft = (name: api.ConstraintName, limit: number, priceCents: number): api.StrategyConstraint => ({
  ...{ name, kind: 'soft', limit, priceCents, values: [] },
})

const options = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  nodes: fc.integer({ min: 1, max: 9 }),
  orders: fc.integer({ min: 1, max: 25 }),
  skus: fc.integer({ min: 1, max: 12 }),
  linesMost: fc.integer({ min: 1, max: 5 }),
  stores: fc.double({ min: 0, max: 1, noNaN: true }),
  kept: fc.double({ min: 0.2, max: 1, noNaN: true }),
  stock: fc.constantFrom([0.4, 0.9] as const, [0.8, 1.5] as const, [2, 4] as const),
  capacity: fc.constantFrom(null, [0.4, 0.9] as const, [1, 3] as const),
  rates: fc.constantFrom('distance' as const, 'zone' as const),
  isTimed: fc.boolean(),
  prices: fc.constantFrom(
    {},
    { lateOrderCents: 1_500, lateDayCents: 500 },
    { unservedCents: 300, splitCents: 900 },
  ),
})
const crowd = [soft('max_nodes_per_order', 2, 3_000), soft('max_nodes_per_line', 1, 2_000)]
const crowds = fc.constantFrom([], [soft('max_nodes_per_order', 1, 700)], crowd)

/** The solver of batches knows no price of lines from several nodes, and splits one here. */
const split = {
  ...{ seed: 13, nodes: 3, orders: 11, skus: 2, linesMost: 3, stores: 0, kept: 0.2814943627454341 },
  ...{ stock: [0.8, 1.5] as const, capacity: null, rates: 'distance' as const, isTimed: true, prices: {} },
}

describe('Each order in turn from its nearest node', () => {
  test('is never cheaper than the batch', async () => {
    await fc.assert(
      fc.asyncProperty(options, crowds, fc.constantFrom(0, 3, 2_000), async (made, added, timeLimitMs) => {
        const files = makeProblem({ ...made, name: 'any' })
        const setting = { currency: 'USD', now: files.orders[0]?.placedAt ?? 0 }
        const strategy = { ...files.strategy, constraints: [...files.strategy.constraints, ...added] }
        const world = worldOfFiles({ ...files, strategy }, setting)
        const orders = ordersOfFiles(files.orders, setting)
        let ticks = 0
        const elapsedMs = () => ticks++ * 0.05
        const batch = await sourceBatch(orders, world, { timeLimitMs, gap: 0, seed: 1, elapsedMs })
        const nearest = sourceNearest(orders, world)
        expect(batch.costCents).toBeLessThanOrEqual(nearest.costCents + 1e-6)
        expect(batch.boundCents).toBeLessThanOrEqual(batch.costCents + 1e-6)
      }),
      { numRuns: 40, examples: [[split, crowd, 2_000]] },
    )
  }, 120_000)
})
