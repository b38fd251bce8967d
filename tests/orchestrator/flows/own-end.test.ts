// Orders that are cancelled while their flow is under way: by the flow itself, which goes on from there and comes to
// its end, or by somebody else, which ends and undoes it.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { advance } from '#orchestrator/flows'
import { act, draftOf, publishPolicy } from '../policies/drafts.ts'
import { cut, FlowPlace, flowOf } from './flow-place.ts'

const question: api.FlowTile = {
  ...{ type: 'approval', id: 'ask', question: 'send it?', approved: 'exit', rejected: 'end' },
}
const end = (next: string, more: Partial<api.FlowTileOf<'cancel'>> = {}): api.FlowTile => ({
  ...{ type: 'cancel', id: 'end', reason: 'fraud', next },
  ...more,
})

/** All goes both ways. */
const both = (first: string, second: string): api.FlowTile => ({
  ...{ type: 'splitter', id: 'both', by: 'all' },
  branches: [
    { when: '', next: first },
    { when: '', next: second },
  ],
})
const paid = (next: string): api.FlowTile => ({
  type: 'wait',
  id: 'paid',
  events: ['payment.captured'],
  next,
})
const tell = (id: string, next: string): api.FlowTile => ({ type: 'message', id, name: `order.${id}`, next })

async function opened(tiles: api.FlowTile[]): Promise<FlowPlace> {
  const place = await FlowPlace.open()
  await place.publish(flowOf(tiles))
  await place.order('o1')
  return place
}

const refuse = (place: FlowPlace) =>
  place.flows.answer(place.run('o1')?.runId ?? '', { approve: false, by: 'Mia' })

const ending = (place: FlowPlace) => [
  place.get('o1').status,
  place.get('o1').flow?.state,
  ...(place.run('o1')?.tokens ?? []).map(({ tileId }) => tileId),
]

test('whoever cancels an order with the reason of a tile ends its run all the same, and it is undone', async () => {
  const keep: api.FlowTile = { type: 'soft_reserve', id: 'keep', minutes: 600, next: 'ask' }
  const place = await opened([keep, question, end('exit')])
  expect(place.held()).toBe(1)
  await place.core.execute('CancelOrder', { orderId: 'o1', reason: 'fraud' }, { at: place.clock.at })
  await place.later(1)
  expect(ending(place)).toEqual(['cancelled', 'cancelled'])
  expect(await place.steps('o1')).toContain('keep: undone')
  expect(place.held()).toBe(0)
})

test('so does whoever cancels it with that reason while the tile waits for its event', async () => {
  const waiting = end('exit', { inputEvents: ['fraud.found'] })
  const place = await opened([tell('came', 'end'), waiting])
  await place.core.execute('CancelOrder', { orderId: 'o1', reason: 'fraud' }, { at: place.clock.at })
  await place.later(1)
  expect(ending(place)).toEqual(['cancelled', 'cancelled'])
})

test('so does whoever cancels it while the tile is about to', async () => {
  const place = await opened([tell('came', 'ask'), question, end('exit')])
  const execute = place.core.execute.bind(place.core)
  place.core.execute = async (type, data, options) => {
    const other = { orderId: 'o1', reason: 'customer' }
    if (type === 'CancelOrder') await execute('CancelOrder', other, { at: options.at })
    return execute(type, data, options)
  }
  await refuse(place)
  expect(ending(place)).toEqual(['cancelled', 'cancelled'])
})

test.each([{}, { undo: false }])(
  'a branch that waits without a time ends once the flow has cancelled its order, %o',
  async (more) => {
    const place = await opened([both('paid', 'ask'), paid('exit'), question, end('exit', more)])
    expect(ending(place)).toEqual(['created', 'running', 'paid', 'ask'])
    await refuse(place)
    expect(ending(place)).toEqual(['cancelled', 'done'])
    expect((await place.steps('o1')).slice(-2)).toEqual(['end: done', 'paid: stopped'])
  },
)

