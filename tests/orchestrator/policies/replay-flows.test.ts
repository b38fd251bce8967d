// Replays of flows: orders that would go another way, and policies that their tiles name.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { assertFlowPublishable } from '#orchestrator/replay'
import { act, draftOf, publishPolicy } from './drafts.ts'
import { end, replayingHere } from './replaying.ts'

const { core, market, replayed } = await replayingHere()

test('a flow is replayed: orders that another flow would take go another way', async () => {
  const document: api.FlowDocument = {
    format: 1,
    flowId: 'dear',
    kind: 'order',
    title: 'Dear orders',
    match: 'order.valueCents > 8000',
    tiles: [
      { type: 'start', id: 'start', next: 'ask' },
      { type: 'approval', id: 'ask', question: 'Is it real?', approved: 'source', rejected: 'exit' },
      { type: 'source', id: 'source', next: 'exit' },
      { type: 'exit', id: 'exit' },
    ],
  }
  await core.execute('SaveFlowDraft', { flowId: 'dear', document, by: 'test' }, { at: end })
  const { summary, replayId, error } = await replayed({ flowId: 'dear' })
  const asked = { flowId: 'dear', kind: 'order' as const, findings: [] }
  const publish = (given: unknown, id?: string) =>
    assertFlowPublishable(
      { ...asked, document: given },
      id === undefined ? {} : { replayId: id },
      market.replays,
    )
  expect(() => publish(document)).toThrow(/nobody looked at a replay/)
  expect(() => publish({ ...document, match: 'order.valueCents > 1' }, replayId)).toThrow(/another document/)
  publish({ ...document }, replayId)
  const empty = await replayed({ flowId: 'dear' }, end + 90 * 86_400_000)
  expect(() => publish(document, empty.replayId)).toThrow(/no orders in the days of the replay/)
  expect(error).toBeNull()
  expect(summary?.changedOrders).toBeGreaterThan(0)
  expect(summary?.changedOrders).toBeLessThan(120)
  const [change] = market.replays.changes(replayId)
  expect(change?.before.path[0]).toBe('default')
  expect(change?.after.path).toEqual(['dear', 'start', 'ask (waiting)', 'source'])
  await expect(replayed({ flowId: 'nothing' })).rejects.toMatchObject({ code: 'FLOW_UNKNOWN' })
})

/** A draft of a flow that takes dear orders, from its tiles without start and exit. */
async function draftFlow(flowId: string, tiles: api.FlowTile[], more: Partial<api.FlowDocument> = {}) {
  const document: api.FlowDocument = {
    ...{ format: 1, flowId, kind: 'order', title: 'Dear orders', match: 'order.valueCents > 8000' },
    tiles: [
      { type: 'start', id: 'start', next: tiles[0]?.id ?? 'exit' },
      ...tiles,
      { type: 'exit', id: 'exit' },
    ],
    ...more,
  }
  await core.execute('SaveFlowDraft', { flowId, document, by: 'test' }, { at: end })
}

const straight: api.FlowTile[] = [
  { type: 'validate_header', id: 'check', next: 'source' },
  { type: 'source', id: 'source', next: 'exit' },
]

test('a flow that holds, fails or sends orders to one node is replayed with what comes of that', async () => {
  await draftFlow('held', [{ type: 'hold', id: 'stop', reason: 'look', next: 'check' }, ...straight])
  const held = await replayed({ flowId: 'held' })
  expect(held.error).toBeNull()
  expect(held.summary?.matched).toBeGreaterThan(0)
  expect(held.summary?.after.held).toBe(held.summary?.matched)
  expect(held.summary?.after.validated).toBe(120 - (held.summary?.matched ?? 0))
  expect(held.summary?.findings).toEqual([])

  const lines = { type: 'validate_lines', id: 'check', when: 'line.quantity > 100', next: 'source' } as const
  await draftFlow('fails', [lines, ...straight.slice(1)])
  const { replayId } = await replayed({ flowId: 'fails' })
  expect(market.replays.changes(replayId)[0]?.after.held).toBe('flow_failed')

  const [nodeId = ''] = [...core.state().nodes.keys()]
  await draftFlow('there', [
    { type: 'validate_header', id: 'check', next: 'assign' },
    { type: 'assign_node', id: 'assign', nodeId, next: 'exit' },
  ])
  const there = await replayed({ flowId: 'there' })
  const own = market.replays.changes(there.replayId).filter(({ after }) => after.path[0] === 'there')
  expect(own.length).toBeGreaterThan(0)
  for (const { after } of own) expect([[], [nodeId]]).toContainEqual(after.nodeIds)
  expect(there.summary?.after.costCents).not.toBe(there.summary?.before.costCents)
})

