// Units of a promise held on request, over HTTP: once for the same cart, all or none, for those who may act.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cart, openShop, type Shop, wednesday } from './promise-shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
}, 60_000)
beforeEach(() => {
  shop.hand.now = wednesday
})
afterAll(() => shop.close())

const hour = 3_600_000
const reasonOf = (body: unknown) => (body as { details?: { reason?: string } }).details?.reason

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
      else {
        // The option went, before or after it was chosen.
        expect(['stock_short', 'option_unknown']).toContain(reasonOf(body))
        expect([status, held(`lamps-${i}`)]).toEqual([409, undefined])
      }
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
