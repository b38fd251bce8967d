// Inventory over HTTP: told, reserved, set apart, expected and asked for; what cannot be is refused and changes nothing.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SimulatedClock } from '#data/kernel'
import { openPlace, type Place } from './http-place.ts'

const now = Date.UTC(2026, 10, 20, 12)
const day = 86_400_000
const clock = new SimulatedClock(now)
let place: Place

beforeAll(async () => {
  place = await openPlace({ clock })
  await place.engine.setClock({ mode: 'wall' })
})
afterAll(() => place.close())

const path = (rest: string) => `/api/v1${rest}`
const post = (rest: string, body: unknown, key?: string) =>
  place.call('POST', path(rest), { body, headers: key === undefined ? {} : { 'idempotency-key': key } })
const get = (rest: string) => place.call('GET', path(rest))
const at = (sku: string, node = 'A') => ({ sku, nodeId: `fab:${node}` })
const set = (sku: string, onHand: number, node = 'A') =>
  post('/inventory/adjustments', { items: [{ ...at(sku, node), onHand }] })
const figures = async (sku: string, node = 'A', more = '') => {
  const { body } = await get(`/inventory/availability?sku=${sku}&node=fab:${node}${more}`)
  return (body.items as Record<string, unknown>[])[0] as Record<string, unknown>
}
const refusal = ({ status, body }: Awaited<ReturnType<typeof post>>) => [
  status,
  body.code,
  (body.details as { reason?: string } | undefined)?.reason,
]
const hold = (sku: string, quantity: number, more: object = {}, key?: string) =>
  post('/inventory/reservations', { lines: [{ ...at(sku), quantity }], ...more }, key)

