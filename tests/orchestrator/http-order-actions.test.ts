// What can be asked of orders over HTTP: edited, held, split, waiting, in bulk; refused with a reason and never twice.

import { request } from 'node:http'
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
  lines: [
    { sku: 'x', quantity: 3, unitPriceCents: 1_000 },
    { sku: 'y', quantity: 1, unitPriceCents: 500 },
  ],
  ...more,
})
const idOf = (externalId: string) => orderIdOf('main', 'api', externalId)
const known = (externalId: string) => place.engine.core.state().orders.get(idOf(externalId))
const post = (path: string, body: unknown = {}, key?: string) =>
  place.call('POST', `/api/v1${path}`, { body, headers: key === undefined ? {} : { 'idempotency-key': key } })
const act = (externalId: string, action: string, body: unknown = {}, key?: string) =>
  post(`/orders/${idOf(externalId)}/${action}`, body, key)
const show = async (externalId: string) =>
  (await place.call('GET', `/api/v1/orders/${idOf(externalId)}`)).body as {
    lines: { status: string; parts: { state: string; quantity: number }[] }[]
    actions: string[]
    version: number
    timeline: { type: string; reason: string | null }[]
    fulfillmentOrders: { status: string; actions: string[] }[]
  }
async function reached(externalId: string, status: string): Promise<void> {
  await expect.poll(() => known(externalId)?.status, { timeout: 10_000 }).toBe(status)
}
async function released(externalId: string, more: object = {}): Promise<void> {
  await post('/orders', order(externalId, more))
  await reached(externalId, 'released')
}

