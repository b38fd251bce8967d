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
  await place.publish(
    flowOf([
      callTo(there.url, { next: 'check' }),
      { type: 'validate_lines', id: 'check', when: 'line.quantity < 2', next: 'exit' },
    ]),
  )
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
