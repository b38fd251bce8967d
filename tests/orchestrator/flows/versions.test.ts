// Flows that are changed while runs are under way, and what is said or answered more than once.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { asking, FlowPlace, flowOf, straightTiles } from './flow-place.ts'

const eventsOf = async (place: FlowPlace, type: string) =>
  (await place.log.read(place.core.stream, 0, 10_000)).filter((event) => event.type === type)

const call = (more: Partial<api.FlowTileOf<'provider'>>): api.FlowTile => ({
  ...{ type: 'provider', id: 'call', action: 'own', next: 'validate' },
  ...more,
})

test('a flow in shadow that would do otherwise by now says what it said first, and holds up nothing', async () => {
  const place = await FlowPlace.open()
  const branch: api.FlowTile = {
    ...{ type: 'condition', id: 'near', when: 'order.city == "Fresno"', yes: 'exit', no: 'validate' },
  }
  await place.publish(flowOf([branch, ...straightTiles()]))
  await place.setMode('web', 'shadow')
  await place.setMode('default', 'paused')
  await place.order('o1', { x: 1 })
  const shipTo = { ...place.get('o1').shipTo, city: 'Fresno' }
  const data = { orderId: 'o1', version: null, changes: { shipTo }, reason: 'customer' }
  expect((await place.core.execute('EditOrder', data, { at: place.clock.at })).status).toBe('done')
  await place.later(1)
  await place.setMode('default', 'on')
  await place.later(1)
  expect(await place.flows.reprocess('o1')).not.toHaveProperty('runId')
  expect(await eventsOf(place, 'FlowShadowed')).toHaveLength(1)
})

test('a run that is to be tried again asks as its new version does, under the same key', async () => {
  const place = await FlowPlace.open()
  const heard: { key: string; data: object }[] = []
  place.flows.outside.actions.add({
    ...{ name: 'own', means: 'asks' },
    run: async ({ key, data }) => {
      heard.push({ key, data })
      return data.to === 'right' ? { isDone: true, reason: null } : { isDone: false, reason: 'no such place' }
    },
  })
  const retries = { times: 3, firstSeconds: 60, factor: 1 }
  await place.publish(flowOf([call({ retries, data: { to: 'wrong' } }), ...straightTiles()]))
  await place.order('o1')
  await place.publish(flowOf([call({ retries, data: { to: 'right' } }), ...straightTiles()]))
  expect(await place.flows.migrate('web', { from: 1, to: 2 }, 'test')).toMatchObject({ moved: 1 })
  await place.later(2)
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { version: 2, state: 'done' } })
  expect(new Set(heard.map(({ key }) => key)).size).toBe(1)
  const asked = await eventsOf(place, 'ProviderActionRequested')
  expect(asked.map(({ data }) => (data as { data: object }).data)).toEqual([{ to: 'wrong' }, { to: 'right' }])
})

test('a run that asks somebody while it is migrated goes on in its new version', async () => {
  const place = await FlowPlace.open()
  const answer = Promise.withResolvers<void>()
  let calls = 0
  place.flows.outside.actions.add({
    ...{ name: 'own', means: 'takes long' },
    run: async () => {
      calls++
      await answer.promise
      return { isDone: true, reason: null }
    },
  })
  const tell: api.FlowTile = { type: 'message', id: 'tell', name: 'asked', next: 'validate' }
  await place.publish(flowOf([call({ next: 'tell', timeoutSeconds: 600 }), tell, ...straightTiles()]))
  const order = place.order('o1')
  await expect.poll(() => calls).toBe(1)
  await place.publish(flowOf([call({ timeoutSeconds: 600 }), ...straightTiles()]))
  expect(await place.flows.migrate('web', { from: 1, to: 2 }, 'test')).toMatchObject({ moved: 1 })
  answer.resolve()
  await order
  await place.later(1)
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { version: 2, state: 'done' } })
  expect(calls).toBe(1)
})

test('an invoice that is taken back is told to the receivers of webhooks', async () => {
  const place = await FlowPlace.open()
  place.action('broken', 'export const run = () => ({ ok: false, reason: "no" })')
  const invoice: api.FlowTile = { type: 'invoice', id: 'invoice', next: 'break' }
  const last: api.FlowTile = { type: 'custom_file', id: 'break', file: 'broken', next: 'exit' }
  await place.publish(flowOf([...straightTiles('invoice'), invoice, last]))
  expect(await place.order('o1')).toMatchObject({ flow: { state: 'failed' } })
  const told = await eventsOf(place, 'FlowMessageSent')
  expect(told.map(({ data }) => (data as { message: { name: string } }).message.name)).toEqual([
    'provider.invoice',
    'provider.invoice_cancel',
  ])
})

test('of two answers to one question one is taken, and the other is told so', async () => {
  const place = await FlowPlace.open()
  await place.publish(flowOf(asking))
  await place.order('o1')
  const runId = place.run('o1')?.runId ?? ''
  const answers = await Promise.allSettled([
    place.flows.answer(runId, { approve: true, by: 'Mia' }),
    place.flows.answer(runId, { approve: false, by: 'Ben' }),
  ])
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})
