// Hostile requests over HTTP: bodies that are far too large, the same keys from many clients at once, amounts that
// cannot be, and a clock that jumps. What cannot be is refused, and what is promised is never promised twice.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '#data/kernel'
import { stockKey } from '#orchestrator/core'
import { violationsOf } from '#orchestrator/verify'
import { openPlace, type Place } from './http-place.ts'

/** ms by which the wall is off. */
let offset = 0
const clock: Clock = { ...systemClock, now: () => systemClock.now() + offset }
const day = 86_400_000
let place: Place

beforeAll(async () => {
  place = await openPlace({ clock })
  await place.engine.setClock({ mode: 'wall' })
})
afterAll(() => place.close())

const post = (path: string, body: unknown, key?: string) =>
  place.call('POST', `/api/v1${path}`, { body, headers: key === undefined ? {} : { 'idempotency-key': key } })
const at = (sku: string) => ({ sku, nodeId: 'fab:A' })
const set = (sku: string, onHand: number) =>
  post('/inventory/adjustments', { items: [{ ...at(sku), onHand, reason: 'count' }] })
const hold = (sku: string, quantity: unknown, key?: string) =>
  post('/inventory/reservations', { lines: [{ ...at(sku), quantity }], ttlSeconds: 60 }, key)
const position = (sku: string) => place.engine.core.state().stock.get(stockKey(sku, 'fab:A'))
const reasonOf = (reply: Awaited<ReturnType<typeof post>>) =>
  (reply.body.details as { reason?: string } | undefined)?.reason

/** Nothing that must hold is broken. */
function expectSound(): void {
  expect(violationsOf(place.engine.core.state())).toEqual([])
}

describe('bodies of 50 MB', () => {
  const huge = `{"externalId":"huge","currency":"USD","lines":[],"junk":"${'x'.repeat(50_000_000)}"}`

  test.each([
    '/orders',
    '/orders/bulk',
    '/inventory/reservations',
    '/inventory/adjustments',
    '/orders/actions',
  ])('are refused at %s, and nothing happened', async (path) => {
    const before = place.engine.core.lastSeq
    // The server may hang up while the body is still on its way.
    const status = await post(path, huge).then(
      (reply) => reply.status,
      () => 413,
    )
    expect(status).toBe(413)
    expect(place.engine.core.lastSeq).toBe(before)
    expect((await place.call('GET', '/healthz')).status).toBe(200)
  })
})

describe('two hundred clients', () => {
  test('that each ask twice with their key for one unit get exactly the stock, and the same answer twice', async () => {
    await set('last', 199)
    const keys = Array.from({ length: 200 }, (_, i) => `client-${i}`)
    const [first, second] = await Promise.all([
      Promise.all(keys.map((key) => hold('last', 1, key))),
      Promise.all(keys.map((key) => hold('last', 1, key))),
    ])
    expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text))
    expect(first.filter(({ status }) => status === 200)).toHaveLength(199)
    expect(first.filter(({ status }) => status === 409).map(reasonOf)).toEqual(['stock_short'])
    expect(position('last')).toMatchObject({ onHand: 199, reserved: 199 })
    expectSound()
  })

  test('that take one unit more than there is in one request get nothing', async () => {
    await set('more', 10)
    expect(reasonOf(await hold('more', 11))).toBe('stock_short')
    expect(position('more')).toMatchObject({ reserved: 0 })
  })
})

describe('amounts that cannot be', () => {
  test.each([0, -1, 1.5, 1e18, '1', null])('are refused: %j', async (quantity) => {
    await set('odd', 5)
    expect((await hold('odd', quantity)).status).toBe(400)
    const lines = [{ sku: 'odd', quantity, unitPriceCents: 100 }]
    const order = await post('/orders', { externalId: `odd-${quantity}`, currency: 'USD', lines })
    expect(order.status).toBe(400)
    expect(position('odd')).toMatchObject({ onHand: 5, reserved: 0, allocated: 0 })
  })

  test('more taken off a shelf than lies on it is refused', async () => {
    await set('shelf', 5)
    const items = [{ ...at('shelf'), delta: -6, reason: 'count' }]
    expect(reasonOf(await post('/inventory/adjustments', { items }))).toBe('stock_negative')
    expect(position('shelf')).toMatchObject({ onHand: 5 })
  })
})

describe('a clock that jumps', () => {
  test('forward ends what has expired and lets its units be taken; nothing is renewed after its end', async () => {
    await set('jump', 3)
    const cart = String((await hold('jump', 3)).body.reservationId)
    expect(reasonOf(await hold('jump', 1))).toBe('stock_short')
    offset += day
    expect((await hold('jump', 3)).status).toBe(200)
    const renewed = await post(`/inventory/reservations/${cart}/renew`, { ttlSeconds: 60 })
    expect(reasonOf(renewed)).toBe('reservation_expired')
    expect(reasonOf(await hold('jump', 1))).toBe('stock_short')
    expectSound()
  })

  test('back keeps what is held, and what is released twice is given back once', async () => {
    await set('back', 3)
    const cart = String((await hold('back', 2)).body.reservationId)
    offset -= 2 * day
    expect(reasonOf(await hold('back', 2))).toBe('stock_short')
    expect((await hold('back', 1)).status).toBe(200)
    const release = () => post(`/inventory/reservations/${cart}/release`, {})
    expect([(await release()).body.status, (await release()).body.status]).toEqual(['done', 'noop'])
    expect(position('back')).toMatchObject({ onHand: 3, reserved: 1 })
    offset += 2 * day
    expectSound()
  })
})
