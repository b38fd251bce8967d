// Live updates: what changed is told in few words, clients come and go, and one that does not read costs nothing.

import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

interface Listener {
  response: IncomingMessage
  text(): string
  events(): { kind: string; ids: string[]; at: string }[]
  leave(): void
}

function listen(at = place): Promise<Listener> {
  return new Promise((done, broken) => {
    const asked = request(`${at.url}/api/v1/stream`, { agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('error', () => undefined)
      const events = () =>
        [...text.matchAll(/^event: change\ndata: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? ''))
      done({ response, text: () => text, events, leave: () => asked.destroy() })
    })
    asked.once('error', broken)
    asked.end()
  })
}

const tell = (kind: 'order' | 'incident', ids: string[]) => place.engine.core.tell({ kind, ids, at: 1_000 })
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

  test('tells changes of a kind in one event, with the ids where they are few', async () => {
    const listener = await listen()
    for (let i = 0; i < 10; i++) tell('order', [`o${i % 3}`])
    for (let i = 0; i < 50; i++) tell('incident', [`i${i}`])
    await expect.poll(() => listener.events().length).toBe(2)
    const at = '1970-01-01T00:00:01.000Z'
    expect(listener.events()).toEqual([
      { kind: 'order', ids: ['o0', 'o1', 'o2'], at },
      { kind: 'incident', ids: [], at },
    ])
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
    for (let i = 0; i < 5; i++) tell('order', ['x'])
    await expect.poll(clients).toBe(before)
    expect((await place.bare('GET', '/healthz')).status).toBe(200)
  })

  test('keeps nothing for a client that does not read, and tells it what it missed in one lot', async () => {
    const { hostname, port } = new URL(place.url)
    const socket = connect(Number(port), hostname)
    socket.write('GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
    let text = ''
    socket.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    await expect.poll(() => text).toContain('retry')
    socket.pause()
    const ids = Array.from({ length: 20 }, (_, i) => `${i}${'x'.repeat(20_000)}`)
    for (let i = 0; i < 40; i++) {
      tell('order', ids)
      await new Promise((done) => setTimeout(done, 30))
      if (i % 9 === 8) await new Promise((done) => setTimeout(done, 230))
    }
    const other = await listen()
    tell('incident', ['small'])
    await expect.poll(() => other.events().length).toBeGreaterThan(0)
    other.leave()
    socket.resume()
    await expect.poll(() => /"kind":"order","ids":\[\]/.test(text), { timeout: 10_000 }).toBe(true)
    socket.destroy()
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
