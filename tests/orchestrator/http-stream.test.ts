// Live updates: what changed is told in few words, clients come and go, and one that does not read costs nothing.

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SimulatedClock } from '#data/kernel'
import { Stream } from '../../orchestrator/http/stream.ts'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

interface Told {
  kind: string
  ids: string[]
  at: string
}

interface Listener {
  response: IncomingMessage
  text(): string
  events(): Told[]
  leave(): void
}

const changesIn = (text: string): Told[] =>
  [...text.matchAll(/^event: change\ndata: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? ''))

function listen(at = place): Promise<Listener> {
  return new Promise((done, broken) => {
    const asked = request(`${at.url}/api/v1/stream`, { agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('error', () => undefined)
      done({ response, text: () => text, events: () => changesIn(text), leave: () => asked.destroy() })
    })
    asked.once('error', broken)
    asked.end()
  })
}

const tell = (ids: string[]) => place.engine.core.tell({ kind: 'order', ids, at: 1_000 })
const clients = async () =>
  Number(/detour_stream_clients (\d+)/.exec((await place.bare('GET', '/metrics')).text)?.[1])

describe('the stream', () => {
  test('opens with a hint for coming back, and is never stored', async () => {
    const listener = await listen()
    await expect.poll(() => listener.text()).toBe('retry: 2000\n\n')
    expect(listener.response.statusCode).toBe(200)
    expect(listener.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    listener.leave()
  })

  test('tells every listener of an order that came over HTTP', async () => {
    const listeners = await Promise.all([listen(), listen(), listen()])
    const body = {
      externalId: 'told',
      currency: 'USD',
      lines: [{ sku: 'x', quantity: 1, unitPriceCents: 1 }],
    }
    const { orderId } = (await place.call('POST', '/api/v1/orders', { body })).body
    for (const listener of listeners) {
      await expect
        .poll(() =>
          listener.events().some(({ kind, ids }) => kind === 'order' && ids.includes(String(orderId))),
        )
        .toBe(true)
      listener.leave()
    }
  })

  test('forgets clients that drop, without a word or in the middle of one', async () => {
    const before = await clients()
    const listeners = await Promise.all(Array.from({ length: 20 }, () => listen()))
    expect(await clients()).toBe(before + 20)
    for (const listener of listeners) listener.response.socket.resetAndDestroy()
    for (let i = 0; i < 5; i++) tell(['x'])
    await expect.poll(clients).toBe(before)
    expect((await place.bare('GET', '/healthz')).status).toBe(200)
  })
})

describe('a client', () => {
  interface Slow {
    clock: SimulatedClock
    stream: Stream
    response: ServerResponse
    socket: Socket
    text(): string
    /** Tells much, so often that no buffer of the system holds it. */
    flood(): Promise<void>
  }
  let slow: Slow
  let server: Server
  beforeEach(async () => {
    const clock = new SimulatedClock(0)
    const stream = new Stream(clock)
    server = createServer((_, response) => {
      stream.add(response)
      slow.response = response
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    socket.on('error', () => undefined)
    const ids = Array.from({ length: 20 }, (_, i) => `${i}${'x'.repeat(20_000)}`)
    const flood = async () => {
      for (let i = 0; i < 200; i++) {
        stream.tell({ kind: 'order', ids, at: i })
        await clock.advance(250)
        await new Promise((done) => setImmediate(done))
      }
    }
    slow = { clock, stream, socket, text: () => text, flood } as Slow
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await expect.poll(() => text).toContain('retry')
    socket.pause()
  })
  afterEach(() => {
    slow.socket.destroy()
    server.close()
  })

  test('that does not read costs no memory, and hears what it missed in few words once it reads again', async () => {
    await slow.flood()
    expect(slow.response.writableNeedDrain).toBe(true)
    expect(slow.response.writableLength).toBeLessThan(1_000_000)
    slow.stream.tell({ kind: 'incident', ids: ['i'], at: 7 })
    await slow.clock.advance(250)
    slow.socket.resume()
    await expect.poll(() => slow.text(), { timeout: 20_000 }).toContain('{"kind":"incident","ids":[],')
    expect(slow.text()).toContain('{"kind":"order","ids":[],')
    slow.stream.tell({ kind: 'order', ids: ['fresh'], at: 8 })
    await slow.clock.advance(250)
    await expect.poll(() => slow.text()).toContain('"ids":["fresh"]')
  })

  test('that does not read is let go after a while, and the clock is left alone when nobody listens', async () => {
    await slow.flood()
    for (let i = 0; i < 6; i++) await slow.clock.advance(15_000)
    expect(slow.stream.size).toBe(0)
    expect(slow.response.destroyed).toBe(true)
  })

  test('that reads hears changes of a kind in one event, with the ids where they are few', async () => {
    slow.socket.resume()
    for (let i = 0; i < 10; i++) slow.stream.tell({ kind: 'order', ids: [`o${i % 3}`], at: 1_000 })
    for (let i = 0; i < 50; i++) slow.stream.tell({ kind: 'incident', ids: [`i${i}`], at: 1_000 })
    await slow.clock.advance(250)
    await expect.poll(() => changesIn(slow.text()).length).toBe(2)
    const at = '1970-01-01T00:00:01.000Z'
    expect(changesIn(slow.text())).toEqual([
      { kind: 'order', ids: ['o0', 'o1', 'o2'], at },
      { kind: 'incident', ids: [], at },
    ])
  })

  test('that reads gets a sign of life every 15 seconds', async () => {
    slow.socket.resume()
    for (let i = 0; i < 3; i++) await slow.clock.advance(15_000)
    await expect.poll(() => slow.text().match(/: alive/g)?.length).toBe(3)
  })
})

describe('the end of the server', () => {
  test('ends the streams, so that it does not wait for them', async () => {
    const other = await openPlace()
    const listeners = await Promise.all([listen(other), listen(other)])
    const ended = listeners.map(({ response }) => new Promise((done) => response.once('end', done)))
    await other.close()
    await Promise.all(ended)
  })
})
