// Plans of reroutes over HTTP: approved once, by a person or by a link that is used once and in time; the switch that
// stops all; effects and roll-backs.

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { openPlace, type Place } from './http-place.ts'
import { planAt, tokenOf } from './plans.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
  const items = ['A', 'B'].map((id) => ({ sku: 'x', nodeId: `fab:${id}`, onHand: 500 }))
  await place.call('POST', '/api/v1/inventory/adjustments', { body: { items } })
})
afterAll(() => place.close())

const use = (given: string) => place.bare('POST', '/api/v1/reroutes/links', { body: { token: given } })
const post = (path: string, body: object = {}) => place.call('POST', `/api/v1${path}`, { body })

test('a plan is shown with its moves, and approved once', async () => {
  const { planId } = await planAt(place)
  const shown = await place.call('GET', `/api/v1/reroutes/plans/${planId}`)
  expect(shown.body).toMatchObject({ planId, status: 'proposed', orders: expect.any(Number) })
  const [move] = shown.body.moves as api.PlannedMove[]
  const order = place.engine.core.state().orders.get(move?.orderId ?? '')
  expect(move).toMatchObject({
    ...{ orderExternalId: order?.externalId, fromNodeId: order?.work.at(-1)?.nodeId, moreNodes: 0 },
    ...{ toNodeId: expect.any(String), extraCents: expect.any(Number) },
  })
  expect(move?.toNodeId).not.toBe(move?.fromNodeId)
  const first = await post(`/reroutes/plans/${planId}/approve`, { note: 'go' })
  expect([first.status, first.body]).toMatchObject([200, { status: 'approved', note: 'go' }])
  const again = await post(`/reroutes/plans/${planId}/reject`)
  expect([again.status, again.body.code]).toEqual([409, 'REROUTE_PLAN_DECIDED'])
  await expect
    .poll(async () => (await place.call('GET', `/api/v1/reroutes/plans/${planId}`)).body.status, {
      timeout: 20_000,
    })
    .toBe('done')
  const none = await post('/reroutes/plans/plan_none/approve')
  expect([none.status, none.body.code]).toEqual([404, 'REROUTE_PLAN_UNKNOWN'])
})

test('a link decides without a key, once; a changed one is refused', async () => {
  const { planId } = await planAt(place)
  const links = (await post(`/reroutes/plans/${planId}/links`, { by: 'Grace' })).body
  const token = tokenOf(`${place.url}${String(links.reject)}`)
  const changed = await use(`x${token}`)
  expect([changed.status, changed.body.code]).toEqual([403, 'REROUTE_LINK_INVALID'])
  const used = await use(token)
  expect([used.status, used.body]).toMatchObject([
    200,
    { planId, status: 'rejected', decidedBy: 'Grace, by a link of command line' },
  ])
  const twice = await use(token)
  expect([twice.status, twice.body.code]).toEqual([409, 'REROUTE_LINK_USED'])
  const late = await post(`/reroutes/plans/${planId}/links`)
  expect([late.status, late.body.code]).toEqual([409, 'REROUTE_PLAN_DECIDED'])
})

test('a link is no good once its plan has run out', async () => {
  const { planId } = await planAt(place)
  const { core, now } = place.engine
  const plan = core.state().reroutes.plans.get(planId)
  if (plan === undefined) throw new Error('no plan')
  const soon = { ...plan, planId: 'plan_short', expiresAt: now() + 1_500 }
  await core.execute('ProposeReroute', { plan: soon }, { at: now() })
  const links = (await post('/reroutes/plans/plan_short/links')).body
  await expect.poll(() => now() >= soon.expiresAt, { timeout: 10_000 }).toBe(true)
  const late = await use(tokenOf(`${place.url}${String(links.approve)}`))
  expect([late.status, late.body.code]).toEqual([410, 'REROUTE_PLAN_EXPIRED'])
  expect(core.state().orders.get(plan.moves[0]?.orderId ?? '')?.moves).toBe(0)
  await post(`/reroutes/plans/${planId}/reject`)
})

