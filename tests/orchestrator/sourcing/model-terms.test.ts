// Each term of the cost, worked out by hand.

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
  serviceOf,
  strategyOf,
  type WorldParts,
  worldOf,
} from './model-world.ts'

const { prices, weights } = strategyOf()

/** Terms of an order that one node sends. */
function termsOf(
  parts: {
    node?: Partial<api.NetworkNode>
    bands?: api.RateBand[]
    service?: Partial<api.CarrierService>
    order?: Partial<SourcingOrder>
    wanted?: Record<string, number>
    world?: WorldParts
    prices?: Partial<api.Strategy['prices']>
    weights?: Partial<api.Strategy['weights']>
  } = {},
) {
  const network = networkOf(
    documentOf([nodeOf('N', parts.node)], [serviceOf('ground', parts.bands ?? [bandOf()], parts.service)]),
  )
  const world = worldOf(network, {
    stock: { A: { N: 10 }, B: { N: 10 } },
    ...parts.world,
    strategy: {
      prices: { ...prices, ...parts.prices },
      weights: { ...weights, ...parts.weights },
      ...parts.world?.strategy,
    },
  })
  const plan = sourceOrder(orderOf(parts.wanted ?? { A: 2 }, parts.order), world, { decisionId: 'd' })
  const [work] = plan.work
  return { ...Object.fromEntries((work?.terms ?? []).map(({ name, cents }) => [name, cents])), work, plan }
}

