// Large orders, odd and bad input, and batches of orders that cannot be counted together.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type SourcingOrder, sourceBatch, sourceOrder } from '#orchestrator/sourcing'
import {
  at,
  bandOf,
  documentOf,
  hourMs,
  monday,
  networkOf,
  nodeOf,
  orderOf,
  rule,
  serviceOf,
  type WorldParts,
  worldOf,
} from './model-world.ts'

const ids = { decisionId: 'd' }

function worldWith(
  nodes: api.NetworkNode[],
  parts: WorldParts = {},
  services = [serviceOf('ground', [bandOf()])],
) {
  return worldOf(networkOf(documentOf(nodes, services)), parts)
}

describe('orders that are unusual', () => {
  test('more SKUs than solvers take at once are sent all the same', () => {
    const names = Array.from({ length: 75 }, (_, i) => `S${i}`)
    const stock = Object.fromEntries(names.map((sku, i) => [sku, { N: i % 7 === 0 ? 0 : 2, M: 2 }]))
    const world = worldWith([nodeOf('N'), nodeOf('M', { orderCostCents: 5_000 })], { stock })
    const wanted = orderOf(Object.fromEntries(names.map((sku) => [sku, 1])))
    const plan = sourceOrder(wanted, world, ids)
    expect(plan.unserved).toEqual([])
    expect(plan.work.flatMap(({ lines }) => lines)).toHaveLength(75)
    const hard = { strategy: { constraints: [rule('max_nodes_per_order', 'hard', { limit: 1 })] } }
    const one = sourceOrder(wanted, worldWith([nodeOf('N'), nodeOf('M')], { stock, ...hard }), ids)
    expect(one.work.length).toBeLessThanOrEqual(1)
    expect(one.work.flatMap(({ lines }) => lines).length + one.unserved.length).toBe(75)
  })

  test('a large order is within what a service carries and a day takes, by the cheapest way for all', () => {
    const names = Array.from({ length: 40 }, (_, i) => `S${i}`)
    const stock = Object.fromEntries(names.map((sku) => [sku, { N: 5, M: 5 }]))
    const wanted = orderOf(Object.fromEntries(names.map((sku) => [sku, 1])))
    const counts = (plan: ReturnType<typeof sourceOrder>) =>
      plan.work.map(({ nodeId, lines }) => [nodeId, lines.length])
    const dear = nodeOf('M', { orderCostCents: 5_000 })
    // Each unit weighs 1 kg.
    const light = [serviceOf('ground', [bandOf()], { maxWeightG: 35_000 })]
    const byWeight = sourceOrder(wanted, worldWith([nodeOf('N'), dear], { stock }, light), ids)
    expect([byWeight.unserved, byWeight.costCents]).toEqual([[], 6_000])
    expect(counts(byWeight)).toEqual([
      ['N', 30],
      ['M', 10],
    ])
    const capacity = { ordersPerDay: null, linesPerDay: 35, unitsPerDay: null, ordersPerHour: null }
    const strategy = { constraints: [rule('capacity', 'hard')] }
    const byDay = sourceOrder(wanted, worldWith([nodeOf('N', { capacity }), dear], { stock, strategy }), ids)
    expect(counts(byDay)).toEqual([
      ['N', 30],
      ['M', 10],
    ])
    const services = [
      serviceOf('parcel', [bandOf({ baseCents: 100, weightToG: 20_000 })]),
      serviceOf('freight', [bandOf({ baseCents: 900, weightFromG: 25_000 })]),
    ]
    const byBoth = sourceOrder(wanted, worldWith([nodeOf('N')], { stock }, services), ids)
    expect(byBoth.work.map(({ serviceId, costCents }) => [serviceId, costCents])).toEqual([['freight', 900]])
  })

  test('lines of one SKU share its stock and get their own units', () => {
    const world = worldWith([nodeOf('N')], { stock: { A: { N: 4 } } })
    const order = orderOf({ A: 3 })
    const [line] = order.lines
    const twice = { ...order, lines: line === undefined ? [] : [line, { ...line, lineId: 'L2' }] }
    const plan = sourceOrder(twice, world, ids)
    expect(plan.work[0]?.lines).toEqual([
      { lineId: 'L1', quantity: 3 },
      { lineId: 'L2', quantity: 1 },
    ])
    expect(plan.unserved).toMatchObject([{ lineId: 'L2', quantity: 2, code: 'no_stock' }])
  })

  const odd: [string, Partial<SourcingOrder>, WorldParts][] = [
    ['without a weight', {}, { weights: { A: null } }],
    ['of weight zero', { weightG: 0 }, {}],
    ['of a weight that is no number', { weightG: Number.NaN }, { weights: { A: Number.NaN } }],
    ['at coordinates that are none', { destination: at(Number.NaN, Number.NaN) }, {}],
    ['with a promise that is over', { promisedAt: monday - hourMs }, {}],
  ]
  test.each(odd)('an order %s is served, with costs that are numbers', (_, told, parts) => {
    const world = worldWith([nodeOf('N', { latitude: 1, longitude: 1 })], {
      stock: { A: { N: 4 } },
      ...parts,
    })
    const plan = sourceOrder(orderOf({ A: 1 }, told), world, ids)
    expect(plan.work).toHaveLength(1)
    expect(Number.isFinite(plan.costCents)).toBe(true)
    expect(JSON.stringify(plan)).not.toContain('NaN')
  })

  test('what many goods lack is told from a few solutions, not from some for each', () => {
    const names = Array.from({ length: 24 }, (_, i) => `S${i}`)
    const nodes = Array.from({ length: 8 }, (_, i) => nodeOf(`N${i}`))
    const hard = ['capacity', 'calendar', 'safety_stock', 'promise', 'no_partial'] as const
    const constraints = [
      rule('max_nodes_per_order', 'hard', { limit: 1 }),
      ...hard.map((name) => rule(name, 'hard')),
    ]
    const world = worldWith(nodes, { strategy: { constraints } })
    let asked = 0
    const available = () => {
      asked++
      return 1
    }
    const stock = { available, keptBack: () => 0, onHand: () => 1, nodesOf: () => null }
    const order = orderOf(Object.fromEntries(names.map((sku) => [sku, 3])))
    const { unserved } = sourceOrder(order, { ...world, stock }, ids)
    expect(new Set(unserved.map(({ code }) => code))).toEqual(new Set(['too_many_nodes']))
    expect(unserved).toHaveLength(24)
    expect(asked).toBeLessThan(40 * names.length * nodes.length)
  })

  test('a weight that is not known is told in the record', () => {
    const world = worldWith([nodeOf('N')], { stock: { A: { N: 4 } }, weights: { A: null } })
    const [candidate] = sourceOrder(orderOf({ A: 1 }), world, ids).decision.candidates
    expect(candidate?.constraints).toContainEqual(
      expect.objectContaining({ name: 'service', kind: 'soft', isMet: false }),
    )
  })

  test('an order without units, without nodes or in a network without nodes has an answer', () => {
    const world = worldWith([nodeOf('N')], { stock: { A: { N: 4 } } })
    expect(sourceOrder(orderOf({ A: 0 }), world, ids)).toMatchObject({ work: [], unserved: [] })
    expect(sourceOrder(orderOf({}), world, ids).decision).toMatchObject({ status: 'refused' })
    const none = sourceOrder(orderOf({ A: 1 }), worldWith([]), ids)
    expect(none.unserved).toMatchObject([{ lineId: 'L1', quantity: 1, code: 'no_node_sells' }])
  })
})

