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

test('two flows about returns are not begun by the same event', async () => {
  const place = await FlowPlace.open()
  await place.publish(returns)
  const other = { ...returns, flowId: 'other' }
  expect(place.check(other).findings.map(({ code }) => code)).toEqual(['events_matched_twice'])
  await place.setMode('back', 'off')
  expect(place.check(other).findings).toEqual([])
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
