// Policies over HTTP: drafted, checked in both views, replayed, published with a word, asked of orders, and retired.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { openPlace, type Place } from '../http-place.ts'
import { act, draftOf } from './drafts.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const ask = (method: string, path: string, body?: unknown, headers = {}) =>
  place.call(method, `/api/v1${path}`, { body, headers })
const many = draftOf({ policyId: 'many', when: 'order.units > 2', actions: [act('hold', 'many units')] })
const order = (id: string, quantity: number) => ({
  externalId: id,
  currency: 'USD',
  method: 'delivery',
  shipTo: { country: 'US', region: 'NV' },
  lines: [{ sku: 'x', quantity, unitPriceCents: 100 }],
})

/** A replay of the policy on the last day, once it has ended. */
async function replayed(): Promise<api.Replay> {
  const { body: started } = await ask('POST', '/replays', { policyId: 'many', days: 1 })
  let replay = started as unknown as api.Replay
  while (replay.status === 'running') {
    replay = (await ask('GET', `/replays/${replay.replayId}`)).body as unknown as api.Replay
  }
  return replay
}

describe('policies', () => {
  test('are drafted as versions that stay, and one for one key', async () => {
    expect((await ask('GET', '/policies')).body).toEqual({ policies: [], findings: [] })
    const first = await ask('POST', '/policies', many, { 'idempotency-key': 'k1' })
    expect([first.status, first.body.isNew]).toEqual([200, true])
    expect(first.body.policy).toMatchObject({ ...many, version: 1, status: 'draft' })
    const again = await ask('POST', '/policies', many, { 'idempotency-key': 'k1' })
    expect(again.body.policy).toEqual(first.body.policy)
    const next = await ask('POST', '/policies', { ...many, note: 'more' })
    expect(next.body.policy).toMatchObject({ version: 2 })
    const { policies } = (await ask('GET', '/policies/many')).body as { policies: api.OrderPolicy[] }
    expect(policies.map(({ version }) => version)).toEqual([2, 1])
    expect((await ask('GET', '/policies/nothing')).body.code).toBe('POLICY_UNKNOWN')
  })

  test('that do not type-check are refused with the place; so are fields that nobody knows', async () => {
    const { status, body } = await ask('POST', '/policies', { ...many, when: 'order.units > "2"' })
    expect([status, body.code]).toEqual([400, 'POLICY_INVALID'])
    expect(body.details).toMatchObject({ code: 'condition_invalid', position: 0 })
    const odd = await ask('POST', '/policies', { ...many, junk: 1 })
    expect([odd.status, odd.body.code]).toEqual([400, 'HTTP_BODY_INVALID'])
  })

  test('are checked and shown as text and rows without being kept', async () => {
    const { body } = await ask('POST', '/policies/check', {
      ...many,
      policyId: 'other',
      when: 'order.lines >= 0',
    })
    expect(body).toMatchObject({
      isUsable: true,
      findings: [{ code: 'matches_everything', needsWord: true }],
    })
    const form = (body.condition as api.FormAnswer).form
    const back = await ask('POST', '/policies/form', { scope: 'order', form })
    expect(back.body).toEqual({ text: 'order.lines >= 0', form, onlyText: null, fault: null })
    expect((await ask('POST', '/policies/form', { scope: 'order' })).body.code).toBe('HTTP_BODY_INVALID')
    const { facts } = (await ask('GET', '/policies/facts')).body as unknown as api.PolicyFactsAnswer
    expect(facts.find(({ path }) => path === 'incident.node.severity')).toMatchObject({ type: 'double' })
    expect(facts.find(({ path }) => path === 'line.lateRisk')?.scopes).toEqual(['line'])
  })

  test('are published only with a replay or a word, and then hold orders', async () => {
    const body = { version: 2, replayId: null, accepted: [] as string[] }
    const bare = await ask('POST', '/policies/many/publish', body)
    expect([bare.status, bare.body.code]).toEqual([409, 'POLICY_NEEDS_WORD'])
    expect(bare.body.details).toMatchObject({ needs: ['no_replay'] })
    const empty = await replayed()
    const early = await ask('POST', '/policies/many/publish', { ...body, replayId: empty.replayId })
    expect([early.status, early.body.details]).toMatchObject([409, { needs: ['no_replay'] }])
    expect((await ask('POST', '/orders', order('o0', 1))).status).toBeLessThan(300)
    await place.engine.project()
    const replay = await replayed()
    expect(replay).toMatchObject({ status: 'done', error: null, summary: { after: { orders: 1 } } })
    const { body: changes } = await ask('GET', `/replays/${replay.replayId}/changes?limit=1`)
    expect(changes).toMatchObject({ items: [], nextCursor: null, total: 0 })
    const published = await ask('POST', '/policies/many/publish', { ...body, replayId: replay.replayId })
    expect(published.body.policy).toMatchObject({ status: 'published', replayId: replay.replayId })
    for (const [id, quantity] of [
      ['o1', 3],
      ['o2', 1],
    ] as const) {
      const { status } = await ask('POST', '/orders', order(id, quantity))
      expect(status).toBeLessThan(300)
    }
    const held = () =>
      [...place.engine.core.state().orders.values()].find(({ externalId }) => externalId === 'o1')
    await expect.poll(() => held()?.hold, { timeout: 20_000 }).toBe('policy: many units')
    const other = () =>
      [...place.engine.core.state().orders.values()].find(({ externalId }) => externalId === 'o2')
    await expect.poll(() => other()?.status, { timeout: 20_000 }).toBe('released')
  })

  test('are out of force once they were retired', async () => {
    const { body } = await ask('POST', '/policies/many/retire', { reason: 'over' })
    expect(body.policy).toMatchObject({ version: 2, status: 'retired' })
    expect((await ask('POST', '/policies/nothing/retire', { reason: 'x' })).body.code).toBe('POLICY_UNKNOWN')
  })
})

