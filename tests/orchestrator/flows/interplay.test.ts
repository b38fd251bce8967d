// Flows beside what else happens: orders that are changed on their way, systems that keep a run waiting, policies that
// hold a tile back, and events that come while a flow is paused.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { act, draftOf, publishPolicy } from '../policies/drafts.ts'
import { asking, FlowPlace, flowOf, returns, straightTiles } from './flow-place.ts'

async function edit(place: FlowPlace, orderId: string): Promise<void> {
  const shipTo = { ...place.get(orderId).shipTo, city: 'Fresno' }
  const data = { orderId, version: null, changes: { shipTo }, reason: 'customer' }
  expect((await place.core.execute('EditOrder', data, { at: place.clock.at })).status).toBe('done')
}

test('an order that is changed while a person is asked is checked again and goes on', async () => {
  const place = await FlowPlace.open()
  await place.publish(flowOf(asking))
  await place.order('o1')
  await edit(place, 'o1')
  await place.flows.answer(place.run('o1')?.runId ?? '', { approve: true, by: 'Mia' })
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
})

test('an order that is changed when its work is planned is checked again before it is handed out', async () => {
  const place = await FlowPlace.open()
  const rest: api.FlowTile = { type: 'timer', id: 'rest', minutes: 10, next: 'reserve' }
  const tiles = straightTiles().map((tile) => (tile.id === 'source' ? { ...tile, next: 'rest' } : tile))
  await place.publish(flowOf([...tiles, rest] as api.FlowTile[]))
  await place.order('o1')
  await edit(place, 'o1')
  await place.later(11)
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
})

test('policies before a step that change the order do not strand it', async () => {
  const place = await FlowPlace.open()
  const points: api.PolicyPoint[] = ['release']
  const set = [act('set', 'Fresno', 'city')]
  const draft = draftOf({ policyId: 'city', when: 'order.city != "Fresno"', points, actions: set })
  await publishPolicy(place.core, draft, place.clock.at)
  const tell: api.FlowTile = { type: 'message', id: 'tell', name: 'order.came', next: 'validate' }
  await place.publish(flowOf([tell, ...straightTiles()]))
  const order = await place.order('o1')
  expect(order).toMatchObject({ status: 'released', shipTo: { city: 'Fresno' }, flow: { state: 'done' } })
})

test('an order that goes the straight way stays on it when it is changed, whatever was published since', async () => {
  const place = await FlowPlace.open()
  const order = await place.order('o1', { x: 99 })
  expect(order.status).toBe('backordered')
  await place.publish(flowOf(asking))
  await edit(place, 'o1')
  await place.later(1)
  expect(place.get('o1').flow).toBeUndefined()
  expect((await place.order('o2')).flow).toMatchObject({ flowId: 'web', state: 'running' })
})

test('a system that keeps a run waiting holds up nobody else, and its answer is taken when it comes', async () => {
  const place = await FlowPlace.open()
  let answer: () => void = () => undefined
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  let calls = 0
  place.flows.outside.actions.add({
    name: 'slow',
    means: 'takes long',
    run: async () => {
      calls++
      await asked
      return { isDone: true, reason: null }
    },
  })
  const call: api.FlowTile = {
    ...{ type: 'provider', id: 'call', action: 'slow', timeoutSeconds: 600, next: 'validate' },
  }
  await place.publish(flowOf([call, ...straightTiles()]))
  const began = performance.now()
  const ids = Array.from({ length: 6 }, (_, i) => `o${i}`)
  // The helper would wait for all of it.
  const orders = ids.map((id) => place.order(id))
  const other = place.order('p0', { x: 1 }, 'phone')
  await expect.poll(() => place.core.state().orders.get('p0')?.status, { timeout: 20_000 }).toBe('released')
  for (let turn = 0; turn < 5; turn++) await place.flows.turn()
  expect(performance.now() - began).toBeLessThan(20_000)
  expect(place.run('o5')?.tokens[0]?.tileId).toBe('call')
  answer()
  await Promise.all([...orders, other])
  for (const id of ids) expect(place.get(id).status).toBe('released')
  expect(calls).toBe(6)
})

test.each<[string, api.PolicyAction]>([
  ['asks a person', act('approve', 'an invoice of that size')],
  ['holds the order', act('hold', 'look at it')],
])('a policy of a tile that %s keeps the tile from asking anybody', async (_, action) => {
  const place = await FlowPlace.open()
  const draft = draftOf({
    policyId: 'person',
    when: 'order.units > 0',
    points: ['source'],
    actions: [action],
  })
  await publishPolicy(place.core, draft, place.clock.at)
  const invoice: api.FlowTile = { type: 'invoice', id: 'invoice', policies: ['person'], next: 'validate' }
  await place.publish(flowOf([invoice, ...straightTiles()]))
  const sent = async () =>
    (await place.log.read(place.core.stream, 0, 10_000)).filter(({ type }) => type === 'FlowMessageSent')
      .length
  const order = await place.order('o1')
  expect(order.hold).not.toBeNull()
  await place.later(5)
  expect(await sent()).toBe(0)
  await place.core.execute(
    'LiftHold',
    { orderId: 'o1', lineIds: null, reason: 'fine' },
    { at: place.clock.at },
  )
  await place.later(5)
  expect(await sent()).toBe(1)
})