describe('soft reservations', () => {
  test('hold units until they are released, twice harmlessly', async () => {
    await set('r1', 10)
    const answer = await hold('r1', 4, { reservationId: 'cart-1', ttlSeconds: 60, reference: 'cart' })
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        status: 'done',
        reservationId: 'cart-1',
        reservationStatus: 'active',
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + 60_000).toISOString(),
      },
    ])
    expect(await figures('r1')).toMatchObject({ onHand: 10, reserved: 4, available: 6, isTracked: true })
    expect((await hold('r1', 4, { reservationId: 'cart-1', ttlSeconds: 60, reference: 'cart' })).text).toBe(
      answer.text,
    )
    const other = await hold('r1', 5, { reservationId: 'cart-1', ttlSeconds: 60, reference: 'cart' })
    expect(other.status).toBe(422)
    expect(refusal(await hold('r1', 5, { reservationId: 'cart-1' }, 'another-key'))).toEqual([
      409,
      'CORE_REFUSED',
      'reservation_exists',
    ])
    const shown = await get('/inventory/reservations/cart-1')
    expect(shown.body).toMatchObject({
      reservationStatus: 'active',
      reference: 'cart',
      lines: [{ ...at('r1'), quantity: 4, isTracked: true }],
    })
    expect((await post('/inventory/reservations/cart-1/release', {})).body).toMatchObject({
      status: 'done',
      reservationStatus: 'released',
    })
    expect((await place.call('DELETE', path('/inventory/reservations/cart-1'))).body).toMatchObject({
      status: 'noop',
    })
    expect(await figures('r1')).toMatchObject({ reserved: 0, available: 10 })
    expect((await get('/inventory/reservations/cart-1')).body).toMatchObject({
      reservationStatus: 'released',
    })
  })

  test('with the same key get the same answer; another body under it is refused', async () => {
    await set('r2', 5)
    const first = await hold('r2', 2, {}, 'key-r2')
    expect((await hold('r2', 2, {}, 'key-r2')).text).toBe(first.text)
    expect((await hold('r2', 3, {}, 'key-r2')).body.code).toBe('LOG_COMMAND_CONFLICT')
    expect(await figures('r2')).toMatchObject({ reserved: 2 })
  })

  test('of one SKU twice in a request are summed before they are checked', async () => {
    await set('r3', 5)
    const line = { ...at('r3'), quantity: 3 }
    expect(refusal(await post('/inventory/reservations', { lines: [line, line] }))).toEqual([
      409,
      'CORE_REFUSED',
      'stock_short',
    ])
    expect(await figures('r3')).toMatchObject({ reserved: 0 })
  })

  test('are all lines or none', async () => {
    await set('r4', 5)
    await set('r5', 1)
    const lines = [
      { ...at('r4'), quantity: 2 },
      { ...at('r5'), quantity: 2 },
    ]
    expect(refusal(await post('/inventory/reservations', { lines }))).toEqual([
      409,
      'CORE_REFUSED',
      'stock_short',
    ])
    expect(await figures('r4')).toMatchObject({ reserved: 0 })
  })

  test('of 200 clients for one unit each grant exactly the stock', async () => {
    await set('hot', 150)
    const answers = await Promise.all(Array.from({ length: 200 }, () => hold('hot', 1)))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(150)
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(50)
    expect(await figures('hot')).toMatchObject({ reserved: 150, available: 0 })
  })

  test('end by the clock, whether or not anybody swept; then they cannot be renewed', async () => {
    await set('r6', 3)
    await hold('r6', 3, { reservationId: 'short', ttlSeconds: 10 })
    expect(refusal(await hold('r6', 1))[2]).toBe('stock_short')
    expect((await post('/inventory/reservations/short/renew', { ttlSeconds: 20 })).body).toMatchObject({
      status: 'done',
      expiresAt: new Date(clock.now() + 20_000).toISOString(),
    })
    await clock.advance(19_999)
    expect(await figures('r6')).toMatchObject({ available: 0 })
    await clock.advance(1)
    expect(await figures('r6')).toMatchObject({ reserved: 0, available: 3 })
    expect(refusal(await post('/inventory/reservations/short/renew', {}))).toEqual([
      409,
      'CORE_REFUSED',
      'reservation_expired',
    ])
    expect((await hold('r6', 3)).status).toBe(200)
  })

  test('are swept from the log once their time is over', async () => {
    await set('r7', 3)
    await hold('r7', 1, { reservationId: 'swept', ttlSeconds: 5 })
    await clock.advance(7_000)
    await expect.poll(() => place.engine.core.state().reservations.has('swept')).toBe(false)
    expect((await get('/inventory/reservations/swept')).body).toMatchObject({ reservationStatus: 'expired' })
  })

  test('at a node without a stock feed are granted and marked', async () => {
    await set('r8', 1)
    const answer = await post('/inventory/reservations', { lines: [{ ...at('r8', 'B'), quantity: 7 }] })
    expect(answer.body).toMatchObject({ status: 'done', untracked: [at('r8', 'B')] })
    expect(await figures('r8', 'B')).toMatchObject({ isTracked: false, available: null })
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
    const before = place.engine.core.state()
    expect(refusal(await post('/inventory/reservations', body)).slice(0, expected.length)).toEqual(expected)
    expect(place.engine.core.state().stock).toBe(before.stock)
  })

  test('in bulk are answered each by itself', async () => {
    await set('r9', 3)
    const item = (reservationId: string, quantity: number) => ({
      reservationId,
      lines: [{ ...at('r9'), quantity }],
    })
    const { body } = await post('/inventory/reservations/bulk', {
      items: [item('b1', 2), item('b2', 2), item('b3', 1)],
    })
    expect(body.items).toMatchObject([
      { reservationId: 'b1', status: 'done', reservationStatus: 'active' },
      { reservationId: 'b2', status: 'refused', reason: 'stock_short', details: { available: 1, asked: 2 } },
      { reservationId: 'b3', status: 'done' },
    ])
  })

  test('are listed by their end, page by page', async () => {
    await set('list', 9)
    for (const [i, ttl] of [50, 30, 40].entries()) {
      await hold('list', 1, { reservationId: `l${i}`, ttlSeconds: ttl })
    }
    const seen: unknown[] = []
    for (let cursor = ''; ; ) {
      const { body } = await get(`/inventory/reservations?sku=list&limit=2${cursor}`)
      seen.push(...(body.items as { reservationId: string }[]).map((item) => item.reservationId))
      if (body.nextCursor === null) break
      cursor = `&cursor=${String(body.nextCursor)}`
    }
    expect(seen).toEqual(['l1', 'l2', 'l0'])
  })

  test('that nobody made are not found', async () => {
    for (const answer of [
      await get('/inventory/reservations/none'),
      await post('/inventory/reservations/none/renew', {}),
      await post('/inventory/reservations/none/release', {}),
    ]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'RESERVATION_UNKNOWN'])
    }
  })
})

