// Events that come before a flow waits for them, of orders with a long history: none is missed, none is taken twice.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { pastOf } from '#orchestrator/core'
import { FlowPlace, flowOf, straightTiles } from './flow-place.ts'

const paidFor = (id: string, next: string): api.FlowTile => {
  return { type: 'wait', id, events: ['payment.captured'], next }
}

/** Rests for a while, then waits for money, and for more of it where that is asked for. */
async function waiting(waits = 1): Promise<FlowPlace> {
  const place = await FlowPlace.open()
  const tiles = Array.from({ length: waits }, (_, i) =>
    paidFor(`w${i}`, i < waits - 1 ? `w${i + 1}` : 'validate'),
  )
  await place.publish(
    flowOf([{ type: 'timer', id: 'rest', minutes: 5, next: 'w0' }, ...tiles, ...straightTiles()]),
  )
  await place.order('o1')
  return place
}

async function raise(place: FlowPlace, name: string, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) await place.flows.raise('o1', name, null, 'test')
}

const at = (place: FlowPlace) => place.run('o1')?.tokens[0]?.tileId

test.each([
  [120, 0],
  [95, 10],
  [0, 250],
])(
  'an event after %i other steps and before %i is there for a wait that comes later',
  async (before, after) => {
    const place = await waiting()
    await raise(place, 'status.asked', before)
    await raise(place, 'payment.captured')
    await raise(place, 'status.asked', after)
    expect(at(place)).toBe('rest')
    await place.later(6)
    expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
  },
)

test('an event in the very instant in which the wait began is not lost', async () => {
  const place = await waiting()
  await raise(place, 'status.asked', 120)
  await place.later(6)
  expect(at(place)).toBe('w0')
  await raise(place, 'payment.captured')
  expect(place.get('o1').status).toBe('released')
})

test('each of several waits takes an event of its own, however long ago they came', async () => {
  const place = await waiting(3)
  await raise(place, 'payment.captured', 2)
  await raise(place, 'status.asked', 150)
  await place.later(6)
  expect(at(place)).toBe('w2')
  await raise(place, 'status.asked', 150)
  await place.later(6)
  expect(at(place)).toBe('w2')
  await raise(place, 'payment.captured')
  expect(place.get('o1').status).toBe('released')
})

test('an event is there for its wait also where one of another name came later and was taken before', async () => {
  const place = await FlowPlace.open()
  const wait = (id: string, events: string[], next: string): api.FlowTile => ({
    ...{ type: 'wait', id, events, next },
  })
  await place.publish(
    flowOf([
      paidFor('first', 'checked'),
      wait('checked', ['fraud.checked'], 'either'),
      wait('either', ['constructor', 'fraud.checked', 'payment.captured'], 'again'),
      paidFor('again', 'validate'),
      ...straightTiles(),
    ]),
  )
  await place.order('o1')
  await raise(place, 'fraud.checked', 2)
  await raise(place, 'payment.captured')
  // Each was taken once: the second check is taken by the third wait.
  expect(at(place)).toBe('again')
  await raise(place, 'fraud.checked')
  expect(at(place)).toBe('again')
  await raise(place, 'payment.captured')
  expect(place.get('o1').status).toBe('released')
})

test('branches that meet have taken what any of them took, of each name', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([
      {
        ...{ type: 'splitter', id: 'split', by: 'all' },
        branches: [
          { when: '', next: 'a' },
          { when: '', next: 'b' },
        ],
      },
      paidFor('a', 'meet'),
      { type: 'wait', id: 'b', events: ['label.printed'], next: 'meet' },
      { type: 'splitter_merge', id: 'meet', splitter: 'split', next: 'checked' },
      { type: 'wait', id: 'checked', events: ['fraud.checked'], next: 'again' },
      { type: 'wait', id: 'again', events: ['payment.captured', 'label.printed'], next: 'validate' },
      ...straightTiles(),
    ]),
  )
  await place.order('o1')
  await raise(place, 'fraud.checked')
  await raise(place, 'payment.captured')
  await raise(place, 'label.printed')
  expect(at(place)).toBe('again')
  await raise(place, 'label.printed')
  expect(place.get('o1').status).toBe('released')
})

test('a run that was under way when events of all names had one order goes on after what it took then', async () => {
  const place = await FlowPlace.open()
  await place.publish(flowOf([paidFor('w0', 'w1'), paidFor('w1', 'validate'), ...straightTiles()]))
  await place.order('o1')
  const run = place.run('o1')
  const [token] = run?.tokens ?? []
  if (run === undefined || token === undefined) throw new Error('there is no run')
  await place.core.execute(
    'RaiseFlowEvent',
    { orderId: 'o1', name: 'payment.captured', note: null, by: 'test' },
    { at: place.clock.at },
  )
  const { count } = pastOf(place.get('o1'))
  const next = { ...token, tokenId: token.tokenId + 1, tileId: 'w1', mark: count }
  const step = { tileId: 'w0', outcome: 'done' as const, reason: 'payment.captured', attempt: 1 }
  const moved = { ...step, gone: [token.tokenId], tokens: [next] }
  const taken = { runId: run.runId, after: run.steps, version: 1, step: moved }
  await place.core.execute('TakeFlowStep', taken, { at: place.clock.at })
  await place.later(1)
  expect(at(place)).toBe('w1')
  await raise(place, 'payment.captured')
  expect(place.get('o1').status).toBe('released')
})

test('a flow that asks again and again does not lose what came meanwhile', async () => {
  const place = await FlowPlace.open()
  let isReady = false
  const run = async () => ({ isDone: true, reason: null, said: isReady ? 'ready' : 'not_yet' })
  place.flows.outside.actions.add({ name: 'status', means: 'asks how it stands', run })
  await place.publish(
    flowOf([
      { type: 'provider', id: 'poll', action: 'status', onSuccess: 'status.asked', next: 'look' },
      { type: 'condition', id: 'look', when: 'run.outcome == "ready"', yes: 'paid', no: 'rest' },
      { type: 'timer', id: 'rest', minutes: 5, next: 'poll' },
      paidFor('paid', 'validate'),
      ...straightTiles(),
    ]),
  )
  await place.order('o1')
  await raise(place, 'payment.captured')
  for (let round = 0; round < 110; round++) await place.later(5)
  isReady = true
  await place.later(5)
  expect(place.get('o1').status).toBe('released')
})