describe('an order', () => {
  test('that is held from the start moves on when it is released, and not before', async () => {
    const created = await post('/orders', order('held', { hold: 'fraud check' }))
    expect(created.body.orderStatus).toBe('on_hold')
    await place.engine.advance(idOf('held'))
    expect(known('held')?.status).toBe('on_hold')
    expect((await show('held')).actions).toEqual(expect.arrayContaining(['lift_hold', 'release', 'cancel']))
    const first = await act('held', 'release', {}, 'release-1')
    expect(first.body).toMatchObject({ status: 'done', orderStatus: 'released' })
    const again = await act('held', 'release', {}, 'release-1')
    expect(again.text).toBe(first.text)
  })

  test('is called back from its node by a hold and goes on after it', async () => {
    await released('called-back')
    expect((await act('called-back', 'hold', { reason: 'address' })).body.orderStatus).toBe('on_hold')
    expect(known('called-back')?.work.map(({ status }) => status)).toEqual(['cancelled'])
    expect((await act('called-back', 'hold', { reason: 'address' })).body.status).toBe('noop')
    await act('called-back', 'lift-hold', {})
    await reached('called-back', 'released')
    const { timeline } = await show('called-back')
    expect(timeline.filter(({ reason }) => reason === null)).toEqual([])
  })

  test('shows which of its units stand where', async () => {
    await released('parts')
    await act('parts', 'cancel', { reason: 'too many', lines: [{ lineId: '1', quantity: 1 }] })
    await act('parts', 'backorder', { lines: [{ lineId: '1', quantity: 1 }] })
    const { lines } = await show('parts')
    const parts = lines[0]?.parts.map(({ state, quantity }) => [state, quantity]).toSorted()
    expect(parts).toEqual([
      ['backordered', 1],
      ['cancelled', 1],
      ['released', 1],
    ])
    expect(lines[0]?.status).toBe('backordered')
  })

  test('is edited by its version, and by no other', async () => {
    await released('edited')
    const path = `/api/v1/orders/${idOf('edited')}`
    const shown = await place.call('GET', path)
    expect(shown.headers.etag).toBe('"1"')
    const change = { shipTo: { country: 'US', region: 'NV' }, quantities: [{ lineId: '2', quantity: 2 }] }
    const headers = { 'if-match': '"1"' }
    const first = await place.call('PATCH', path, { body: change, headers })
    expect(first.status).toBe(200)
    const stale = await place.call('PATCH', path, { body: { promisedAt: null, method: 'pickup' }, headers })
    expect([stale.status, (stale.body.details as { reason: string }).reason]).toEqual([
      409,
      'version_conflict',
    ])
    expect(known('edited')).toMatchObject({ version: 2, shipTo: { region: 'NV' }, totalCents: 4_000 })
    await reached('edited', 'released')
    const odd = await place.call('PATCH', path, { body: {}, headers: { 'if-match': 'abc' } })
    expect(odd.status).toBe(400)
  })

  test('is split, cloned and substituted into what it says, once for a key', async () => {
    await released('parent')
    const lines = [{ lineId: '1', quantity: 2 }]
    const first = await act('parent', 'split', { lines }, 'split-1')
    const again = await act('parent', 'split', { lines }, 'split-1')
    expect(again.text).toBe(first.text)
    const child = place.engine.core.state().orders.get(String(first.body.newOrderId))
    expect(child).toMatchObject({
      parentOrderId: idOf('parent'),
      totalCents: 2_000,
      lines: [{ quantity: 2 }],
    })
    expect(known('parent')).toMatchObject({ totalCents: 1_500, lines: [{ quantity: 1 }, { quantity: 1 }] })
    const clone = await act('parent', 'clone', { externalId: 'the-clone' })
    expect(clone.body.newOrderId).toBe(idOf('the-clone'))
    await reached('the-clone', 'released')
    const other = await act('parent', 'substitute', { lineId: '1', quantity: 1, sku: 'z', newLineId: '1b' })
    expect(other.status).toBe(200)
    expect(known('parent')?.lines.map(({ lineId, sku }) => [lineId, sku])).toEqual([
      ['2', 'y'],
      ['1b', 'z'],
    ])
  })

  test('waits for its day, and goes on when it has come', async () => {
    const launchAt = new Date(place.engine.now() + 86_400_000).toISOString()
    const lines = [{ sku: 'x', quantity: 1, unitPriceCents: 1, launchAt }]
    expect((await post('/orders', order('preorder', { lines }))).body.orderStatus).toBe('preordered')
    const past = await act('preorder', 'preorder', { launchAt: '2020-01-01T00:00:00Z' })
    expect((past.body.details as { reason: string }).reason).toBe('launch_in_past')
    const at = Date.parse(launchAt) + 1
    await place.engine.core.execute('LaunchPreorder', { orderId: idOf('preorder') }, { at })
    await place.engine.advance(idOf('preorder'))
    expect(known('preorder')?.status).toBe('released')
  })

  test.each([
    ['hold', {}, 400],
    ['cancel', { reason: 'x', lines: [{ lineId: '1', quantity: 0 }] }, 400],
    ['cancel', { reason: 'x', lines: [{ lineId: '1', quantity: -1 }] }, 400],
    ['cancel', { reason: 'x', lines: [{ lineId: '1', quantity: 99 }] }, 409],
    ['cancel', { reason: 'x', lines: [{ lineId: 'nine', quantity: 1 }] }, 409],
    ['split', { lines: [{ lineId: '1', quantity: 1.5 }] }, 400],
    ['return', { lines: [{ lineId: '1', quantity: 1 }], reason: 'broken' }, 409],
    ['receive-return', { lines: [{ lineId: '1', quantity: 1 }], nodeId: 'nowhere' }, 409],
    ['own-state', { state: 'unheard of' }, 409],
    ['retry', { also: 1 }, 400],
  ])('refuses %s with %j', async (action, body, status) => {
    if (known('refusing') === undefined) await released('refusing')
    const before = known('refusing')
    expect((await act('refusing', action, body)).status).toBe(status)
    expect(known('refusing')).toBe(before)
  })
})

