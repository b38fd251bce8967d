// Random worlds and orders for properties: everything that a strategy can ask for, in small numbers.

import fc from 'fast-check'
import type { api } from '#data/contracts'
import type { SourcingOrder, SourcingWorld } from '#orchestrator/sourcing'
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

const cents = (max: number) => fc.integer({ min: 0, max })
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })
const skus = ['A', 'B', 'C'] as const

const node = fc.record({
  latitude: maybe(fc.integer({ min: 25, max: 48 })),
  type: fc.constantFrom('warehouse' as const, 'store' as const),
  orderCostCents: maybe(cents(300)),
  unitCostCents: maybe(cents(50)),
  ordersPerDay: maybe(fc.integer({ min: 0, max: 4 })),
  unitsPerDay: maybe(fc.integer({ min: 0, max: 8 })),
  safetyUnits: maybe(fc.integer({ min: 0, max: 3 })),
  cutOff: maybe(fc.constantFrom('09:00', '14:59', '15:01', '17:30')),
  isActive: fc.integer({ min: 0, max: 5 }).map((roll) => roll > 0),
  medianHours: fc.integer({ min: 0, max: 30 }),
  stock: fc.array(maybe(fc.integer({ min: 0, max: 5 })), { minLength: 3, maxLength: 3 }),
  booked: fc.integer({ min: 0, max: 5 }),
  refused: fc.integer({ min: 0, max: 4 }),
})

const constraint: fc.Arbitrary<api.StrategyConstraint> = fc
  .record({
    name: fc.constantFrom<api.ConstraintName>(
      'max_distance',
      'no_partial',
      'max_nodes_per_order',
      'max_nodes_per_line',
      'calendar',
      'capacity',
      'safety_stock',
      'promise',
      'node_type',
      'excluded_node',
      'value_threshold',
      'reject_count',
    ),
    kind: fc.constantFrom('hard' as const, 'soft' as const),
    size: fc.integer({ min: 1, max: 4 }),
    priceCents: cents(200),
  })
  .map(({ name, kind, size, priceCents }) => {
    const limits: Partial<Record<api.ConstraintName, number>> = {
      max_distance: size * 800,
      max_nodes_per_order: size,
      max_nodes_per_line: size,
      value_threshold: size * 900,
      reject_count: size,
    }
    const values = name === 'node_type' ? ['store', 'warehouse'].slice(0, size) : [`N${size}`]
    return rule(name, kind, { limit: limits[name] ?? null, priceCents, values })
  })

const world = fc
  .record({
    nodes: fc.array(node, { minLength: 1, maxLength: 6 }),
    constraints: fc.array(constraint, { maxLength: 5 }),
    prices: fc.record({
      splitCents: cents(600),
      lateOrderCents: cents(900),
      lateDayCents: cents(900),
      hourCents: cents(20),
      fullNodeCents: cents(900),
      lastUnitCents: cents(300),
      co2KgCents: cents(300),
    }),
    daysAhead: fc.integer({ min: 0, max: 2 }),
    perKgCents: cents(200),
    perKmCents: fc.constantFrom(0, 0.25, 1.1),
    weightToG: maybe(fc.constantFrom(3_000, 8_000)),
  })
  .map(({ nodes, constraints, prices, daysAhead, perKgCents, perKmCents, weightToG }): SourcingWorld => {
    const placed = nodes.map((one, i) => {
      const { ordersPerDay, unitsPerDay, medianHours, stock: _, booked: __, refused: ___, ...rest } = one
      const capacity = { ordersPerDay, unitsPerDay, linesPerDay: null, ordersPerHour: null }
      const longitude = one.latitude === null ? null : -120 + i * 8
      const processing = { medianHours, p90Hours: medianHours * 2 }
      return nodeOf(`N${i}`, { ...rest, longitude, capacity, processing })
    })
    const ground = serviceOf('ground', [bandOf({ perKgCents, perKmCents, weightToG })])
    const air = serviceOf('air', [bandOf({ baseCents: 1_400, perKgCents: 310, minimumCents: 1_900 })], {
      transit: { medianHours: 8, p90Hours: 30 },
    })
    const table = skus.map((sku, i) => {
      const stocked = nodes.flatMap(({ stock }, n) => {
        const units = stock[i]
        return units === undefined || units === null ? [] : [[`N${n}`, units] as const]
      })
      return [sku, Object.fromEntries(stocked)] as const
    })
    return worldOf(networkOf(documentOf(placed, [ground, air])), {
      stock: Object.fromEntries(table),
      booked: Object.fromEntries(
        nodes.map(({ booked }, i) => [`N${i}`, { orders: booked, lines: booked, units: booked }]),
      ),
      refused: Object.fromEntries(nodes.map(({ refused }, i) => [`N${i}`, refused])),
      strategy: { constraints, daysAhead, prices: { ...strategyOf().prices, ...prices } },
    })
  })

const order = fc
  .record({
    units: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
    latitude: maybe(fc.integer({ min: 25, max: 48 })),
    promisedHours: maybe(fc.integer({ min: 1, max: 90 })),
    held: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ units, latitude, promisedHours, held }): SourcingOrder => {
    const wanted = Object.fromEntries(skus.map((sku, i) => [sku, units[i] ?? 0]))
    return orderOf(wanted, {
      ...(latitude === null ? {} : { destination: at(latitude, -100) }),
      promisedAt: promisedHours === null ? null : monday + promisedHours * hourMs,
      held: (nodeId, sku) => (nodeId === 'N0' && sku === 'A' ? held : 0),
    })
  })

/** A world and an order in it. */
export const anyCase = fc.record({ world, order })
/** A world and orders that hold nothing. */
export const anyBatch = fc.record({
  world,
  orders: fc
    .array(order, { minLength: 1, maxLength: 8 })
    .map((orders) => orders.map((one, i) => ({ ...one, orderId: `O-${i}`, held: () => 0 }))),
})
