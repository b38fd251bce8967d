// Flows beside other flows and what they cannot see: stock that changes, calls of unknown end, rivals, old versions.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { assertNoRival } from '#orchestrator/flows'
import type { ActionAnswer } from '../../../orchestrator/flows/actions/action.ts'
import { asking, FlowPlace, flowOf, returns, straightTiles } from './flow-place.ts'

test('a run about stock waits for what happens at its position, and for no other', async () => {
  const place = await FlowPlace.open()
  await place.publish({
    ...{ format: 1, flowId: 'low', kind: 'inventory', title: 'Low stock', match: 'stock.available < 3' },
    tiles: [
      { type: 'start', id: 'start', next: 'came', events: ['StockAdjusted'] },
      { type: 'wait', id: 'came', events: ['StockCounted'], next: 'exit' },
      { type: 'exit', id: 'exit' },
    ],
  })
  await place.flows.turn()
  const runs = () => [...place.core.state().flows.runs.values()].map(({ position }) => position?.nodeId)
  const low = [{ sku: 'x', nodeId: 'fab:A', delta: -8, onHand: null, reason: 'count' as const }]
  await place.core.execute('AdjustStock', { items: low }, { at: place.clock.at })
  await place.later(1)
  expect(runs()).toEqual(['fab:A'])
  const count = (nodeId: string) => {
    const item = { sku: 'x', nodeId, onHand: 20, safetyStock: 0, inbound: 0, countedAt: place.clock.at }
    return place.core.execute('CountStock', { items: [item] }, { at: place.clock.at })
  }
  await count('fab:B')
  await place.later(1)
  expect(runs()).toEqual(['fab:A'])
  await count('fab:A')
  await place.later(1)
  expect(runs()).toEqual([])
})

test('what may have been done before its time was over is taken back', async () => {
  const place = await FlowPlace.open()
  const asked: string[] = []
  const slow = (name: string, answer: () => Promise<ActionAnswer>) =>
    place.flows.outside.actions.add({
      name,
      means: name,
      run: ({ key }) => {
        asked.push(`${name} ${key.endsWith('/undo') ? 'undo' : 'run'}`)
        return answer()
      },
    })
  slow('book', () => new Promise(() => undefined))
  slow('unbook', async () => ({ isDone: true, reason: null }))
  slow('refuse', async () => ({ isDone: false, reason: 'no', isFinal: true }))
  const call = (action: string): api.FlowTile => ({
    ...{ type: 'provider', id: 'call', action, undoAction: 'unbook', timeoutSeconds: 0.1, next: 'validate' },
  })
  await place.publish(flowOf([call('book'), ...straightTiles()]))
  const order = await place.order('o1')
  expect(order.flow?.state).toBe('failed')
  expect(asked).toEqual(['book run', 'unbook undo'])
  // A clear no has done nothing.
  asked.length = 0
  await place.publish(flowOf([call('refuse'), ...straightTiles()]))
  await place.order('o2')
  expect(asked).toEqual(['refuse run'])
})

test('a flow can be put in shadow before it is published, beside the one that takes the same', async () => {
  const place = await FlowPlace.open()
  await place.publish(flowOf(asking))
  const next = flowOf(asking, { flowId: 'next', match: 'order.channel == "web" && order.units > 0' })
  const codes = () => place.check(next).findings.map(({ code }) => code)
  expect(codes()).toContain('orders_matched_twice')
  await place.core.execute(
    'SaveFlowDraft',
    { flowId: 'next', document: next, by: 'test' },
    { at: place.clock.at },
  )
  expect((await place.setMode('next', 'shadow')).status).toBe('done')
  expect(codes()).toEqual([])
  await place.publish(next)
  const { core, clock, flows } = place
  const goLive = () => assertNoRival('next', 'on', core.state(), clock.at, flows.outside)
  expect(goLive).toThrow(/would be taken by/)
  await place.setMode('web', 'off')
  expect(goLive).not.toThrow()
})

