// Replays of policies: what a draft would have made of real past orders, beside the policies in force; and that
// publishing asks for one.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { assertPublishable, startReplay } from '#orchestrator/replay'
import { act, draftOf, publishPolicy, publishStrategies } from './drafts.ts'
import { end, replayingHere } from './replaying.ts'

const { core, workspace, market, kept, openReplays, replayed } = await replayingHere()

const dear = draftOf({
  policyId: 'dear',
  when: 'order.valueCents > 8000',
  severity: 'critical',
  actions: [act('hold', 'look')],
})

test('a draft that holds is replayed: the same orders are held on one side, and only they change', async () => {
  const { status, summary, replayId, error } = await replayed({ draft: dear })
  expect([status, error]).toEqual(['done', null])
  if (summary === null) throw new Error('no summary')
  expect(summary.before).toMatchObject({ orders: 120, held: 0, validated: 120 })
  expect(summary.after.held).toBe(summary.matched)
  expect(summary.matched).toBeGreaterThan(0)
  expect(summary.matched).toBeLessThan(120)
  expect(summary.after.sourced).toBeLessThan(summary.before.sourced)
  const changes = market.replays.changes(replayId)
  const held = changes.filter(({ after }) => after.held === 'policy: look')
  expect(held).toHaveLength(summary.matched)
  expect(held[0]).toMatchObject({ before: { held: null }, reason: 'It would be held: policy: look.' })
  expect(core.state().policyBook.policies).toEqual([])
})

test('a draft that keeps orders away from a node moves them, at a cost', async () => {
  const plain = await replayed({ draft: draftOf({ when: 'order.lines > 0', actions: [act('tag', 'x')] }) })
  const nodes = plain.summary?.before
  expect(nodes?.costCents).toBe(plain.summary?.after.costCents)
  const [nodeId = ''] = [...core.state().nodes.keys()]
  const filter = draftOf({
    policyId: 'away',
    kind: 'filter',
    severity: 'critical',
    scope: 'node',
    points: ['source'],
    when: `node.id != "${nodeId}"`,
  })
  const { summary, replayId } = await replayed({ draft: filter })
  const changes = market.replays.changes(replayId)
  expect(changes.length).toBeGreaterThan(0)
  for (const { after } of changes) expect(after.nodeIds).not.toContain(nodeId)
  expect(summary?.after.costCents).not.toBe(summary?.before.costCents)
})

test('of policies that keep orders away from nodes those have spoken that refused one', async () => {
  const [nodeId = '', otherId = ''] = [...core.state().nodes.keys()]
  const away = (policyId: string, when: string) =>
    draftOf({
      ...{ policyId, kind: 'filter', severity: 'critical', scope: 'node', points: ['source'], when },
    })
  await publishPolicy(core, away('away', `node.id != "${nodeId}"`), end)
  const idle = await replayed({ draft: away('idle', 'node.id != "nowhere"') })
  expect(idle.summary).toMatchObject({ matched: 0, changedOrders: 0, findings: [] })
  const dearOnes = await replayed({
    draft: away('far', `node.id != "${otherId}" || order.valueCents <= 8000`),
  })
  expect(dearOnes.summary?.matched).toBeGreaterThan(0)
  expect(dearOnes.summary?.matched).toBeLessThan(120)
  const all = await replayed({ draft: away('away', `node.id != "${nodeId}"`) })
  expect(all.summary?.findings).toMatchObject([{ code: 'matched_everything' }])
  await core.execute('RetirePolicy', { policyId: 'away', by: 'test', reason: 'over' }, { at: end })
})

test('the same replay comes to the same, to the last cent', async () => {
  const [one, two] = [await replayed({ draft: dear }), await replayed({ draft: dear })]
  expect(two.summary).toEqual(one.summary)
  expect(market.replays.changes(two.replayId)).toEqual(market.replays.changes(one.replayId))
})