test('before reroutes each turn of the loop tags open orders, and notes filters that fail', async () => {
  const tag = draftOf({
    ...{ policyId: 'two', points: ['reroute'], actions: [act('tag', 'two-units')] },
    when: 'order.units == 2',
  })
  const filter = draftOf({ policyId: 'none', kind: 'filter', points: ['reroute'], when: 'order.units != 2' })
  for (const draft of [tag, filter]) {
    await ask('POST', '/policies', draft)
    const body = { version: 1, replayId: null, accepted: ['no_replay'] }
    expect((await ask('POST', `/policies/${draft.policyId}/publish`, body)).status).toBe(200)
  }
  const { body } = await ask('POST', '/orders', order('o3', 2))
  const found = () => place.engine.core.state().orders.get(String(body.orderId))
  await expect.poll(() => found()?.status, { timeout: 20_000 }).toBe('released')
  await place.engine.cycle()
  expect(found()?.policies?.tags).toEqual(['two-units'])
  for (const { policyId } of [tag, filter]) await ask('POST', `/policies/${policyId}/retire`, { reason: 'x' })
})

test('policies and what they said stand in tables', async () => {
  await place.engine.project()
  const { warehouse } = place.engine.workspace
  const rows = await warehouse.reading((queries) =>
    queries.all(
      `SELECT policy_id, version, status, retired_by FROM policies WHERE policy_id = 'many' ORDER BY version`,
    ),
  )
  expect(rows).toEqual([
    { policy_id: 'many', version: 1, status: 'draft', retired_by: null },
    { policy_id: 'many', version: 2, status: 'retired', retired_by: 'command line' },
  ])
  const said = await warehouse.reading((queries) =>
    queries.all(
      'SELECT point, policy_id, version, part, outcome, text FROM policy_results ORDER BY point DESC, policy_id',
    ),
  )
  expect(said).toEqual([
    {
      ...{ point: 'validate', policy_id: 'many', version: 2, part: '', outcome: 'acted' },
      text: 'many: holds: many units',
    },
    {
      ...{ point: 'reroute', policy_id: 'none', version: 1, part: '', outcome: 'failed' },
      text: 'none: does not hold',
    },
    {
      ...{ point: 'reroute', policy_id: 'two', version: 1, part: '', outcome: 'acted' },
      text: 'two: tagged two-units',
    },
  ])
})

test('reading is for everybody here, drafting for those who may act', async () => {
  expect((await place.bare('GET', '/api/v1/policies')).status).toBe(200)
  expect((await place.bare('POST', '/api/v1/policies', { body: many })).status).toBe(401)
  expect((await place.bare('POST', '/api/v1/replays', { body: { policyId: 'many' } })).status).toBe(401)
})
