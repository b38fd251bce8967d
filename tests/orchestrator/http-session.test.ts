// Sessions away from loopback: a browser shows a key once and acts with its role, from our own pages and for a while.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SimulatedClock, systemClock } from '#data/kernel'
import type { KeyRole } from '#data/vault'
import { openPlace, type Place } from './http-place.ts'

/** The wall, with a part that can be moved on. */
const skipped = new SimulatedClock(0)
const clock = { ...systemClock, now: () => systemClock.now() + skipped.now() }

let place: Place
beforeAll(async () => {
  place = await openPlace({ host: '0.0.0.0', clock })
})
afterAll(() => place.close())

const key = (role: KeyRole) => place.vault.createKey({ name: `${role} of a test`, role })
const own = () => ({ origin: place.url, 'sec-fetch-site': 'same-origin' })
const begin = (secret: string, headers: Record<string, string> = own()) =>
  place.bare('POST', '/api/v1/session', { body: { key: secret }, headers })
const cookieOf = ({ headers }: { headers: Record<string, unknown> }) =>
  String((headers['set-cookie'] as string[] | undefined)?.[0])
const sessionOf = async (secret: string) => ({ cookie: String(cookieOf(await begin(secret)).split(';')[0]) })
const read = (headers: Record<string, string>, path = '/api/v1/clock') => place.bare('GET', path, { headers })
const change = (headers: Record<string, string>) =>
  place.bare('PUT', '/api/v1/clock', { headers, body: { mode: 'wall' } })

describe('a session', () => {
  test('begins with a key, in a cookie that no script and no other site can use', async () => {
    const answer = await begin((await key('operator')).key)
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { name: 'operator of a test', role: 'operator' },
    ])
    expect(cookieOf(answer)).toMatch(
      /^detour_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    expect(answer.text).not.toContain(cookieOf(answer).slice(15, 58))
    const proxied = await begin((await key('operator')).key, { ...own(), 'x-forwarded-proto': 'https' })
    expect(cookieOf(proxied)).toMatch(/; Secure$/)
  })

  test('reads, listens and acts with the role of its key', async () => {
    const reader = await sessionOf((await key('reader')).key)
    for (const headers of [{}, own(), { 'sec-fetch-site': 'none' }]) {
      expect((await read({ ...reader, ...headers })).status).toBe(200)
    }
    expect((await read(reader, '/api/docs/')).status).toBe(200)
    const refused = await change({ ...reader, ...own() })
    expect([refused.status, refused.body.code]).toEqual([403, 'HTTP_FORBIDDEN'])
    const operator = await sessionOf((await key('operator')).key)
    expect((await change({ ...operator, ...own() })).status).toBe(200)
    // Browsers on plain HTTP send the origin alone.
    expect((await change({ ...operator, origin: place.url })).status).toBe(200)
    const listening = new AbortController()
    const stream = await fetch(`${place.url}/api/v1/stream`, { headers: reader, signal: listening.signal })
    expect([stream.status, stream.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ])
    listening.abort()
  })

  test('helps no other page', async () => {
    const admin = await sessionOf((await key('admin')).key)
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
      { origin: 'https://evil.example' },
    ] as Record<string, string>[]) {
      expect((await read({ ...admin, ...headers })).body.code).toBe('HTTP_UNAUTHORIZED')
      expect((await change({ ...admin, ...headers })).body.code).toBe('HTTP_UNAUTHORIZED')
      expect((await begin((await key('admin')).key, headers)).body.code).toBe('HTTP_UNAUTHORIZED')
      const ended = await place.bare('DELETE', '/api/v1/session', { headers: { ...admin, ...headers } })
      expect(ended.body.code).toBe('HTTP_UNAUTHORIZED')
    }
    // A change that says nothing of where it comes from.
    expect((await change(admin)).body.code).toBe('HTTP_UNAUTHORIZED')
    expect((await read(admin)).status).toBe(200)
  })

  test('opens no verb of the command line', async () => {
    const headers = { ...(await sessionOf((await key('admin')).key)), ...own() }
    const answer = await place.bare('POST', '/api/v1/verbs/quarantine-list', { headers, body: {} })
    expect(answer.body.code).toBe('HTTP_UNAUTHORIZED')
  })

  test('does not begin with a key that is none, and no cookie is made up', async () => {
    const { keyId, key: secret } = await key('admin')
    await place.vault.revokeKey(keyId)
    for (const wrong of ['x', secret, place.token]) {
      const answer = await begin(wrong)
      expect([answer.status, answer.body.code]).toEqual([401, 'HTTP_UNAUTHORIZED'])
      expect(answer.headers['set-cookie']).toBeUndefined()
      expect(answer.text).not.toContain(secret)
    }
    for (const cookie of ['detour_session=', `detour_session=${'A'.repeat(43)}`, 'other=1']) {
      const answer = await read({ cookie, ...own() })
      expect([answer.status, answer.body.code]).toEqual([401, 'HTTP_UNAUTHORIZED'])
      expect(answer.body.detail).toContain('enter it in the dashboard')
    }
  })

  test('ends when it is told to, with its key, and after twelve hours', async () => {
    const { keyId, key: secret } = await key('operator')
    const first = await sessionOf(secret)
    const second = await sessionOf(secret)
    const ended = await place.bare('DELETE', '/api/v1/session', { headers: { ...first, ...own() } })
    expect([ended.status, cookieOf(ended)]).toEqual([204, expect.stringContaining('Max-Age=0')])
    expect((await read({ ...first, ...own() })).status).toBe(401)
    expect((await read({ ...second, ...own() })).status).toBe(200)
    await place.vault.revokeKey(keyId)
    expect((await read({ ...second, ...own() })).status).toBe(401)
    const third = await sessionOf((await key('operator')).key)
    await skipped.advance(12 * 3_600_000 - 60_000)
    expect((await read({ ...third, ...own() })).status).toBe(200)
    await skipped.advance(60_000)
    expect((await read({ ...third, ...own() })).status).toBe(401)
  })
})
