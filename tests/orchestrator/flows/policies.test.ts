// Policies before a step of orders that a flow has: they are asked whichever tile takes the step.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { act, draftOf, publishPolicy } from '../policies/drafts.ts'
import { asking, FlowPlace, flowOf, straightTiles } from './flow-place.ts'

const person = draftOf({
  ...{ policyId: 'person', when: 'order.units > 5', points: ['source'] },
  actions: [act('approve', 'many units')],
})
const held = { status: 'on_hold', hold: 'approval needed: person: many units' }

/** Straight on, to one node. */
const toB = straightTiles().map(
  (tile): api.FlowTile =>
    tile.type === 'source' ? { ...tile, type: 'assign_node', nodeId: 'fab:B', failed: 'exit' } : tile,
)

const lift = (place: FlowPlace) =>
  place.core.execute('LiftHold', { orderId: 'o1', lineIds: null, reason: 'fine' }, { at: place.clock.at })

async function edit(place: FlowPlace): Promise<void> {
  const changes = { quantities: [{ lineId: '1', quantity: 7 }] }
  const data = { orderId: 'o1', version: null, changes, reason: 'customer' }
  expect((await place.core.execute('EditOrder', data, { at: place.clock.at })).status).toBe('done')
}

test('a policy before sourcing holds an order that its flow gives to one node, until a person lets it go', async () => {
  const place = await FlowPlace.open()
  await publishPolicy(place.core, person, place.clock.at)
  await place.publish(flowOf(toB))
  expect(await place.order('o1', { x: 6 })).toMatchObject({ ...held, work: [] })
  await lift(place)
  await place.later(1)
  expect(place.get('o1')).toMatchObject({ status: 'released', work: [{ nodeId: 'fab:B' }] })
  expect((await place.order('o2', { x: 2 })).status).toBe('released')
})

test.each<[string, api.FlowTile[]]>([
  ['looks for nodes', asking],
  ['names one', [...asking.slice(0, 2), ...toB.slice(1)]],
])('it is asked as well where the order was changed before the tile that %s', async (_, tiles) => {
  const place = await FlowPlace.open()
  await publishPolicy(place.core, person, place.clock.at)
  await place.publish(flowOf(tiles))
  await place.order('o1', { x: 1 })
  await edit(place)
  await place.flows.answer(place.run('o1')?.runId ?? '', { approve: true, by: 'Mia' })
  expect(place.get('o1')).toMatchObject({ ...held, work: [] })
  await lift(place)
  await place.later(1)
  expect(place.get('o1').status).toBe('released')
})

test('what it sets is checked before the order is placed', async () => {
  const place = await FlowPlace.open()
  const set = [act('set', 'Fresno', 'city')]
  const sends = draftOf({ policyId: 'city', when: 'order.units > 5', points: ['source'], actions: set })
  await publishPolicy(place.core, sends, place.clock.at)
  const here = draftOf({
    ...{ policyId: 'here', kind: 'filter', severity: 'critical', points: ['validate'] },
    when: 'order.city != "Fresno"',
  })
  await publishPolicy(place.core, here, place.clock.at)
  await place.publish(flowOf(toB))
  expect(await place.order('o1', { x: 6 })).toMatchObject({ hold: 'policy: here', work: [] })
})
