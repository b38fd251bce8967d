// Fulfillment orders over HTTP: listed from memory, refused by nodes and sent on, shipped in parcels, collected.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderIdOf } from '#data/contracts'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const idOf = (externalId: string) => orderIdOf('main', 'api', externalId)
const known = (externalId: string) => place.engine.core.state().orders.get(idOf(externalId))
const post = (path: string, body: unknown = {}, key?: string) =>
  place.call('POST', `/api/v1${path}`, { body, headers: key === undefined ? {} : { 'idempotency-key': key } })
async function released(externalId: string, more: object = {}): Promise<void> {
  const lines = [{ sku: 'x', quantity: 3, unitPriceCents: 1_000 }]
  await post('/orders', { externalId, currency: 'USD', lines, ...more })
  await expect.poll(() => known(externalId)?.status, { timeout: 10_000 }).toBe('released')
}
const lastOf = (externalId: string) => known(externalId)?.work.at(-1)
const step = (externalId: string, name: string, body: unknown = {}, key?: string) =>
  post(`/fulfillment-orders/${idOf(externalId)}/${lastOf(externalId)?.fulfillmentOrderId}/${name}`, body, key)
const reasonOf = (reply: { body: Record<string, unknown> }) =>
  (reply.body.details as { reason?: string } | undefined)?.reason

async function packed(externalId: string, more: object = {}): Promise<void> {
  await released(externalId, more)
  for (const name of ['accept', 'start-picking', 'pick', 'pack']) {
    expect([name, (await step(externalId, name)).status]).toEqual([name, 200])
  }
}

describe('a node', () => {
  test('that refuses is not asked again, and when all have refused a person has to look', async () => {
    await released('refused')
    const first = lastOf('refused')?.nodeId
    expect((await step('refused', 'reject', { reason: 'no hands' })).status).toBe(200)
    await expect.poll(() => known('refused')?.status, { timeout: 10_000 }).toBe('released')
    expect(lastOf('refused')).toMatchObject({ attempt: 2 })
    expect(lastOf('refused')?.nodeId).not.toBe(first)
    await step('refused', 'reject', { reason: 'no hands' })
    await expect.poll(() => known('refused')?.status, { timeout: 10_000 }).toBe('on_hold')
    expect(known('refused')?.lines[0]?.hold).toBe('refused_everywhere')
    await post(`/orders/${idOf('refused')}/retry`)
    await expect.poll(() => known('refused')?.status, { timeout: 10_000 }).toBe('released')
  })

  test('that does not find all sends what it has, and the rest comes from another', async () => {
    await released('short')
    const { fulfillmentOrderId, nodeId } = lastOf('short') ?? {}
    await step('short', 'start-picking')
    const path = `/fulfillment-orders/${idOf('short')}/${fulfillmentOrderId}`
    const tooMany = await post(`${path}/pick`, { short: [{ lineId: '1', quantity: 4 }] })
    expect(reasonOf(tooMany)).toBe('more_than_allocated')
    expect((await post(`${path}/pick`, { short: [{ lineId: '1', quantity: 1 }] })).status).toBe(200)
    await expect.poll(() => known('short')?.work.length, { timeout: 10_000 }).toBe(2)
    await expect.poll(() => known('short')?.status, { timeout: 10_000 }).toBe('released')
    expect(lastOf('short')).toMatchObject({ lines: [{ quantity: 1 }] })
    expect(lastOf('short')?.nodeId).not.toBe(nodeId)
  })
})