test('what a draft tags before reroutes is told of the orders that it touches, and holds none', async () => {
  const points = ['reroute'] as const
  const tag = draftOf({ ...dear, points: [...points], actions: [act('tag', 'dear')] })
  const { summary } = await replayed({ draft: tag })
  expect(summary?.matched).toBeGreaterThan(0)
  expect(summary?.after).toMatchObject({ held: 0, tagged: summary?.matched, noted: summary?.matched })
  const filter = draftOf({ ...dear, kind: 'filter', points: [...points], actions: [] })
  const { summary: kept } = await replayed({ draft: filter })
  expect(kept?.after).toMatchObject({ held: 0, noted: kept?.matched })
})

test('a replay knows how odd an order is before reroutes alone, as the flow does', async () => {
  const { warehouse } = workspace
  await warehouse.transaction((queries) =>
    queries.run(`INSERT INTO anomalies BY NAME SELECT 'odd/' || order_id AS anomaly_id, market, 'order' AS metric,
      'order' AS dimension, order_id::VARCHAR AS dimension_value, 'record' AS grain, placed_at AS bucket_start,
      0.99 AS score, 'test' AS model, true AS is_confirmed, placed_at AS scored_at FROM orders`),
  )
  const odd = draftOf({ policyId: 'odd', when: 'anomaly.oddness > 0.95', actions: [act('tag', 'odd')] })
  const tagged = async (points: api.PolicyPoint[]) =>
    (await replayed({ draft: { ...odd, points } })).summary?.after.tagged
  expect(await tagged(['validate', 'source', 'release'])).toBe(0)
  expect(await tagged(['reroute'])).toBeGreaterThan(0)
  await warehouse.transaction((queries) => queries.run('DELETE FROM anomalies'))
})

test('a draft that touches every order is told so, and needs a word', async () => {
  const { summary } = await replayed({
    draft: draftOf({ when: 'order.lines < 1000', actions: [act('tag', 'x')] }),
  })
  expect(summary?.findings).toMatchObject([{ code: 'matched_everything', needsWord: true }])
})

test('publishing asks for a replay of that very version, or for a word', async () => {
  await core.execute('DraftPolicy', { draft: dear, by: 'test' }, { at: end })
  const known = { state: core.state(), replays: market.replays }
  const ask =
    (replayId: string | null, accepted: string[] = []) =>
    () =>
      assertPublishable('dear', { version: 1, replayId, accepted }, known)
  expect(ask(null)).toThrow(expect.objectContaining({ code: 'POLICY_NEEDS_WORD' }))
  expect(ask('rep_nothing')).toThrow(expect.objectContaining({ code: 'REPLAY_UNKNOWN' }))
  expect(ask(null, ['no_replay'])()).toMatchObject([{ code: 'no_replay' }])
  const other = await replayed({ draft: dear })
  expect(ask(other.replayId)).toThrow(/something else/)
  const own = await replayed({ policyId: 'dear' })
  expect(ask(own.replayId)()).toEqual([])
  const empty = await replayed({ policyId: 'dear' }, end + 90 * 86_400_000)
  expect(empty).toMatchObject({ status: 'done', summary: { matched: 0, after: { orders: 0 } } })
  expect(ask(empty.replayId)).toThrow(/There were no orders in these days/)
  expect(ask(empty.replayId, ['no_replay'])()).toMatchObject([{ code: 'no_replay' }])
})

test('a policy that would touch every order is published only with a word for that', async () => {
  const all = draftOf({ policyId: 'all', when: 'order.lines >= 0', actions: [act('hold', 'all of them')] })
  await core.execute('DraftPolicy', { draft: all, by: 'test' }, { at: end })
  const known = { state: core.state(), replays: market.replays }
  const ask = (accepted: string[]) => () =>
    assertPublishable('all', { version: 1, replayId: null, accepted }, known)
  expect(ask(['no_replay'])).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ needs: ['matches_everything'] }) }),
  )
  const codes = ask(['no_replay', 'matches_everything'])().map(({ code }) => code)
  expect(codes).toEqual(['matches_everything', 'no_replay'])
})