test('a merge does not wait for a branch that ends so, and the way goes on from there', async () => {
  const place = await opened([
    ...[both('paid', 'ask'), paid('merge'), { ...question, approved: 'merge' } as api.FlowTile, end('merge')],
    { type: 'splitter_merge', id: 'merge', splitter: 'both', next: 'tell' },
    tell('tell', 'exit'),
  ])
  await refuse(place)
  expect(ending(place)).toEqual(['cancelled', 'done'])
  expect((await place.steps('o1')).slice(-4)).toEqual([
    ...['end: done', 'paid: stopped', 'merge: done', 'tell: done'],
  ])
})

test('the way from a cancellation may wait as long as it wants, and others as long as it does', async () => {
  const place = await opened([
    ...[both('paid', 'ask'), paid('exit'), question, end('back', { resumeOn: 'fraud.noted' })],
    { type: 'wait', id: 'back', events: ['payment.refunded'], next: 'tell' },
    tell('tell', 'exit'),
  ])
  await refuse(place)
  await place.later(600)
  expect(ending(place)).toEqual(['cancelled', 'running', 'paid', 'end'])
  await place.flows.raise('o1', 'fraud.noted', null, 'test')
  await place.later(600)
  expect(ending(place)).toEqual(['cancelled', 'running', 'paid', 'back'])
  await place.flows.raise('o1', 'payment.refunded', null, 'test')
  expect(ending(place)).toEqual(['cancelled', 'done'])
  expect((await place.steps('o1')).slice(-3)).toEqual(['back: done', 'tell: done', 'paid: stopped'])
})

test('other branches hear of the cancellation, and may wait for more then', async () => {
  const place = await opened([
    both('gone', 'ask'),
    { type: 'wait', id: 'gone', events: ['OrderCancelled', 'payment.captured'], next: 'back' },
    { type: 'wait', id: 'back', events: ['payment.refunded'], next: 'tell' },
    ...[tell('tell', 'exit'), question, end('exit')],
  ])
  await refuse(place)
  await place.later(600)
  expect(ending(place)).toEqual(['cancelled', 'running', 'back'])
  await place.flows.raise('o1', 'payment.refunded', null, 'test')
  expect(ending(place)).toEqual(['cancelled', 'done'])
  expect(await place.steps('o1')).toContain('tell: done')
})

test('a branch that goes on by its time tells others, but waits for nothing and leaves the order alone', async () => {
  for (const last of [paid('exit'), { type: 'hold', id: 'hold', reason: 'odd', next: 'exit' } as const]) {
    const place = await opened([
      ...[both('rest', 'ask'), question, end('exit')],
      { type: 'timer', id: 'rest', minutes: 60, next: 'tell' },
      ...[tell('tell', last.id), last],
    ])
    await refuse(place)
    expect(ending(place)).toEqual(['cancelled', 'running', 'rest'])
    await place.later(61)
    expect(ending(place)).toEqual(['cancelled', 'done'])
    expect((await place.steps('o1')).slice(-2)).toEqual(['tell: done', `${last.id}: stopped`])
  }
})

test('policies of a tile hold nothing up once the order is cancelled', async () => {
  const place = await FlowPlace.open()
  const actions = [act('hold', 'odd')]
  const draft = draftOf({ policyId: 'mark', when: 'order.channel == "web"', points: ['validate'], actions })
  await publishPolicy(place.core, draft, place.clock.at)
  await place.publish(flowOf([end('tell'), { ...tell('tell', 'exit'), policies: ['mark'] } as api.FlowTile]))
  await place.order('o1')
  expect(ending(place)).toEqual(['cancelled', 'done'])
  expect(await place.steps('o1')).toContain('tell: done')
})

test('a run that is killed between the cancellation and its step knows it for its own', async () => {
  const before = await opened([
    both('paid', 'ask'),
    paid('exit'),
    question,
    end('tell'),
    tell('tell', 'exit'),
  ])
  await refuse(before)
  const events = await before.log.read(before.core.stream, 0, 10_000)
  const cancelled = events.findIndex(({ type }) => type === 'OrderCancelled') + 1
  const content = cut(before.log.content(), before.core.stream, cancelled)
  const steps = await before.steps('o1')
  await before.close()
  const place = await FlowPlace.open(content)
  expect(ending(place)).toEqual(['cancelled', 'running', 'paid', 'end'])
  await advance('o1', place.context)
  await place.later(1)
  expect(ending(place)).toEqual(['cancelled', 'done'])
  expect(await place.steps('o1')).toEqual(steps)
})
