// The life of incidents over HTTP: what people do to them, silences, and who is told; each once for each key.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { defaultRouting } from '#orchestrator/core'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const ask = (method: string, path: string, body?: unknown, headers = {}) =>
  place.call(method, `/api/v1${path}`, { body, headers })

async function open(name: string): Promise<string> {
  const incidentId = `inc-${name}`
  const finding = {
    ...{ key: `lane/${name}`, metric: 'transit_hours', dimension: 'lane', dimensionValue: name },
    ...{ severity: 0.5, title: `${name} is slower`, beganAt: 0, value: 50, expected: 30 },
    ...{ expectedLow: 20, expectedHigh: 40, pValue: 0.001, model: 'test' },
    causes: [{ dimension: 'carrier', value: 'ups', share: 0.8 }],
  }
  const impact = { ordersAtRisk: 3, centsAtRisk: 100, currency: 'USD' }
  const data = { incidentId, finding, impact, isNoticed: true }
  await place.engine.core.execute('OpenIncident', data, { at: place.engine.now() })
  return incidentId
}

const detail = async (incidentId: string) =>
  (await ask('GET', `/incidents/${incidentId}`)).body as unknown as api.IncidentDetail

describe('an incident', () => {
  test('is given to somebody, snoozed, woken, graded, commented, ended and opened again', async () => {
    const id = await open('a')
    const of = (action: string, body?: unknown) => ask('POST', `/incidents/${id}/${action}`, body)
    expect((await of('owner', { owner: 'Mia' })).body).toMatchObject({
      status: 'done',
      incident: { owner: 'Mia' },
    })
    expect((await of('snooze', { hours: 8 })).body.incident).toMatchObject({ status: 'snoozed' })
    expect(await detail(id)).toMatchObject({ status: 'snoozed', telling: { why: 'snoozed' } })
    expect((await of('wake')).body.incident).toMatchObject({ status: 'open', snoozedUntil: null })
    expect((await of('severity', { severity: 0.9 })).status).toBe(200)
    expect((await of('comments', { text: 'The dock door is stuck' })).status).toBe(200)
    expect((await of('resolve', { reason: 'Door repaired' })).body.incident).toMatchObject({
      status: 'resolved',
    })
    const one = await detail(id)
    expect(one).toMatchObject({ severity: 0.9, severityFound: 0.5, resolvedBy: 'command line' })
    expect(one.comments).toMatchObject([{ text: 'The dock door is stuck', by: 'command line' }])
    expect(one.timeline.map(({ text }) => text.replace(/\d{4}-.*/, 'then'))).toEqual([
      ...['Opened: a is slower', 'Mia looks after it', 'Snoozed until then'],
      ...['No longer snoozed: by command line', 'Severity set to 0.90', 'Comment: The dock door is stuck'],
      'Resolved: Door repaired',
    ])
    expect((await of('reopen', { reason: 'It broke again' })).body.incident).toMatchObject({
      status: 'open',
    })
    const late = await of('snooze', { until: '2000-01-01T00:00:00Z' })
    expect([late.status, late.body.code]).toEqual([409, 'CORE_REFUSED'])
    const endless = await of('snooze', { until: '2099-01-01T00:00:00Z' })
    expect([endless.status, endless.body.detail]).toEqual([409, expect.stringContaining('snooze_too_long')])
    const odd = await of('snooze', { days: 3 })
    expect([odd.status, odd.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
    expect((await ask('POST', '/incidents/nobody/wake')).status).toBe(404)
  })

  test('is merged into another and split again, and a cause becomes one of its own', async () => {
    const [b, c] = [await open('b'), await open('c')]
    expect((await ask('POST', `/incidents/${c}/merge`, { into: b })).status).toBe(200)
    expect(await detail(b)).toMatchObject({ parts: [{ incidentId: c, title: 'c is slower' }] })
    expect(await detail(c)).toMatchObject({ status: 'merged', mergedInto: b, telling: { why: 'merged' } })
    const active = (await ask('GET', '/incidents?status=active')).body.items as unknown as api.Incident[]
    expect(active.map(({ incidentId }) => incidentId)).not.toContain(c)
    expect((await ask('POST', `/incidents/${c}/split`, {})).status).toBe(200)
    const key = { 'idempotency-key': 'split-once' }
    const cause = { dimension: 'carrier', value: 'ups' }
    const first = await ask('POST', `/incidents/${b}/split`, { cause }, key)
    const again = await ask('POST', `/incidents/${b}/split`, { cause }, key)
    expect(again.body.incidentId).toBe(first.body.incidentId)
    const { dimension } = await detail(b)
    expect(await detail(String(first.body.incidentId))).toMatchObject({
      splitFrom: b,
      dimension: `${String(dimension)} x carrier`,
    })
  })

  test('is acknowledged with many others at once, each told by itself', async () => {
    const ids = [await open('d'), await open('e'), 'nobody']
    const many = await ask('POST', '/incidents/actions', { incidentIds: ids, action: 'acknowledge' })
    expect(many.body).toMatchObject({ done: 2, refused: 1 })
    const mine = (await ask('GET', '/incidents?owner=command%20line')).body.items as unknown as api.Incident[]
    expect(mine.map(({ incidentId }) => incidentId).sort()).toEqual(['inc-d', 'inc-e'])
  })
})

describe('silences', () => {
  const draft = () => ({
    kind: 'silence',
    why: 'Known and being repaired',
    matchers: [{ label: 'lane', op: 'like', value: 'f*' }],
    startsAt: new Date(place.engine.now()).toISOString(),
    endsAt: new Date(place.engine.now() + 3_600_000).toISOString(),
    repeat: null,
    holdsReroutes: true,
  })

  test('hold for the incidents they match until they are ended', async () => {
    await open('f')
    const made = await ask('POST', '/silences', draft())
    expect(made.body).toMatchObject({ state: 'active', openIncidents: 1, by: 'command line' })
    const id = String(made.body.silenceId)
    expect((await detail('inc-f')).telling).toMatchObject({ why: 'silenced' })
    expect((await detail('inc-f')).telling.sentence).toContain('Known and being repaired')
    const changed = await ask('PUT', `/silences/${id}`, { ...draft(), why: 'Takes longer' })
    expect(changed.body).toMatchObject({ silenceId: id, why: 'Takes longer' })
    expect((await ask('POST', `/silences/${id}/end`)).body).toMatchObject({ state: 'ended' })
    expect((await ask('GET', '/silences?state=active')).body).toEqual({ silences: [] })
    const gone = await ask('POST', '/silences/nobody/end')
    expect([gone.status, gone.body.code]).toEqual([404, 'SILENCE_UNKNOWN'])
    const endless = await ask('POST', '/silences', { ...draft(), endsAt: null })
    expect([endless.status, endless.body.code]).toEqual([409, 'CORE_REFUSED'])
    expect((await ask('POST', '/silences', { ...draft(), matchers: [] })).status).toBe(400)
  })

  test.each(['2026-06-30T10:00:00z', '2026-06-30T23:59:60Z', '2026-06-30T10:00:00+05', '2026-06-30'])(
    'do not begin or end at %s, which not everything behind can read',
    async (time) => {
      for (const body of [
        { ...draft(), startsAt: time },
        { ...draft(), endsAt: time },
      ]) {
        const refused = await ask('POST', '/silences', body)
        expect([refused.status, refused.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
      }
      const snooze = await ask('POST', '/incidents/inc-f/snooze', { until: time })
      expect([snooze.status, snooze.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
    },
  )

  test('are asked for again under the same key, also where they begin when they arrive', async () => {
    const { startsAt: _, ...body } = draft()
    const headers = { 'idempotency-key': 'silence-twice' }
    const post = () => place.call('POST', '/api/v1/silences', { body, headers })
    const first = await post()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const again = await post()
    expect([again.status, again.body.silenceId]).toEqual([200, first.body.silenceId])
    expect((await ask('POST', `/silences/${first.body.silenceId}/end`)).status).toBe(200)
  })
})

describe('rules of alerting', () => {
  test('are those it starts with until others are set, and are tried before', async () => {
    expect((await ask('GET', '/alerting/routing')).body).toEqual({ routing: defaultRouting, isDefault: true })
    const grave = { label: 'severity', op: 'at_least', value: '0.7' } as const
    const routes = defaultRouting.routes.map((route) => ({ ...route, matchers: [grave] }))
    const routing = { ...defaultRouting, routes }
    const tried = (await ask('POST', '/alerting/preview', routing)).body as unknown as api.AlertPreview
    const told = tried.incidents.filter(({ routes: found }) => found.length > 0)
    expect(told.map(({ incidentId }) => incidentId)).toEqual(['inc-a'])
    expect((await ask('GET', '/alerting/routing')).body.isDefault).toBe(true)
    expect((await ask('PUT', '/alerting/routing', routing)).body).toEqual({ routing, isDefault: false })
    expect((await detail('inc-f')).telling.why).toBe('no_rule')
    const twice = await ask('PUT', '/alerting/routing', { ...routing, routes: [...routes, ...routes] })
    expect([twice.status, twice.body.code]).toEqual([409, 'CORE_REFUSED'])
  })

  test('name only receivers that are there', async () => {
    const [first] = defaultRouting.routes
    for (const change of [
      { receivers: ['nobody'] },
      { escalation: [{ afterMinutes: 5, receivers: ['label:x'] }] },
    ]) {
      const routing = { ...defaultRouting, routes: [{ ...first, ...change }] }
      const reply = await ask('PUT', '/alerting/routing', routing)
      expect([reply.status, reply.body.code]).toEqual([400, 'ALERT_RECEIVER_UNKNOWN'])
    }
  })
})
