// Calls of which nobody knows whether they were done: what is taken back of them once their run is undone.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { FlowPlace, flowOf } from './flow-place.ts'
import { receiver } from './receiver.ts'

/** A call with tries of a fifth of a second, the next one a minute later. */
function callTo(url: string, more: Partial<api.FlowTileOf<'custom_http'>> = {}): api.FlowTile {
  const retries = { times: 3, firstSeconds: 60 }
  return {
    ...{ type: 'custom_http', id: 'call', url, undoUrl: url, timeoutSeconds: 0.2, retries, next: 'exit' },
    ...more,
  }
}

const isUndo = (key: string) => key.endsWith('/undo')

test.each([
  ['never answers', null, true],
  ['answers with a fault of its own', { status: 500 }, true],
  ['has no time', { status: 503 }, false],
])(
  'an order is cancelled while a call waits for its next try: one that %s is taken back, or need not be',
  async (_, answer, isBack) => {
    const place = await FlowPlace.open(undefined, ['127.0.0.1'])
    const there = await receiver((_body, key) => (isUndo(key) ? { status: 204 } : answer))
    await place.publish(flowOf([callTo(there.url)]))
    await place.order('o1')
    expect(place.run('o1')?.tokens[0]).toMatchObject({ state: 'waiting', attempt: 2 })
    await place.core.execute('CancelOrder', { orderId: 'o1', reason: 'customer' }, { at: place.clock.at })
    await place.flows.advance('o1/run/1')
    expect(place.get('o1').flow?.state).toBe('cancelled')
    const [first = ''] = there.keys
    expect(there.keys).toEqual(isBack ? [first, `${first}/undo`] : [first])
  },
)

/** It calls, and fails after the call for an order of more than one. */
const calledThenFailing = (url: string) =>
  flowOf([
    callTo(url, { next: 'check' }),
    { type: 'validate_lines', id: 'check', when: 'line.quantity < 2', next: 'exit' },
  ])

test('a branch fails while the call of another waits for its next try: the call is taken back', async () => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  const there = await receiver((_, key) => (isUndo(key) ? { status: 204 } : null))
  await place.publish(
    flowOf([
      {
        ...{ type: 'splitter', id: 'split', by: 'all' },
        branches: [
          { when: '', next: 'call' },
          { when: '', next: 'check' },
        ],
      },
      callTo(there.url, { next: 'meet' }),
      { type: 'validate_lines', id: 'check', when: 'line.quantity < 2', next: 'meet' },
      { type: 'splitter_merge', id: 'meet', splitter: 'split', next: 'exit' },
    ]),
  )
  await place.order('o1', { x: 3 })
  expect(place.get('o1')).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
  const [first = ''] = there.keys
  expect(there.keys).toEqual([first, `${first}/undo`])
})

test('a call that was in doubt and then done is taken back once', async () => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  let calls = 0
  const there = await receiver(() => (++calls < 3 ? null : { status: 200 }))
  await place.publish(calledThenFailing(there.url))
  await place.order('o1', { x: 3 })
  await place.later(2)
  await place.later(3)
  expect(place.get('o1').flow?.state).toBe('failed')
  const [first = ''] = there.keys
  expect(there.keys).toEqual([first, first, first, `${first}/undo`])
  const steps = await place.steps('o1')
  expect(steps.filter((step) => step.startsWith('call'))).toEqual([
    ...['call: retry', 'call: retry', 'call: done', 'call: undone'],
  ])
})

/** Answers in turn; null = none ever comes. What is beyond them is a yes, and so is every undo. */
function inTurn(answers: readonly (number | null)[]) {
  const left = [...answers]
  return receiver((_, key) => {
    const status = isUndo(key) ? 204 : left.shift()
    return status === null ? null : { status: status ?? 200 }
  })
}

