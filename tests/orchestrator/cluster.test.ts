// Several real processes on one PostgreSQL are one system: whichever is asked, one writes, the others pass on, and when
// the writer dies, sleeps or loses its database, nothing that was acknowledged is lost or done twice.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type EventLog, isControlEvent, openPostgresLog } from '#data/log'
import { coreEvent, emptyState, evolve } from '#orchestrator/core'
import { violationsOf } from '#orchestrator/verify'
import { type PostgresServer, startPostgres } from '../postgres/server.ts'
import { createdIn, eventsOf, OrderLoad } from './cluster-load.ts'
import { type ClusterPlace, openCluster, orderBody, type Server, until } from './cluster-place.ts'
import { effectsWith } from './places.ts'

// Real processes one after the other: more time than other tests where the machine is busy.
vi.setConfig({ testTimeout: 150_000 })

let postgres: PostgresServer | null
let place: ClusterPlace
let log: EventLog
let a: Server
let b: Server

beforeAll(async () => {
  postgres = await startPostgres()
  if (postgres === null) return
  place = await openCluster(postgres)
  a = await place.serve('a')
  b = await place.serve('b')
  log = await openPostgresLog(place.env.DETOUR_LOG ?? '', effectsWith(), { isSingleNode: true })
}, 150_000)
afterAll(async () => {
  await log?.close()
  await place?.close()
  await postgres?.stop()
})

interface Market {
  market: string
  state: string
  writer: string | null
  epoch: number
}

const marketsOf = async (server: Server) =>
  (await server.call('GET', '/api/v1/markets')).body as unknown as Market[]
const marketOf = async (server: Server, market = 'main') =>
  (await marketsOf(server)).find((each) => each.market === market)

/** Everything that was acknowledged is in the log once, nothing else is there twice, and the state is sound. */
async function checkLog(load: OrderLoad): Promise<void> {
  const events = await eventsOf(log, 'market:main')
  const created = createdIn(events)
  const lost = [...load.acknowledged.keys()].filter((id) => created.get(id) !== 1)
  expect(lost).toEqual([])
  expect([...created.values()].filter((times) => times !== 1)).toEqual([])
  const domain = events.filter(({ type }) => !isControlEvent(type)).map(coreEvent)
  expect(violationsOf(domain.reduce(evolve, emptyState('main')))).toEqual([])
}

/** A node with units of one SKU in a market, told by files that are sent to whichever process. */
async function stock(market: string, units: number): Promise<void> {
  const node = 'node_external_id,name,type,time_zone,country,is_active\nDC,Depot,warehouse,UTC,DE,true\n'
  const counted = new Date().toISOString()
  const inventory = `sku,node_external_id,counted_at,on_hand\nKET,DC,${counted},${units}\n`
  const files = { 'nodes.csv': node, 'inventory.csv': inventory }
  for (const [filename, body] of Object.entries(files)) {
    const query = `provider=detour&as=shop-${market}&market=${market}&filename=${filename}`
    const headers = { 'content-type': 'text/csv', 'idempotency-key': `${market}-${filename}` }
    // A process under load may be out of reach for a moment: who asks again gets the same answer.
    const reply = await until(
      `${filename} taken by the market ${market}`,
      () => b.call('POST', `/api/v1/markets/${market}/ingest?${query}`, { body, headers }),
      ({ status }) => status !== 503,
    )
    expect(reply.body).toMatchObject({ accepted: 1, quarantined: 0 })
  }
  await until(
    `stock that the market ${market} knows`,
    () => b.call('GET', `/api/v1/markets/${market}/inventory/availability?sku=KET`),
    ({ body }) => (body.items as unknown[] | undefined)?.length === 1,
  )
}

const isSkipped = () => postgres === null