describe('own states', () => {
  const review = { name: 'in review', within: 'released', from: ['released'], to: ['released'], blocks: true }

  test('are defined as a whole, hold work back and are found by', async () => {
    const defined = await place.call('PUT', '/api/v1/order-states', { body: { states: [review] } })
    expect(defined.status).toBe(200)
    const shown = (await place.call('GET', '/api/v1/order-states')).body as { transitions: unknown[] }
    expect(shown).toMatchObject({ ownStates: [review] })
    expect(shown.transitions.length).toBeGreaterThan(40)
    await released('reviewed')
    expect((await act('reviewed', 'own-state', { state: 'in review' })).body.status).toBe('done')
    const id = known('reviewed')?.work[0]?.fulfillmentOrderId
    const path = `/fulfillment-orders/${idOf('reviewed')}/${id}/start-picking`
    const blocked = await post(path)
    expect((blocked.body.details as { reason: string }).reason).toBe('own_state_blocks')
    const found = await place.call('GET', '/api/v1/orders?ownState=in%20review')
    expect((found.body as { items: { externalId: string }[] }).items.map((each) => each.externalId)).toEqual([
      'reviewed',
    ])
    await act('reviewed', 'own-state', { state: null })
    expect((await post(path)).status).toBe(200)
  })

  test.each([
    [{ ...review, within: 'cancelled' }],
    [{ ...review, name: 'shipped' }],
    [{ ...review, to: ['elsewhere'] }],
  ])('that cannot be are refused: %j', async (state) => {
    const answer = await place.call('PUT', '/api/v1/order-states', { body: { states: [state] } })
    expect(answer.status).toBe(409)
  })
})

describe('in bulk', () => {
  interface Items {
    done: number
    refused: number
    items: { index: number; status: string; orderId: string | null; problem: { code: string } | null }[]
  }

  test('a bad order does not stop the others, and the same key creates none twice', async () => {
    const orders = [
      order('bulk-1'),
      { nonsense: true },
      order('bulk-2', { currency: 'XXQ' }),
      order('bulk-3'),
      7,
    ]
    const first = await post('/orders/bulk', { orders }, 'bulk-1')
    const told = first.body as unknown as Items
    expect(first.status).toBe(200)
    expect(told.items.map(({ status, problem }) => [status, problem?.code ?? null])).toEqual([
      ['done', null],
      ['refused', 'HTTP_BODY_INVALID'],
      ['refused', 'HTTP_BODY_INVALID'],
      ['done', null],
      ['refused', 'HTTP_BODY_INVALID'],
    ])
    expect(told).toMatchObject({ done: 2, refused: 3 })
    expect((await post('/orders/bulk', { orders }, 'bulk-1')).text).toBe(first.text)
    await reached('bulk-3', 'released')
  })

  test('one action is judged order by order', async () => {
    const orderIds = [idOf('bulk-1'), 'nobody', idOf('bulk-3')]
    const answer = await post('/orders/actions', { action: 'hold', orderIds, reason: 'recall' }, 'bulk-2')
    const told = answer.body as unknown as Items
    expect(told.items.map(({ status, problem }) => [status, problem?.code ?? null])).toEqual([
      ['done', null],
      ['refused', 'ORDER_UNKNOWN'],
      ['done', null],
    ])
    const again = await post('/orders/actions', { action: 'hold', orderIds, reason: 'recall' }, 'bulk-2')
    expect(again.text).toBe(answer.text)
    const odd = await post('/orders/actions', { action: 'hold', orderIds, data: { lineIds: 4 } })
    expect([odd.status, odd.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
  })
})

test('a request that its client gave up is carried out once, and answers the same to its key', async () => {
  await released('given-up')
  const path = `/api/v1/orders/${idOf('given-up')}/cancel`
  await new Promise<void>((done) => {
    const body = JSON.stringify({ reason: 'changed mind' })
    const headers = {
      authorization: `Bearer ${place.token}`,
      'content-type': 'application/json',
      'idempotency-key': 'given-up',
    }
    const asked = request(`${place.url}${path}`, { method: 'POST', headers, agent: false })
    asked.once('error', () => done())
    asked.end(body, () => asked.destroy())
    asked.once('close', () => done())
  })
  const first = await act('given-up', 'cancel', { reason: 'changed mind' }, 'given-up')
  const second = await act('given-up', 'cancel', { reason: 'changed mind' }, 'given-up')
  expect([first.status, second.text]).toEqual([200, first.text])
  expect(known('given-up')?.history.length).toBeGreaterThan(0)
  expect((await show('given-up')).timeline.filter(({ type }) => type === 'OrderCancelled')).toHaveLength(1)
})