test.each([
  ['a time-out, then 409, then a yes', [null, 409, 200], 'done', false],
  ['a time-out, then 409 to the end', [null, 409, 409, 409], 'failed', true],
  ['a time-out, then a clear no', [null, 422], 'failed', true],
  ['a 500, no time, then a clear no', [500, 503, 422], 'failed', true],
  ['no time, then a clear no', [503, 422], 'failed', false],
  ['409 to the first try', [409], 'failed', false],
])(
  '%s: what may have been done is taken back, and a key in use asked again',
  async (_, answers, end, isBack) => {
    const place = await FlowPlace.open(undefined, ['127.0.0.1'])
    const there = await inTurn(answers)
    await place.publish(flowOf([callTo(there.url)]))
    await place.order('o1')
    for (let round = 0; round < 5; round++) await place.later(10)
    expect(place.get('o1').flow?.state).toBe(end)
    expect(there.keys.filter((key) => !isUndo(key))).toHaveLength(answers.length)
    expect(there.keys.filter(isUndo)).toHaveLength(isBack ? 1 : 0)
    expect(new Set(there.keys).size).toBe(isBack ? 2 : 1)
  },
)

test('an undo whose key is in use is asked again', async () => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  const answers = [200, null, 409, 204]
  const there = await receiver(() => {
    const status = answers.shift()
    return status == null ? null : { status }
  })
  await place.publish(calledThenFailing(there.url))
  await place.order('o1', { x: 3 })
  await place.later(2)
  await place.later(2)
  expect((await place.steps('o1')).slice(-4)).toEqual([
    ...['call: retry', 'call: retry', 'call: undone', ': stopped'],
  ])
})

/** A market that is killed while its call is under way, as it is after the new start. */
async function killedInCall(tiles: (url: string) => api.FlowTile[], answers: readonly number[]) {
  const killed = await FlowPlace.open(undefined, ['127.0.0.1'])
  const there = await inTurn([null, ...answers])
  await killed.publish(flowOf(tiles(there.url)))
  const placed = killed.order('o1')
  await expect.poll(() => there.keys.length).toBe(1)
  const content = killed.log.content()
  await placed
  return { place: await FlowPlace.open(content, ['127.0.0.1']), keys: there.keys }
}

test.each([
  ['409, then a yes', [409, 200], 'done', false],
  ['a clear no', [422], 'failed', true],
])('a call that a crash cut off is asked again: %s', async (_, answers, end, isBack) => {
  const { place, keys } = await killedInCall((url) => [callTo(url)], answers)
  await place.later(1)
  await place.later(2)
  expect(place.get('o1').flow?.state).toBe(end)
  expect(keys.filter((key) => !isUndo(key))).toHaveLength(1 + answers.length)
  expect(keys.filter(isUndo)).toHaveLength(isBack ? 1 : 0)
})

test('a call that a crash cut off is taken back where its order is cancelled before it is asked again', async () => {
  const { place, keys } = await killedInCall((url) => [callTo(url)], [])
  await place.core.execute('CancelOrder', { orderId: 'o1', reason: 'customer' }, { at: place.clock.at })
  await place.later(1)
  expect(place.get('o1').flow?.state).toBe('cancelled')
  const [first = ''] = keys
  expect(keys).toEqual([first, `${first}/undo`])
})

test('a call that a crash cut off is taken back where another branch fails before it is asked again', async () => {
  const tiles = (url: string): api.FlowTile[] => [
    {
      ...{ type: 'splitter', id: 'split', by: 'all' },
      branches: [
        { when: '', next: 'bill' },
        { when: '', next: 'call' },
      ],
    },
    { type: 'invoice', id: 'bill', resumeOn: 'bill.paid', resumeMinutes: 5, next: 'meet' },
    callTo(url, { next: 'meet' }),
    { type: 'splitter_merge', id: 'meet', splitter: 'split', next: 'exit' },
  ]
  const { place, keys } = await killedInCall(tiles, [])
  await place.later(6)
  expect(place.get('o1')).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
  const [first = ''] = keys
  expect(keys).toEqual([first, `${first}/undo`])
})
