// Ways through flows at work: conditions, branches, waits, approvals, and orders that wait for stock.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { FlowPlace, flowOf, straightTiles } from './flow-place.ts'

test('an order that no flow takes goes the straight way and leaves no run', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([{ type: 'timer', id: 'rest', minutes: 1, next: 'validate' }, ...straightTiles()]),
  )
  const order = await place.order('o1', { x: 1 }, 'phone')
  expect(order).toMatchObject({ status: 'released' })
  expect(order.flow).toBeUndefined()
  expect(place.core.state().flows.runs.size).toBe(0)
})

test('a flow takes its orders step by step, and a timer waits for its time', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([{ type: 'timer', id: 'rest', minutes: 30, next: 'validate' }, ...straightTiles()]),
  )
  const order = await place.order('o1')
  expect(order).toMatchObject({
    status: 'created',
    flow: { flowId: 'web', version: 1, run: 1, state: 'running' },
  })
  await place.later(29)
  expect(place.get('o1').status).toBe('created')
  await place.later(2)
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
  expect(await place.steps('o1')).toEqual([
    'start: done',
    'rest: done',
    'validate: done',
    'source: done',
    'reserve: done',
    'release: done',
  ])
  expect(place.core.state().flows.runs.size).toBe(0)
})

test('a condition leads one way or the other, and both meet again', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([
      { type: 'condition', id: 'ask', when: 'order.units > 3', yes: 'tell', no: 'meet' },
      { type: 'message', id: 'tell', name: 'order.large', text: 'a large one', next: 'meet' },
      { type: 'condition_merge', id: 'meet', next: 'validate' },
      ...straightTiles(),
    ]),
  )
  await place.order('small', { x: 2 })
  await place.order('large', { x: 5 })
  expect(await place.steps('small')).not.toContain('tell: done')
  expect(await place.steps('large')).toContain('tell: done')
  const events = await place.log.read(place.core.stream, 0, 10_000)
  expect(events.filter(({ type }) => type === 'FlowMessageSent').map(({ data }) => data)).toMatchObject([
    { orderId: 'large', tileId: 'tell', message: { name: 'order.large', text: 'a large one' } },
  ])
  expect(place.get('small').status).toBe('released')
  expect(place.get('large').status).toBe('released')
})

test('a run that only goes round is ended and its order held; one that rests for seconds goes on', async () => {
  const place = await FlowPlace.open()
  const ring = (minutes: number) =>
    flowOf([
      { type: 'soft_reserve', id: 'keep', minutes: 60, next: 'ask' },
      { type: 'condition', id: 'ask', when: 'run.ageMinutes > 3.0', yes: 'validate', no: 'rest' },
      { type: 'timer', id: 'rest', minutes, next: 'ask' },
      ...straightTiles(),
    ])
  // Published before such rings were refused.
  const publish = (minutes: number) =>
    place.core.execute('PublishFlow', { document: ring(minutes), by: 'test' }, { at: place.clock.at })
  await publish(1e-9)
  await place.order('o1')
  expect(place.get('o1')).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
  expect(place.core.state().reservations.size).toBe(0)
  const { length } = await place.steps('o1')
  expect(length).toBeLessThan(1_010)
  await place.later(5)
  expect(await place.steps('o1')).toHaveLength(length)
  await publish(0.5)
  await place.order('o2')
  for (let round = 0; round < 8; round++) await place.later(0.5)
  expect(place.get('o2')).toMatchObject({ status: 'released', flow: { state: 'done' } })
})

test('lines go through branches of their own and meet in a merge', async () => {
  const place = await FlowPlace.open()
  const branch = (id: string, next: string): api.FlowTile[] => [
    { type: 'source', id: `source_${id}`, next: `reserve_${id}` },
    { type: 'reserve', id: `reserve_${id}`, next },
  ]
  await place.publish(
    flowOf([
      { type: 'validate_header', id: 'validate', next: 'split' },
      {
        ...{ type: 'splitter', id: 'split', by: 'lines' },
        branches: [
          { when: 'line.sku == "x"', next: 'ask' },
          { when: '', next: 'source_b' },
        ],
      },
      { type: 'approval', id: 'ask', question: 'send x?', approved: 'source_a', rejected: 'none' },
      { type: 'hold', id: 'none', reason: 'not_wanted', next: 'merge' },
      ...branch('a', 'merge'),
      ...branch('b', 'merge'),
      { type: 'splitter_merge', id: 'merge', splitter: 'split', next: 'release' },
      { type: 'release', id: 'release', next: 'exit' },
    ]),
  )
  const order = await place.order('o1', { x: 1, y: 2, z: 1 })
  expect(order.work.flatMap(({ lines }) => lines.map(({ sku }) => sku)).toSorted()).toEqual(['y', 'z'])
  expect(order.work.every(({ isReserved, releasedAt }) => isReserved && releasedAt === null)).toBe(true)
  const run = place.run('o1')
  expect(run?.tokens.map(({ tileId, state }) => `${tileId} ${state}`)).toEqual([
    'ask waiting',
    'merge merging',
  ])
  await place.flows.answer(run?.runId ?? '', { approve: true, by: 'Mia', note: 'fine' })
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
  const units = place.get('o1').work.flatMap(({ lines }) => lines.map(({ quantity }) => quantity))
  expect(units.reduce((sum, each) => sum + each, 0)).toBe(4)
})

