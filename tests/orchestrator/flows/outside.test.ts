// Flows that ask something of others: custom actions by file and over HTTP, provider actions, and what goes wrong
// there.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { FlowPlace, flowOf, straightTiles } from './flow-place.ts'
import { receiver } from './receiver.ts'

test('what fails is tried again with longer waits, then its own way is taken', async () => {
  const place = await FlowPlace.open()
  place.action('moody', 'export const run = () => ({ ok: false, reason: "no mood" })')
  place.action('broken', 'export const run = () => { throw new Error("it broke") }')
  await place.publish(
    flowOf([
      {
        ...{ type: 'custom_file', id: 'call', file: 'broken', next: 'validate', failed: 'tell' },
        retries: { times: 2, firstSeconds: 60, factor: 2 },
        onFailure: 'call.failed',
      },
      { type: 'message', id: 'tell', name: 'call.gave_up', next: 'validate' },
      ...straightTiles(),
    ]),
  )
  await place.order('o1')
  expect(place.run('o1')?.tokens[0]).toMatchObject({ attempt: 2, note: 'it failed: it broke' })
  await place.later(0.5)
  expect(place.run('o1')?.tokens[0]).toMatchObject({ attempt: 2 })
  await place.later(1)
  expect(place.run('o1')?.tokens[0]).toMatchObject({ attempt: 3 })
  await place.later(1)
  expect(place.run('o1')?.tokens[0]).toMatchObject({ attempt: 3 })
  await place.later(1.5)
  expect(place.get('o1').status).toBe('released')
  const steps = await place.steps('o1')
  expect(steps.slice(1, 5)).toEqual(['call: retry', 'call: retry', 'call: failed', 'tell: done'])
})

test.each([
  ['hangs', 'export const run = () => new Promise(() => {})', /longer than 0.5 s|without an answer/],
  ['spins', 'export const run = () => { for (;;); }', /longer than 0.5 s/],
  ['throws', 'export const run = () => { throw new Error("no") }', /it failed: no/],
  ['answers 10 MB', 'export const run = () => ({ text: "x".repeat(10_000_000) })', /more than 1000000 bytes/],
  ['ends its thread', 'export const run = () => process.exit(3)', /without an answer/],
  ['says no', 'export const run = () => ({ ok: false, reason: "not today" })', /not today/],
  ['is no action', 'export const other = 1', /no function run/],
  ['cannot be read', 'export const run = (', /it failed/],
])(
  'a custom action that %s fails its run, which is undone and held for a person',
  async (name, text, reason) => {
    const place = await FlowPlace.open()
    place.action('own', text)
    const call: api.FlowTile = {
      type: 'custom_file',
      id: 'call',
      file: 'own',
      timeoutSeconds: name === 'hangs' || name === 'spins' ? 0.5 : 20,
      next: 'exit',
    }
    await place.publish(flowOf([...straightTiles('call'), call]))
    const before = place.held()
    const order = await place.order('o1', { x: 2, y: 1 })
    expect(order).toMatchObject({ status: 'on_hold', hold: 'flow_failed', flow: { state: 'failed' } })
    expect(place.held()).toBe(before)
    const events = await place.log.read(place.core.stream, 0, 10_000)
    const failure = events.find(
      ({ type, data }) =>
        type === 'FlowStepTaken' && (data as { step: { outcome: string } }).step.outcome === 'failed',
    )
    expect(failure?.data).toMatchObject({ step: { reason: expect.stringMatching(reason) } })
    expect((await place.steps('o1')).slice(-4)).toEqual([
      'release: undone',
      'reserve: undone',
      'source: undone',
      ': stopped',
    ])
  },
)

test('what a custom action says can be asked for', async () => {
  const place = await FlowPlace.open()
  place.action(
    'judge',
    'export const run = ({ subject }) => ({ outcome: subject.order.lines.length > 1 ? "odd" : "fine" })',
  )
  await place.publish(
    flowOf([
      { type: 'custom_file', id: 'call', file: 'judge', next: 'ask' },
      { type: 'condition', id: 'ask', when: 'run.outcome == "odd"', yes: 'stop', no: 'validate' },
      { type: 'hold', id: 'stop', reason: 'looks_odd', next: 'exit' },
      ...straightTiles(),
    ]),
  )
  expect((await place.order('o1', { x: 1 })).status).toBe('released')
  expect((await place.order('o2', { x: 1, y: 1 })).hold).toBe('looks_odd')
})

test('a call over HTTP has the same key in every try and is taken back by its own address', async () => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  let calls = 0
  const bodies: Record<string, unknown>[] = []
  const there = await receiver((body) => {
    bodies.push(JSON.parse(body) as Record<string, unknown>)
    return { status: ++calls === 1 ? 503 : 200, text: '{"outcome":"booked"}' }
  })
  await place.publish(
    flowOf([
      {
        ...{ type: 'custom_http', id: 'book', url: there.url, undoUrl: there.url, next: 'big' },
        ...{ retries: { times: 1, firstSeconds: 1 }, data: { service: 'express' } },
      },
      { type: 'validate_lines', id: 'big', when: 'line.quantity < 2', next: 'exit' },
    ]),
  )
  await place.order('o1', { x: 3 })
  await place.later(1)
  expect(place.get('o1')).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
  const [first = ''] = there.keys
  expect(there.keys).toEqual([first, first, `${first}/undo`])
  expect(bodies[1]).toMatchObject({ undo: false, order: { orderId: 'o1' }, data: { service: 'express' } })
  expect(bodies[2]).toMatchObject({ undo: true })
  const types = (await place.log.read(place.core.stream, 0, 10_000)).map(({ type }) => type)
  expect(types.filter((type) => type.startsWith('ProviderAction'))).toEqual([
    'ProviderActionRequested',
    'ProviderActionRequested',
    'ProviderActionDone',
    'ProviderActionRequested',
    'ProviderActionDone',
  ])
})