test('flows in shadow say what they would do with an order, whatever their names and whoever takes it', async () => {
  const place = await FlowPlace.open()
  await place.publish(flowOf(asking))
  for (const flowId of ['aaa', 'zzz']) {
    await place.core.execute('SaveFlowDraft', { flowId, document: {}, by: 'test' }, { at: place.clock.at })
    await place.setMode(flowId, 'shadow')
    await place.publish(flowOf(asking, { flowId }))
  }
  expect((await place.order('o1')).flow?.flowId).toBe('web')
  await place.later(1)
  const events = await place.log.read(place.core.stream, 0, 10_000)
  const told = events.flatMap(({ type, data }) =>
    type === 'FlowShadowed' ? [(data as { flowId: string }).flowId] : [],
  )
  expect(told).toEqual(['aaa', 'zzz'])
})

test('two flows about returns are not begun by the same event', async () => {
  const place = await FlowPlace.open()
  await place.publish(returns)
  const other = { ...returns, flowId: 'other' }
  expect(place.check(other).findings.map(({ code }) => code)).toEqual(['events_matched_twice'])
  await place.setMode('back', 'off')
  expect(place.check(other).findings).toEqual([])
})

test('what two flows about returns would take, the first by name takes; the other takes the rest', async () => {
  const place = await FlowPlace.open()
  await place.publish({ ...returns, flowId: 'back-dear', match: 'order.valueCents > 4000' })
  const other = { ...returns, flowId: 'back-web', match: 'order.channel == "web"' }
  expect(place.check(other).findings.map(({ code }) => code)).toEqual(['events_shared'])
  await place.publish(other)
  await place.publish({ ...returns, flowId: 'trial', match: 'order.channel == "web"' })
  await place.setMode('trial', 'shadow')
  await place.flows.turn()
  for (const [id, units] of [
    ['dear', 3],
    ['cheap', 1],
  ] as const) {
    await place.order(id, { x: units })
    await place.deliver(id)
    await place.askBack(id)
    await place.later(1)
    await place.bringBack(id)
    for (let i = 0; i < 3; i++) await place.later(1)
  }
  const events = await place.log.read(place.core.stream, 0, 1_000_000)
  const flowsOf = (type: string) =>
    events.flatMap((event) => {
      const { orderId, flowId } = event.data as { orderId: string; flowId: string }
      return event.type === type ? [`${orderId}: ${flowId}`] : []
    })
  expect(flowsOf('FlowRunStarted')).toEqual(['dear: back-dear', 'cheap: back-web'])
  expect(flowsOf('FlowShadowed')).toEqual(['dear: trial', 'cheap: trial'])
  expect(place.core.state().flows.runs.size).toBe(0)
})

test('what two flows about stock would take, the first by name takes, also while its run goes on', async () => {
  const place = await FlowPlace.open()
  const low = (flowId: string, match: string): api.FlowDocument => ({
    ...{ format: 1, flowId, kind: 'inventory', title: 'Low stock', match },
    tiles: [
      { type: 'start', id: 'start', next: 'rest', events: ['StockAdjusted'] },
      { type: 'timer', id: 'rest', minutes: 60, next: 'exit' },
      { type: 'exit', id: 'exit' },
    ],
  })
  await place.publish(low('at-a', 'stock.nodeId == "fab:A"'))
  await place.publish(low('low', 'stock.available < 5'))
  await place.flows.turn()
  for (const nodeId of ['fab:A', 'fab:A', 'fab:B']) {
    const item = { sku: 'x', nodeId, delta: -3, onHand: null, reason: 'count' as const }
    await place.core.execute('AdjustStock', { items: [item, { ...item, sku: 'y' }] }, { at: place.clock.at })
    await place.later(1)
  }
  const runs = [...place.core.state().flows.runs.values()]
  const names = runs.map(({ flowId, position }) => `${flowId} ${position?.sku} ${position?.nodeId}`)
  expect(names.toSorted()).toEqual(['at-a x fab:A', 'at-a y fab:A'])
})

test('versions that runs are on stay at hand, however many follow', async () => {
  const place = await FlowPlace.open()
  await place.publish(flowOf(asking))
  await place.order('o1')
  for (let i = 0; i < 60; i++) await place.publish(flowOf(asking, { title: `Web orders ${i}` }))
  expect(place.core.state().flows.published.map(({ version }) => version)).toContain(1)
  await place.flows.answer(place.run('o1')?.runId ?? '', { approve: true, by: 'Mia' })
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { version: 1, state: 'done' } })
})
