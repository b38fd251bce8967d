// The life of flows and their runs: paused, in shadow, migrated, reprocessed, cancelled, about stock and returns.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { advance } from '#orchestrator/flows'
import { FlowPlace, flowOf, straightTiles } from './flow-place.ts'

test('units held softly become the order or are given back', async () => {
  const place = await FlowPlace.open()
  place.action('no', 'export const run = () => ({ ok: false })')
  await place.publish(
    flowOf([
      { type: 'soft_reserve', id: 'keep', minutes: 60, next: 'rest' },
      { type: 'timer', id: 'rest', minutes: 10, next: 'ask' },
      { type: 'condition', id: 'ask', when: 'order.units > 3', yes: 'no', no: 'validate' },
      { type: 'custom_file', id: 'no', file: 'no', next: 'validate' },
      ...straightTiles(),
    ]),
  )
  await place.order('o1', { x: 2 })
  await place.order('o2', { x: 4 })
  expect(place.held()).toBe(6)
  expect(place.core.state().reservations.size).toBe(2)
  await place.later(11)
  expect(place.get('o1').status).toBe('released')
  expect(place.get('o2').hold).toBe('flow_failed')
  expect(place.core.state().reservations.size).toBe(0)
  expect(place.held()).toBe(2)
})

test('a flow that is paused stands still, and goes on where it stood', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([{ type: 'timer', id: 'rest', minutes: 5, next: 'validate' }, ...straightTiles()]),
  )
  await place.order('o1')
  const mode = (to: api.FlowMode) =>
    place.core.execute('SetFlowMode', { flowId: 'web', mode: to, by: 'test' }, { at: place.clock.at })
  await mode('paused')
  await place.order('o2')
  await place.later(10)
  expect(place.get('o1').status).toBe('created')
  expect(place.get('o2').flow).toBeUndefined()
  await mode('on')
  await place.later(10)
  await place.later(10)
  expect(place.get('o1').status).toBe('released')
  expect(place.get('o2').status).toBe('released')
})

test('orders on their way stay on their version until they are migrated', async () => {
  const place = await FlowPlace.open()
  const ask = (id: string): api.FlowTile => ({
    ...{ type: 'approval', id, question: 'send it?', approved: 'validate', rejected: 'exit' },
  })
  await place.publish(flowOf([ask('ask'), ...straightTiles()]))
  await place.order('o1')
  await place.publish(flowOf([ask('question'), ...straightTiles()]))
  await place.order('o2')
  expect(place.run('o1')).toMatchObject({ version: 1 })
  expect(place.run('o2')).toMatchObject({ version: 2 })
  const without = await place.flows.migrate('web', { from: 1, to: 2 }, 'test')
  expect(without).toMatchObject({ moved: 0, leftCount: 1 })
  expect(without.left[0]?.reason).toBe('there is no tile ask in version 2')
  const wrong = await place.flows.migrate('web', { from: 1, to: 2, tiles: { ask: 'release' } }, 'test')
  expect(wrong.left[0]?.reason).toContain('is of type release')
  expect(
    await place.flows.migrate('web', { from: 1, to: 2, tiles: { ask: 'question' } }, 'test'),
  ).toMatchObject({
    moved: 1,
    leftCount: 0,
  })
  expect(place.run('o1')).toMatchObject({ version: 2 })
  await place.flows.answer(place.run('o1')?.runId ?? '', { approve: true, by: 'Mia' })
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { version: 2, state: 'done' } })
})

test('a flow in shadow says what it would do and changes nothing', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([
      { type: 'condition', id: 'ask', when: 'order.units > 3', yes: 'stop', no: 'validate' },
      { type: 'hold', id: 'stop', reason: 'too_many', next: 'exit' },
      ...straightTiles(),
    ]),
  )
  await place.core.execute(
    'SetFlowMode',
    { flowId: 'web', mode: 'shadow', by: 'test' },
    { at: place.clock.at },
  )
  expect((await place.order('o1', { x: 5 })).status).toBe('released')
  await advance('o1', place.context)
  const shadows = (await place.log.read(place.core.stream, 0, 10_000)).filter(
    ({ type }) => type === 'FlowShadowed',
  )
  expect(shadows.map(({ data }) => data)).toMatchObject([
    {
      ...{ orderId: 'o1', flowId: 'web', version: 1 },
      steps: [{ tileId: 'start' }, { tileId: 'ask', reason: 'yes' }, { tileId: 'stop' }],
    },
  ])
})