test.each([
  ['a redirect', { status: 302 }, /redirects are not followed/],
  ['a no', { status: 422 }, /answered 422/],
  ['10 MB', { status: 200, text: 'x'.repeat(10_000_000) }, /more than 1000000 bytes/],
])('an address that answers with %s fails without another try', async (_, answer, reason) => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  const there = await receiver(() => answer)
  await place.publish(
    flowOf([{ type: 'custom_http', id: 'call', url: there.url, retries: { times: 5 }, next: 'exit' }]),
  )
  await place.order('o1')
  expect(there.keys).toHaveLength(1)
  const ended = (await place.log.read(place.core.stream, 0, 10_000)).find(
    ({ type }) => type === 'ProviderActionFailed',
  )
  expect(ended?.data).toMatchObject({ reason: expect.stringMatching(reason) })
})

test.each([
  ['10 MB', { status: 200, text: 'x'.repeat(10_000_000) }, true],
  ['a fault of its own', { status: 500 }, true],
  ['a no', { status: 422 }, false],
])(
  'what answers with %s may have done its work, or not, and is taken back accordingly',
  async (_, answer, isBack) => {
    const place = await FlowPlace.open(undefined, ['127.0.0.1'])
    const there = await receiver((body) => (JSON.parse(body).undo === true ? { status: 204 } : answer))
    const call = { type: 'custom_http', id: 'call', url: there.url, undoUrl: there.url } as const
    await place.publish(flowOf([{ ...call, next: 'exit' }]))
    await place.order('o1')
    expect(place.get('o1')).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
    const [first = ''] = there.keys
    expect(there.keys).toEqual(isBack ? [first, `${first}/undo`] : [first])
  },
)

test.each([
  ['answers 10 MB', '({ text: "x".repeat(10_000_000) })', true],
  ['answers what is no JSON', '({ count: 1n })', true],
  ['runs out of memory', '{ const all = []; for (;;) all.push(new Array(1e5).fill(all.length)) }', true],
  ['throws', '{ throw new Error("no") }', true],
  ['breaks in a stray promise', '{ Promise.reject(new Error("no")); return new Promise(() => {}) }', true],
  ['throws in a callback', '{ setTimeout(() => { throw 1 }); return new Promise(() => {}) }', true],
  ['says no', '({ ok: false, reason: "no" })', false],
  ['cannot be read', '(', false],
])(
  'a file that %s may have done its work, or not, and is taken back accordingly',
  async (_, text, isBack) => {
    const place = await FlowPlace.open()
    place.action('own', `export const run = () => ${text}\nexport const undo = () => ({ ok: true })`)
    const call = { type: 'custom_file', id: 'call', file: 'own', timeoutSeconds: 60, undo: true } as const
    await place.publish(flowOf([...straightTiles('call'), { ...call, next: 'exit' }]))
    await place.order('o1')
    expect(place.get('o1')).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
    expect((await place.steps('o1')).includes('call: undone')).toBe(isBack)
  },
)

test('an address that never answers ends its try when its time is over, and is tried again', async () => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  const there = await receiver(() => null)
  const retries = { times: 1, firstSeconds: 60 }
  await place.publish(
    flowOf([{ type: 'custom_http', id: 'call', url: there.url, timeoutSeconds: 0.2, retries, next: 'exit' }]),
  )
  await place.order('o1')
  expect(place.run('o1')?.tokens[0]).toMatchObject({ attempt: 2, note: 'it took longer than 0.2 s' })
  await place.later(2)
  const order = place.get('o1')
  expect([there.keys.length, new Set(there.keys).size]).toEqual([2, 1])
  expect(order).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
})

test('a provider action waits for its event, and invoices are told to the receivers of webhooks', async () => {
  const place = await FlowPlace.open()
  place.flows.outside.actions.add({
    name: 'label',
    means: 'buys a label',
    run: async () => ({ isDone: true, reason: null }),
  })
  await place.publish(
    flowOf([
      { type: 'provider', id: 'label', action: 'label', resumeOn: 'label.printed', next: 'invoice' },
      { type: 'invoice', id: 'invoice', next: 'validate' },
      ...straightTiles(),
    ]),
  )
  await place.order('o1')
  expect(place.run('o1')?.tokens[0]).toMatchObject({ tileId: 'label', state: 'acted' })
  await place.flows.raise('o1', 'label.printed', null, 'test')
  expect(place.get('o1').status).toBe('released')
  const told = (await place.log.read(place.core.stream, 0, 10_000)).filter(
    ({ type }) => type === 'FlowMessageSent',
  )
  expect(told.map(({ data }) => (data as { message: { name: string } }).message.name)).toEqual([
    'provider.invoice',
  ])
})
