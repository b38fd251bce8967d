// Who is answered: by the host that was named, the page it came from and the key it carries.

import { Agent, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyRole } from '#data/vault'
import { openPlace, type Place } from './http-place.ts'

let place: Place
let own: string
beforeAll(async () => {
  place = await openPlace({ config: { allowedHosts: ['detour.example'] } })
  own = place.url
})
afterAll(() => place.close())

const body = {
  mode: 'off',
  minSeverity: 0.3,
  maxMovesPerOrder: 2,
  maxOrdersPerIncident: 5,
  maxExtraCostCents: 1,
  holdOutShare: 0,
}
const change = (headers: Record<string, string> = {}, at = place) =>
  at.bare('PUT', '/api/v1/policies/reroute', { body, headers })
const key = (role: KeyRole, at = place) => at.vault.createKey({ name: `${role} of a test`, role })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a host', () => {
  test.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    '[::2]',
    'x@localhost',
    'detour.example.evil.example',
    '127.0.0.1:1:2',
  ])('named %j is not answered, for pages, reads, streams or changes', async (host) => {
    for (const [method, path] of [
      ['GET', '/healthz'],
      ['GET', '/'],
      ['GET', '/api/v1/policies/reroute'],
      ['GET', '/api/v1/stream'],
      ['GET', '/api/openapi.json'],
      ['GET', '/metrics'],
      ['POST', '/api/v1/sink/x'],
      ['POST', '/api/v1/orders'],
    ] as const) {
      const answer = await place.call(method, path, { headers: { host } })
      expect([path, answer.status, answer.body.code]).toEqual([path, 421, 'HTTP_HOST_REFUSED'])
    }
  })

  test('that is loopback or configured is answered, whatever its port', async () => {
    for (const host of [
      'localhost',
      'LOCALHOST:99',
      '127.0.0.1:1',
      '[::1]:80',
      'detour.example:8443',
      'Detour.Example',
    ]) {
      expect([host, (await place.bare('GET', '/healthz', { headers: { host } })).status]).toEqual([host, 200])
    }
  })
})

describe('a change', () => {
  test('from nowhere is refused in words that say what it needs', async () => {
    const answer = await change()
    expect([answer.status, answer.body.code]).toEqual([401, 'HTTP_UNAUTHORIZED'])
    expect(answer.body.detail).toMatch(/page of this server.*Authorization: Bearer <key>.*detour key create/)
  })

  test.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site of an old browser', { origin: 'https://evil.example' }],
    ['no site at all', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['another host under our scheme', { origin: 'http://127.0.0.1.evil.example' }],
    ['a typed address', { 'sec-fetch-site': 'none' }],
    ['a page that lies about itself', { origin: 'http://{own}', 'sec-fetch-site': 'cross-site' }],
  ] as [string, Record<string, string>][])('from %s is refused', async (_, headers) => {
    const host = own.slice('http://'.length)
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, text.replace('{own}', host)]),
    )
    expect((await change(filled)).body.code).toBe('HTTP_UNAUTHORIZED')
  })

  test('from our own page is taken', async () => {
    for (const headers of [
      { origin: own },
      { origin: own, 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'same-origin' },
      // Behind a proxy that speaks TLS, with the name it was asked for or another.
      { origin: own.replace('http:', 'https:') },
      { origin: 'https://detour.example', host: 'detour.example' },
      { origin: 'https://detour.example', host: 'detour.example:443' },
      { origin: 'https://detour.example', 'sec-fetch-site': 'same-origin' },
    ]) {
      expect([headers, (await change(headers as Record<string, string>)).status]).toEqual([headers, 200])
    }
  })

  test('with a key is taken where its role is enough', async () => {
    const codes = async (role: KeyRole) => {
      const headers = bearer((await key(role)).key)
      return [
        (await place.bare('GET', '/api/v1/policies/reroute', { headers })).status,
        (await change(headers)).status,
        (await place.bare('POST', '/api/v1/webhooks', { headers, body: { url: 'nonsense' } })).body.code,
      ]
    }
    expect(await codes('reader')).toEqual([200, 403, 'HTTP_FORBIDDEN'])
    expect(await codes('operator')).toEqual([200, 200, 'HTTP_FORBIDDEN'])
    expect(await codes('admin')).toEqual([200, 200, 'WEBHOOK_URL_INVALID'])
    const refused = await change(bearer((await key('reader')).key))
    expect(refused.body.details).toMatchObject({
      name: 'reader of a test',
      role: 'reader',
      path: '/api/v1/policies/reroute',
    })
  })

  test('with a key that is none or was revoked is refused, also a read', async () => {
    const { keyId, key: secret } = await key('admin')
    await place.vault.revokeKey(keyId)
    const wrong = [
      'Bearer',
      `Bearer ${secret}`,
      `Bearer ${place.token}x`,
      place.token,
      'Basic YTpi',
      `Bearer ${'x'.repeat(500)}`,
    ]
    for (const authorization of wrong) {
      expect((await change({ authorization, origin: own })).body.code).toBe('HTTP_UNAUTHORIZED')
      const read = await place.bare('GET', '/api/v1/policies/reroute', { headers: { authorization } })
      expect(read.body.code).toBe('HTTP_UNAUTHORIZED')
    }
  })

  test('with a text as long as the token is refused, with the token in any case of its scheme it passes', async () => {
    const others = [place.token.replace(/.$/, '!'), place.token.toUpperCase(), ' '.repeat(place.token.length)]
    for (const other of others) expect((await change(bearer(other))).body.code).toBe('HTTP_UNAUTHORIZED')
    for (const scheme of ['bearer', 'BEARER', 'Bearer']) {
      expect((await change({ authorization: `${scheme} ${place.token}` })).status).toBe(200)
    }
  })

  test('over an open connection: one that was let in lets nobody else in, and a revoked key nothing', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number | undefined>()
    const ask = (headers: Record<string, string>) =>
      new Promise<number | undefined>((done, broken) => {
        const asked = request(`${own}/api/v1/policies/reroute`, { agent, headers })
        asked.once('error', broken)
        asked.once('response', (answer) => {
          ports.add(answer.socket.localPort)
          answer.resume().once('end', () => done(answer.statusCode))
        })
        asked.end()
      })
    const { keyId, key: secret } = await key('reader')
    expect(await ask(bearer(place.token))).toBe(200)
    expect(await ask(bearer('x'.repeat(place.token.length)))).toBe(401)
    expect(await ask({ ...bearer(place.token), host: 'evil.example' })).toBe(421)
    expect(await ask(bearer(secret))).toBe(200)
    await place.vault.revokeKey(keyId)
    expect(await ask(bearer(secret))).toBe(401)
    agent.destroy()
    expect(ports.size).toBe(1)
  })

  test('is refused before its body is read', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '4000000' }
    const asked = request(`${own}/api/v1/orders`, { method: 'POST', headers, agent: false })
    const status = await new Promise((done, broken) => {
      asked.once('response', (response) => done(response.statusCode))
      asked.once('error', broken)
      asked.write('{')
    })
    asked.destroy()
    expect(status).toBe(401)
  })
})

