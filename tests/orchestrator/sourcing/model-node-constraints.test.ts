// Constraints of nodes, times and days, hard and soft: an example that goes elsewhere or costs more because of each.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type SourcingOrder, sourceOrder } from '#orchestrator/sourcing'
import { capacity, type Scene, seen, sourced } from './model-scene.ts'
import {
  at,
  documentOf,
  hourMs,
  monday,
  networkOf,
  nodeOf,
  orderOf,
  rule,
  strategyOf,
  worldOf,
} from './model-world.ts'

const { prices } = strategyOf()

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

  test('who names no region collects nearby where it is known how far that is', () => {
    const told = { type: 'store', latitude: 34 } as const
    const nodes = [
      nodeOf('Far', { ...told, longitude: -74 }),
      nodeOf('Near', { ...told, longitude: -118, orderCostCents: 100 }),
    ]
    const world = worldOf(networkOf(documentOf(nodes)), { stock: { A: { Far: 5, Near: 5 } } })
    const chosen = (destination: SourcingOrder['destination']) =>
      sourceOrder(orderOf({ A: 1 }, { method: 'pickup', destination }), world, { decisionId: 'd' }).work[0]
    expect(chosen(at(34.1, -118.1))?.nodeId).toBe('Near')
    expect(chosen(orderOf({}).destination)?.nodeId).toBe('Far')
  })

  test('capacity by the hour counts the hours of the day and those that are added to it', () => {
    const calendar: api.WorkCalendar = {
      calendarId: 'short',
      name: 'short',
      hours: [{ day: 1, opens: '14:00', closes: '18:00' }],
      holidays: [],
      extraDays: [{ date: '2026-11-23', opens: '17:00', closes: '20:00' }],
    }
    const node = nodeOf('Cheap', { calendarId: 'short', capacity: { ...capacity, ordersPerHour: 1 } })
    const network = networkOf(documentOf([node], undefined, [calendar]))
    expect(network.workedHours('Cheap', '2026-11-23')).toBe(6)
    expect(network.workedHours('Cheap', '2026-11-30')).toBe(4)
    expect(network.workedHours('Cheap', '2026-11-24')).toBe(0)
    const strategy = { constraints: [rule('capacity', 'hard'), rule('calendar', 'hard')] }
    const sent = (orders: number) => {
      const booked = { Cheap: { orders, lines: 0, units: 0 } }
      const world = worldOf(network, { stock: { A: { Cheap: 5 } }, booked, strategy })
      return sourceOrder(orderOf({ A: 1 }), world, { decisionId: 'd' }).work.length
    }
    expect([sent(5), sent(6)]).toEqual([1, 0])
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
