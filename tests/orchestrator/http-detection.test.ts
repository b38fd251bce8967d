// Detection over HTTP: settings and feedback are kept in the log, move thresholds, are tried before, and taken back.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultDetection } from '#models'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const ask = (method: string, path: string, body?: unknown, headers = {}) =>
  place.call(method, `/api/v1/detection${path}`, { body, headers })

describe('settings of detection', () => {
  test('are those it starts with, until somebody sets others', async () => {
    expect((await ask('GET', '/settings')).body).toEqual(defaultDetection)
    const settings = { ...defaultDetection, fdr: 0.05, closedDays: ['2026-12-25'], alertsPerWeek: 5 }
    expect((await ask('PUT', '/settings', settings)).status).toBe(200)
    expect((await ask('GET', '/settings')).body).toEqual(settings)
    const odd = await ask('PUT', '/settings', { ...settings, fdr: 2 })
    expect([odd.status, odd.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
    expect((await ask('GET', '/settings')).body).toEqual(settings)
  })

  test('are tried on the last days without being changed', async () => {
    const { body } = await ask('POST', '/preview', { settings: { ...defaultDetection, fdr: 0.001 }, days: 3 })
    expect(body).toMatchObject({ days: 3, before: [], after: [], gone: [], added: [] })
  })
})

describe('feedback', () => {
  const finding = {
    key: 'node/x',
    metric: 'backlog',
    dimension: 'node',
    dimensionValue: 'x',
    severity: 0.5,
    title: 'x is falling behind',
    beganAt: 0,
    value: 50,
    expected: 30,
    expectedLow: 20,
    expectedHigh: 40,
    pValue: 0.001,
    model: 'test',
    causes: [],
  }
  const impact = { ordersAtRisk: 0, centsAtRisk: 0, currency: 'USD' }

  test('moves the thresholds of what it is about, once for each key, and is taken back', async () => {
    const { core } = place.engine
    await core.execute('OpenIncident', { incidentId: 'i1', finding, impact }, { at: place.engine.now() })
    const draft = { incidentId: 'i1', verdict: 'not_useful', reason: 'too_small', note: null }
    const key = { 'idempotency-key': 'once' }
    const first = await ask('POST', '/feedback', draft, key)
    expect(first.status).toBe(200)
    expect(first.body.feedback).toMatchObject([{ ...draft, metric: 'backlog', value: 50, isUndone: false }])
    expect(first.body.rules).toMatchObject([{ metric: 'backlog', dimensionValue: 'x', leastChange: 22 }])
    expect((await ask('POST', '/feedback', draft, key)).body).toEqual(first.body)
    const [{ feedbackId } = { feedbackId: '' }] = first.body.feedback as { feedbackId: string }[]
    const undone = await ask('POST', `/feedback/${encodeURIComponent(feedbackId)}/undo`)
    expect(undone.body.feedback).toMatchObject([{ feedbackId, isUndone: true }])
    expect(undone.body.rules).toEqual([])
  })

  test('needs an incident that is there', async () => {
    const draft = { incidentId: 'none', verdict: 'useful', reason: null, note: null }
    const { status, body } = await ask('POST', '/feedback', draft)
    expect([status, body.code]).toEqual([404, 'INCIDENT_UNKNOWN'])
    const tried = await ask('POST', '/preview', { feedback: draft })
    expect([tried.status, tried.body.code]).toEqual([404, 'INCIDENT_UNKNOWN'])
    expect((await ask('POST', '/feedback/none/undo')).status).toBe(409)
  })
})
