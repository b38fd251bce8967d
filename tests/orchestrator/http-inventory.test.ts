// Soft reservations over HTTP: held, renewed, let go; what cannot be is refused and changes nothing.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, Counter, refusal, start } from './inventory/counter.ts'

const shop = new Counter()
beforeAll(() => shop.open())
afterAll(() => shop.close())

describe('soft reservations', () => {
  test('hold units until they are released, twice harmlessly', async () => {
    await shop.set('r1', 10)
    const answer = await shop.hold('r1', 4, { reservationId: 'cart-1', ttlSeconds: 60, reference: 'cart' })
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        status: 'done',
        reservationId: 'cart-1',
        reservationStatus: 'active',
        createdAt: new Date(start).toISOString(),
        expiresAt: new Date(start + 60_000).toISOString(),
      },
    ])
    expect(await shop.figures('r1')).toMatchObject({ onHand: 10, reserved: 4, available: 6, isTracked: true })
    expect(
      (await shop.hold('r1', 4, { reservationId: 'cart-1', ttlSeconds: 60, reference: 'cart' })).text,
    ).toBe(answer.text)
    const other = await shop.hold('r1', 5, { reservationId: 'cart-1', ttlSeconds: 60, reference: 'cart' })
    expect(other.status).toBe(422)
    expect(refusal(await shop.hold('r1', 5, { reservationId: 'cart-1' }, 'another-key'))).toEqual([
      409,
      'CORE_REFUSED',
      'reservation_exists',
    ])
    const shown = await shop.get('/inventory/reservations/cart-1')
    expect(shown.body).toMatchObject({
      reservationStatus: 'active',
      reference: 'cart',
      lines: [{ ...at('r1'), quantity: 4, isTracked: true }],
    })
    expect((await shop.post('/inventory/reservations/cart-1/release', {})).body).toMatchObject({
      status: 'done',
      reservationStatus: 'released',
    })
    expect((await shop.place.call('DELETE', '/api/v1/inventory/reservations/cart-1')).body).toMatchObject({
      status: 'noop',
    })
    expect(await shop.figures('r1')).toMatchObject({ reserved: 0, available: 10 })
    expect((await shop.get('/inventory/reservations/cart-1')).body).toMatchObject({
      reservationStatus: 'released',
    })
  })

  test('with the same key get the same answer; another body under it is refused', async () => {
    await shop.set('r2', 5)
    const first = await shop.hold('r2', 2, {}, 'key-r2')
    expect((await shop.hold('r2', 2, {}, 'key-r2')).text).toBe(first.text)
    expect((await shop.hold('r2', 3, {}, 'key-r2')).body.code).toBe('LOG_COMMAND_CONFLICT')
    expect(await shop.figures('r2')).toMatchObject({ reserved: 2 })
  })

  test('of one SKU twice in a request are summed before they are checked', async () => {
    await shop.set('r3', 5)
    const line = { ...at('r3'), quantity: 3 }
    expect(refusal(await shop.post('/inventory/reservations', { lines: [line, line] }))).toEqual([
      409,
      'CORE_REFUSED',
      'stock_short',
    ])
    expect(await shop.figures('r3')).toMatchObject({ reserved: 0 })
  })

  test('are all lines or none', async () => {
    await shop.set('r4', 5)
    await shop.set('r5', 1)
    const lines = [
      { ...at('r4'), quantity: 2 },
      { ...at('r5'), quantity: 2 },
    ]
    expect(refusal(await shop.post('/inventory/reservations', { lines }))).toEqual([
      409,
      'CORE_REFUSED',
      'stock_short',
    ])
    expect(await shop.figures('r4')).toMatchObject({ reserved: 0 })
  })

  test('of 200 clients for one unit each grant exactly the stock', async () => {
    await shop.set('hot', 150)
    const answers = await Promise.all(Array.from({ length: 200 }, () => shop.hold('hot', 1)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(150)
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(50)
    expect(await shop.figures('hot')).toMatchObject({ reserved: 150, available: 0 })
  })

  test('end by the clock, whether or not anybody swept; then they cannot be renewed', async () => {
    await shop.set('r6', 3)
    await shop.hold('r6', 3, { reservationId: 'short', ttlSeconds: 10 })
    expect(refusal(await shop.hold('r6', 1))[2]).toBe('stock_short')
    expect((await shop.post('/inventory/reservations/short/renew', { ttlSeconds: 20 })).body).toMatchObject({
      status: 'done',
      expiresAt: new Date(shop.clock.now() + 20_000).toISOString(),
    })
    await shop.clock.advance(19_999)
    expect(await shop.figures('r6')).toMatchObject({ available: 0 })
    await shop.clock.advance(1)
    expect(await shop.figures('r6')).toMatchObject({ reserved: 0, available: 3 })
    expect(refusal(await shop.post('/inventory/reservations/short/renew', {}))).toEqual([
      409,
      'CORE_REFUSED',
      'reservation_expired',
    ])
    expect((await shop.hold('r6', 3)).status).toBe(200)
  })

  test('are swept from the log once their time is over', async () => {
    await shop.set('r7', 3)
    await shop.hold('r7', 1, { reservationId: 'swept', ttlSeconds: 5 })
    await shop.clock.advance(7_000)
    await expect.poll(() => shop.place.engine.core.state().reservations.has('swept')).toBe(false)
    expect((await shop.get('/inventory/reservations/swept')).body).toMatchObject({
      reservationStatus: 'expired',
    })
  })

  test('at a node without a stock feed are granted and marked', async () => {
    await shop.set('r8', 1)
    const answer = await shop.post('/inventory/reservations', { lines: [{ ...at('r8', 'B'), quantity: 7 }] })
    expect(answer.body).toMatchObject({ status: 'done', untracked: [at('r8', 'B')] })
    expect(await shop.figures('r8', 'B')).toMatchObject({ isTracked: false, available: null })
  })

  test.each<[string, object, unknown[]]>([
    ['no units', { lines: [{ ...at('r1'), quantity: 0 }] }, [400, 'HTTP_BODY_INVALID']],
    ['negative units', { lines: [{ ...at('r1'), quantity: -1 }] }, [400, 'HTTP_BODY_INVALID']],
    ['half a unit', { lines: [{ ...at('r1'), quantity: 1.5 }] }, [400, 'HTTP_BODY_INVALID']],
    ['no lines', { lines: [] }, [400, 'HTTP_BODY_INVALID']],
    ['an unknown SKU', { lines: [{ ...at('nothing'), quantity: 1 }] }, [409, 'CORE_REFUSED', 'sku_unknown']],
    [
      'an unknown node',
      { lines: [{ ...at('r1', 'Z'), quantity: 1 }] },
      [409, 'CORE_REFUSED', 'node_unknown'],
    ],
    [
      'a time of nothing',
      { lines: [{ ...at('r1'), quantity: 1 }], ttlSeconds: 0 },
      [400, 'HTTP_BODY_INVALID'],
    ],
  ])('of %s are refused and change nothing', async (_, body, expected) => {
    const before = shop.place.engine.core.state()
    expect(refusal(await shop.post('/inventory/reservations', body)).slice(0, expected.length)).toEqual(
      expected,
    )
    expect(shop.place.engine.core.state().stock).toBe(before.stock)
  })

  test('in bulk are answered each by itself', async () => {
    await shop.set('r9', 3)
    const item = (reservationId: string, quantity: number) => ({
      reservationId,
      lines: [{ ...at('r9'), quantity }],
    })
    const { body } = await shop.post('/inventory/reservations/bulk', {
      items: [item('b1', 2), item('b2', 2), item('b3', 1)],
    })
    expect(body.items).toMatchObject([
      { reservationId: 'b1', status: 'done', reservationStatus: 'active' },
      { reservationId: 'b2', status: 'refused', reason: 'stock_short', details: { available: 1, asked: 2 } },
      { reservationId: 'b3', status: 'done' },
    ])
  })

  test('are listed by their end, page by page', async () => {
    await shop.set('list', 9)
    for (const [i, ttl] of [50, 30, 40].entries()) {
      await shop.hold('list', 1, { reservationId: `l${i}`, ttlSeconds: ttl })
    }
    const seen: unknown[] = []
    for (let cursor = ''; ; ) {
      const { body } = await shop.get(`/inventory/reservations?sku=list&limit=2${cursor}`)
      seen.push(...(body.items as { reservationId: string }[]).map((item) => item.reservationId))
      if (body.nextCursor === null) break
      cursor = `&cursor=${String(body.nextCursor)}`
    }
    expect(seen).toEqual(['l1', 'l2', 'l0'])
  })

  test('that nobody made are not found', async () => {
    for (const answer of [
      await shop.get('/inventory/reservations/none'),
      await shop.post('/inventory/reservations/none/renew', {}),
      await shop.post('/inventory/reservations/none/release', {}),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'RESERVATION_UNKNOWN'])
    }
  })
})
