// Promises over HTTP: methods, dates and costs from a real engine, and units held on request.

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
const reasonOf = (body: unknown) => (body as { details?: { reason?: string } }).details?.reason
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
    const of = (confidence: number) => promises.of({ ...cart, confidence }, place).options
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = [of(Math.min(a, b)), of(Math.max(a, b))]
        expect(low).toHaveLength(high.length)
        for (const [i, option] of low.entries()) {
          const surer = high[i]
          expect(option.probability).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-4)
          expect(Date.parse(surer?.promisedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(option.promisedAt))
          expect(surer?.probability).toBeGreaterThanOrEqual(option.probability - 1e-4)
        }
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

describe('units of an option', () => {
  const held = (reservationId: string) => shop.engine.core.state().reservations.get(reservationId)

  test('are held on request, and the same request holds them once', async () => {
    const reserve = { option: 0, reservationId: 'cart-1', ttlSeconds: 600 }
    const first = await shop.promise({ reserve })
    expect(first.body.reservationId).toBe('cart-1')
    expect(held('cart-1')?.lines).toMatchObject([{ sku: 'mug', nodeId: 'W', quantity: 2 }])
    const again = await shop.promise({ reserve })
    expect([again.status, again.body.reservationId]).toEqual([200, 'cart-1'])
    expect(again.body.options).toEqual(first.body.options)
    const all = await Promise.all(
      [1, 2, 3].map(() => shop.promise({ reserve: { ...reserve, reservationId: 'cart-2' } })),
    )
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(held('cart-2')?.lines).toMatchObject([{ quantity: 2 }])
  })

  test('are all held or none, and a cart that comes too late is told so', async () => {
    const told = {
      methods: ['delivery' as const],
      lines: [
        { sku: 'rare', quantity: 2 },
        { sku: 'lamp', quantity: 1 },
      ],
    }
    const first = await shop.promise({ ...told, reserve: { option: 0, reservationId: 'rare-1' } })
    expect(first.body.reservationId).toBe('rare-1')
    const late = await shop.promise({ ...told, reserve: { option: 0, reservationId: 'rare-2' } })
    // Only the lamp is left: a part, which is held as it was told.
    expect(late.body.options[0]).toMatchObject({ isWhole: false, missing: [{ sku: 'rare', quantity: 2 }] })
    expect(held('rare-2')?.lines).toMatchObject([{ sku: 'lamp', quantity: 1 }])
  })

  test('of several carts at once never add up to more than there is', async () => {
    const lines = [{ sku: 'lamp', quantity: 15 }]
    const asks = Array.from({ length: 6 }, (_, i) =>
      shop.promise({ methods: ['delivery'], lines, reserve: { option: 0, reservationId: `lamps-${i}` } }),
    )
    const replies = await Promise.all(asks)
    const units = [...shop.engine.core.state().reservations.values()]
      .flatMap((each) => each.lines)
      .filter(({ sku, nodeId }) => sku === 'lamp' && nodeId === 'W')
      .reduce((sum, { quantity }) => sum + quantity, 0)
    expect(units).toBeLessThanOrEqual(40)
    for (const [i, { status, body }] of replies.entries()) {
      if (status === 200) expect(held(`lamps-${i}`)?.lines.length).toBeGreaterThan(0)
      else expect([status, reasonOf(body), held(`lamps-${i}`)]).toEqual([409, 'stock_short', undefined])
    }
  })

  test('are not held for another cart under the same id, nor where there is no such option', async () => {
    await shop.promise({ reserve: { option: 0, reservationId: 'mine' } })
    const other = await shop.promise({
      lines: [{ sku: 'mug', quantity: 3 }],
      reserve: { option: 0, reservationId: 'mine' },
    })
    expect([other.status, reasonOf(other.body)]).toEqual([409, 'reservation_exists'])
    const none = await shop.promise({ reserve: { option: 99, reservationId: 'none' } })
    expect([none.status, reasonOf(none.body), held('none')]).toEqual([409, 'option_unknown', undefined])
    shop.hand.now += 2 * hour
    const over = await shop.promise({ reserve: { option: 0, reservationId: 'mine' } })
    expect([over.status, reasonOf(over.body)]).toEqual([409, 'reservation_expired'])
  })

  test('are held for those who may act, not for those who may read', async () => {
    const body = { ...cart, reserve: { option: 0, reservationId: 'who' } }
    expect((await shop.bare('POST', '/api/v1/promise', { body })).status).toBe(401)
    const reader = await shop.vault.createKey({ name: 'reader', role: 'reader' })
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
    const refused = await shop.bare('POST', '/api/v1/promise', { body, headers: bearer(reader.key) })
    expect([refused.status, held('who')]).toEqual([403, undefined])
    const page = { 'sec-fetch-site': 'same-origin' }
    expect((await shop.bare('POST', '/api/v1/promise', { body, headers: page })).status).toBe(200)
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'http://elsewhere.example' }
    expect((await shop.bare('POST', '/api/v1/promise', { body, headers: foreign })).status).toBe(401)
    const operator = await shop.vault.createKey({ name: 'operator', role: 'operator' })
    expect((await shop.bare('POST', '/api/v1/promise', { body, headers: bearer(operator.key) })).status).toBe(
      200,
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