describe('adjustments', () => {
  test('of 512 positions happen all or none', async () => {
    const items = Array.from({ length: 512 }, (_, i) => ({ ...at(`bulk-${i}`), onHand: i }))
    expect((await post('/inventory/adjustments', { items })).body).toMatchObject({ status: 'done' })
    expect(await figures('bulk-511')).toMatchObject({ onHand: 511 })
    const bad = [
      { ...at('bulk-1'), delta: 5 },
      { ...at('bulk-2'), delta: -3 },
    ]
    expect(refusal(await post('/inventory/adjustments', { items: bad }))[2]).toBe('stock_negative')
    expect(await figures('bulk-1')).toMatchObject({ onHand: 1 })
  })

  test('with an id of their own count once, and each tells how it went', async () => {
    await set('own', 2)
    const item = (adjustmentId: string, delta: number) => ({ adjustmentId, ...at('own'), delta })
    const first = await post('/inventory/adjustments', {
      items: [item('d1', 3), item('d2', -9), item('d3', -1)],
    })
    expect(first.body).toMatchObject({
      status: 'done',
      items: [
        { adjustmentId: 'd1', status: 'done' },
        { adjustmentId: 'd2', status: 'refused', reason: 'stock_negative' },
        { adjustmentId: 'd3', status: 'done' },
      ],
    })
    const again = await post('/inventory/adjustments', {
      items: [item('d1', 3), item('d3', -2), item('d4', 1)],
    })
    expect(again.body.items).toMatchObject([
      { adjustmentId: 'd1', status: 'known' },
      { adjustmentId: 'd3', status: 'refused', reason: 'adjustment_exists' },
      { adjustmentId: 'd4', status: 'done' },
    ])
    expect(await figures('own')).toMatchObject({ onHand: 5 })
    expect(
      (await post('/inventory/adjustments', { items: [item('d5', 1), { ...at('own'), delta: 1 }] })).status,
    ).toBe(400)
  })
})

