// Strategies over HTTP: published as versions that stay, chosen by rules that were checked, tried without publishing.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultStrategy } from '#orchestrator/core'
import { openPlace, type Place } from '../http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const { version: _, publishedAt: __, publishedBy: ___, ...bare } = defaultStrategy
const cheap = { ...bare, strategyId: 'cheap', name: 'Cheap' }
const ask = (method: string, path: string, body?: unknown, headers = {}) =>
  place.call(method, `/api/v1/strategies${path}`, { body, headers })

describe('strategies', () => {
  test('are the default alone at first', async () => {
    const { body } = await place.bare('GET', '/api/v1/strategies')
    expect(body).toEqual({ strategies: [defaultStrategy], rules: [] })
  })

  test('get a version each time they are published anew, and one for one key', async () => {
    const first = await ask('POST', '', cheap, { 'idempotency-key': 'k1' })
    expect([first.status, first.body.isNew]).toEqual([200, true])
    expect(first.body.strategy).toMatchObject({ ...cheap, version: 1 })
    const again = await ask('POST', '', cheap, { 'idempotency-key': 'k1' })
    expect(again.body.strategy).toEqual(first.body.strategy)
    const same = await ask('POST', '', cheap)
    expect([same.body.isNew, same.body.strategy]).toEqual([false, first.body.strategy])
    const next = await ask('POST', '', { ...cheap, note: 'dearer' })
    expect(next.body.strategy).toMatchObject({ version: 2, note: 'dearer' })
    const { strategies } = (await ask('GET', '')).body as { strategies: unknown[] }
    expect(strategies).toEqual([next.body.strategy, first.body.strategy, defaultStrategy])
  })

  test('are not published with constraints that cannot hold together', async () => {
    const constraints = [
      { name: 'node_type', kind: 'hard', limit: null, priceCents: 0, values: ['warehouse'] },
      { name: 'excluded_node', kind: 'hard', limit: null, priceCents: 0, values: ['fab:A', 'fab:B'] },
    ]
    const { status, body } = await ask('POST', '', { ...cheap, constraints })
    expect([status, body.code]).toEqual([400, 'STRATEGY_INVALID'])
    expect(body.details).toMatchObject({ code: 'constraints_contradict', constraints: ['excluded_node'] })
    const odd = await ask('POST', '', { ...cheap, prices: { ...bare.prices, hourCents: -1 } })
    expect([odd.status, odd.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
  })

  test('are chosen by rules that were checked', async () => {
    const rules = [{ when: 'order.units > 3', strategyId: 'cheap' }]
    expect((await ask('PUT', '/rules', { rules })).body).toEqual({ rules })
    expect(((await ask('GET', '')).body as { rules: unknown }).rules).toEqual(rules)
    const bad = await ask('PUT', '/rules', {
      rules: [...rules, { when: 'order.unit > 3', strategyId: 'cheap' }],
    })
    expect([bad.status, bad.body.code]).toEqual([400, 'STRATEGY_RULE_INVALID'])
    expect(bad.body.details).toMatchObject({ rule: 1, position: 6, reason: 'No such key: unit' })
    expect(((await ask('GET', '')).body as { rules: unknown }).rules).toEqual(rules)
  })

  test('are checked without being published', async () => {
    const draft = { ...cheap, fallbackId: 'nobody' }
    const rules = [{ when: 'true', strategyId: 'none' }]
    const { status, body } = await place.bare('POST', '/api/v1/strategies/check', { body: { draft, rules } })
    expect(status).toBe(200)
    expect(body).toEqual({
      isUsable: false,
      findings: [expect.objectContaining({ code: 'fallback_unknown', kind: 'error' })],
      rules: [{ rule: 0, position: null, reason: 'there is no strategy none' }],
    })
    expect((await ask('POST', '/check', { draft: cheap })).body).toMatchObject({
      isUsable: true,
      findings: [],
    })
  })
})