test('what a policy of a replay tags and sets is there for the policies after it', async () => {
  const tag = draftOf({ policyId: 'a-tag', when: 'order.valueCents > 8000', actions: [act('tag', 'dear')] })
  await publishPolicy(core, tag, end)
  const onTag = draftOf({ policyId: 'on-tag', when: '"dear" in order.tags', actions: [act('hold', 'dear')] })
  const first = await replayed({ draft: { ...onTag, points: ['source'] } })
  expect(first.summary?.after.held).toBeGreaterThan(0)
  expect(first.summary?.after.held).toBe(first.summary?.after.tagged)

  const set = [act('set', 'Springfield', 'city')]
  await publishPolicy(
    core,
    draftOf({ policyId: 'b-city', when: 'order.valueCents > 8000', actions: set }),
    end,
  )
  const onCity = draftOf({
    policyId: 'a-city',
    when: 'order.city == "Springfield"',
    actions: [act('hold', 'x')],
  })
  const second = await replayed({ draft: { ...onCity, priority: 1 } })
  expect(second.summary?.after.held).toBe(first.summary?.after.held)
  for (const policyId of ['a-tag', 'b-city'])
    await core.execute('RetirePolicy', { policyId, by: 'test', reason: 'over' }, { at: end })
})

test('the strategy that an earlier step chose stays in a replay as it does in the flow', async () => {
  await publishStrategies(core, end, 'fast', 'cheap')
  const route = (strategyId: string) => [act('route', strategyId)]
  const early = draftOf({ policyId: 'early', when: 'order.valueCents > 8000', actions: route('fast') })
  await publishPolicy(core, early, end)
  const late = draftOf({ policyId: 'late', when: 'order.lines > 0', points: ['source'], priority: 0 })
  const { replayId } = await replayed({ draft: { ...late, actions: route('cheap') } })
  const changes = market.replays.changes(replayId)
  const chosen = changes.map(({ before, after }) => `${before.strategyId}, ${after.strategyId}`)
  expect(new Set(chosen)).toEqual(new Set(['fast, fast', 'null, cheap']))
  await core.execute('RetirePolicy', { policyId: 'early', by: 'test', reason: 'over' }, { at: end })
})

test('a replay can be cancelled, one runs at a time, and what is in force is the side before', async () => {
  await publishPolicy(core, dear, end)
  const first = startReplay({ policyId: 'dear', days: 4 }, market, 'test')
  expect(() => startReplay({ policyId: 'dear' }, market, 'test')).toThrow(/under way/)
  market.replays.cancel(first.replayId)
  while (market.replays.get(first.replayId).status === 'running') {
    await new Promise((done) => setTimeout(done, 5))
  }
  expect(market.replays.get(first.replayId).status).toBe('cancelled')
  const { summary, replayId } = await replayed({ policyId: 'dear', version: 1 })
  expect(summary?.before.held).toBe(summary?.after.held)
  expect(market.replays.changes(replayId)).toEqual([])
})

test('a replay that came to its end is known after a new start, and can be published by', async () => {
  const draft = { ...dear, policyId: 'dearer', when: 'order.valueCents > 9000' }
  const { answer } = await core.execute('DraftPolicy', { draft, by: 'test' }, { at: end })
  const version = Number(answer.details?.version)
  const replay = await replayed({ policyId: 'dearer', version })
  const running = { ...replay, replayId: 'rep_cut', status: 'running', summary: null }
  const path = (name: string) => join(kept, name)
  await writeFile(path('rep_cut.json'), JSON.stringify({ replay: running, changes: [] }))
  await writeFile(path('rep_broken.json'), '{"replay":')

  const again = await openReplays()
  expect(again.get(replay.replayId)).toEqual(replay)
  expect(again.changes(replay.replayId)).toEqual(market.replays.changes(replay.replayId))
  expect(again.get('rep_cut')).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/run it again/),
  })
  expect(() => again.get('rep_broken')).toThrow()
  const asked = { version, replayId: replay.replayId, accepted: [] }
  const findings = assertPublishable('dearer', asked, { state: core.state(), replays: again })
  expect(findings.map(({ needsWord }) => needsWord)).not.toContain(true)
})