test('a policy that tiles name is replayed through their flow', async () => {
  const dearOnes = 'order.valueCents > 8000'
  const asked = { points: ['reroute'] as api.PolicyPoint[] }
  const filter = draftOf({ ...asked, policyId: 'any', kind: 'filter', when: 'order.lines > 0', actions: [] })
  const tag = act('tag', 'y')
  const marks = draftOf({ ...asked, policyId: 'marks', when: 'order.lines > 1000', actions: [tag] })
  for (const draft of [filter, marks]) await publishPolicy(core, draft, end)
  const document: api.FlowDocument = {
    ...{ format: 1, flowId: 'asks', kind: 'order', title: 'Dear orders', match: dearOnes },
    tiles: [
      { type: 'start', id: 'start', next: 'stop' },
      { type: 'hold', id: 'stop', reason: 'look', filter: 'any', next: 'word' },
      { type: 'message', id: 'word', name: 'told', policies: ['marks'], next: 'check' },
      ...straight,
      { type: 'exit', id: 'exit' },
    ],
  }
  await core.execute('PublishFlow', { document, by: 'test' }, { at: end })
  const isIt = ({ flowId }: { flowId: string }) => flowId === 'asks'
  expect(core.state().flows.published.some(isIt)).toBe(true)

  const never = await replayed({ draft: { ...filter, when: 'order.lines > 1000' } })
  expect(never.summary?.before.held).toBeGreaterThan(0)
  expect(never.summary?.after.held).toBe(0)
  expect(market.replays.changes(never.replayId)[0]?.after.path).toContain('stop (skipped)')

  const tags = await replayed({ draft: { ...marks, when: dearOnes } })
  expect(tags.summary?.before.tagged).toBe(0)
  expect(tags.summary?.after.tagged).toBe(tags.summary?.before.held)
  await core.execute('SetFlowMode', { flowId: 'asks', mode: 'off', by: 'test' }, { at: end })
})

test('what an ended flow leaves goes the default way, and a tile that reserves places as well', async () => {
  const message: api.FlowTile = { type: 'message', id: 'word', name: 'told', next: 'exit' }
  await draftFlow('tells', [message])
  await draftFlow('reserves', [
    { type: 'validate_header', id: 'check', next: 'reserve' },
    { type: 'reserve', id: 'reserve', next: 'release' },
    { type: 'release', id: 'release', next: 'exit' },
  ])
  for (const flowId of ['tells', 'reserves']) {
    const { summary, replayId } = await replayed({ flowId })
    const { before, after } = summary ?? {}
    expect(summary?.matched).toBeGreaterThan(0)
    expect(after).toEqual(before)
    const [change] = market.replays.changes(replayId)
    expect(change).toMatchObject({ after: { held: null }, reason: expect.stringMatching(/another way/) })
  }
})

test('a flow is chosen by what an order is before any policy changes it', async () => {
  const vip = draftOf({ policyId: 'vip', when: 'order.valueCents > 8000', actions: [act('tag', 'vip')] })
  await publishPolicy(core, vip, end)
  await draftFlow('vips', straight, { match: '"vip" in order.tags || order.status == "validated"' })
  const { summary } = await replayed({ flowId: 'vips' })
  expect(summary).toMatchObject({ matched: 0, changedOrders: 0 })
  expect(summary?.after.tagged).toBeGreaterThan(0)
  await core.execute('RetirePolicy', { policyId: 'vip', by: 'test', reason: 'over' }, { at: end })
})

test('a flow about returns or stock is not replayed on orders', async () => {
  await draftFlow('back', [], { kind: 'return', match: '' })
  await expect(replayed({ flowId: 'back' })).rejects.toMatchObject({ code: 'REPLAY_OF_ORDERS_ONLY' })
})

test('what policies of tiles hold and a tile lifts goes on, and those behind its sourcing know its work', async () => {
  const asked = { points: ['reroute'] as api.PolicyPoint[], severity: 'critical' as const }
  const stops = draftOf({
    ...asked,
    policyId: 'stops',
    when: 'order.lines > 0',
    actions: [act('hold', 'look')],
  })
  await publishPolicy(core, stops, end)
  const lift = { type: 'lift_hold' as const, id: 'lift', policies: ['stops'] }
  await draftFlow('lifts', [{ ...lift, next: 'check' }, ...straight])
  const lifted = await replayed({ flowId: 'lifts' })
  const own = market.replays.changes(lifted.replayId).filter(({ after }) => after.path[0] === 'lifts')
  expect(own.length).toBeGreaterThan(0)
  for (const { after } of own) {
    expect(after.held).toBeNull()
    expect(after.nodeIds.length).toBeGreaterThan(0)
    expect(after.notes).toHaveLength(1)
  }

  const when = 'fulfillmentOrder.lines > 0'
  const scope = 'fulfillment_order' as const
  await publishPolicy(core, { ...stops, policyId: 'on-work', scope, when }, end)
  await draftFlow('late', [
    { type: 'validate_header', id: 'check', next: 'source' },
    { type: 'source', id: 'source', next: 'release' },
    { type: 'release', id: 'release', policies: ['on-work'], next: 'exit' },
  ])
  const late = await replayed({ flowId: 'late' })
  const held = market.replays.changes(late.replayId).filter(({ after }) => after.path[0] === 'late')
  expect(held.length).toBeGreaterThan(0)
  for (const { after } of held) expect(after).toMatchObject({ held: 'policy: look' })
})
