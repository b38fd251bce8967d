// Messages whose readers decide a plan by the links in them: for receivers that are to have these, once, and kept
// nowhere.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPlace, type Place } from './http-place.ts'
import { planAt, tokenOf } from './plans.ts'
import { ok, startReceiver, until } from './webhooks/setup.ts'

const publicUrl = 'https://detour.shop.example'
let place: Place
beforeAll(async () => {
  place = await openPlace({ config: { publicUrl } })
  const items = ['A', 'B'].map((id) => ({ sku: 'x', nodeId: `fab:${id}`, onHand: 500 }))
  await place.call('POST', '/api/v1/inventory/adjustments', { body: { items } })
})
afterAll(() => place.close())

/** Addresses that decide a plan, in the order in which they stand in a body. */
const linksIn = (body: string) => body.match(/https:[^"\\ ]+\/decide\?[^"\\ ]+/g) ?? []
const use = (given: string) => place.bare('POST', '/api/v1/reroutes/links', { body: { token: given } })
const post = (path: string, body: object = {}) => place.call('POST', `/api/v1${path}`, { body })

test('messages carry links for the receivers that are to have them, and nothing keeps these', async () => {
  const kinds = ['detour', 'cloudevents', 'slack', 'teams'] as const
  const told = await Promise.all(
    kinds.map(async (format) => {
      const receiver = await startReceiver(ok)
      const events = ['reroute.plan_proposed', 'reroute.plan_decided']
      // Whatever it is called, the link is read.
      const called = `${format} of Grace ${'\u{1f600}'.repeat(200)}`
      const wanted = {
        url: receiver.url,
        format,
        description: called,
        events,
        carriesLinks: true,
      }
      const made = await post('/webhooks', wanted)
      expect([made.status, made.body]).toMatchObject([201, { carriesLinks: true }])
      return { webhookId: String(made.body.webhookId), received: receiver.received }
    }),
  )
  const silent = await startReceiver(ok)
  await post('/webhooks', { url: silent.url })
  const { planId } = await planAt(place)
  await until(() => told.every(({ received }) => received.length > 0) && silent.received.length > 0)
  const tokens = told.map(({ received }) => linksIn(received[0]?.body ?? '').map(tokenOf))
  for (const [approve, reject] of tokens)
    expect([approve, reject]).toEqual([expect.any(String), expect.any(String)])
  expect(linksIn(silent.received.map(({ body }) => body).join())).toEqual([])
  const used = await use(tokens[2]?.[0] ?? '')
  expect(used.body).toMatchObject({
    planId,
    status: 'approved',
    decidedBy: expect.stringMatching(/^a message to slack of Grace .{20,90}…$/u),
  })
  expect((await use(tokens[3]?.[1] ?? '')).body.code).toBe('REROUTE_LINK_USED')
  // What is sent again later leads to nothing that could still be decided.
  const { webhookId, received } = told[0] ?? { webhookId: '', received: [] }
  const messageId = received[0]?.id ?? ''
  await until(() => received.length >= 2)
  expect((await post(`/webhooks/${webhookId}/replay`, { messageId })).status).toBe(202)
  await until(() => received.filter(({ id }) => id === messageId).length === 2)
  expect(received.flatMap(({ body }) => linksIn(body))).toHaveLength(2)
  const kept = (await place.call('GET', '/api/v1/deliveries?limit=200')).body
  expect(linksIn(JSON.stringify(kept))).toEqual([])
  expect(JSON.stringify(kept)).toContain(planId)
})

test('links are refused where they could lead nowhere', async () => {
  const made = await post('/webhooks', {
    url: 'https://example.com/',
    format: 'alertmanager',
    carriesLinks: true,
  })
  expect([made.status, made.body.code]).toEqual([422, 'WEBHOOK_SETTINGS_INVALID'])
})