test('a policy that a flow names is not retired while that flow, or a run of it, needs it', async () => {
  const place = await FlowPlace.open()
  const draft = draftOf({
    policyId: 'person',
    when: 'order.units > 5',
    points: ['source'],
    actions: [act('tag', 'big')],
  })
  await publishPolicy(place.core, draft, place.clock.at)
  const wait: api.FlowTile = { type: 'wait', id: 'wait', events: ['go.on'], next: 'invoice' }
  const invoice: api.FlowTile = { type: 'invoice', id: 'invoice', policies: ['person'], next: 'validate' }
  await place.publish(flowOf([wait, invoice, ...straightTiles()]))
  await place.order('o1')
  const retire = () =>
    place.core.execute(
      'RetirePolicy',
      { policyId: 'person', by: 'Mia', reason: 'over' },
      { at: place.clock.at },
    )
  const named = { status: 'refused', reason: 'policy_in_use' }
  expect(await retire()).toMatchObject(named)
  // Nor is it turned off, or made another kind of policy, by a new version.
  const at = { at: place.clock.at }
  for (const other of [
    { ...draft, isEnabled: false },
    { ...draft, kind: 'filter' as const, points: [], actions: [] },
  ]) {
    const drafted = await place.core.execute('DraftPolicy', { draft: other, by: 'Mia' }, at)
    const version = Number(drafted.answer.details?.version)
    const asked = { policyId: 'person', version, replayId: null, accepted: [], by: 'Mia' }
    expect(await place.core.execute('PublishPolicy', asked, at)).toMatchObject(named)
  }
  await publishPolicy(place.core, { ...draft, when: 'order.units > 6' }, place.clock.at)
  await place.publish(flowOf(straightTiles()))
  expect(await retire()).toMatchObject(named)
  await place.flows.raise('o1', 'go.on', null, 'test')
  expect(place.get('o1').status).toBe('released')
  expect(await retire()).toMatchObject({ status: 'done' })
})

test('a filter of a tile says whether it does anything for an order', async () => {
  const place = await FlowPlace.open()
  const filter = draftOf({ policyId: 'large', kind: 'filter', when: 'order.units > 3', points: [] })
  await publishPolicy(place.core, filter, place.clock.at)
  const tell: api.FlowTile = {
    type: 'message',
    id: 'tell',
    name: 'order.large',
    filter: 'large',
    next: 'validate',
  }
  await place.publish(flowOf([tell, ...straightTiles()]))
  await place.order('o1', { x: 1 })
  await place.order('o2', { x: 5 })
  expect((await place.steps('o1'))[1]).toBe('tell: skipped')
  expect((await place.steps('o2'))[1]).toBe('tell: done')
})

/** An order that was delivered, and for which a return is asked. */
async function returned(place: FlowPlace, id: string): Promise<void> {
  await place.order(id)
  await place.deliver(id)
  await place.askBack(id)
}

test('a return begins a run that goes on when the goods come back', async () => {
  const place = await FlowPlace.open()
  await place.publish(returns)
  await place.flows.turn()
  await returned(place, 'o1')
  await place.later(1)
  expect(place.run('o1')?.tokens[0]?.tileId).toBe('came')
  await place.bringBack('o1')
  await place.later(1)
  expect(await place.steps('o1')).toEqual(['start: done', 'tell: done', 'came: done'])
  expect(place.run('o1')).toBeUndefined()
})

test('returns that are asked for while their flow is paused begin runs that go on afterwards', async () => {
  const place = await FlowPlace.open()
  await place.publish(returns)
  await place.flows.turn()
  await place.setMode('back', 'paused')
  await returned(place, 'o1')
  await place.later(1)
  expect(await place.steps('o1')).toEqual([])
  await place.setMode('back', 'on')
  await place.later(1)
  expect(await place.steps('o1')).toEqual(['start: done', 'tell: done'])
})

test('a flow of returns in shadow says what it would do, once, and does nothing', async () => {
  const place = await FlowPlace.open()
  await place.publish(returns)
  await place.flows.turn()
  await place.setMode('back', 'shadow')
  await returned(place, 'o1')
  await place.later(1)
  await place.later(1)
  expect(await place.steps('o1')).toEqual([])
  const events = await place.log.read(place.core.stream, 0, 10_000)
  const shadows = events.filter(({ type }) => type === 'FlowShadowed')
  expect(shadows.map(({ data }) => data)).toMatchObject([{ orderId: 'o1', flowId: 'back', version: 1 }])
})