describe('sources and measures', () => {
  test('several systems tell of one position; what is shipped comes off the one that counted last', async () => {
    const tell = (source: string, measures: object, countedAt: number) =>
      post('/inventory/on-hand', {
        source,
        items: [{ ...at('src'), measures, countedAt: new Date(countedAt).toISOString() }],
      })
    const t = clock.now()
    expect((await tell('wms', { on_hand: 10, damaged: 2 }, t - 60_000)).body).toEqual({
      status: 'done',
      changed: 1,
    })
    await tell('shop', { on_hand: 5 }, t - 30_000)
    expect(await figures('src')).toMatchObject({ onHand: 15, available: 15 })
    await post('/inventory/adjustments', { items: [{ ...at('src'), delta: -3 }] })
    expect(await figures('src', 'A', '&measures=shop.on_hand,wms.on_hand')).toMatchObject({
      onHand: 12,
      measures: { 'shop.on_hand': 2, 'wms.on_hand': 10 },
    })
    // A count from before the move: the move still holds.
    await tell('shop', { on_hand: 6 }, t - 1_000)
    expect(await figures('src')).toMatchObject({ onHand: 13 })
    expect((await tell('shop', { on_hand: 99 }, t - 50_000)).body).toEqual({ status: 'noop', changed: 0 })

    const measures = [
      {
        name: 'on_hand',
        terms: [
          { source: 'wms', measure: 'on_hand', factor: 1 },
          { source: 'wms', measure: 'damaged', factor: -1 },
        ],
      },
      {
        name: 'all_units',
        terms: [
          { source: 'wms', measure: 'on_hand', factor: 1 },
          { source: 'shop', measure: 'on_hand', factor: 1 },
        ],
      },
    ]
    expect((await place.call('PUT', path('/inventory/measures'), { body: { measures } })).status).toBe(200)
    expect((await get('/inventory/measures')).body).toEqual({ measures })
    expect(await figures('src', 'A', '&measures=all_units')).toMatchObject({
      onHand: 8,
      measures: { all_units: 13 },
    })
    await place.call('PUT', path('/inventory/measures'), { body: { measures: [] } })
    expect(await figures('src')).toMatchObject({ onHand: 13 })
    expect((await get('/inventory/availability?sku=src&measures=nothing')).body.code).toBe(
      'INVENTORY_QUERY_INVALID',
    )
    expect(
      refusal(
        await post('/inventory/adjustments', { items: [{ ...at('src'), delta: 1, source: 'erp' }] }),
      )[2],
    ).toBe('source_unknown')
  })

  test('a cycle count sets what was counted and tells the difference, once for its id', async () => {
    await set('cc', 10)
    const body = { countId: 'c-1', nodeId: 'fab:A', items: [{ sku: 'cc', quantity: 8 }], by: 'Ana' }
    const answer = await post('/inventory/cycle-counts', body)
    expect(answer.body).toEqual({
      status: 'done',
      countId: 'c-1',
      items: [{ sku: 'cc', quantity: 8, expected: 10, variance: -2 }],
    })
    await set('cc', 11)
    expect((await post('/inventory/cycle-counts', body)).text).toBe(answer.text)
    expect(await figures('cc')).toMatchObject({ onHand: 11 })
  })
})