describe('terms', () => {
  test('carriage is the rate of all goods of a piece of work, rounded once', () => {
    expect(termsOf({ bands: [bandOf({ baseCents: 100, perKgCents: 33.3 })] })).toMatchObject({
      carriage: 167,
    })
  })

  test('carriage goes by the dimensional weight where it is more', () => {
    const world = worldOf(networkOf(documentOf([nodeOf('N')])), { stock: { A: { N: 1 } } })
    const bulky = () => ({ weightG: 1_000, lengthMm: 500, widthMm: 400, heightMm: 250 })
    const rated = serviceOf('ground', [bandOf({ baseCents: 0, perKgCents: 100 })], { dimDivisor: 5_000 })
    const network = networkOf(documentOf([nodeOf('N')], [rated]))
    const plan = sourceOrder(orderOf({ A: 1 }), { ...world, network, product: bulky }, { decisionId: 'd' })
    expect(plan.work[0]?.terms).toEqual([{ name: 'carriage', cents: 1_000 }])
  })

  test('who pays the carrier themselves pays no carriage and needs no rate', () => {
    const found = termsOf({ bands: [], order: { freight: 'collect' } })
    expect(found.work?.nodeId).toBe('N')
    expect(found).not.toHaveProperty('carriage')
  })

  test('processing is a price of the order, of its lines and of its units', () => {
    const node = { orderCostCents: 100, lineCostCents: 20, unitCostCents: 3 }
    expect(termsOf({ node, wanted: { A: 2, B: 1 } })).toMatchObject({ processing: 100 + 2 * 20 + 3 * 3 })
  })

  test('a place on a day is free up to 40 % load and as dear as a full node at the limit', () => {
    const node = { capacity: { ordersPerDay: 10, linesPerDay: null, unitsPerDay: null, ordersPerHour: null } }
    const withLoad = (orders: number) =>
      termsOf({
        node,
        prices: { fullNodeCents: 600 },
        world: { booked: { N: { orders, lines: 0, units: 0 } } },
      })
    expect(withLoad(4)).not.toHaveProperty('capacity')
    expect(withLoad(7)).toMatchObject({ capacity: 300 })
    expect(withLoad(10)).toMatchObject({ capacity: 600 })
  })

  test('lateness is the risk at the price of a late order and the expected days at the price of a day', () => {
    const node = { processing: { medianHours: 0, p90Hours: 0 } }
    const service = { transit: { medianHours: 24, p90Hours: 48 } }
    const due = (hours: number) =>
      termsOf({
        node,
        service,
        prices: { lateOrderCents: 10_000 },
        order: { promisedAt: monday + hours * hourMs },
      })
    // Half of the time by the median, nine times of ten by the ninth decile.
    expect(due(24)).toMatchObject({ lateness: 5_000 })
    expect(due(48)).toMatchObject({ lateness: 1_000 })
    const certain = { transit: { medianHours: 72, p90Hours: 72 } }
    const days = termsOf({
      node,
      service: certain,
      prices: { lateDayCents: 100 },
      order: { promisedAt: monday + 48 * hourMs },
    })
    expect(days).toMatchObject({ lateness: 100 })
  })

  test('an incident stretches the times of its node and carrier, and with them the risk', () => {
    const usual = termsOf({ order: { promisedAt: monday + 40 * hourMs } })
    const slow = termsOf({
      order: { promisedAt: monday + 40 * hourMs },
      world: { learned: { stretch: (dimension) => (dimension === 'carrier' ? 3 : 1) } },
    })
    expect(slow.work?.arrivesAt).toBe((usual.work?.arrivesAt ?? 0) + 48 * hourMs)
    expect(slow.work?.lateRisk ?? 0).toBeGreaterThan(usual.work?.lateRisk ?? 1)
  })

  test('time is a price of each hour until the customer has it', () => {
    expect(termsOf({ prices: { hourCents: 4 } })).toMatchObject({ time: (2 + 24) * 4 })
  })

  test('the last unit of a node costs all of its price, the more is left the less', () => {
    const left = (units: number) =>
      termsOf({ prices: { lastUnitCents: 90 }, world: { stock: { A: { N: units } } } })
    expect(left(2)).toMatchObject({ stock_out: 90 })
    expect(left(4)).toMatchObject({ stock_out: 30 })
  })

  test('CO2 counts by weight and distance, and is not known without a distance', () => {
    const placed = termsOf({
      node: { latitude: 0, longitude: 0 },
      order: { destination: at(0, 9) },
      prices: { co2KgCents: 1_000 },
    })
    const grams = (2 / 1_000) * 100 * (placed.work?.distanceKm ?? 0)
    expect(placed.work?.co2Grams).toBeCloseTo(grams, 6)
    expect(placed).toMatchObject({ co2: Math.round(grams) })
    expect(termsOf({ prices: { co2KgCents: 1_000 } }).work?.co2Grams).toBeNull()
  })

  test('a node further down the source lists costs their price for each step', () => {
    const list = (name: string, priority: number, nodeIds: string[]) => ({
      ...{ name, priority, nodeIds, groupIds: [], nodeTypes: [], priceCents: 50 },
    })
    const sourceLists = [list('first', 0, ['X']), list('second', 2, ['N'])]
    expect(termsOf({ world: { strategy: { sourceLists } } })).toMatchObject({ priority: 100 })
    const other = [list('first', 0, ['X'])]
    expect(termsOf({ world: { strategy: { sourceLists: other } } })).toMatchObject({ priority: 50 })
  })

  test('weights multiply their terms, and 0 takes them out', () => {
    const node = { orderCostCents: 100 }
    const found = termsOf({ node, weights: { carriage: 2, processing: 0 } })
    expect(found).toMatchObject({ carriage: 1_000 })
    expect(found).not.toHaveProperty('processing')
  })

  test('each further piece of work costs the price of a split', () => {
    const network = networkOf(documentOf([nodeOf('N'), nodeOf('M')]))
    const world = worldOf(network, {
      stock: { A: { N: 1 }, B: { M: 1 } },
      strategy: { prices: { ...prices, splitCents: 250 } },
    })
    const plan = sourceOrder(orderOf({ A: 1, B: 1 }), world, { decisionId: 'd' })
    const splits = plan.work.map(({ terms }) => terms.find(({ name }) => name === 'split')?.cents ?? 0)
    expect(splits.sort((a, b) => a - b)).toEqual([0, 250])
    expect(plan.costCents).toBe(500 + 500 + 250)
  })

  test('without services carriage and transit are what history says, one way for each carrier', () => {
    const network = networkOf(documentOf([nodeOf('N')], []))
    const world = worldOf(network, {
      stock: { A: { N: 1 } },
      strategy: { prices: { ...prices, hourCents: 1 } },
      learned: {
        carriers: () => ['slow', 'quick'],
        carriageCents: () => 640,
        transit: (_, carrier) => ({ medianHours: carrier === 'quick' ? 10 : 50, p90Hours: 60 }),
      },
    })
    const [work] = sourceOrder(orderOf({ A: 1 }), world, { decisionId: 'd' }).work
    expect(work).toMatchObject({ carrierId: 'quick', serviceId: null, costCents: 640 + 12 })
  })

  test('files are not rounded', () => {
    const found = termsOf({
      bands: [bandOf({ baseCents: 0, perKgCents: 33.3 })],
      world: { rounding: 'none' },
    })
    expect(found.plan.costCents).toBeCloseTo(66.6, 9)
  })
})
