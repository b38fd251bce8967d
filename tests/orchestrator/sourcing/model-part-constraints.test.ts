// Constraints of parts of an order, hard and soft, and why what has no node has none.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { sourceOrder } from '#orchestrator/sourcing'
import { type Scene, seen, sourced } from './model-scene.ts'
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
  strategyOf,
  worldOf,
} from './model-world.ts'

const { prices } = strategyOf()

describe('constraints of parts', () => {
  const stock = { A: { Cheap: 1, Dear: 1 }, B: { Dear: 1 } }

  test('nodes per order: a hard limit keeps it together, a soft one costs for each node more', () => {
    const scene = {
      world: { stock: { A: { Cheap: 1, Dear: 1 }, B: { Dear: 1, Cheap: 0 } } },
      wanted: { A: 1, B: 1 },
    }
    const strategy = { weights: { ...strategyOf().weights, processing: 0 } }
    const bands = seen({ ...scene, strategy })
    expect(bands.nodes).toEqual(['Dear'])
    const apart = { stock: { A: { Cheap: 1 }, B: { Dear: 1 } } }
    expect(seen({ world: apart, wanted: { A: 1, B: 1 } }).nodes).toHaveLength(2)
    const hard = [rule('max_nodes_per_order', 'hard', { limit: 1 })]
    expect(seen({ world: apart, wanted: { A: 1, B: 1 }, constraints: hard })).toMatchObject({
      code: 'too_many_nodes',
    })
    const soft = [rule('max_nodes_per_order', 'soft', { limit: 1, priceCents: 30 })]
    expect(seen({ world: apart, wanted: { A: 1, B: 1 }, constraints: soft })).toMatchObject({ soft: 30 })
  })

  test('a soft limit of two nodes is kept where the third is dearer than all from fewer', () => {
    const nodes = ['N', 'M', 'O'].map((nodeId) => nodeOf(nodeId))
    const network = networkOf(documentOf([...nodes, nodeOf('All', { orderCostCents: 1_200 })]))
    const all = { A: { N: 1, All: 1 }, B: { M: 1, All: 1 }, C: { O: 1, All: 1 } }
    const of = (priceCents: number) => {
      const constraints = [rule('max_nodes_per_order', 'soft', { limit: 2, priceCents })]
      const world = worldOf(network, { stock: all, strategy: { constraints } })
      const plan = sourceOrder(orderOf({ A: 1, B: 1, C: 1 }), world, { decisionId: 'd' })
      return { pieces: plan.work.length, cost: plan.costCents }
    }
    expect(of(100)).toEqual({ pieces: 3, cost: 1_600 })
    expect(of(300)).toEqual({ pieces: 1, cost: 1_700 })
  })

  test('nodes per line: a hard limit keeps a line together', () => {
    const world = { stock: { A: { Cheap: 2, Dear: 2 } } }
    expect(seen({ world, wanted: { A: 3 } }).nodes).toHaveLength(2)
    const hard = [rule('max_nodes_per_line', 'hard', { limit: 1 })]
    const plan = sourced({ world, wanted: { A: 3 }, constraints: hard })
    expect(plan.work.length).toBeLessThan(2)
    expect(plan.unserved[0]).toMatchObject({ code: 'too_many_nodes' })
    const soft = [rule('max_nodes_per_line', 'soft', { limit: 1, priceCents: 45 })]
    expect(seen({ world, wanted: { A: 3 }, constraints: soft })).toMatchObject({ soft: 45 })
  })

  test('no partial: all or nothing where it is hard, a price of each unit left where it is soft', () => {
    const world = { stock: { A: { Cheap: 1 }, B: { Cheap: 0 } } }
    expect(seen({ world, wanted: { A: 1, B: 1 } }).nodes).toEqual(['Cheap'])
    const plan = sourced({ world, wanted: { A: 1, B: 1 }, constraints: [rule('no_partial', 'hard')] })
    expect(plan.work).toEqual([])
    expect(plan.unserved.map(({ code }) => code)).toEqual(['not_whole', 'no_stock'])
    const cheapToLeave = { prices: { ...prices, unservedCents: 1 } }
    const left = { world, wanted: { A: 1 }, strategy: cheapToLeave }
    expect(seen(left)).toMatchObject({ nodes: [], code: 'too_dear' })
    const soft = [rule('no_partial', 'soft', { priceCents: 5_000 })]
    expect(seen({ ...left, strategy: { ...cheapToLeave, constraints: soft } }).nodes).toEqual(['Cheap'])
  })

  test('safety stock: what a node keeps back is not taken, or costs for each unit', () => {
    const scene = (
      constraints: api.StrategyConstraint[],
      cheap: Partial<api.NetworkNode> = { safetyUnits: 4 },
    ) => seen({ cheap, constraints })
    expect(scene([]).nodes).toEqual(['Cheap'])
    expect(scene([rule('safety_stock', 'hard')]).nodes).toEqual(['Dear'])
    expect(scene([rule('safety_stock', 'hard')], { safetyPercent: 80 }).nodes).toEqual(['Dear'])
    expect(scene([rule('safety_stock', 'soft', { priceCents: 8 })])).toMatchObject({
      nodes: ['Cheap'],
      soft: 8,
    })
    const alone = { stock: { A: { Cheap: 4 } } }
    const none = seen({
      cheap: { safetyUnits: 4 },
      world: alone,
      wanted: { A: 1 },
      constraints: [rule('safety_stock', 'hard')],
    })
    expect(none).toMatchObject({ nodes: [], code: 'safety_stock' })
    // What the feed keeps back is not kept back again.
    const told = seen({
      cheap: { safetyUnits: 4 },
      world: { ...alone, keptBack: 3 },
      wanted: { A: 3 },
      constraints: [rule('safety_stock', 'hard')],
    })
    expect(told.nodes).toEqual(['Cheap'])
  })

  test('value threshold: a part that is worth too little is not sent alone, or costs for what is missing', () => {
    const wanted = { A: 1, B: 1 }
    const strategy = { prices: { ...prices, splitCents: 0 } }
    const cheaper = { stock: { A: { Cheap: 1 }, B: { Dear: 1 } } }
    expect(seen({ world: cheaper, wanted, strategy }).nodes).toHaveLength(2)
    const hard = [rule('value_threshold', 'hard', { limit: 1_500 })]
    expect(seen({ world: cheaper, wanted, constraints: hard })).toMatchObject({ code: 'value_too_low' })
    expect(seen({ world: { stock }, wanted, constraints: hard }).nodes).toEqual(['Dear'])
    const soft = [rule('value_threshold', 'soft', { limit: 1_500, priceCents: 10 })]
    expect(seen({ world: cheaper, wanted, constraints: soft })).toMatchObject({ soft: 100 })
  })
})

