// Each constraint, hard and soft: an example that goes elsewhere, costs more or has no node because of it.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type SourcingOrder, sourceOrder } from '#orchestrator/sourcing'
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
  type WorldParts,
  worldOf,
} from './model-world.ts'

const { prices } = strategyOf()
const capacity = { ordersPerDay: null, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
const office: api.WorkCalendar = {
  calendarId: 'office',
  name: 'office',
  hours: [1, 2, 3, 4, 5].map((day) => ({ day, opens: '08:00', closes: '18:00' })),
  holidays: [],
  extraDays: [],
}

interface Scene {
  cheap?: Partial<api.NetworkNode>
  dear?: Partial<api.NetworkNode>
  constraints?: api.StrategyConstraint[]
  order?: Partial<SourcingOrder>
  wanted?: Record<string, number>
  world?: WorldParts
  strategy?: Partial<api.Strategy>
}

/** Two nodes that have everything: Cheap for nothing, Dear for 10.00 more. */
function sourced({ cheap, dear, constraints = [], order, wanted, world, strategy }: Scene) {
  const nodes = [nodeOf('Cheap', cheap), nodeOf('Dear', { orderCostCents: 1_000, ...dear })]
  const network = networkOf(documentOf(nodes, [serviceOf('ground', [bandOf()])], [office]))
  const all = { Cheap: 5, Dear: 50 }
  const set = worldOf(network, {
    stock: { A: all, B: all },
    ...world,
    strategy: { constraints, ...strategy },
  })
  return sourceOrder(orderOf(wanted ?? { A: 2, B: 1 }, order), set, { decisionId: 'd' })
}

/** Nodes of a plan, and the prices of its soft constraints. */
function seen(scene: Scene) {
  const plan = sourced(scene)
  const soft = plan.work.flatMap(({ terms }) => terms.filter(({ name }) => name === 'soft'))
  const [unserved] = plan.unserved
  return {
    nodes: plan.work.map(({ nodeId }) => nodeId),
    soft: soft.reduce((sum, { cents }) => sum + cents, 0),
    code: unserved?.code,
    reason: unserved?.reason,
  }
}

describe('constraints of nodes', () => {
  const near = { cheap: { latitude: 0, longitude: 9 }, dear: { latitude: 0, longitude: 1 } }
  const order = { destination: at(0, 0) }

  test('maximum distance: a hard one rules out, a soft one costs for each km beyond', () => {
    expect(seen({ ...near, order }).nodes).toEqual(['Cheap'])
    const hard = [rule('max_distance', 'hard', { limit: 500 })]
    expect(seen({ ...near, order, constraints: hard }).nodes).toEqual(['Dear'])
    const soft = (priceCents: number) => [rule('max_distance', 'soft', { limit: 500, priceCents })]
    expect(seen({ ...near, order, constraints: soft(1) })).toMatchObject({ nodes: ['Cheap'], soft: 501 })
    expect(seen({ ...near, order, constraints: soft(2) })).toMatchObject({ nodes: ['Dear'], soft: 0 })
  })

  test('a distance that is not known meets no hard maximum, with a code of its own', () => {
    const hard = [rule('max_distance', 'hard', { limit: 500 })]
    expect(seen({ constraints: hard })).toMatchObject({ nodes: [], code: 'distance_unknown' })
    const soft = [rule('max_distance', 'soft', { limit: 500, priceCents: 9 })]
    expect(seen({ constraints: soft })).toMatchObject({ nodes: ['Cheap'], soft: 0 })
  })

  test('too far for all: the nearest miss is told', () => {
    const hard = [rule('max_distance', 'hard', { limit: 50 })]
    const found = seen({ ...near, order, constraints: hard })
    expect(found).toMatchObject({ nodes: [], code: 'too_far', reason: 'Dear is 111 km away, 61 km too far' })
  })

  const limits: [api.ConstraintName, Partial<api.StrategyConstraint>, Scene][] = [
    ['node_type', { values: ['store'] }, { dear: { type: 'store' } }],
    ['excluded_node', { values: ['Cheap'] }, {}],
    ['reject_count', { limit: 2 }, { world: { refused: { Cheap: 3 } } }],
  ]
  test.each(limits)('%s: a hard one rules out, a soft one costs', (name, told, scene) => {
    expect(seen(scene).nodes).toEqual(['Cheap'])
    expect(seen({ ...scene, constraints: [rule(name, 'hard', told)] }).nodes).toEqual(['Dear'])
    const soft = (priceCents: number) => ({
      ...scene,
      constraints: [rule(name, 'soft', { ...told, priceCents })],
    })
    expect(seen(soft(300))).toMatchObject({ nodes: ['Cheap'], soft: 300 })
    expect(seen(soft(1_100))).toMatchObject({ nodes: ['Dear'], soft: 0 })
  })

  test('source list: a node in none is not taken where it is hard', () => {
    const sourceLists = [
      { name: 'own', priority: 0, groupIds: [], nodeIds: ['Dear'], nodeTypes: [], priceCents: 0 },
    ]
    expect(seen({ strategy: { sourceLists } }).nodes).toEqual(['Cheap'])
    const hard = [rule('source_list', 'hard')]
    expect(seen({ strategy: { sourceLists, constraints: hard } }).nodes).toEqual(['Dear'])
    const soft = [rule('source_list', 'soft', { priceCents: 400 })]
    expect(seen({ strategy: { sourceLists, constraints: soft } })).toMatchObject({
      nodes: ['Cheap'],
      soft: 400,
    })
  })

  test('a node that is closed, does not serve the customer or the method, or is avoided is told so', () => {
    const only = (cheap: Partial<api.NetworkNode>, order: Partial<SourcingOrder> = {}) =>
      seen({ cheap, order, world: { stock: { A: { Cheap: 5 } } }, wanted: { A: 1 } })
    expect(only({ isActive: false })).toMatchObject({ nodes: [], code: 'node_closed' })
    expect(only({ activeFrom: '2026-12-01' })).toMatchObject({ nodes: [], code: 'node_closed' })
    expect(only({ onlyCustomers: ['C-1'] })).toMatchObject({ nodes: [], code: 'customer_not_served' })
    expect(only({ onlyCustomers: ['C-1'] }, { customerRef: 'C-1' }).nodes).toEqual(['Cheap'])
    expect(only({}, { method: 'pickup' })).toMatchObject({ nodes: [], code: 'method_not_served' })
    const avoided = new Map([['Cheap', 'refused it before']])
    expect(only({}, { avoided })).toMatchObject({ code: 'node_avoided', reason: 'Cheap refused it before' })
  })

  test('who collects goes to a store of the same region, and pays no carriage', () => {
    const scene: Scene = {
      cheap: { type: 'store', region: 'NV' },
      dear: { type: 'store', region: 'CA' },
      order: {
        method: 'pickup',
        destination: { ...at(0, 0), latitude: null, longitude: null, region: 'CA' },
      },
    }
    const plan = sourced(scene)
    expect(plan.work[0]).toMatchObject({ nodeId: 'Dear', carrierId: null, costCents: 1_000 })
  })
})

describe('constraints of time and capacity', () => {
  test('calendar: work waits for the day where it is hard, leaves early at a price where it is soft', () => {
    const cheap = { calendarId: 'office', cutOff: '14:00' }
    const scene: Scene = { cheap, world: { stock: { A: { Cheap: 5 } } }, wanted: { A: 1 } }
    const leaves = (constraints: api.StrategyConstraint[]) =>
      ((sourced({ ...scene, constraints, strategy: { daysAhead: 1, constraints } }).work[0]?.dispatchAt ??
        0) -
        monday) /
      hourMs
    // 15:00 on Monday is past the cut-off: Tuesday, 8:00, and two hours of work.
    expect(leaves([])).toBe(2)
    expect(leaves([rule('calendar', 'hard')])).toBe(19)
    expect(leaves([rule('calendar', 'soft', { priceCents: 0 })])).toBe(2)
    expect(seen({ ...scene, constraints: [rule('calendar', 'soft', { priceCents: 10 })] })).toMatchObject({
      soft: 0,
    })
    const hourly = { ...prices, hourCents: 20 }
    const soft = [rule('calendar', 'soft', { priceCents: 10 })]
    expect(seen({ ...scene, strategy: { constraints: soft, prices: hourly } })).toMatchObject({ soft: 170 })
  })

  test('capacity: a full day sends work elsewhere, to a later day or nowhere; a soft one costs for each order', () => {
    const cheap = { capacity: { ...capacity, ordersPerDay: 10 } }
    const world = { booked: { Cheap: { orders: 10, lines: 0, units: 0 } } }
    const hard = [rule('capacity', 'hard')]
    expect(seen({ cheap, world }).nodes).toEqual(['Cheap'])
    expect(seen({ cheap, world, constraints: hard }).nodes).toEqual(['Dear'])
    const soft = [rule('capacity', 'soft', { priceCents: 70 })]
    expect(seen({ cheap, world, constraints: soft })).toMatchObject({ nodes: ['Cheap'], soft: 70 })
    const alone = { ...world, stock: { A: { Cheap: 5 } } }
    const full = seen({ cheap, world: alone, wanted: { A: 1 }, constraints: hard })
    expect(full).toMatchObject({ nodes: [], code: 'no_capacity', reason: 'Cheap is full on 2026-11-23' })
  })

  test('capacity: lines, units and hours count as orders do', () => {
    const world = { booked: { Cheap: { orders: 5, lines: 9, units: 9 } } }
    const hard = [rule('capacity', 'hard')]
    const of = (limits: Partial<api.Capacity>) =>
      seen({ cheap: { capacity: { ...capacity, ...limits } }, world, constraints: hard }).nodes
    expect(of({ linesPerDay: 11 })).toEqual(['Cheap'])
    expect(of({ linesPerDay: 10 })).not.toEqual(['Cheap'])
    expect(of({ unitsPerDay: 12 })).toEqual(['Cheap'])
    expect(of({ unitsPerDay: 9 })).toEqual(['Dear'])
    expect(of({ ordersPerHour: 1 })).toEqual(['Cheap'])
    expect(of({ ordersPerHour: 0 })).toEqual(['Dear'])
  })

  test('a full day is waited out where waiting is cheaper than the other node', () => {
    const cheap = { capacity: { ...capacity, ordersPerDay: 10 } }
    const network = networkOf(documentOf([nodeOf('Cheap', cheap), nodeOf('Dear', { orderCostCents: 1_000 })]))
    const world = worldOf(network, {
      stock: { A: { Cheap: 5, Dear: 5 } },
      strategy: {
        daysAhead: 1,
        constraints: [rule('capacity', 'hard')],
        prices: { ...prices, hourCents: 10 },
      },
    })
    const booked = (_: string, day: string) => ({ orders: day === '2026-11-23' ? 10 : 0, lines: 0, units: 0 })
    const plan = sourceOrder(
      orderOf({ A: 1 }),
      { ...world, load: { ...world.load, booked } },
      { decisionId: 'd' },
    )
    expect(plan.work[0]?.nodeId).toBe('Cheap')
    expect(new Date(plan.work[0]?.dispatchAt ?? 0).toISOString()).toBe('2026-11-24T02:00:00.000Z')
  })

  test('promise: what would arrive after it is not sent, or costs for each day', () => {
    const cheap = { processing: { medianHours: 48, p90Hours: 48 } }
    const order = { promisedAt: monday + 48 * hourMs }
    expect(seen({ cheap, order }).nodes).toEqual(['Cheap'])
    expect(seen({ cheap, order, constraints: [rule('promise', 'hard')] }).nodes).toEqual(['Dear'])
    const soft = [rule('promise', 'soft', { priceCents: 100 })]
    expect(seen({ cheap, order, constraints: soft })).toMatchObject({ nodes: ['Cheap'], soft: 100 })
    const none = { ...order, promisedAt: monday + hourMs }
    const found = seen({ order: none, constraints: [rule('promise', 'hard')] })
    expect(found).toMatchObject({
      code: 'after_promise',
      reason: 'Cheap would arrive 25 h after the promise',
    })
  })
})

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
