// Promises over HTTP: methods, dates and costs from a real engine.

import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { Promises, previewChange, Worlds } from '#orchestrator/sourcing'
import { cart, openShop, type Shop, wednesday } from './promise-shop.ts'
import { bandOf, serviceOf } from './sourcing/model-world.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
}, 60_000)
beforeEach(() => {
  shop.hand.now = wednesday
})
afterAll(() => shop.close())

const hour = 3_600_000
const of = (answer: api.PromiseAnswer, method: string) =>
  answer.options.filter((each) => each.method === method)
const here = () => ({ worlds: shop.engine.worlds, state: shop.engine.core.state(), now: shop.engine.now() })

describe('delivery', () => {
  test('before the cut-off leaves today, and is promised until the end of the day it comes', async () => {
    const { status, body } = await shop.promise({ methods: ['delivery'] })
    expect(status).toBe(200)
    const [best] = body.options
    expect(best).toMatchObject({
      method: 'delivery',
      promisedDay: '2026-11-27',
      promisedAt: '2026-11-27T23:59:59.999Z',
      probability: 1,
      isWhole: true,
      missing: [],
      collectAt: null,
      costCents: 600,
    })
    expect(best?.shipments).toMatchObject([
      {
        nodeId: 'W',
        serviceId: 'ground',
        dispatchAt: '2026-11-25T17:00:00.000Z',
        lines: [{ sku: 'mug', quantity: 2 }],
      },
    ])
    expect(best?.terms.reduce((sum, { cents }) => sum + cents, 0)).toBe(best?.costCents)
    expect(body).toMatchObject({
      currency: 'USD',
      strategyId: 'default',
      reservationId: null,
      unavailable: [],
    })
  })

  test('after the cut-off leaves on the next working day, holidays and weekends between', async () => {
    shop.hand.now = wednesday + 2 * hour
    const { body } = await shop.promise({ methods: ['delivery'] })
    expect(body.options[0]).toMatchObject({ promisedDay: '2026-11-29' })
    expect(body.options[0]?.shipments[0]?.dispatchAt).toBe('2026-11-27T17:00:00.000Z')
  })

  test('can be had sooner for more', async () => {
    const { body } = await shop.promise({ methods: ['delivery'] })
    expect(body.options).toHaveLength(2)
    expect(body.options[1]).toMatchObject({ promisedDay: '2026-11-26', costCents: 1_600 })
    const [one] = (await shop.promise({ methods: ['delivery'], maxOptions: 1 })).body.options
    expect(one).toEqual(body.options[0])
  })

  test('names what is missing where only a part can be had', async () => {
    const { body } = await shop.promise({ methods: ['delivery'], lines: [{ sku: 'rare', quantity: 5 }] })
    const [best] = body.options
    expect(best).toMatchObject({ isWhole: false, missing: [{ sku: 'rare', quantity: 3 }] })
    expect(best?.shipments.map(({ nodeId }) => nodeId).sort()).toEqual(['W', 'far'])
  })

  test('says why it cannot be', async () => {
    const codeOf = async (told: Partial<api.PromiseRequest>) =>
      (await shop.promise({ methods: ['delivery'], ...told })).body.unavailable.map(({ code }) => code)
    expect(await codeOf({ lines: [{ sku: 'sold-out', quantity: 1 }] })).toEqual(['no_stock'])
    expect(await codeOf({ lines: [{ sku: 'no-such-sku', quantity: 1 }] })).toEqual(['sku_unknown'])
    const body = { lines: cart.lines, shipTo: {}, methods: ['delivery'] }
    const nowhere = await shop.call('POST', '/api/v1/promise', { body })
    expect(nowhere.body).toMatchObject({ options: [], unavailable: [{ code: 'destination_unknown' }] })
  })

  test('is answered to everybody on this machine', async () => {
    expect((await shop.bare('POST', '/api/v1/promise', { body: cart })).status).toBe(200)
  })
})

describe('collection', () => {
  test('is offered at stores near the customer that have the goods, the nearest first', async () => {
    const { body } = await shop.promise({ methods: ['pickup', 'curbside'] })
    for (const method of ['pickup', 'curbside']) {
      const options = of(body, method)
      expect(options.map(({ collectAt }) => collectAt?.nodeId)).toEqual(['near', 'town'])
      const [first, second] = options.map(({ collectAt }) => collectAt?.distanceKm ?? 0)
      expect(first).toBeLessThan(second ?? 0)
      expect(options.every(({ shipments, collectAt }) => shipments[0]?.nodeId === collectAt?.nodeId)).toBe(
        true,
      )
    }
  })

  test('is ready within the hours of the store', async () => {
    const readyAt = async () => (await shop.promise({ methods: ['pickup'] })).body.options[0]?.promisedAt
    // One hour at the median, four nine times of ten, open until 18:00 and closed on the holiday.
    shop.hand.now = wednesday - 5 * hour
    expect(await readyAt()).toBe('2026-11-25T14:00:00.000Z')
    shop.hand.now = wednesday
    expect(await readyAt()).toBe('2026-11-27T09:00:00.000Z')
    shop.hand.now = wednesday + 2.5 * hour
    expect(await readyAt()).toBe('2026-11-27T12:00:00.000Z')
  })

  test('of a part comes after stores with all of it', async () => {
    const { body } = await shop.promise({ methods: ['pickup'], lines: [{ sku: 'mug', quantity: 7 }] })
    expect(body.options.map(({ collectAt, isWhole }) => [collectAt?.nodeId, isWhole])).toEqual([
      ['town', true],
      ['near', false],
    ])
    expect(body.options[1]?.missing).toEqual([{ sku: 'mug', quantity: 2 }])
  })

  test('of what is sent to a store names the store and who sends it', async () => {
    const lines = [{ sku: 'lamp', quantity: 1 }]
    const { body } = await shop.promise({ methods: ['ship_to_store'], lines })
    expect(body.options.map(({ collectAt }) => collectAt?.nodeId)).toEqual(['near', 'town'])
    for (const { shipments, collectAt } of body.options)
      expect(shipments.map(({ nodeId }) => nodeId)).not.toContain(collectAt?.nodeId)
  })

  test('is not to be had where no store is near', async () => {
    const { body } = await shop.promise({ methods: ['pickup'], latitude: 25, longitude: -80 })
    expect(body.unavailable).toMatchObject([{ method: 'pickup', code: 'no_store_near' }])
  })
})

