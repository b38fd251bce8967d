// What-ifs over HTTP with a real engine: given and stored orders against the network as it is, and nothing changed.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type api, orderIdOf } from '#data/contracts'
import { network, openShop, type Shop, wednesday } from './promise-shop.ts'
import { bandOf } from './sourcing/model-world.ts'
import { codeOf, orders, strict } from './what-if-orders.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
}, 60_000)
afterAll(() => shop.close())

const nodesOf = (side: api.WhatIfSide) =>
  Object.fromEntries(side.nodes.map(({ nodeId, orders: n }) => [nodeId, n]))

describe('given orders', () => {
  test('go the same way where nothing is different', async () => {
    const { status, body } = await shop.simulate({ orders: orders(8) })
    expect(status).toBe(200)
    expect(body.variant).toEqual(body.baseline)
    expect(body).toMatchObject({ changedOrders: 0, changes: [], refused: [], currency: 'USD' })
    expect(body.baseline).toMatchObject({
      orders: 8,
      ordersWhole: 8,
      units: 8,
      unitsServed: 8,
      fillRate: 1,
      shipments: 8,
    })
    expect(body.baseline.terms.reduce((sum, { cents }) => sum + cents, 0)).toBe(body.baseline.costCents)
    expect(nodesOf(body.baseline)).toEqual({ W: 8 })
  })

  test('go elsewhere where their node is closed, and say why', async () => {
    const { body } = await shop.simulate({ orders: orders(4), overrides: { closedNodeIds: ['W'] } })
    expect(nodesOf(body.variant)).not.toHaveProperty('W')
    expect(body.changedOrders).toBe(4)
    for (const change of body.changes) {
      expect(change.before).toMatchObject([{ nodeId: 'W', units: 1 }])
      expect(change.reason).toBe('W is closed')
    }
    const cents = body.changes.reduce((sum, { costCents }) => sum + costCents, 0)
    expect(body.variant.costCents - body.baseline.costCents).toBe(cents)
  })

  test('spread where a node can do half of its work', async () => {
    const overrides = { strategy: strict }
    const whole = await shop.simulate({ orders: orders(10), overrides })
    expect(nodesOf(whole.body.variant)).toEqual({ W: 10 })
    expect(whole.body.variant.nodes[0]?.load).toBe(1)
    const half = await shop.simulate({
      orders: orders(10),
      overrides: { ...overrides, capacityFactors: [{ nodeId: 'W', factor: 0.5 }] },
    })
    expect(nodesOf(half.body.variant).W).toBe(5)
    expect(half.body.variant).toMatchObject({ ordersWhole: 10 })
    expect(half.body.changedOrders).toBe(5)
    expect(half.body.changes.every(({ reason }) => reason === 'W can do 50 % of its work')).toBe(true)
  })

  test('are refused with a code where stock is told to be gone', async () => {
    const stock = ['W', 'near', 'town', 'far'].map((nodeId) => ({ sku: 'lamp', nodeId, available: 0 }))
    const { body } = await shop.simulate({ orders: orders(3, 'lamp'), overrides: { stock } })
    expect(body.refused).toHaveLength(3)
    expect(body.refused.every(({ code }) => code === 'no_stock')).toBe(true)
    expect(body.variant).toMatchObject({ unitsServed: 0, fillRate: 0, shipments: 0, costCents: 0 })
    const more = await shop.simulate({
      orders: orders(3, 'rare'),
      overrides: { stock: [{ sku: 'rare', nodeId: 'near', available: 9 }] },
    })
    expect([more.body.baseline.unitsServed, more.body.variant.unitsServed]).toEqual([2, 3])
    expect(more.body.refused).toEqual([])
  })

  test('go by another service where rates are others', async () => {
    const [ground] = network.rateCards
    if (ground === undefined) throw new Error('the network has no rates')
    const dear = { ...ground, bands: [bandOf({ baseCents: 9_000 })] }
    const { body } = await shop.simulate({
      orders: orders(2),
      overrides: { network: { put: { rateCards: [dear] } } },
    })
    expect(body.changes.map(({ before, after }) => [before[0]?.serviceId, after[0]?.serviceId])).toEqual([
      ['ground', 'express'],
      ['ground', 'express'],
    ])
    expect(body.changes[0]?.reason).toBe('the network is another')
  })

  test('with a promise tell how likely it is missed', async () => {
    const promisedAt = new Date(wednesday + 40 * 3_600_000).toISOString()
    const { body } = await shop.simulate({
      orders: orders(2, 'mug', { promisedAt }),
      overrides: { closedNodeIds: ['W'] },
    })
    for (const side of [body.baseline, body.variant]) {
      expect(side.lateRisk).toBeGreaterThanOrEqual(0)
      expect(side.lateOrders).toBeCloseTo(2 * (side.lateRisk ?? 0), 3)
    }
    expect(body.changes.every(({ lateRisk }) => lateRisk !== null)).toBe(true)
  })

  test('give the same answer for the same seed', async () => {
    const asked = {
      orders: orders(30),
      overrides: { strategy: strict, capacityFactors: [{ nodeId: null, factor: 0.7 }] },
      seed: 7,
    }
    const [a, b] = [await shop.simulate(asked), await shop.simulate(asked)]
    const plain = ({ body }: typeof a) => ({
      ...body,
      baseline: { ...body.baseline, seconds: 0 },
      variant: { ...body.variant, seconds: 0 },
    })
    expect(plain(a)).toEqual(plain(b))
  })
})