test('a no leads the other way, and an answer where none is asked for is refused', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([
      { type: 'approval', id: 'ask', question: 'send it?', approved: 'validate', rejected: 'end' },
      { type: 'cancel', id: 'end', reason: 'not_wanted', next: 'exit' },
      ...straightTiles(),
    ]),
  )
  await place.order('o1')
  const runId = place.run('o1')?.runId ?? ''
  await place.flows.answer(runId, { approve: false, by: 'Mia' })
  expect(place.get('o1')).toMatchObject({
    status: 'cancelled',
    cancelReason: 'not_wanted',
    flow: { state: 'done' },
  })
  await expect(place.flows.answer(runId, { approve: true, by: 'Mia' })).rejects.toMatchObject({
    code: 'FLOW_RUN_UNKNOWN',
  })
})

test('a wait catches an event that comes, one that came before it, or its time', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([
      {
        type: 'wait',
        id: 'paid',
        events: ['payment.captured'],
        timeoutMinutes: 60,
        timedOut: 'end',
        next: 'more',
      },
      { type: 'wait', id: 'more', events: ['fraud.checked'], next: 'validate' },
      { type: 'cancel', id: 'end', reason: 'never_paid', next: 'exit' },
      ...straightTiles(),
    ]),
  )
  await place.order('o1')
  await place.order('o2')
  await place.flows.raise('o1', 'something.else', null, 'test')
  expect(place.run('o1')?.tokens[0]?.tileId).toBe('paid')
  await place.flows.raise('o1', 'payment.captured', null, 'test')
  expect(place.run('o1')?.tokens[0]?.tileId).toBe('more')
  // Of two events that come at once none is lost.
  await place.flows.raise('o1', 'fraud.checked', null, 'test')
  expect(place.get('o1').status).toBe('released')
  await place.later(61)
  expect(place.get('o2')).toMatchObject({ status: 'cancelled', cancelReason: 'never_paid' })
})

test('a step of a node is an event too, and what a node refuses goes to another meanwhile', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([
      ...straightTiles('shipped'),
      { type: 'wait', id: 'shipped', events: ['WorkShipped'], next: 'tell' },
      { type: 'message', id: 'tell', name: 'order.left', next: 'exit' },
    ]),
  )
  const order = await place.order('o1')
  const [first] = order.work
  const ref = { orderId: 'o1', fulfillmentOrderId: first?.fulfillmentOrderId ?? '' }
  await place.core.execute('RejectWork', { ...ref, reason: 'broken' }, { at: place.clock.at })
  await place.later(1)
  const again = place.get('o1').work.at(-1)
  expect(again).toMatchObject({ attempt: 2, isReserved: true })
  expect(again?.releasedAt).not.toBeNull()
  expect(place.run('o1')?.tokens[0]?.tileId).toBe('shipped')
})

test('an order that waits for stock goes on when it comes', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf(straightTiles('told').concat({ type: 'message', id: 'told', name: 'order.out', next: 'exit' })),
  )
  const order = await place.order('o1', { w: 1 })
  expect(order.status).toBe('backordered')
  expect(place.run('o1')?.tokens[0]).toMatchObject({ tileId: 'source', note: 'waits_for_stock' })
  const told = place.core.lastSeq
  await place.later(1)
  await place.later(1)
  expect(place.core.lastSeq).toBe(told)
  const item = { sku: 'w', nodeId: 'fab:B', delta: null, onHand: 5, reason: 'count' }
  await place.core.execute('AdjustStock', { items: [item] }, { at: place.clock.at })
  await place.later(1)
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
})