describe('two processes', () => {
  test('are one system: an order placed at one is there at both, and one of them writes', async (context) => {
    if (isSkipped()) return context.skip()
    const [atA, atB] = [await marketOf(a), await marketOf(b)]
    expect([atA?.state, atB?.state]).toEqual(['writing', 'standby'])
    expect(atB?.writer).toBe(a.url)
    const headers = { 'idempotency-key': 'k1' }
    const first = await b.call('POST', '/api/v1/orders', { body: orderBody('one'), headers })
    expect(first.status).toBe(201)
    const again = await a.call('POST', '/api/v1/orders', { body: orderBody('one'), headers })
    expect(again.text).toBe(first.text)
    const other = await b.call('POST', '/api/v1/orders', { body: orderBody('two'), headers })
    expect([other.status, other.body.code]).toEqual([422, 'LOG_COMMAND_CONFLICT'])
    for (const server of [a, b]) {
      const order = await server.call('GET', `/api/v1/orders/${first.body.orderId}`)
      expect(order.body).toMatchObject({ externalId: 'one' })
    }
  })

  test('believe nobody who only claims to be one of them', async (context) => {
    if (isSkipped()) return context.skip()
    const forged = Buffer.from(JSON.stringify({ ip: '127.0.0.1', isLocal: true, holder: { kind: 'owner' } }))
    for (const header of ['x', 'a.b', `${forged.toString('base64url')}.${forged.toString('base64url')}`]) {
      const headers = { 'detour-peer': header, 'detour-market': 'main' }
      const reply = await a.bare('POST', '/api/v1/orders', { body: orderBody('forged'), headers })
      expect([reply.status, reply.body.code]).toEqual([401, 'HTTP_UNAUTHORIZED'])
    }
    const inner = await a.call('POST', '/api/v1/transfers/outcome', {
      body: { transferId: 'x', orderId: 'y' },
    })
    expect(inner.status).toBe(401)
    const stranger = await b.bare('POST', '/api/v1/orders', { body: orderBody('stranger') })
    expect(stranger.status).toBe(401)
    const elsewhere = await b.call('GET', '/api/v1/orders', { headers: { host: 'evil.example' } })
    expect(elsewhere.status).toBe(421)
  })

  test('write different markets, and work goes from one to the other', async (context) => {
    if (isSkipped()) return context.skip()
    const made = await b.call('POST', '/api/v1/markets', { body: { market: 'eu' } })
    expect(made.status).toBe(201)
    const eu = await until(
      'a market at the second process',
      () => marketOf(a, 'eu'),
      (found) => found?.state === 'standby' || found?.state === 'writing',
    )
    expect(eu?.writer).not.toBeNull()
    const unknown = await a.call('GET', '/api/v1/markets/nowhere/orders')
    expect([unknown.status, unknown.body.code]).toEqual([404, 'MARKET_UNKNOWN'])
    const order = await a.call('POST', '/api/v1/markets/eu/orders', { body: orderBody('in-eu') })
    expect(order.status).toBe(201)
    expect(order.headers.location).toBe(`/api/v1/markets/eu/orders/${order.body.orderId}`)
    const seen = await b.call('GET', `/api/v1/markets/eu/orders/${order.body.orderId}`)
    expect(seen.body).toMatchObject({ externalId: 'in-eu', market: 'eu' })
    expect((await b.call('GET', `/api/v1/orders/${order.body.orderId}`)).status).toBe(404)

    await stock('main', 5)
    await stock('eu', 5)
    const placed = await b.call('POST', '/api/v1/orders', { body: orderBody('to-go', 'KET', 2) })
    const path = `/api/v1/orders/${placed.body.orderId}`
    await until(
      'the release of an order',
      () => b.call('GET', path),
      ({ body }) => body.status === 'released',
    )
    const headers = { 'idempotency-key': 'go' }
    const asked = () => b.call('POST', `${path}/reroute`, { body: { toMarket: 'eu' }, headers })
    const moved = await asked()
    expect(moved.body).toMatchObject({ status: 'done', reason: null, transfer: { market: 'eu' } })
    expect((await asked()).text).toBe(moved.text)
    const { orderId } = moved.body.transfer as { orderId: string }
    const there = await until(
      'the release of the order in the other market',
      () => a.call('GET', `/api/v1/markets/eu/orders/${orderId}`),
      ({ body }) => body.status === 'released',
    )
    expect(there.body).toMatchObject({ market: 'eu', externalId: 'to-go-F1-eu' })
    expect((await a.call('GET', path)).body).toMatchObject({ status: 'cancelled' })
  })

  test('go on when the writer sleeps: the other takes over, and what wakes up writes nothing more', async (context) => {
    if (isSkipped()) return context.skip()
    const load = new OrderLoad([a, b])
    await load.more(50)
    a.child.kill('SIGSTOP')
    await until(
      'the takeover',
      () => marketOf(b),
      (found) => found?.state === 'writing',
    )
    await load.more(50)
    a.child.kill('SIGCONT')
    const standing = await until(
      'the first process standing by',
      () => marketOf(a),
      (found) => found?.state === 'standby',
    )
    expect(standing?.writer).toBe(b.url)
    await load.more(50)
    await load.stop()
    await checkLog(load)
  })

  test('go on when the database is killed and comes back', async (context) => {
    if (isSkipped()) return context.skip()
    const load = new OrderLoad([a, b])
    await load.more(50)
    await postgres?.kill()
    await postgres?.start()
    await load.more(50)
    await load.stop()
    await checkLog(load)
  })

  test('go on when the writer is killed: what it acknowledged is there once', async (context) => {
    if (isSkipped()) return context.skip()
    const writer = (await marketOf(a))?.state === 'writing' ? a : b
    const other = writer === a ? b : a
    const before = await marketOf(other)
    const load = new OrderLoad([a, b])
    await load.more(50)
    writer.child.kill('SIGKILL')
    await load.more(100)
    await load.stop()
    const after = await marketOf(other)
    expect(after).toMatchObject({ state: 'writing', writer: other.url, epoch: (before?.epoch ?? 0) + 1 })
    await checkLog(load)
  })
})
