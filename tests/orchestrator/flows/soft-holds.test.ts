// Units that a flow holds softly are there for its order, and for no other: before it is split and in branches,
// wherever it goes in the end, and also once the run is over.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { isOpenWork } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { cut, FlowPlace, flowOf, straightTiles } from './flow-place.ts'

/** Only node A has units of x, so many. */
async function scarce(place: FlowPlace, units: number): Promise<void> {
  place.clock.at += 60_000
  const items = ['A', 'B', 'C'].map((id) => ({
    ...{ sku: 'x', nodeId: `fab:${id}`, onHand: id === 'A' ? units : 0 },
    ...{ safetyStock: 0, inbound: 0, countedAt: place.clock.at },
  }))
  await place.core.execute('CountStock', { items }, { at: place.clock.at })
}

const keep = (next: string, more: Partial<api.FlowTileOf<'soft_reserve'>> = {}): api.FlowTile => ({
  ...{ type: 'soft_reserve', id: 'keep', minutes: 60, next },
  ...more,
})

const rest = (next: string, id = 'rest', minutes = 10): api.FlowTile => ({ type: 'timer', id, minutes, next })

const placing = (id: string): api.FlowTile[] => [
  { type: 'source', id: `source_${id}`, next: `reserve_${id}` },
  { type: 'reserve', id: `reserve_${id}`, next: `release_${id}` },
  { type: 'release', id: `release_${id}`, next: 'exit' },
]

/** x goes to the first branch, the other lines to the second. */
const split = (first: string, second: string): api.FlowTile => ({
  ...{ type: 'splitter', id: 'split', by: 'lines' },
  branches: [
    { when: 'line.sku == "x"', next: first },
    { when: '', next: second },
  ],
})

const held = (place: FlowPlace) => ({
  units: place.held(),
  reservations: [...place.core.state().reservations.values()].map(({ lines }) =>
    lines.map(({ sku, quantity }) => `${quantity} ${sku}`).join(', '),
  ),
})

test('the last units that a flow holds softly are there for its order and no other', async () => {
  const place = await FlowPlace.open()
  await scarce(place, 2)
  await place.publish(flowOf([keep('rest'), rest('validate'), ...straightTiles()]))
  await place.order('o1', { x: 2 })
  expect((await place.order('o2', { x: 1 }, 'phone')).status).toBe('backordered')
  await place.later(11)
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
  expect(place.get('o2').status).toBe('backordered')
  expect(held(place)).toEqual({ units: 2, reservations: [] })
})

test('each branch takes the place of what was held for its own lines', async () => {
  const place = await FlowPlace.open()
  const validate: api.FlowTile = { type: 'validate_header', id: 'validate', next: 'split' }
  await place.publish(
    flowOf([
      ...[validate, split('keep_a', 'keep_b')],
      ...[keep('rest_a', { id: 'keep_a' }), rest('source_a', 'rest_a'), ...placing('a')],
      ...[keep('rest_b', { id: 'keep_b' }), rest('source_b', 'rest_b', 20), ...placing('b')],
    ]),
  )
  await place.order('o1', { x: 2, y: 3 })
  expect(held(place)).toEqual({ units: 5, reservations: ['2 x', '3 y'] })
  await place.later(11)
  expect(held(place)).toEqual({ units: 5, reservations: ['3 y'] })
  await place.later(11)
  expect(held(place)).toEqual({ units: 5, reservations: [] })
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
})

test('what was held before a split serves every branch', async () => {
  const place = await FlowPlace.open()
  await scarce(place, 2)
  const validate: api.FlowTile = { type: 'validate_header', id: 'validate', next: 'keep' }
  const tiles = [validate, keep('split'), split('source_a', 'rest'), rest('source_b')]
  await place.publish(flowOf([...tiles, ...placing('a'), ...placing('b')]))
  await place.order('o1', { x: 2, y: 3 })
  expect(held(place)).toEqual({ units: 5, reservations: ['3 y'] })
  await place.later(11)
  expect(held(place)).toEqual({ units: 5, reservations: [] })
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
})

test('what was held at another node than the one that sends it is let go of', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([
      { type: 'validate_header', id: 'validate', next: 'keep' },
      keep('place', { nodeId: 'fab:B' }),
      { type: 'assign_node', id: 'place', nodeId: 'fab:A', next: 'reserve' },
      ...straightTiles().slice(2),
    ]),
  )
  const order = await place.order('o1', { x: 2 })
  expect(order.work.filter(isOpenWork).map(({ nodeId }) => nodeId)).toEqual(['fab:A'])
  expect(held(place)).toEqual({ units: 2, reservations: [] })
})

test('units that stay held where the run fails are there for the run after it', async () => {
  const place = await FlowPlace.open()
  await scarce(place, 2)
  let isDone = false
  const run = async () => ({ isDone, reason: null, isFinal: true })
  place.flows.outside.actions.add({ name: 'call', means: 'asks', run })
  const call: api.FlowTile = { type: 'provider', id: 'call', action: 'call', next: 'validate' }
  const once: api.FlowTile = {
    ...{ type: 'condition', id: 'once', when: 'run.attempt == 1', yes: 'keep', no: 'call' },
  }
  await place.publish(flowOf([once, keep('call', { undo: false }), call, ...straightTiles()]))
  expect(await place.order('o1', { x: 2 })).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
  expect(held(place)).toEqual({ units: 2, reservations: ['2 x'] })
  expect(await place.steps('o1')).not.toContain('keep: undone')
  isDone = true
  await place.flows.reprocess('o1')
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done', run: 2 } })
  expect(held(place)).toEqual({ units: 2, reservations: [] })
})

test('units that are still held once the flow has ended are there for the order on the default way', async () => {
  const place = await FlowPlace.open()
  await scarce(place, 2)
  await place.publish(flowOf([keep('exit')]))
  expect(await place.order('o1', { x: 2 })).toMatchObject({ status: 'released', flow: { state: 'done' } })
  expect(held(place)).toEqual({ units: 2, reservations: [] })
})

test('a second soft reservation takes other units than the first', async () => {
  const place = await FlowPlace.open()
  await place.publish(flowOf([keep('more', { nodeId: 'fab:A' }), keep('rest', { id: 'more' }), rest('exit')]))
  await scarce(place, 3)
  await place.order('o1', { x: 2 })
  expect(place.get('o1').flow?.state).toBe('failed')
  expect(await place.steps('o1')).toContain('more: failed')
  await scarce(place, 4)
  await place.order('o2', { x: 2 })
  expect(held(place)).toEqual({ units: 4, reservations: ['2 x', '2 x'] })
})

test('a crash between a soft reservation of the last units and its step changes nothing', async () => {
  const before = await FlowPlace.open()
  await scarce(before, 2)
  await before.publish(flowOf([keep('rest'), rest('validate'), ...straightTiles()]))
  await before.order('o1', { x: 2 })
  const events = await before.log.read(before.core.stream, 0, 10_000)
  const reserved = events.findIndex(({ type }) => type === 'StockReserved') + 1
  const content = cut(before.log.content(), before.core.stream, reserved)
  await before.close()
  const place = await FlowPlace.open(content)
  await advance('o1', place.context)
  expect(await place.steps('o1')).toEqual(['start: done', 'keep: done'])
  await place.later(11)
  expect(place.get('o1')).toMatchObject({ status: 'released', flow: { state: 'done' } })
  expect(held(place)).toEqual({ units: 2, reservations: [] })
})