describe('plans', () => {
  test('channels have units of their own; nobody else is promised them', async () => {
    await set('ch', 10)
    const units = (channel: string, quantity: number) => ({ items: [{ ...at('ch'), channel, quantity }] })
    expect((await post('/inventory/channels/allocate', units('web', 6))).body).toMatchObject({
      status: 'done',
    })
    expect(await figures('ch')).toMatchObject({ ringFenced: 6, available: 4 })
    expect(await figures('ch', 'A', '&channel=web')).toMatchObject({ available: 10 })
    expect(refusal(await hold('ch', 5, { channel: 'shop' }))[2]).toBe('stock_short')
    expect((await hold('ch', 7, { channel: 'web', reservationId: 'ch-1' })).status).toBe(200)
    expect(await figures('ch')).toMatchObject({ ringFenced: 0, reserved: 7, available: 3 })
    await post('/inventory/reservations/ch-1/release', {})
    expect(await figures('ch')).toMatchObject({ ringFenced: 6, available: 4 })
    await post('/inventory/channels/reallocate', { ...at('ch'), from: 'web', to: 'shop', quantity: 2 })
    expect(await figures('ch', 'A', '&channel=shop')).toMatchObject({ available: 6 })
    expect(refusal(await post('/inventory/channels/consume', units('web', 5)))[2]).toBe(
      'more_than_ring_fenced',
    )
    await post('/inventory/channels/consume', units('web', 4))
    await post('/inventory/channels/unallocate', units('shop', 1))
    expect(await figures('ch')).toMatchObject({ onHand: 6, ringFenced: 1, available: 5 })
    expect(refusal(await post('/inventory/channels/allocate', units('web', 6)))[2]).toBe('stock_short')
  })

  test('safety stock is kept back, and a rule lets a SKU be promised below nothing, no further', async () => {
    await set('rule', 5)
    await post('/inventory/safety-stock', { items: [{ ...at('rule'), quantity: 2 }] })
    expect(await figures('rule')).toMatchObject({ safetyStock: 2, available: 3 })
    await post('/inventory/rules', { rules: [{ sku: 'rule', backorderLimit: 4 }] })
    expect((await hold('rule', 7)).status).toBe(200)
    expect(refusal(await hold('rule', 1))[2]).toBe('stock_short')
    expect(await figures('rule')).toMatchObject({ available: -4 })
    expect(
      refusal(await post('/inventory/safety-stock', { items: [{ ...at('rule', 'B'), quantity: 2 }] }))[2],
    ).toBe('position_untracked')
  })

  test('ATP looks at every later day; supply that came is on the shelf', async () => {
    await set('atp', 10)
    const entry = (scheduleId: string, kind: string, quantity: number, inDays: number) => ({
      scheduleId,
      kind,
      ...at('atp'),
      quantity,
      dueAt: new Date(now + inDays * day).toISOString(),
    })
    const entries = [
      entry('in-1', 'supply', 20, 5),
      entry('out-1', 'demand', 4, 2),
      entry('out-2', 'demand', 18, 8),
    ]
    expect((await post('/inventory/schedule', { entries })).body).toEqual({ status: 'done', changed: 3 })
    expect((await post('/inventory/schedule', { entries })).body).toEqual({ status: 'noop', changed: 0 })
    const atp = async (more = '') => (await get(`/inventory/atp?sku=atp&days=7${more}`)).body
    const days = (await atp()).days as { atp: number; supply: number }[]
    expect(days.map((each) => each.atp)).toEqual([6, 6, 6, 6, 6, 8, 8])
    expect((await atp('&quantity=6')).firstDay).toBe('2026-11-20')
    expect((await atp('&quantity=8')).firstDay).toBe('2026-11-25')
    expect((await atp('&quantity=9')).firstDay).toBe(null)
    expect((await post('/inventory/receipts', { scheduleId: 'in-1', quantity: 15 })).body).toEqual({
      status: 'done',
      left: 5,
    })
    expect(await figures('atp')).toMatchObject({ onHand: 25 })
    expect((await get('/inventory/schedule?sku=atp')).body).toMatchObject({
      total: 3,
      items: [{ scheduleId: 'out-1' }, { scheduleId: 'in-1', quantity: 5 }, { scheduleId: 'out-2' }],
    })
    await post('/inventory/schedule', { entries: [entry('out-2', 'demand', 0, 8)] })
    expect((await get('/inventory/schedule?sku=atp&node=fab:A')).body).toMatchObject({ total: 2 })
    expect(refusal(await post('/inventory/schedule', { entries: [entry('late', 'supply', 1, -2)] }))[2]).toBe(
      'schedule_past',
    )
    expect(refusal(await post('/inventory/receipts', { scheduleId: 'nothing', quantity: 1 }))[2]).toBe(
      'schedule_unknown',
    )
    expect(refusal(await post('/inventory/receipts', { scheduleId: 'out-1', quantity: 1 }))[2]).toBe(
      'schedule_is_demand',
    )
  })
})