test('moves that were taken back stand in the history of their incident, with who asked for it', async () => {
  const { planId, incidentId } = await planAt(place)
  await post(`/reroutes/plans/${planId}/approve`)
  const status = async () => (await place.call('GET', `/api/v1/reroutes/plans/${planId}`)).body.status
  await expect.poll(status, { timeout: 20_000 }).toBe('done')
  const rolled = await post(`/incidents/${incidentId}/roll-back`, { reason: 'wrong' })
  expect(rolled.body).toMatchObject({ stayed: 0 })
  const { returned } = rolled.body
  expect(returned).toBeGreaterThan(0)
  const { timeline } = (await place.call('GET', `/api/v1/incidents/${incidentId}`)).body
  expect(timeline).toContainEqual({
    at: expect.any(String),
    text: `Moves taken back, wrong: ${returned} ${returned === 1 ? 'order' : 'orders'} returned`,
    by: 'command line',
  })
})

test('everything that moves by itself is stopped and let go again', async () => {
  expect((await post('/reroutes/stop')).body).toMatchObject({ isStopped: true })
  const policy = () => place.engine.core.state().policy
  expect(policy().isStopped).toBe(true)
  // Whoever saves limits that were read before changes them, and lets nothing go on.
  const read = { ...policy(), isStopped: false, maxOrdersPerIncident: 77 }
  const saved = await place.call('PUT', '/api/v1/policies/reroute', { body: read })
  expect(saved.body).toMatchObject({ isStopped: true, maxOrdersPerIncident: 77 })
  expect(policy()).toMatchObject({ isStopped: true, maxOrdersPerIncident: 77 })
  expect((await post('/reroutes/resume')).body).toMatchObject({ isStopped: false })
})

test('a plan that is approved while reroutes are stopped is said to wait, and goes once they are resumed', async () => {
  const { planId } = await planAt(place)
  const shown = async () => (await place.call('GET', `/api/v1/reroutes/plans/${planId}`)).body
  expect((await shown()).haltedBy).toBeNull()
  await post('/reroutes/stop')
  expect((await shown()).haltedBy).toBe('stopped')
  const approved = await post(`/reroutes/plans/${planId}/approve`)
  expect(approved.body).toMatchObject({ status: 'approved', haltedBy: 'stopped' })
  await place.engine.cycle()
  expect((await shown()).status).toBe('approved')
  await post('/reroutes/resume')
  const status = async () => (await shown()).status
  await expect.poll(status, { timeout: 20_000 }).toBe('done')
  expect((await shown()).haltedBy).toBeNull()
})

test('how surely work must be late before it moves is a limit from a half to one, and can be taken back', async () => {
  const put = (minLateRisk: number | null) =>
    place.call('PUT', '/api/v1/policies/reroute', {
      body: { ...place.engine.core.state().policy, minLateRisk },
    })
  expect((await put(0.75)).body).toMatchObject({ minLateRisk: 0.75 })
  const refused = await put(0.2)
  expect([refused.status, refused.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
  expect(place.engine.core.state().policy.minLateRisk).toBe(0.75)
  expect((await put(null)).body).toMatchObject({ minLateRisk: null })
})

test('effects of all moves come first, and an incident that moved nothing has none', async () => {
  const { body } = await place.call('GET', '/api/v1/reroutes/effects')
  expect((body as { items: unknown[] }).items[0]).toMatchObject({ incidentId: null })
  const unknown = await place.call('GET', '/api/v1/incidents/none/effect')
  expect([unknown.status, unknown.body.code]).toEqual([404, 'INCIDENT_UNKNOWN'])
  const [incidentId] = [...place.engine.core.state().incidents.keys()]
  const rolled = await post(`/incidents/${incidentId}/roll-back`, { reason: 'wrong' })
  expect([rolled.status, rolled.body]).toMatchObject([200, { returned: expect.any(Number) }])
})
