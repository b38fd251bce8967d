// What must hold for every plan, whatever the world.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  buildProblem,
  openSession,
  type SourcingOrder,
  type SourcingPlan,
  type SourcingWorld,
  sourceBatch,
  sourceOrder,
} from '#orchestrator/sourcing'
import { winsWith } from '../../../orchestrator/sourcing/explain/changes.ts'
import { isBlocked } from '../../../orchestrator/sourcing/model/checks.ts'
import { coursesOf } from '../../../orchestrator/sourcing/model/courses.ts'
import { greedyNearest } from '../../../orchestrator/sourcing/solve/greedy.ts'
import { anyBatch, anyCase } from './model-random.ts'

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
const ids = { decisionId: 'd' }

/** Every unit of every line is sent once or told as not served. */
function assertConserved(order: SourcingOrder, plan: SourcingPlan) {
  for (const { lineId, quantity } of order.lines) {
    const sent = plan.work.flatMap(({ lines }) => lines).filter((line) => line.lineId === lineId)
    const left = plan.unserved.filter((line) => line.lineId === lineId)
    const all = [...sent, ...left].map((line) => line.quantity)
    expect(all.every((units) => units > 0)).toBe(true)
    expect(sum(all)).toBe(quantity)
  }
  for (const { code, reason } of plan.unserved) {
    expect(code).not.toBe('')
    expect(reason).not.toBe('')
  }
}

/** Costs are whole cents, and the sums of their terms. */
function assertSummed(plan: SourcingPlan) {
  for (const { terms, costCents } of plan.work) {
    expect(terms.every(({ cents }) => Number.isInteger(cents))).toBe(true)
    expect(costCents).toBe(sum(terms.map(({ cents }) => cents)))
  }
  expect(plan.costCents).toBe(sum(plan.work.map(({ costCents }) => costCents)))
}

/** Stock that is there, nodes that are open, hard constraints that hold. */
function assertAllowed(
  world: SourcingWorld,
  orders: readonly SourcingOrder[],
  plans: readonly SourcingPlan[],
) {
  const { strategy, stock, network, load } = world
  const hard = strategy.constraints.filter(({ kind }) => kind === 'hard')
  const isHard = (name: string) => hard.some((one) => one.name === name)
  const taken = new Map<string, number>()
  const works = new Map<string, number>()
  for (const [i, plan] of plans.entries()) {
    const order = orders[i]
    if (order === undefined) throw new Error('more plans than orders')
    if (isHard('no_partial') && plan.unserved.length > 0) expect(plan.work).toEqual([])
    for (const work of plan.work) {
      const node = network.nodes.get(work.nodeId)
      if (node === undefined) throw new Error('a node that is not there')
      expect(node.isActive).toBe(true)
      works.set(work.nodeId, (works.get(work.nodeId) ?? 0) + 1)
      for (const { lineId, quantity } of work.lines) {
        const sku = order.lines.find((line) => line.lineId === lineId)?.sku ?? ''
        const key = `${sku}/${work.nodeId}`
        taken.set(key, (taken.get(key) ?? 0) + quantity)
        const kept = isHard('safety_stock') ? (node.safetyUnits ?? 0) : 0
        const held = order.held(work.nodeId, sku)
        const there = stock.available(sku, work.nodeId, null) ?? 0
        expect(taken.get(key)).toBeLessThanOrEqual(Math.max(held, there + held - kept))
      }
      if (isHard('promise') && order.promisedAt !== null)
        expect(work.arrivesAt).toBeLessThanOrEqual(order.promisedAt)
      for (const { name, limit, values } of hard) {
        if (name === 'max_distance') expect(work.distanceKm ?? 1e9).toBeLessThanOrEqual(limit ?? 0)
        if (name === 'node_type') expect(values).toContain(node.type)
        if (name === 'excluded_node') expect(values).not.toContain(work.nodeId)
        if (name === 'reject_count') expect(load.refused(work.nodeId)).toBeLessThanOrEqual(limit ?? 0)
        if (name === 'max_nodes_per_order') expect(plan.work.length).toBeLessThanOrEqual(limit ?? 1)
      }
    }
  }
  if (!isHard('capacity') || strategy.daysAhead > 0) return
  for (const [nodeId, count] of works) {
    const limit = network.nodes.get(nodeId)?.capacity.ordersPerDay ?? Number.POSITIVE_INFINITY
    expect(count + load.booked(nodeId, '').orders).toBeLessThanOrEqual(limit)
  }
}

