// Stock over HTTP: told, set apart, expected, and asked for now and as of the past.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, Counter, refusal, start } from './inventory/counter.ts'

const day = 86_400_000
const shop = new Counter()
beforeAll(() => shop.open())
afterAll(() => shop.close())

describe('adjustments', () => {
  test('of 512 positions happen all or none', async () => {
    const items = Array.from({ length: 512 }, (_, i) => ({ ...at(`bulk-${i}`), onHand: i }))
    expect((await shop.post('/inventory/adjustments', { items })).body).toMatchObject({ status: 'done' })
    expect(await shop.figures('bulk-511')).toMatchObject({ onHand: 511 })
    const bad = [
      { ...at('bulk-1'), delta: 5 },
      { ...at('bulk-2'), delta: -3 },
    ]
    expect(refusal(await shop.post('/inventory/adjustments', { items: bad }))[2]).toBe('stock_negative')
    expect(await shop.figures('bulk-1')).toMatchObject({ onHand: 1 })
  })

  test('with an id of their own count once, and each tells how it went', async () => {
    await shop.set('own', 2)
    const item = (adjustmentId: string, delta: number) => ({ adjustmentId, ...at('own'), delta })
    const first = await shop.post('/inventory/adjustments', {
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
    const again = await shop.post('/inventory/adjustments', {
      items: [item('d1', 3), item('d3', -2), item('d4', 1)],
    })
    expect(again.body.items).toMatchObject([
      { adjustmentId: 'd1', status: 'known' },
      { adjustmentId: 'd3', status: 'refused', reason: 'adjustment_exists' },
      { adjustmentId: 'd4', status: 'done' },
    ])
    expect(await shop.figures('own')).toMatchObject({ onHand: 5 })
    expect(
      (await shop.post('/inventory/adjustments', { items: [item('d5', 1), { ...at('own'), delta: 1 }] }))
        .status,
    ).toBe(400)
  })
})

describe('sources and measures', () => {
  test('several systems tell of one position; what is shipped comes off the one that counted last', async () => {
    const tell = (source: string, measures: object, countedAt: number) =>
      shop.post('/inventory/on-hand', {
        source,
        items: [{ ...at('src'), measures, countedAt: new Date(countedAt).toISOString() }],
      })
    const t = shop.clock.now()
    expect((await tell('wms', { on_hand: 10, damaged: 2 }, t - 60_000)).body).toEqual({
      status: 'done',
      changed: 1,
    })
    await tell('shop', { on_hand: 5 }, t - 30_000)
    expect(await shop.figures('src')).toMatchObject({ onHand: 15, available: 15 })
    await shop.post('/inventory/adjustments', { items: [{ ...at('src'), delta: -3 }] })
    expect(await shop.figures('src', 'A', '&measures=shop.on_hand,wms.on_hand')).toMatchObject({
      onHand: 12,
      measures: { 'shop.on_hand': 2, 'wms.on_hand': 10 },
    })
    // A count from before the move: the move still holds.
    await tell('shop', { on_hand: 6 }, t - 1_000)
    expect(await shop.figures('src')).toMatchObject({ onHand: 13 })
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
    expect((await shop.place.call('PUT', '/api/v1/inventory/measures', { body: { measures } })).status).toBe(
      200,
    )
    expect((await shop.get('/inventory/measures')).body).toEqual({ measures })
    expect(await shop.figures('src', 'A', '&measures=all_units')).toMatchObject({
      onHand: 8,
      measures: { all_units: 13 },
    })
    await shop.place.call('PUT', '/api/v1/inventory/measures', { body: { measures: [] } })
    expect(await shop.figures('src')).toMatchObject({ onHand: 13 })
    expect((await shop.get('/inventory/availability?sku=src&measures=nothing')).body.code).toBe(
      'INVENTORY_QUERY_INVALID',
    )
    expect(
      refusal(
        await shop.post('/inventory/adjustments', { items: [{ ...at('src'), delta: 1, source: 'erp' }] }),
      )[2],
    ).toBe('source_unknown')
  })

  test('a cycle count sets what was counted and tells the difference, once for its id', async () => {
    await shop.set('cc', 10)
    const body = { countId: 'c-1', nodeId: 'fab:A', items: [{ sku: 'cc', quantity: 8 }], by: 'Ana' }
    const answer = await shop.post('/inventory/cycle-counts', body)
    expect(answer.body).toEqual({
      status: 'done',
      countId: 'c-1',
      items: [{ sku: 'cc', quantity: 8, expected: 10, variance: -2 }],
    })
    await shop.set('cc', 11)
    expect((await shop.post('/inventory/cycle-counts', body)).text).toBe(answer.text)
    expect(await shop.figures('cc')).toMatchObject({ onHand: 11 })
  })
})

describe('plans', () => {
  test('channels have units of their own; nobody else is promised them', async () => {
    await shop.set('ch', 10)
    const units = (channel: string, quantity: number) => ({ items: [{ ...at('ch'), channel, quantity }] })
    expect((await shop.post('/inventory/channels/allocate', units('web', 6))).body).toMatchObject({
      status: 'done',
    })
    expect(await shop.figures('ch')).toMatchObject({ ringFenced: 6, available: 4 })
    expect(await shop.figures('ch', 'A', '&channel=web')).toMatchObject({ available: 10 })
    expect(refusal(await shop.hold('ch', 5, { channel: 'shop' }))[2]).toBe('stock_short')
    expect((await shop.hold('ch', 7, { channel: 'web', reservationId: 'ch-1' })).status).toBe(200)
    expect(await shop.figures('ch')).toMatchObject({ ringFenced: 0, reserved: 7, available: 3 })
    await shop.post('/inventory/reservations/ch-1/release', {})
    expect(await shop.figures('ch')).toMatchObject({ ringFenced: 6, available: 4 })
    await shop.post('/inventory/channels/reallocate', { ...at('ch'), from: 'web', to: 'shop', quantity: 2 })
    expect(await shop.figures('ch', 'A', '&channel=shop')).toMatchObject({ available: 6 })
    expect(refusal(await shop.post('/inventory/channels/consume', units('web', 5)))[2]).toBe(
      'more_than_ring_fenced',
    )
    await shop.post('/inventory/channels/consume', units('web', 4))
    await shop.post('/inventory/channels/unallocate', units('shop', 1))
    expect(await shop.figures('ch')).toMatchObject({ onHand: 6, ringFenced: 1, available: 5 })
    expect(refusal(await shop.post('/inventory/channels/allocate', units('web', 6)))[2]).toBe('stock_short')
  })

  test('safety stock is kept back, and a rule lets a SKU be promised below nothing, no further', async () => {
    await shop.set('rule', 5)
    await shop.post('/inventory/safety-stock', { items: [{ ...at('rule'), quantity: 2 }] })
    expect(await shop.figures('rule')).toMatchObject({ safetyStock: 2, available: 3 })
    await shop.post('/inventory/rules', { rules: [{ sku: 'rule', backorderLimit: 4 }] })
    expect((await shop.hold('rule', 7)).status).toBe(200)
    expect(refusal(await shop.hold('rule', 1))[2]).toBe('stock_short')
    expect(await shop.figures('rule')).toMatchObject({ available: -4 })
    expect(
      refusal(
        await shop.post('/inventory/safety-stock', { items: [{ ...at('rule', 'B'), quantity: 2 }] }),
      )[2],
    ).toBe('position_untracked')
  })

  test('ATP looks at every later day; supply that came is on the shelf', async () => {
    await shop.set('atp', 10)
    const entry = (scheduleId: string, kind: string, quantity: number, inDays: number) => ({
      scheduleId,
      kind,
      ...at('atp'),
      quantity,
      dueAt: new Date(start + inDays * day).toISOString(),
    })
    const entries = [
      entry('in-1', 'supply', 20, 5),
      entry('out-1', 'demand', 4, 2),
      entry('out-2', 'demand', 18, 8),
    ]
    expect((await shop.post('/inventory/schedule', { entries })).body).toEqual({ status: 'done', changed: 3 })
    expect((await shop.post('/inventory/schedule', { entries })).body).toEqual({ status: 'noop', changed: 0 })
    const atp = async (more = '') => (await shop.get(`/inventory/atp?sku=atp&days=7${more}`)).body
    const days = (await atp()).days as { atp: number; supply: number }[]
    expect(days.map((each) => each.atp)).toEqual([6, 6, 6, 6, 6, 8, 8])
    expect((await atp('&quantity=6')).firstDay).toBe('2026-11-20')
    expect((await atp('&quantity=8')).firstDay).toBe('2026-11-25')
    expect((await atp('&quantity=9')).firstDay).toBe(null)
    expect((await shop.post('/inventory/receipts', { scheduleId: 'in-1', quantity: 15 })).body).toEqual({
      status: 'done',
      left: 5,
    })
    expect(await shop.figures('atp')).toMatchObject({ onHand: 25 })
    expect((await shop.get('/inventory/schedule?sku=atp')).body).toMatchObject({
      total: 3,
      items: [{ scheduleId: 'out-1' }, { scheduleId: 'in-1', quantity: 5 }, { scheduleId: 'out-2' }],
    })
    await shop.post('/inventory/schedule', { entries: [entry('out-2', 'demand', 0, 8)] })
    expect((await shop.get('/inventory/schedule?sku=atp&node=fab:A')).body).toMatchObject({ total: 2 })
    expect(
      refusal(await shop.post('/inventory/schedule', { entries: [entry('late', 'supply', 1, -2)] }))[2],
    ).toBe('schedule_past')
    expect(refusal(await shop.post('/inventory/receipts', { scheduleId: 'nothing', quantity: 1 }))[2]).toBe(
      'schedule_unknown',
    )
    expect(refusal(await shop.post('/inventory/receipts', { scheduleId: 'out-1', quantity: 1 }))[2]).toBe(
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
    await shop.post('/products', { products })
    await shop.set('Q-100', 4)
    await shop.set('Q-100', 3, 'B')
    const found = (q: string, more = '') =>
      shop.get(`/products?q=${encodeURIComponent(q)}${more}`).then(({ body }) => body)
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
    expect(refusal(await shop.set('typo', 1))[2]).toBe('sku_unknown')
  })

  test('availability is answered for pairs, for all nodes of a SKU and all SKUs of a node in pages', async () => {
    const asked = { skus: ['Q-100', 'Q-200', 'who'], nodeIds: ['fab:A', 'fab:B', 'fab:Z'], totals: true }
    const { body } = await shop.post('/inventory/availability', asked)
    expect(body.items).toHaveLength(9)
    expect(body.totals).toMatchObject([
      { sku: 'Q-100', onHand: 7, available: 7, nodes: 2, untrackedNodes: 1 },
      { sku: 'Q-200', onHand: 0, nodes: 2 },
      { sku: 'who' },
    ])
    expect(body.unknown).toEqual({ skus: ['who'], nodeIds: ['fab:Z'] })
    expect((await shop.get('/inventory/availability?sku=Q-100')).body.items).toHaveLength(2)
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const page = (await shop.get(`/inventory/availability?node=fab:A&limit=100${cursor}`)).body
      seen.push(...(page.items as { sku: string }[]).map((item) => item.sku))
      if (page.nextCursor === null) break
      cursor = `&cursor=${String(page.nextCursor)}`
    }
    const skus = [...shop.place.engine.core.state().stock.values()]
      .filter((stock) => stock.nodeId === 'fab:A')
      .map((stock) => stock.sku)
    expect(seen).toEqual(skus.sort())
    expect((await shop.post('/inventory/availability', {})).body.code).toBe('INVENTORY_QUERY_INVALID')
    const many = { skus: Array.from({ length: 5_001 }, (_, i) => `s${i}`), nodeIds: ['fab:A', 'fab:B'] }
    expect((await shop.post('/inventory/availability', many)).body.code).toBe('INVENTORY_QUERY_INVALID')
    expect((await shop.get('/inventory/availability?node=fab:A&cursor=abc')).body.code).toBe(
      'HTTP_CURSOR_INVALID',
    )
  })

  test('as of an instant, stock is as it was then', async () => {
    const then = new Date(shop.clock.now()).toISOString()
    await shop.set('Q-300', 5)
    await shop.hold('Q-300', 2, { reservationId: 'past', ttlSeconds: 30 })
    await shop.clock.advance(20_000)
    const held = new Date(shop.clock.now()).toISOString()
    await shop.clock.advance(20_000)
    const over = new Date(shop.clock.now()).toISOString()
    await shop.clock.advance(20_000)
    await shop.set('Q-300', 9)
    const asOf = (instant: string) => shop.figures('Q-300', 'A', `&asOf=${instant}`)
    expect(await asOf(then)).toMatchObject({ onHand: 5, reserved: 2, available: 3 })
    expect(await asOf(held)).toMatchObject({ onHand: 5, reserved: 2, available: 3 })
    expect(await asOf(over)).toMatchObject({ onHand: 5, reserved: 0, available: 5 })
    expect(await shop.figures('Q-300')).toMatchObject({ onHand: 9 })
    expect(await asOf(new Date(start - day).toISOString())).toMatchObject({
      isTracked: false,
      available: null,
    })
    const atp = (await shop.get(`/inventory/atp?sku=atp&days=3&asOf=${held}`)).body
    expect((atp.days as { atp: number }[]).map((each) => each.atp)).toEqual([21, 21, 21])
    const late = await shop.get(
      `/inventory/availability?sku=Q-300&asOf=${new Date(shop.clock.now() + day).toISOString()}`,
    )
    expect(late.body.code).toBe('INVENTORY_QUERY_INVALID')
  })
})