describe('what has no node', () => {
  test('constraints that cannot hold together are named, those that do not matter are not', () => {
    // Cheap is near but late; Dear is in time but far.
    const scene: Scene = {
      cheap: { latitude: 0, longitude: 1, processing: { medianHours: 99, p90Hours: 99 } },
      dear: { latitude: 0, longitude: 9 },
      order: { destination: at(0, 0), promisedAt: monday + 48 * hourMs },
      constraints: [
        rule('capacity', 'hard'),
        rule('promise', 'hard'),
        rule('max_distance', 'hard', { limit: 500 }),
        rule('reject_count', 'hard', { limit: 3 }),
      ],
    }
    const found = seen(scene)
    expect(found.code).toBe('constraints_contradict')
    expect(found.reason).toContain('arrival by the promise, maximum distance')
    expect(found.reason).not.toContain('capacity')
    for (const name of ['promise', 'max_distance']) {
      const constraints = scene.constraints?.filter((one) => one.name !== name) ?? []
      expect(seen({ ...scene, constraints }).nodes).toHaveLength(1)
    }
  })

  test('goods that nobody sells and goods that nobody has are told apart', () => {
    expect(seen({ wanted: { X: 1 } })).toMatchObject({ code: 'no_node_sells' })
    const short = seen({ wanted: { A: 70 } })
    expect(short).toMatchObject({ code: 'no_stock', reason: 'Dear has 50 of 70 A, all together have 55' })
  })

  test('no service and no rate are told apart', () => {
    const none = (bands: api.RateBand[], lanes: api.NetworkLane[] = [], weights = {}) => {
      const document = { ...documentOf([nodeOf('N')], [serviceOf('ground', bands)]), lanes }
      const world = worldOf(networkOf(document), { stock: { A: { N: 1 } }, weights })
      return sourceOrder(orderOf({ A: 1 }), world, { decisionId: 'd' }).unserved[0]
    }
    expect(none([bandOf({ weightToG: 500 })])).toMatchObject({ code: 'no_rate' })
    const lane = { laneId: 'l', serviceId: 'ground', origin: '*', destination: 'FR', zone: null }
    expect(none([bandOf()], [{ ...lane, distanceKm: null, transit: null }])).toMatchObject({
      code: 'no_service',
    })
    expect(none([bandOf({ destination: 'FR' })])).toMatchObject({ code: 'no_rate' })
  })

  test('the fallback serves what the first strategy cannot, and is named', () => {
    const network = networkOf(documentOf([nodeOf('N', { latitude: 0, longitude: 9 })]))
    const constraints = [rule('max_distance', 'hard', { limit: 10 })]
    const world = worldOf(network, { stock: { A: { N: 1 } }, strategy: { constraints, fallbackId: 'wide' } })
    const wide = strategyOf({ strategyId: 'wide', name: 'Wide', version: 4 })
    const plan = sourceOrder(orderOf({ A: 1 }, { destination: at(0, 0) }), world, {
      decisionId: 'd',
      strategyOf: (id) => (id === 'wide' ? wide : null),
    })
    expect(plan.work).toHaveLength(1)
    expect(plan.strategy).toBe(wide)
    expect(plan.decision).toMatchObject({ strategyId: 'wide', strategyVersion: 4, status: 'done' })
    expect(plan.decision.reason).toBe('by the fallback Wide: the only node that can')
  })
})