describe('questions', () => {
  test('products are found by the begin of SKU, name and words, with what there is', async () => {
    const products = [
      { sku: 'Q-100', name: 'Red wool hat' },
      { sku: 'Q-200', name: 'Hat stand' },
      { sku: 'Q-300', name: 'Shoe' },
    ]
    // What is not in the catalogue from here on must be in stock to be known.
    await post('/products', { products })
    await set('Q-100', 4)
    await set('Q-100', 3, 'B')
    const found = (q: string, more = '') =>
      get(`/products?q=${encodeURIComponent(q)}${more}`).then(({ body }) => body)
    expect((await found('hat')).items).toMatchObject([
      { sku: 'Q-200' },
      { sku: 'Q-100', onHand: 7, available: 7, nodes: 2 },
    ])
    expect((await found('wool h')).items).toMatchObject([{ sku: 'Q-100', name: 'Red wool hat' }])
    expect((await found('q-')).total).toBe(3)
    const first = await found('q', '&limit=2')
    expect((await found('q', `&limit=2&cursor=${String(first.nextCursor)}`)).items).toMatchObject([
      { sku: 'Q-300' },
    ])
    expect((await found('ool')).items).toEqual([])
    expect(refusal(await set('typo', 1))[2]).toBe('sku_unknown')
  })

  test('availability is answered for pairs, for all nodes of a SKU and all SKUs of a node in pages', async () => {
    const asked = { skus: ['Q-100', 'Q-200', 'who'], nodeIds: ['fab:A', 'fab:B', 'fab:Z'], totals: true }
    const { body } = await post('/inventory/availability', asked)
    expect(body.items).toHaveLength(9)
    expect(body.totals).toMatchObject([
      { sku: 'Q-100', onHand: 7, available: 7, nodes: 2, untrackedNodes: 1 },
      { sku: 'Q-200', onHand: 0, nodes: 2 },
      { sku: 'who' },
    ])
    expect(body.unknown).toEqual({ skus: ['who'], nodeIds: ['fab:Z'] })
    expect((await get('/inventory/availability?sku=Q-100')).body.items).toHaveLength(2)
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const page = (await get(`/inventory/availability?node=fab:A&limit=100${cursor}`)).body
      seen.push(...(page.items as { sku: string }[]).map((item) => item.sku))
      if (page.nextCursor === null) break
      cursor = `&cursor=${String(page.nextCursor)}`
    }
    const skus = [...place.engine.core.state().stock.values()]
      .filter((stock) => stock.nodeId === 'fab:A')
      .map((stock) => stock.sku)
    expect(seen).toEqual(skus.sort())
    expect((await post('/inventory/availability', {})).body.code).toBe('INVENTORY_QUERY_INVALID')
    const many = { skus: Array.from({ length: 5_001 }, (_, i) => `s${i}`), nodeIds: ['fab:A', 'fab:B'] }
    expect((await post('/inventory/availability', many)).body.code).toBe('INVENTORY_QUERY_INVALID')
    expect((await get('/inventory/availability?node=fab:A&cursor=abc')).body.code).toBe('HTTP_CURSOR_INVALID')
  })

  test('as of an instant, stock is as it was then', async () => {
    const then = new Date(clock.now()).toISOString()
    await set('Q-300', 5)
    await hold('Q-300', 2, { reservationId: 'past', ttlSeconds: 30 })
    await clock.advance(20_000)
    const held = new Date(clock.now()).toISOString()
    await clock.advance(20_000)
    const over = new Date(clock.now()).toISOString()
    await clock.advance(20_000)
    await set('Q-300', 9)
    const asOf = (instant: string) => figures('Q-300', 'A', `&asOf=${instant}`)
    expect(await asOf(then)).toMatchObject({ onHand: 5, reserved: 2, available: 3 })
    expect(await asOf(held)).toMatchObject({ onHand: 5, reserved: 2, available: 3 })
    expect(await asOf(over)).toMatchObject({ onHand: 5, reserved: 0, available: 5 })
    expect(await figures('Q-300')).toMatchObject({ onHand: 9 })
    expect(await asOf(new Date(now - day).toISOString())).toMatchObject({ isTracked: false, available: null })
    const atp = (await get(`/inventory/atp?sku=atp&days=3&asOf=${held}`)).body
    expect((atp.days as { atp: number }[]).map((each) => each.atp)).toEqual([21, 21, 21])
    const late = await get(
      `/inventory/availability?sku=Q-300&asOf=${new Date(clock.now() + day).toISOString()}`,
    )
    expect(late.body.code).toBe('INVENTORY_QUERY_INVALID')
  })
})