describe('verbs of the command line', () => {
  test('take the token of this run and nothing else', async () => {
    const ask = (headers: Record<string, string>) =>
      place.bare('POST', '/api/v1/verbs/quarantine-list', { headers, body: {} })
    for (const headers of [{}, { origin: own }, bearer((await key('admin')).key)] as Record<
      string,
      string
    >[]) {
      expect((await ask(headers)).body.code).toBe('HTTP_UNAUTHORIZED')
    }
    expect((await ask(bearer(place.token))).status).toBe(200)
  })
})

describe('the sink', () => {
  test('takes what programs on this machine send, but nothing of a foreign page', async () => {
    const sent = await place.bare('POST', '/api/v1/sink/test', { body: { type: 'x' } })
    expect([sent.status, sent.body.isVerified]).toEqual([200, false])
    const page = await place.bare('POST', '/api/v1/sink/test', {
      body: {},
      headers: { origin: 'https://evil.example' },
    })
    expect(page.body.code).toBe('HTTP_UNAUTHORIZED')
    const kept = await place.bare('GET', '/api/v1/sink')
    expect(JSON.parse(kept.text)).toMatchObject([{ eventType: 'x', reason: 'no receiver points here' }])
  })
})

describe('a server that listens beyond this machine', () => {
  let wide: Place
  beforeAll(async () => {
    wide = await openPlace({ host: '0.0.0.0' })
  })
  afterAll(() => wide.close())

  test('asks for a key for everything but its probes and pages, also from its own page', async () => {
    const reads = [
      '/api/v1/policies/reroute',
      '/api/v1/stream',
      '/api/openapi.json',
      '/api/docs/',
      '/metrics',
      '/api/none',
    ]
    for (const path of reads) {
      const answer = await wide.bare('GET', path, { headers: { 'sec-fetch-site': 'same-origin' } })
      expect([path, answer.status, answer.body.code]).toEqual([path, 401, 'HTTP_UNAUTHORIZED'])
    }
    expect((await change({ origin: wide.url, 'sec-fetch-site': 'same-origin' }, wide)).status).toBe(401)
    expect((await wide.bare('GET', '/healthz')).status).toBe(200)
    expect((await wide.bare('GET', '/readyz')).status).toBe(200)
  })

  test('answers who has a key', async () => {
    const headers = bearer((await key('reader', wide)).key)
    expect((await wide.bare('GET', '/api/v1/policies/reroute', { headers })).status).toBe(200)
    expect((await wide.bare('GET', '/metrics', { headers })).status).toBe(200)
  })

  test('says so to an address that asks too often', async () => {
    const busy = await openPlace({ host: '0.0.0.0', requestsMost: 3 })
    try {
      const headers = bearer((await key('admin', busy)).key)
      const ask = () => busy.bare('GET', '/api/v1/policies/reroute', { headers })
      const answers = await Promise.all(Array.from({ length: 12 }, ask))
      const late = answers.filter(({ status }) => status === 429)
      expect(late.length).toBeGreaterThan(0)
      expect(late[0]?.body).toMatchObject({
        code: 'HTTP_RATE_LIMITED',
        retryable: true,
        details: { limit: 3 },
      })
      expect(answers.some(({ status }) => status === 200)).toBe(true)
    } finally {
      await busy.close()
    }
  })
})
