// Several markets in one process: each with its own orders, made while serving, there again after a restart.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Serving, serve } from '#orchestrator/http'
import { orderBody, until } from './cluster-place.ts'
import { type Ask, nodes, send } from './http-place.ts'
import { effectsWith, newFolder } from './places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
let serving: Serving
let token: string

async function open(): Promise<void> {
  const home = join(folder.path, 'home')
  serving = await serve({ home, port: 0, host: '127.0.0.1' }, effectsWith())
  ;({ token } = JSON.parse(await readFile(join(home, 'server.json'), 'utf8')) as { token: string })
}

const call = (method: string, path: string, ask: Ask = {}) =>
  send(method, `${serving.url}${path}`, {
    ...ask,
    headers: { authorization: `Bearer ${token}`, ...ask.headers },
  })

/** Both nodes with ten of SKU x. */
async function stock(market: string): Promise<void> {
  const { core, now } = serving.running().find((each) => each.market === market)?.engine ?? serving.engine
  await core.execute('DefineNodes', { nodes }, { at: now() })
  const items = nodes.map(({ nodeId }) => ({ sku: 'x', nodeId, delta: null, onHand: 10, reason: 'counted' }))
  await core.execute('AdjustStock', { items }, { at: now() })
}

beforeAll(async () => {
  folder = await newFolder()
  await open()
}, 60_000)
afterAll(async () => {
  await serving.close()
  await folder.remove()
})

const markets = async () => (await call('GET', '/api/v1/markets')).body as unknown as { market: string }[]

describe('a market', () => {
  test('is made while serving, with orders of its own', async () => {
    expect(await markets()).toMatchObject([
      { market: 'main', isDefault: true, state: 'writing', epoch: null, lag: 0 },
    ])
    expect((await call('GET', '/api/v1/markets/eu/orders')).body).toMatchObject({ code: 'MARKET_UNKNOWN' })
    for (let i = 0; i < 2; i++) {
      const made = await call('POST', '/api/v1/markets', { body: { market: 'eu' } })
      expect([made.status, made.body.state]).toEqual([201, 'writing'])
    }
    const path = '/api/v1/markets/eu/orders'
    const order = await call('POST', path, { body: orderBody('A-1') })
    expect(order.headers.location).toBe(`${path}/${order.body.orderId}`)
    expect((await call('GET', `${path}/${order.body.orderId}`)).body).toMatchObject({ market: 'eu' })
    expect((await call('GET', `/api/v1/orders/${order.body.orderId}`)).status).toBe(404)
    const same = await call('POST', '/api/v1/orders', { body: orderBody('A-1') })
    expect([same.status, same.body.orderId === order.body.orderId]).toEqual([201, false])
    expect((await call('GET', '/api/v1/markets/eu/status')).body).toMatchObject({ market: 'eu' })
    expect((await call('GET', '/api/v1/status')).body).toMatchObject({ market: 'main' })
  })

  test.each(['Eu', '1eu', 'e'.repeat(64), 'a b', ''])('is not called "%s"', async (market) => {
    const reply = await call('POST', '/api/v1/markets', { body: { market } })
    expect([reply.status, reply.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
  })

  test('needs the same rights as any other', async () => {
    const paths = ['/api/v1/markets', '/api/v1/markets/eu/orders']
    for (const path of paths) {
      const reply = await send('POST', `${serving.url}${path}`, { body: { market: 'us' } })
      expect([path, reply.status]).toEqual([path, 401])
    }
    const headers = { host: 'evil.example' }
    for (const path of [...paths, '/api/v1/markets/nowhere/orders']) {
      expect((await send('GET', `${serving.url}${path}`, { headers })).status).toBe(421)
    }
  })

  test('has links of its own, which need no key', async () => {
    for (const path of ['', '/markets/main', '/markets/eu']) {
      const ask = { body: { token: 'a.b' } }
      const reply = await send('POST', `${serving.url}/api/v1${path}/reroutes/links`, ask)
      expect([path, reply.status, reply.body.code]).toEqual([path, 403, 'REROUTE_LINK_INVALID'])
    }
  })

  test('takes work of another one of the same process', async () => {
    await stock('main')
    await stock('eu')
    const order = await call('POST', '/api/v1/orders', { body: orderBody('go', 'x', 3) })
    const path = `/api/v1/orders/${order.body.orderId}`
    await until(
      'its release',
      () => call('GET', path),
      ({ body }) => body.status === 'released',
    )
    const nowhere = await call('POST', `${path}/reroute`, { body: { toMarket: 'mars' } })
    expect([nowhere.status, nowhere.body.code]).toEqual([404, 'MARKET_UNKNOWN'])
    const body = { toMarket: 'eu', toNodeId: 'fab:B' }
    const moved = await call('POST', `${path}/reroute`, { body })
    expect(moved.body).toMatchObject({ status: 'done', orderStatus: 'cancelled', transfer: { market: 'eu' } })
    const { orderId } = moved.body.transfer as { orderId: string }
    const there = await until(
      'its release there',
      () => call('GET', `/api/v1/markets/eu/orders/${orderId}`),
      ({ body: found }) => found.status === 'released',
    )
    expect(there.body.fulfillmentOrders).toMatchObject([{ nodeId: 'fab:B', status: 'open' }])
    const undone = await call('POST', `${path}/undo-reroute`, {
      body: { decisionId: (moved.body.transfer as { transferId: string }).transferId },
    })
    expect([undone.status, undone.body.details]).toMatchObject([409, { reason: 'transfer_released' }])
    const again = await call('POST', `${path}/reroute`, { body })
    expect([again.status, again.body.code]).toEqual([409, 'CORE_REFUSED'])
  })

  test('is there again after a restart, and the default stays the default', async () => {
    await serving.close()
    await open()
    expect((await markets()).map(({ market }) => market)).toEqual(['eu', 'main'])
    expect(serving.engine.market).toBe('main')
    const found = (await call('GET', '/api/v1/markets/eu/orders')).body.items as { externalId: string }[]
    expect(found.map(({ externalId }) => externalId).toSorted()).toEqual(['A-1', 'go-F1-eu'])
  })
})