describe('stored orders', () => {
  const place = async (externalId: string, sku: string, quantity: number) => {
    const lines = [{ sku, quantity, unitPriceCents: 1_000 }]
    const shipTo = { country: 'US', region: 'NV', postalCode: '89501' }
    const reply = await shop.call('POST', '/api/v1/orders', {
      body: { externalId, currency: 'EUR', shipTo, lines },
    })
    expect(reply.status).toBe(201)
    const orderId = orderIdOf('main', 'api', externalId)
    const status = () => shop.engine.core.state().orders.get(orderId)?.status
    await expect.poll(status, { timeout: 10_000 }).toBe('released')
    return orderId
  }

  test('can be sourced again although they hold the last units, and nothing is changed', async () => {
    const orderId = await place('holds', 'rare', 2)
    const parts = () => {
      const { orders, stock, reservations, network, strategies } = shop.engine.core.state()
      return [orders, stock, reservations, network, strategies]
    }
    const before = parts()
    const { body } = await shop.simulate({ stored: { orderIds: [orderId] } })
    expect(body.baseline).toMatchObject({ orders: 1, ordersWhole: 1, units: 2, unitsServed: 2 })
    expect(body).toMatchObject({ currency: 'EUR', changedOrders: 0 })
    const given = await shop.simulate({ orders: orders(1, 'rare') })
    expect(given.body.refused).toMatchObject([{ code: 'no_stock' }])
    const closed = await shop.simulate({
      stored: { orderIds: [orderId] },
      overrides: { closedNodeIds: ['far'] },
    })
    expect(closed.body.refused).toMatchObject([{ orderId, reason: expect.stringContaining('1 of 2 units') }])
    expect(parts().map((part, i) => part === before[i])).not.toContain(false)
  })

  test('are found by when they were placed, the newest first', async () => {
    await place('early', 'mug', 1)
    shop.hand.now += 1_000
    const late = await place('late', 'mug', 1)
    const { body } = await shop.simulate({ stored: { limit: 1 }, overrides: { closedNodeIds: ['W'] } })
    expect(body.changes.map((each) => each.orderId)).toEqual([late])
    const to = new Date(wednesday - 1).toISOString()
    expect((await shop.simulate({ stored: { to } })).body.baseline.orders).toBe(0)
  })

  test('that are not there are an error', async () => {
    const reply = await shop.simulate({ stored: { orderIds: ['no-such'] } })
    expect([reply.status, codeOf(reply.body)]).toEqual([404, 'ORDER_UNKNOWN'])
  })
})

describe('what cannot be', () => {
  const one = orders(1)
  test.each<[string, Partial<api.WhatIfRequest>, string]>([
    ['no orders', {}, 'SOURCING_PROBLEM_INVALID'],
    ['an order twice', { orders: [...one, ...one] }, 'SOURCING_PROBLEM_INVALID'],
    [
      'a closed node that is not there',
      { orders: one, overrides: { closedNodeIds: ['X'] } },
      'SOURCING_PROBLEM_INVALID',
    ],
    [
      'stock at a node that is not there',
      { orders: one, overrides: { stock: [{ sku: 'mug', nodeId: 'X', available: 1 }] } },
      'SOURCING_PROBLEM_INVALID',
    ],
    ['a strategy that is not there', { orders: one, overrides: { strategyId: 'none' } }, 'STRATEGY_INVALID'],
    [
      'a strategy that contradicts itself',
      {
        orders: one,
        overrides: {
          strategy: {
            ...strict,
            constraints: [{ name: 'node_type', kind: 'hard', limit: null, priceCents: 0, values: [] }],
          },
        },
      },
      'STRATEGY_INVALID',
    ],
    [
      'a network that leads nowhere',
      {
        orders: one,
        overrides: {
          network: { put: { nodes: [{ ...network.nodes[0], groupIds: ['none'] } as api.NetworkNode] } },
        },
      },
      'SOURCING_PROBLEM_INVALID',
    ],
    [
      'a period that ends before it begins',
      { stored: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
      'SOURCING_PROBLEM_INVALID',
    ],
    [
      'a factor below nothing',
      { orders: one, overrides: { capacityFactors: [{ nodeId: null, factor: -1 }] } },
      'HTTP_BODY_INVALID',
    ],
  ])('%s is refused with a code', async (_, body, code) => {
    const reply = await shop.simulate(body)
    expect([codeOf(reply.body), reply.status]).toEqual([code, 400])
  })

  test('more than 20,000 orders, and a text that is no JSON', async () => {
    const many = await shop.simulate({ orders: orders(20_001) })
    expect([many.status, codeOf(many.body)]).toEqual([400, 'HTTP_BODY_INVALID'])
    const odd = await shop.call('POST', '/api/v1/sourcing/simulate', { body: '{"overrides": NaN}' })
    expect(odd.status).toBe(400)
  })
})