describe('a batch', () => {
  let ms = 0
  const options = { timeLimitMs: 60_000, gap: 0, seed: 1, elapsedMs: () => ms++ }

  test('gives the last unit to the order that saves the most by it', async () => {
    const nodes = [
      nodeOf('Near', { latitude: 0, longitude: 0 }),
      nodeOf('Far', { latitude: 0, longitude: 20 }),
    ]
    const services = [serviceOf('ground', [bandOf({ perKmCents: 1 })])]
    const world = worldWith(nodes, { stock: { A: { Near: 1, Far: 9 } } }, services)
    const orders = [
      orderOf({ A: 1 }, { orderId: 'between', destination: at(0, 9) }),
      orderOf({ A: 1 }, { orderId: 'near', destination: at(0, 1) }),
    ]
    const { plans, gap } = await sourceBatch(orders, world, {
      ...options,
      decisionIdOf: ({ orderId }) => orderId,
    })
    expect(plans.map(({ work }) => work[0]?.nodeId)).toEqual(['Far', 'Near'])
    expect(gap).toBe(0)
    expect(plans[0]?.decision).toMatchObject({ method: 'batch', gap: 0, status: 'done' })
  })

  test('units that an order holds go to no other, and what has no node says who took it', async () => {
    const world = worldWith([nodeOf('N')], { stock: { A: { N: 1 } } })
    const held = orderOf({ A: 2 }, { orderId: 'held', held: () => 1 })
    const free = orderOf({ A: 1 }, { orderId: 'free' })
    const { plans } = await sourceBatch([free, held], world, options)
    expect(plans.map(({ work }) => work.length)).toEqual([0, 1])
    expect(plans[0]?.unserved[0]?.code).toBe('no_stock')
  })

  test('channels that see different stock do not take the same unit twice', async () => {
    const world = worldWith([nodeOf('N')], {})
    const seen: Record<string, number> = { web: 3, shop: 2 }
    const stock = {
      available: (_: string, __: string, channel: string | null) => seen[channel ?? ''] ?? 0,
      keptBack: () => 0,
      onHand: () => 3,
      nodesOf: () => ['N'],
    }
    const orders = [
      orderOf({ A: 2 }, { orderId: 'one', channel: 'web' }),
      orderOf({ A: 2 }, { orderId: 'two', channel: 'shop' }),
    ]
    const { plans } = await sourceBatch(orders, { ...world, stock }, options)
    const sent = plans.flatMap(({ work }) =>
      work.flatMap(({ lines }) => lines.map(({ quantity }) => quantity)),
    )
    expect(sent.reduce((sum, units) => sum + units, 0)).toBeLessThanOrEqual(3)
  })
})