describe('a promise that may be broken', () => {
  const varying = serviceOf('slow', [bandOf({ baseCents: 400 })], {
    transit: { medianHours: 50, p90Hours: 120 },
  })

  test('is later and surer the surer it has to be, and kept at least as often as asked for', () => {
    const { carrierId } = varying.service
    const change = {
      put: {
        services: [varying.service],
        rateCards: [varying.card],
        carriers: [{ carrierId, name: 'Slow', isActive: true }],
      },
      remove: { services: ['ground', 'express'], rateCards: ['card ground', 'card express'] },
    }
    const { refusal, state } = previewChange(shop.engine.core.state(), change, wednesday)
    expect(refusal).toBeNull()
    const promises = new Promises()
    const place = { worlds: new Worlds(), state, now: wednesday }
    const share = fc.double({ min: 0.5, max: 0.999, noNaN: true })
    const methodOf = ({ method }: api.PromiseOption) => method
    const isFirst = (method: string, i: number, all: string[]) => all.indexOf(method) === i
    const nameOf = ({ method, shipments, collectAt }: api.PromiseOption) =>
      [
        method,
        collectAt?.nodeId,
        ...shipments.map(({ nodeId, serviceId }) => `${nodeId} ${serviceId}`),
      ].join()
    const of = (confidence: number) => promises.of({ ...cart, confidence }, place).options
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = [of(Math.min(a, b)), of(Math.max(a, b))]
        for (const option of low) {
          expect(option.probability).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-4)
          // A way that is dearer is told only where it comes on an earlier day: it need not be in both answers.
          const surer = high.find((other) => nameOf(other) === nameOf(option))
          if (surer === undefined) continue
          expect(Date.parse(surer.promisedAt)).toBeGreaterThanOrEqual(Date.parse(option.promisedAt))
          expect(surer.probability).toBeGreaterThanOrEqual(option.probability - 1e-4)
        }
        expect(low.map(methodOf).filter(isFirst)).toEqual(high.map(methodOf).filter(isFirst))
      }),
      { numRuns: 60 },
    )
  })

  test('no option is both later and dearer than another of its method', () => {
    const skus = ['mug', 'lamp', 'rare']
    const lines = fc.uniqueArray(
      fc.record({ sku: fc.constantFrom(...skus), quantity: fc.integer({ min: 1, max: 9 }) }),
      {
        selector: ({ sku }) => sku,
        minLength: 1,
      },
    )
    const promises = new Promises()
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 200 }), (wanted, hours) => {
        const place = { ...here(), now: wednesday + hours * hour }
        const { options } = promises.of({ ...cart, lines: wanted, methods: ['delivery'] }, place)
        for (const [i, a] of options.slice(1).entries()) {
          for (const b of options.filter((_, k) => k !== i + 1))
            expect(b.promisedAt <= a.promisedAt && b.costCents <= a.costCents).toBe(false)
        }
        for (const { shipments, missing } of options) {
          for (const { sku, quantity } of wanted) {
            const sent = shipments.flatMap((each) => each.lines).filter((line) => line.sku === sku)
            const lacking = missing.filter((line) => line.sku === sku)
            expect([...sent, ...lacking].reduce((sum, line) => sum + line.quantity, 0)).toBe(quantity)
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('bad input', () => {
  test.each([
    ['an empty cart', { ...cart, lines: [] }],
    ['no cart', { shipTo: {} }],
    ['a unit and a half', { ...cart, lines: [{ sku: 'mug', quantity: 1.5 }] }],
    ['a place that is none', { ...cart, latitude: 91 }],
    ['a method that is none', { ...cart, methods: ['drone'] }],
    ['certainty', { ...cart, confidence: 1 }],
    ['a field that nobody knows', { ...cart, rush: true }],
  ])('%s is refused with the field', async (_, body) => {
    const reply = await shop.call('POST', '/api/v1/promise', { body })
    expect([reply.status, reply.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
  })

  test('text that is no JSON, 50 MB and a strategy that is not there are refused', async () => {
    const raw = await shop.call('POST', '/api/v1/promise', {
      body: '{"lines": [{"sku": "mug", "quantity": NaN}]}',
    })
    expect(raw.status).toBe(400)
    const huge = await shop
      .call('POST', '/api/v1/promise', { body: Buffer.alloc(50_000_000, 32) })
      .catch(() => null)
    expect(huge === null || huge.status === 413).toBe(true)
    const odd = await shop.promise({ strategyId: 'no-such' })
    expect([odd.status, (odd.body as unknown as { code: string }).code]).toEqual([400, 'STRATEGY_INVALID'])
  })
})
