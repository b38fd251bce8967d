// Orders over HTTP: created once whatever is sent twice, refused in words, and moved through their flow.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderIdOf } from '#data/contracts'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const order = (externalId: string, more: object = {}) => ({
  externalId,
  currency: 'USD',
  shipTo: { country: 'US', region: 'CA' },
  lines: [{ sku: 'x', quantity: 2, unitPriceCents: 1_250 }],
  ...more,
})
const create = (body: unknown, key?: string) =>
  place.call('POST', '/api/v1/orders', { body, headers: key === undefined ? {} : { 'idempotency-key': key } })
const known = (externalId: string) =>
  place.engine.core.state().orders.get(orderIdOf('main', 'api', externalId))

/** Waits until the order has this state. */
async function reached(externalId: string, status: string): Promise<void> {
  await expect.poll(() => known(externalId)?.status, { timeout: 10_000 }).toBe(status)
}

describe('a new order', () => {
  test('is durable when it is answered, and is released behind the answer', async () => {
    const answer = await create(order('new'))
    const orderId = orderIdOf('main', 'api', 'new')
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({ status: 'done', reason: null, orderId, orderStatus: 'created' })
    expect(answer.headers.location).toBe(`/api/v1/orders/${orderId}`)
    expect(known('new')).toMatchObject({
      totalCents: 2_500,
      provider: 'api',
      market: 'main',
      method: 'delivery',
    })
    await reached('new', 'released')
  })

  test('that is sent again with its key gets the same answer, byte for byte', async () => {
    const first = await create(order('again'), 'key-1')
    await reached('again', 'released')
    const second = await create(order('again'), 'key-1')
    expect([second.status, second.text, second.headers.location]).toEqual([
      first.status,
      first.text,
      first.headers.location,
    ])
    const both = await Promise.all([create(order('twins'), 'key-2'), create(order('twins'), 'key-2')])
    expect(both.map((answer) => [answer.status, answer.text])).toEqual([
      [201, both[0]?.text],
      [201, both[0]?.text],
    ])
  })

  test('with a used key and another body is refused', async () => {
    await create(order('first'), 'key-3')
    const answer = await create(order('second'), 'key-3')
    expect([answer.status, answer.body.code]).toEqual([422, 'LOG_COMMAND_CONFLICT'])
    expect(known('second')).toBeUndefined()
  })

  test('with a known external id and another key exists already', async () => {
    await create(order('taken'), 'key-4')
    for (const key of ['key-5', 'key-5', undefined]) {
      const answer = await create(order('taken'), key)
      expect([answer.status, answer.body.code]).toEqual([409, 'ORDER_EXISTS'])
      expect(answer.body.details).toMatchObject({
        reason: 'order_exists',
        externalId: 'taken',
        provider: 'api',
      })
    }
  })

  test.each([['a\u00e9'], [''], ['x'.repeat(201)], ['a b']])('with the key %j is refused', async (key) => {
    const answer = await place.call('POST', '/api/v1/orders', {
      body: order('odd-key'),
      headers: { 'idempotency-key': Buffer.from(key).toString('latin1') },
    })
    expect([answer.status, answer.body.code]).toEqual([400, 'HTTP_IDEMPOTENCY_KEY_INVALID'])
  })

  test.each([
    ['a text for a number', { lines: [{ sku: 'x', quantity: '2', unitPriceCents: 1 }] }, '/lines/0/quantity'],
    ['half a unit', { lines: [{ sku: 'x', quantity: 1.5, unitPriceCents: 1 }] }, '/lines/0/quantity'],
    ['no unit', { lines: [{ sku: 'x', quantity: 0, unitPriceCents: 1 }] }, '/lines/0/quantity'],
    [
      'a negative price',
      { lines: [{ sku: 'x', quantity: 1, unitPriceCents: -1 }] },
      '/lines/0/unitPriceCents',
    ],
    ['a missing field', { lines: [{ sku: 'x', quantity: 1 }] }, '/lines/0/unitPriceCents'],
    ['no line', { lines: [] }, '/lines'],
    [
      'a line twice',
      { lines: [1, 2].map(() => ({ lineId: 'a', sku: 'x', quantity: 1, unitPriceCents: 1 })) },
      '/lines/1/lineId',
    ],
    ['a field nobody knows', { junk: 1 }, '/junk'],
    ['a currency that is none', { currency: 'ABC' }, '/currency'],
    ['a word that is none', { method: 'teleport' }, '/method'],
    ['a day for an instant', { promisedAt: '2026-11-25' }, '/promisedAt'],
    ['nothing for a text', { channel: null }, '/channel'],
    [
      'more than can be counted',
      { lines: [{ sku: 'x', quantity: 1_000_000, unitPriceCents: 1_000_000_000_000 }] },
      '/lines',
    ],
  ])('with %s is refused and the field named', async (_, more, field) => {
    const answer = await create(order('bad', more))
    expect([answer.status, answer.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.body.details).toMatchObject({ errors: [{ field }] })
    expect(String(answer.body.detail)).toContain(field)
    expect(known('bad')).toBeUndefined()
  })

  test('keeps HTML in its names as data', async () => {
    const name = '<script>alert(1)</script>'
    await create(order(name, { customerRef: '"><img src=x onerror=alert(1)>' }))
    const answer = await place.call('POST', `/api/v1/orders/${orderIdOf('main', 'api', name)}/advance`)
    expect(answer.headers['content-type']).toContain('application/json')
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(known(name)?.externalId).toBe(name)
    const other = `${name}!`
    const unknown = await place.call('POST', `/api/v1/orders/${encodeURIComponent(other)}/advance`)
    expect([unknown.status, unknown.headers['content-type']]).toEqual([
      404,
      expect.stringContaining('problem+json'),
    ])
    expect(unknown.body.details).toEqual({ orderId: other })
  })
})

describe('the life of an order', () => {
  const path = (name: string) => `/api/v1/orders/${orderIdOf('main', 'api', name)}`
  const step = (name: string, verb: string, body?: unknown, key?: string) =>
    place.call('POST', `/api/v1/fulfillment-orders/${orderIdOf('main', 'api', name)}/${name}-F1/${verb}`, {
      ...(body === undefined ? {} : { body }),
      headers: key === undefined ? {} : { 'idempotency-key': key },
    })

  test('goes from picking to delivery, each step once', async () => {
    await create(order('life'))
    await reached('life', 'released')
    for (const [verb, status] of [
      ['start-picking', 'picking'],
      ['pick', 'picking'],
      ['pack', 'packed'],
      ['ship', 'shipped'],
      ['deliver', 'delivered'],
    ] as const) {
      const answer = await step('life', verb, undefined, `life-${verb}`)
      expect([verb, answer.status, answer.body.status]).toEqual([verb, 200, 'done'])
      expect([verb, known('life')?.status]).toEqual([verb, status])
      expect((await step('life', verb, undefined, `life-${verb}`)).text).toBe(answer.text)
      expect((await step('life', verb)).body.status).toBe('noop')
    }
    expect(known('life')?.shipments).toMatchObject([
      { shipmentId: 'life-F1-S1', nodeId: expect.stringMatching(/^fab:/) },
    ])
    expect(known('life')?.shipments[0]?.deliveredAt).not.toBeNull()
  })

  test('refuses steps out of order, and cancelling what a node works on', async () => {
    await create(order('held'))
    await reached('held', 'released')
    const pack = await step('held', 'pack')
    expect([pack.status, pack.body.code]).toEqual([409, 'CORE_REFUSED'])
    expect(pack.body.details).toMatchObject({ reason: 'wrong_state', status: 'open' })
    await step('held', 'start-picking')
    const cancel = await place.call('POST', `${path('held')}/cancel`, {
      body: { reason: 'changed their mind' },
    })
    expect([cancel.status, cancel.body.details]).toEqual([
      409,
      expect.objectContaining({ reason: 'picking_began' }),
    ])
  })

  test('ends by cancelling, with a reason', async () => {
    await create(order('gone'))
    await reached('gone', 'released')
    const without = await place.call('POST', `${path('gone')}/cancel`)
    expect([without.status, without.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
    const answer = await place.call('POST', `${path('gone')}/cancel`, {
      body: { reason: 'changed their mind' },
    })
    expect(answer.body).toMatchObject({ status: 'done', orderStatus: 'cancelled' })
    expect(known('gone')?.cancelReason).toBe('changed their mind')
  })

  test('is unknown under any other id', async () => {
    await create(order('one'))
    const calls: [string, string, unknown, string][] = [
      ['POST', '/api/v1/orders/nobody/cancel', { reason: 'x' }, 'ORDER_UNKNOWN'],
      ['POST', '/api/v1/orders/nobody/advance', undefined, 'ORDER_UNKNOWN'],
      ['POST', '/api/v1/fulfillment-orders/nobody/F1/ship', {}, 'ORDER_UNKNOWN'],
      ['POST', '/api/v1/fulfillment-orders/nobody/F1/pack', undefined, 'ORDER_UNKNOWN'],
      [
        'POST',
        `/api/v1/fulfillment-orders/${orderIdOf('main', 'api', 'one')}/F9/pack`,
        undefined,
        'WORK_UNKNOWN',
      ],
      ['POST', `/api/v1/fulfillment-orders/${orderIdOf('main', 'api', 'one')}/F9/ship`, {}, 'WORK_UNKNOWN'],
      ['POST', '/api/v1/incidents/nobody/acknowledge', undefined, 'INCIDENT_UNKNOWN'],
    ]
    for (const [method, where, body, code] of calls) {
      const answer = await place.call(method, where, body === undefined ? {} : { body })
      expect([where, answer.status, answer.body.code]).toEqual([where, 404, code])
    }
  })
})

describe('stock', () => {
  const adjust = (items: unknown[], key?: string) =>
    place.call('POST', '/api/v1/inventory/adjustments', {
      body: { items },
      headers: key === undefined ? {} : { 'idempotency-key': key },
    })
  const onHand = (sku: string) =>
    place.engine.core
      .state()
      .stock.values()
      .filter((stock) => stock.sku === sku)
      .map((stock) => stock.onHand)
      .toArray()

  test('changes all together or not at all, once for a key', async () => {
    const items = [
      { sku: 'shelf', nodeId: 'fab:A', onHand: 7 },
      { sku: 'shelf', nodeId: 'fab:A', delta: -2 },
    ]
    const first = await adjust(items, 'count')
    expect([first.status, first.body.status, onHand('shelf')]).toEqual([200, 'done', [5]])
    expect((await adjust(items, 'count')).text).toBe(first.text)
    expect(onHand('shelf')).toEqual([5])
    const refused = await adjust([
      { sku: 'shelf', nodeId: 'fab:A', delta: 10 },
      { sku: 'shelf', nodeId: 'fab:A', delta: -99 },
    ])
    expect([refused.status, refused.body.code, onHand('shelf')]).toEqual([409, 'CORE_REFUSED', [5]])
    expect(refused.body.details).toMatchObject({ reason: 'stock_negative', sku: 'shelf' })
    const unknown = await adjust([{ sku: 'shelf', nodeId: 'nowhere', delta: 1 }])
    expect(unknown.body.details).toMatchObject({ reason: 'node_unknown', nodeId: 'nowhere' })
  })

  test('takes either a change or a count', async () => {
    for (const item of [
      { sku: 'x', nodeId: 'fab:A' },
      { sku: 'x', nodeId: 'fab:A', delta: 1, onHand: 1 },
    ]) {
      const answer = await adjust([item])
      expect([answer.status, answer.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
      expect(String(answer.body.detail)).toContain('/items/0 needs either delta or onHand')
    }
  })
})