describe('parcels', () => {
  test('leave one by one and arrive one by one, with numbers of their own', async () => {
    await packed('parcels')
    const some = { lines: [{ lineId: '1', quantity: 2 }], trackingNumber: 'T-1', carrier: 'SwiftPost' }
    const first = await step('parcels', 'ship', some, 'ship-1')
    expect((await step('parcels', 'ship', some, 'ship-1')).text).toBe(first.text)
    expect(known('parcels')).toMatchObject({ status: 'packed', lines: [{ shipped: 2 }] })
    expect(reasonOf(await step('parcels', 'ship', { lines: [{ lineId: '1', quantity: 2 }] }))).toBe(
      'more_than_allocated',
    )
    await step('parcels', 'ship', { trackingNumber: 'T-2' })
    expect(known('parcels')?.status).toBe('shipped')
    const shipmentIds = known('parcels')?.shipments.map(({ shipmentId }) => shipmentId) ?? []
    expect(new Set(shipmentIds).size).toBe(2)
    await step('parcels', 'deliver', { shipmentId: shipmentIds[0] })
    expect(known('parcels')).toMatchObject({ status: 'shipped', lines: [{ delivered: 2 }] })
    expect(reasonOf(await step('parcels', 'deliver', { shipmentId: 'nobody knows' }))).toBe(
      'shipment_unknown',
    )
    await step('parcels', 'deliver')
    expect(known('parcels')?.status).toBe('delivered')
    const shown = (await place.call('GET', `/api/v1/orders/${idOf('parcels')}`)).body
    expect((shown.shipments as { quantity: number }[]).map(({ quantity }) => quantity)).toEqual([2, 1])
    const lines = [{ lineId: '1', quantity: 1 }]
    await post(`/orders/${idOf('parcels')}/return`, { lines, reason: 'broken' })
    const back = await post(`/orders/${idOf('parcels')}/receive-return`, { lines, nodeId: 'fab:A' })
    expect(back.status).toBe(200)
    expect(known('parcels')?.lines[0]).toMatchObject({ returned: 1, returnRequested: 0 })
  })

  test('are no way for goods that the customer collects', async () => {
    const engine = place.engine
    const node = { ...(engine.core.state().nodes.get('fab:B') as object), type: 'store', region: 'NV' }
    await engine.core.execute('DefineNodes', { nodes: [node as never] }, { at: engine.now() })
    // That only the other node has sent these goods so far, as Detour chose, does not say that this one has none.
    await engine.cycle()
    await packed('collected', { method: 'pickup', shipTo: { region: 'NV' } })
    expect((await step('collected', 'ready')).status).toBe(200)
    expect(known('collected')?.status).toBe('ready_for_pickup')
    expect((await step('collected', 'ready')).body.status).toBe('noop')
    expect((await step('collected', 'collect')).status).toBe(200)
    expect(known('collected')?.status).toBe('collected')
    await packed('sent')
    expect(reasonOf(await step('sent', 'ready'))).toBe('method_ships')
  })
})

describe('the list', () => {
  interface Page {
    items: {
      fulfillmentOrderId: string
      nodeId: string
      status: string
      isLate: boolean
      actions: string[]
    }[]
    nextCursor: string | null
    total: number
  }
  const list = async (query: string) =>
    (await place.call('GET', `/api/v1/fulfillment-orders?${query}`)).body as unknown as Page

  test('has pages without gaps, and filters that agree with what it shows', async () => {
    for (let i = 0; i < 5; i++) await released(`listed-${i}`)
    const all = await list('limit=200')
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const page = await list(`limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...page.items.map((each) => each.fulfillmentOrderId))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(seen).toEqual(all.items.map((each) => each.fulfillmentOrderId))
    expect(all.total).toBe(seen.length)
    const open = await list('open=true&limit=200')
    expect(open.items.length).toBeGreaterThan(4)
    expect(new Set(open.items.map(({ status }) => status))).toEqual(new Set(['open', 'picking', 'packed']))
    const atA = await list('node=fab:A&limit=200')
    expect(new Set(atA.items.map(({ nodeId }) => nodeId))).toEqual(new Set(['fab:A']))
    expect((await list('q=listed-3')).items).toHaveLength(1)
    const late = new Set((await list('late=true&limit=200')).items.map((each) => each.fulfillmentOrderId))
    const shown = (await list('limit=200')).items
    // What became late meanwhile may be shown as late and was not listed.
    expect(
      shown.filter((each) => late.has(each.fulfillmentOrderId)).map(({ isLate }) => isLate),
    ).not.toContain(false)
  })

  test('shows one with its lines, and says where there is none', async () => {
    const { fulfillmentOrderId } = lastOf('listed-0') ?? {}
    const path = `/api/v1/fulfillment-orders/${idOf('listed-0')}`
    const shown = (await place.call('GET', `${path}/${fulfillmentOrderId}`)).body
    expect(shown).toMatchObject({ status: 'open', lines: [{ quantity: 3, shippedQuantity: 0 }] })
    expect(shown.actions).toEqual(['accept', 'reject', 'start_picking'])
    expect((await place.call('GET', `${path}/none`)).body.code).toBe('WORK_UNKNOWN')
    expect((await place.call('GET', '/api/v1/fulfillment-orders/none/none')).body.code).toBe('ORDER_UNKNOWN')
  })

  test('one step on many is judged one by one', async () => {
    const items = ['listed-0', 'listed-1'].map((each) => ({
      orderId: idOf(each),
      fulfillmentOrderId: lastOf(each)?.fulfillmentOrderId,
    }))
    const odd = { orderId: idOf('listed-2'), fulfillmentOrderId: 'none' }
    const body = { action: 'accept', items: [...items, odd] }
    const told = await post('/fulfillment-orders/actions', body, 'many')
    expect(told.body).toMatchObject({ done: 2, refused: 1 })
    expect((await post('/fulfillment-orders/actions', body, 'many')).text).toBe(told.text)
  })
})