describe('every plan of one order', () => {
  test('is allowed, conserves units and costs the sum of its terms', () => {
    fc.assert(
      fc.property(anyCase, ({ world, order }) => {
        const plan = sourceOrder(order, world, ids)
        assertConserved({ ...order, lines: order.lines.filter(({ quantity }) => quantity > 0) }, plan)
        assertSummed(plan)
        assertAllowed(world, [order], [plan])
      }),
      { numRuns: 300 },
    )
  })

  test('is the same each time, and the same in a session as by itself', () => {
    fc.assert(
      fc.property(anyCase, ({ world, order }) => {
        const options = { ...ids, counterfactuals: 'all' as const }
        const session = openSession(world)
        const first = sourceOrder(order, session, options)
        expect(sourceOrder(order, session, options)).toEqual(first)
        expect(sourceOrder(order, world, options)).toEqual(first)
      }),
      { numRuns: 60 },
    )
  })

  test('costs at most what the nearest nodes cost', () => {
    fc.assert(
      fc.property(anyCase, ({ world, order }) => {
        const { problem, orders } = buildProblem([order], world)
        const [greedy] = greedyNearest(problem).orders
        const plan = sourceOrder(order, world, { ...ids, counterfactuals: 'none' })
        const isCrowded = world.strategy.constraints.some(
          ({ name, kind }) => kind === 'soft' && name.startsWith('max_nodes'),
        )
        if (greedy === undefined || isCrowded) return
        const left =
          sum(plan.unserved.map(({ quantity }) => quantity)) * (orders[0]?.solver.unservedCost ?? 0)
        expect(plan.costCents + left).toBeLessThanOrEqual(greedy.cost + 1e-6)
      }),
      { numRuns: 200 },
    )
  })

  test('never costs less than what solvers are told it costs at least', () => {
    fc.assert(
      fc.property(anyCase, fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }), ({ world, order }, share) => {
        for (const place of buildProblem([order], world).orders[0]?.places ?? []) {
          for (const way of place.ways) {
            const units = way.asked.goods.quantities.map((quantity, i) => Math.min(quantity, share[i] ?? 0))
            if (units.every((count) => count === 0)) continue
            const least = way.least.each + sum(units.map((count, i) => count * (way.least.perUnit[i] ?? 0)))
            expect(way.cost(units)).toBeGreaterThanOrEqual(least - 1e-9)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  test('never costs less than what is known of its node before the ways are worked out', () => {
    let told = 0
    fc.assert(
      fc.property(anyCase, fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }), ({ world, order }, share) => {
        for (const place of buildProblem([order], world).orders[0]?.places ?? []) {
          const { each, perUnit } = place.least
          for (const way of place.ways) {
            const units = way.asked.goods.quantities.map((quantity, i) => Math.min(quantity, share[i] ?? 0))
            if (units.every((count) => count === 0)) continue
            const least = each + sum(units.map((count, i) => count * (perUnit[i] ?? 0)))
            expect(way.cost(units)).toBeGreaterThanOrEqual(least - 1e-9)
            if (least > 300) told += 1
          }
        }
      }),
      { numRuns: 300 },
    )
    expect(told).toBeGreaterThan(100)
  })

  test('can come from the nodes that have a way, and from no others', () => {
    fc.assert(
      fc.property(anyCase, ({ world, order }) => {
        const [model] = buildProblem([order], world, { keepsRejected: true }).orders
        for (const { ways } of model?.places ?? []) expect(ways.length).toBeGreaterThan(0)
        for (const { facts, stand } of model?.rejected ?? []) {
          if (model === undefined || stand === null || stand.can === 0 || isBlocked(stand.checks)) continue
          expect(coursesOf(model.trip, facts)).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })

  test('tells of the runner-up what makes it win, and that a bit less does not', () => {
    fc.assert(
      fc.property(anyCase, ({ world, order }) => {
        const session = openSession(world)
        const { decision } = sourceOrder(order, session, { ...ids, counterfactuals: 'all' })
        for (const { nodeId, kind, amount, text } of decision.counterfactuals ?? []) {
          const sku = /more of (.*)\.$/.exec(text)?.[1]
          const change = { nodeId, kind: kind as 'cost', amount, ...(sku === undefined ? {} : { sku }) }
          expect(winsWith(change, order, session)).toBe(true)
          const less = kind === 'cost' ? 2 : 1
          if (amount > less)
            expect(winsWith({ ...change, amount: amount - less }, order, session)).toBe(false)
        }
      }),
      { numRuns: 250 },
    )
  })
})

test('every plan of a batch is allowed together with the others, and none is left out', async () => {
  await fc.assert(
    fc.asyncProperty(anyBatch, async ({ world, orders }) => {
      let ms = 0
      const options = { timeLimitMs: 60_000, gap: 0, seed: 1, elapsedMs: () => ms++ }
      const batch = await sourceBatch(orders, world, { ...options, decisionIdOf: ({ orderId }) => orderId })
      expect(batch.plans.map(({ orderId }) => orderId)).toEqual(orders.map(({ orderId }) => orderId))
      for (const [i, plan] of batch.plans.entries()) {
        const order = orders[i]
        if (order === undefined) throw new Error('more plans than orders')
        assertConserved({ ...order, lines: order.lines.filter(({ quantity }) => quantity > 0) }, plan)
        assertSummed(plan)
        expect(plan.decision?.decisionId).toBe(order.orderId)
      }
      assertAllowed(world, orders, batch.plans)
      expect(batch.costCents).toBeGreaterThanOrEqual(batch.boundCents - 1e-6)
    }),
    { numRuns: 25 },
  )
})