test('an order whose flow failed is taken through it once more', async () => {
  const place = await FlowPlace.open()
  place.action('own', 'export const run = () => { throw new Error("no") }')
  await place.publish(
    flowOf([{ type: 'custom_file', id: 'call', file: 'own', next: 'validate' }, ...straightTiles()]),
  )
  await place.order('o1')
  expect(place.get('o1').flow).toMatchObject({ run: 1, state: 'failed' })
  place.action('own', 'export const run = () => ({})')
  expect(await place.flows.reprocess('o1')).toEqual({ runId: 'o1/run/2' })
  expect(place.get('o1')).toMatchObject({ status: 'released', hold: null, flow: { run: 2, state: 'done' } })
  expect(await place.flows.reprocess('o1')).toEqual({ reason: 'too_late' })
  expect(await place.flows.reprocess('nobody')).toEqual({ reason: 'order_unknown' })
})

test('an order that is cancelled elsewhere ends its run, and what was asked for is taken back', async () => {
  const place = await FlowPlace.open()
  place.action('own', 'export const run = () => ({})\nexport const undo = () => ({})')
  await place.publish(
    flowOf([
      { type: 'custom_file', id: 'call', file: 'own', next: 'ask' },
      { type: 'approval', id: 'ask', question: 'send it?', approved: 'validate', rejected: 'exit' },
      ...straightTiles(),
    ]),
  )
  await place.order('o1')
  await place.core.execute('CancelOrder', { orderId: 'o1', reason: 'customer' }, { at: place.clock.at })
  await place.later(1)
  expect(place.get('o1').flow?.state).toBe('cancelled')
  expect((await place.steps('o1')).slice(-3)).toEqual(['ask: stopped', 'call: undone', ': stopped'])
})

test('stock and returns begin runs by their events, one at a time', async () => {
  const place = await FlowPlace.open()
  const start = (events: string[], next: string): api.FlowTile => ({
    type: 'start',
    id: 'start',
    next,
    events,
  })
  const exit: api.FlowTile = { type: 'exit', id: 'exit' }
  await place.publish({
    ...{ format: 1, flowId: 'low', kind: 'inventory', title: 'Low stock', match: 'stock.available < 3' },
    tiles: [
      start(['StockAdjusted'], 'tell'),
      { type: 'message', id: 'tell', name: 'stock.low', next: 'rest' },
      { type: 'timer', id: 'rest', minutes: 60, next: 'exit' },
      exit,
    ],
  })
  await place.publish({
    ...{ format: 1, flowId: 'back', kind: 'return', title: 'Returns' },
    tiles: [
      start(['ReturnRequested'], 'tell'),
      { type: 'message', id: 'tell', name: 'return.asked', next: 'came' },
      { type: 'wait', id: 'came', events: ['ReturnReceived'], next: 'exit' },
      exit,
    ],
  })
  await place.flows.turn()
  const adjust = (delta: number) =>
    place.core.execute(
      'AdjustStock',
      { items: [{ sku: 'x', nodeId: 'fab:A', delta, onHand: null, reason: 'count' }] },
      { at: place.clock.at },
    )
  await adjust(-5)
  await place.later(1)
  expect(place.core.state().flows.runs.size).toBe(0)
  await adjust(-3)
  await adjust(-1)
  await place.later(1)
  const runs = [...place.core.state().flows.runs.values()]
  expect(runs).toMatchObject([{ flowId: 'low', position: { sku: 'x', nodeId: 'fab:A' }, orderId: null }])
  await place.later(61)
  expect(place.core.state().flows.runs.size).toBe(0)
})

test('a version that cannot be read any more takes nothing, and its runs stand still', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([{ type: 'timer', id: 'rest', minutes: 5, next: 'validate' }, ...straightTiles()]),
  )
  await place.order('o1')
  const broken = flowOf(straightTiles(), { match: 'order.gone == 1' })
  await place.core.execute('PublishFlow', { document: broken, by: 'test' }, { at: place.clock.at })
  expect((await place.order('o2')).status).toBe('released')
  await place.later(6)
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { version: 1, state: 'done' } })
  const strange = { orderId: 'o3', flowId: 'web', version: 2, tileId: 'start', reason: 'test' }
  await place.order('o3', { x: 1 }, 'phone')
  await place.core.execute('StartFlowRun', strange, { at: place.clock.at })
  await place.later(1)
  expect(place.run('o3')).toMatchObject({ steps: 0, version: 2 })
})
