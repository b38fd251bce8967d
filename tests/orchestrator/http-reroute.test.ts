// Reroutes by hand over HTTP and their undo: moved once whatever is sent twice, refused in words, and taken back.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderIdOf } from '#data/contracts'
import { openPlace, type Place, type Reply } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
  const items = [
    { sku: 'x', nodeId: 'fab:A', onHand: 100 },
    { sku: 'x', nodeId: 'fab:B', onHand: 100 },
    { sku: 'rare', nodeId: 'fab:A', onHand: 5 },
    { sku: 'rare', nodeId: 'fab:B', onHand: 0 },
  ]
  await place.call('POST', '/api/v1/inventory/adjustments', { body: { items } })
})
afterAll(() => place.close())

const idOf = (externalId: string) => orderIdOf('main', 'api', externalId)
const known = (externalId: string) => place.engine.core.state().orders.get(idOf(externalId))
const work = (externalId: string) => known(externalId)?.work.filter(({ status }) => status !== 'cancelled')
const nodesOf = (externalId: string) => work(externalId)?.map(({ nodeId }) => nodeId)
const elsewhere = (externalId: string) => (nodesOf(externalId)?.[0] === 'fab:A' ? 'fab:B' : 'fab:A')
const keyed = (key?: string) => (key === undefined ? {} : { 'idempotency-key': key })
const act = (id: string, verb: string, body: unknown, key?: string) =>
  place.call('POST', `/api/v1/orders/${encodeURIComponent(id)}/${verb}`, { body, headers: keyed(key) })
const reroute = (externalId: string, body: unknown, key?: string) =>
  act(idOf(externalId), 'reroute', body, key)
const undo = (externalId: string, body: unknown, key?: string) =>
  act(idOf(externalId), 'undo-reroute', body, key)
const said = ({ status, body }: Reply) => [status, body.code, (body.details as { reason?: string })?.reason]

/** A released order for units of a SKU. */
async function release(externalId: string, sku = 'x'): Promise<void> {
  const lines = [{ sku, quantity: 2, unitPriceCents: 1_250 }]
  const shipTo = { country: 'US', region: 'CA' }
  const body = { externalId, currency: 'USD', shipTo, lines }
  expect((await place.call('POST', '/api/v1/orders', { body })).status).toBe(201)
  await expect.poll(() => known(externalId)?.status, { timeout: 10_000 }).toBe('released')
}

describe('a reroute by hand', () => {
  test('moves the work once for a key', async () => {
    await release('move')
    const toNodeId = elsewhere('move')
    const first = await reroute('move', { toNodeId }, 'm1')
    expect([first.status, first.body]).toMatchObject([200, { status: 'done', orderStatus: 'released' }])
    expect([nodesOf('move'), known('move')?.moves]).toEqual([[toNodeId], 1])
    const again = await reroute('move', { toNodeId }, 'm1')
    expect([again.status, again.text, known('move')?.moves]).toEqual([200, first.text, 1])
  })

  test('asked twice at the same time moves once', async () => {
    await release('twins')
    const toNodeId = elsewhere('twins')
    const both = await Promise.all([1, 2].map(() => reroute('twins', { toNodeId }, 't1')))
    expect(both.map((answer) => [answer.status, answer.text])).toEqual([1, 2].map(() => [200, both[0]?.text]))
    expect([nodesOf('twins'), known('twins')?.moves]).toEqual([[toNodeId], 1])
  })

  test('with a used key and another node is refused and moves nothing', async () => {
    await release('conflict')
    const toNodeId = elsewhere('conflict')
    await reroute('conflict', { toNodeId }, 'c1')
    for (const body of [{ toNodeId: 'fab:Z' }, {}]) {
      expect(said(await reroute('conflict', body, 'c1')).slice(0, 2)).toEqual([422, 'LOG_COMMAND_CONFLICT'])
    }
    expect(known('conflict')?.moves).toBe(1)
  })

  test('is refused with a reason, and with its key again by the same words whatever happened since', async () => {
    await release('stuck', 'rare')
    const first = await reroute('stuck', { toNodeId: 'fab:B' }, 's1')
    expect(said(first)).toEqual([409, 'CORE_REFUSED', expect.stringContaining('that node')])
    const items = [{ sku: 'rare', nodeId: 'fab:B', onHand: 9 }]
    await place.call('POST', '/api/v1/inventory/adjustments', { body: { items } })
    const again = await reroute('stuck', { toNodeId: 'fab:B' }, 's1')
    expect([again.status, again.text]).toEqual([first.status, first.text])
    const other = await reroute('stuck', { toNodeId: 'fab:A' }, 's1')
    expect(said(other).slice(0, 2)).toEqual([422, 'LOG_COMMAND_CONFLICT'])
    expect((await reroute('stuck', { toNodeId: 'fab:B' }, 's2')).status).toBe(200)
    expect(nodesOf('stuck')).toEqual(['fab:B'])
  })

  test('to a node that is none, to where the work is, or of nothing to move is refused', async () => {
    await release('odd')
    expect(said(await reroute('odd', { toNodeId: 'nowhere' }))).toEqual([409, 'CORE_REFUSED', 'node_unknown'])
    const here = nodesOf('odd')?.[0]
    expect(said(await reroute('odd', { toNodeId: here }))).toEqual([409, 'CORE_REFUSED', 'same_place'])
    await act(idOf('odd'), 'cancel', { reason: 'x' })
    for (const key of ['n1', 'n1', undefined]) {
      expect(said(await reroute('odd', {}, key))).toEqual([409, 'CORE_REFUSED', 'nothing_to_move'])
    }
  })

  test('that a limit refuses is made with a reason, which is kept', async () => {
    await release('beyond')
    const { policy } = place.engine.core.state()
    const limit = (maxMovesPerHour: number | null) =>
      place.call('PUT', '/api/v1/policies/reroute', { body: { ...policy, maxMovesPerHour } })
    await limit(0)
    const toNodeId = elsewhere('beyond')
    expect(said(await reroute('beyond', { toNodeId }))).toEqual([409, 'CORE_REFUSED', 'hour_limit'])
    const override = 'the customer asked for it'
    expect((await reroute('beyond', { toNodeId, override })).body).toMatchObject({ status: 'done' })
    expect(nodesOf('beyond')).toEqual([toNodeId])
    await limit(null)
    const { decisions } = (await place.call('GET', `/api/v1/orders/${idOf('beyond')}`)).body
    expect(decisions).toContainEqual(
      expect.objectContaining({ kind: 'reroute', reason: `moved by hand: ${override}` }),
    )
  })

  test('of no order is unknown', async () => {
    for (const key of ['u1', 'u1', undefined]) {
      expect(said(await reroute('nobody', {}, key)).slice(0, 2)).toEqual([404, 'ORDER_UNKNOWN'])
    }
  })
})

describe('the undo of a reroute', () => {
  test('takes the work back, once for a key', async () => {
    await release('back')
    const from = nodesOf('back')
    await reroute('back', { toNodeId: elsewhere('back') })
    const decisionId = work('back')?.[0]?.decisionId
    const first = await undo('back', { decisionId }, 'b1')
    expect([first.status, first.body.status, nodesOf('back')]).toEqual([200, 'done', from])
    expect((await undo('back', { decisionId }, 'b1')).text).toBe(first.text)
    const other = await undo('back', { decisionId: 'another' }, 'b1')
    expect(said(other).slice(0, 2)).toEqual([422, 'LOG_COMMAND_CONFLICT'])
    expect(said(await undo('back', { decisionId }))[0]).toBe(409)
  })

  test('is refused with a reason where no reroute has this decision or the node began', async () => {
    await release('begun')
    expect(said(await undo('begun', { decisionId: 'none' }))).toEqual([
      409,
      'CORE_REFUSED',
      'decision_unknown',
    ])
    await reroute('begun', { toNodeId: elsewhere('begun') })
    const { decisionId, fulfillmentOrderId } = work('begun')?.[0] ?? {}
    const where = `/api/v1/fulfillment-orders/${idOf('begun')}/${fulfillmentOrderId}/start-picking`
    expect((await place.call('POST', where)).status).toBe(200)
    const late = await undo('begun', { decisionId, reason: 'wrong way' })
    expect(said(late)).toEqual([409, 'CORE_REFUSED', 'picking_began'])
    expect((await undo('begun', {})).body.code).toBe('HTTP_BODY_INVALID')
    expect((await undo('nobody', { decisionId })).body.code).toBe('ORDER_UNKNOWN')
  })
})

describe('an external id', () => {
  test('names an order in every route of orders', async () => {
    await release('shop #1')
    const { orderId } = (await place.call('GET', '/api/v1/orders/shop%20%231')).body
    expect(orderId).toBe(idOf('shop #1'))
    expect((await act('shop #1', 'advance', {})).body).toMatchObject({ orderId, status: 'noop' })
    const toNodeId = elsewhere('shop #1')
    const moved = await act('shop #1', 'reroute', { toNodeId }, 'e1')
    expect(moved.body).toMatchObject({ orderId, status: 'done' })
    expect((await reroute('shop #1', { toNodeId }, 'e1')).text).toBe(moved.text)
    const decisionId = work('shop #1')?.[0]?.decisionId
    expect((await act('shop #1', 'undo-reroute', { decisionId })).body).toMatchObject({
      orderId,
      status: 'done',
    })
    const gone = await act('shop #1', 'cancel', { reason: 'x' })
    expect(gone.body).toMatchObject({ orderId, orderStatus: 'cancelled' })
  })
})

/** Sets who is asked about moved work. */
const ask = (workActions: unknown) => {
  const { policy } = place.engine.core.state()
  return place.call('PUT', '/api/v1/policies/reroute', { body: { ...policy, workActions } })
}
const http = (url: string | null) => [{ nodeId: null, action: 'http', url }]

test('who is asked about moved work has to be there, and where it goes may be called', async () => {
  expect(await ask(http('https://wms.example.com/work'))).toMatchObject({ status: 200 })
  for (const [actions, code] of [
    [http('https://10.0.0.1/work'), 'WEBHOOK_URL_REFUSED'],
    [http(null), 'REROUTE_ACTION_INVALID'],
    [[{ nodeId: null, action: 'notify', url: null }], 'REROUTE_ACTION_INVALID'],
    [[{ nodeId: null, action: 'file:none', url: null }], 'REROUTE_ACTION_INVALID'],
    [[{ nodeId: null, action: 'fax', url: null }], 'REROUTE_ACTION_INVALID'],
  ] as const) {
    expect(await ask(actions)).toMatchObject({ body: { code } })
  }
  expect((await ask([])).status).toBe(200)
})

test('what a system was asked about moved work is shown with the order', async () => {
  await release('told')
  await ask(http('https://wms.invalid/work'))
  const [from] = nodesOf('told') ?? []
  await reroute('told', { toNodeId: elsewhere('told') })
  const actions = async () =>
    (await place.call('GET', `/api/v1/orders/${idOf('told')}/runs`)).body.actions as unknown[]
  await expect
    .poll(actions, { timeout: 10_000 })
    .toMatchObject([
      { what: 'cancel', nodeId: from, target: 'wms.invalid', status: 'requested', endedAt: null },
    ])
  await ask([])
})
