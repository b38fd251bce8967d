// Orders that are taken through their flow once more: the hold of the run that failed goes, those of others stay.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { advance } from '#orchestrator/flows'
import { act, draftOf, publishPolicy } from '../policies/drafts.ts'
import { FlowPlace, flowOf, returns, straightTiles } from './flow-place.ts'

const approving = (points: api.PolicyPoint[]) =>
  draftOf({ policyId: 'person', when: 'order.units > 5', points, actions: [act('approve', 'many units')] })
const needed = 'approval needed: person: many units'

const lift = (place: FlowPlace) =>
  place.core.execute('LiftHold', { orderId: 'o1', lineIds: null, reason: 'fine' }, { at: place.clock.at })
const hold = (place: FlowPlace, lineIds: string[] | null) =>
  place.core.execute('HoldOrder', { orderId: 'o1', lineIds, reason: 'customer' }, { at: place.clock.at })

/** Waits to be told, then asks somebody who says no unless it was mended. */
const failing = flowOf([
  { type: 'wait', id: 'wait', events: ['go.on'], timeoutMinutes: 1, next: 'call' },
  { type: 'custom_file', id: 'call', file: 'own', next: 'validate' },
  ...straightTiles(),
])

async function failingPlace(): Promise<FlowPlace> {
  const place = await FlowPlace.open()
  place.action('own', 'export const run = () => ({ ok: false })')
  await place.publish(failing)
  return place
}

const mend = (place: FlowPlace) => place.action('own', 'export const run = () => ({})')

test('an order of the straight way that needs an approval still needs it when it is reprocessed', async () => {
  const place = await FlowPlace.open()
  await publishPolicy(place.core, approving(['source']), place.clock.at)
  expect((await place.order('o1', { x: 6 })).hold).toBe(needed)
  expect(await place.flows.reprocess('o1')).toEqual({ reason: 'on_hold' })
  await advance('o1', place.context)
  expect(place.get('o1')).toMatchObject({ status: 'on_hold', hold: needed, work: [] })
  await lift(place)
  await advance('o1', place.context)
  expect(place.get('o1').status).toBe('released')
})

test('an approval that is needed outlasts a run that fails and puts a hold of its own', async () => {
  const place = await FlowPlace.open()
  await publishPolicy(place.core, approving(['validate']), place.clock.at)
  place.action('own', 'export const run = () => ({ ok: false })')
  await place.publish(
    flowOf([
      {
        ...{ type: 'splitter', id: 'split', by: 'all' },
        branches: [
          { when: '', next: 'validate' },
          { when: '', next: 'rest' },
        ],
      },
      ...straightTiles('merge'),
      { type: 'timer', id: 'rest', minutes: 5, next: 'stop' },
      { type: 'hold', id: 'stop', reason: 'looks_odd', next: 'call' },
      { type: 'custom_file', id: 'call', file: 'own', next: 'merge' },
      { type: 'splitter_merge', id: 'merge', splitter: 'split', next: 'exit' },
    ]),
  )
  await place.order('o1', { x: 6 })
  await place.later(6)
  expect(place.get('o1')).toMatchObject({ hold: needed, flow: { run: 1, state: 'failed' } })
  expect(await place.flows.reprocess('o1')).toEqual({ reason: 'on_hold' })
  expect(place.get('o1')).toMatchObject({ hold: needed, flow: { run: 1 } })
})

test('what a person holds stays held, the whole order or a line of it', async () => {
  const place = await failingPlace()
  await place.order('o1', { x: 1, y: 1 })
  await hold(place, ['2'])
  await place.flows.raise('o1', 'go.on', null, 'Mia')
  expect(place.get('o1')).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
  mend(place)
  expect(await place.flows.reprocess('o1')).toEqual({ runId: 'o1/run/2' })
  await place.later(1)
  const { lines, work } = place.get('o1')
  expect(lines.map((line) => line.hold)).toEqual([null, 'customer'])
  expect(work.flatMap((each) => each.lines.map(({ lineId }) => lineId))).toEqual(['1'])
  const other = await failingPlace()
  await other.order('o1')
  await hold(other, null)
  await other.flows.raise('o1', 'go.on', null, 'Mia')
  expect(await other.flows.reprocess('o1')).toEqual({ reason: 'on_hold' })
  expect(other.get('o1')).toMatchObject({ hold: 'customer', flow: { run: 1, state: 'failed' } })
})

test('a tile lifts what its flow holds, and what others hold stays', async () => {
  const place = await FlowPlace.open()
  await place.publish(
    flowOf([
      { type: 'wait', id: 'wait', events: ['go.on'], next: 'stop' },
      { type: 'hold', id: 'stop', reason: 'fraud_check', next: 'fine' },
      { type: 'wait', id: 'fine', events: ['fraud.ok'], next: 'lift' },
      { type: 'lift_hold', id: 'lift', next: 'validate' },
      ...straightTiles(),
    ]),
  )
  for (const id of ['o1', 'o2']) await place.order(id)
  await hold(place, null)
  for (const id of ['o1', 'o2']) await place.flows.raise(id, 'go.on', null, 'Mia')
  expect([place.get('o1').hold, place.get('o2').hold]).toEqual(['customer', 'fraud_check'])
  for (const id of ['o1', 'o2']) await place.flows.raise(id, 'fraud.ok', null, 'Mia')
  expect(place.get('o1')).toMatchObject({ hold: 'customer', work: [] })
  expect(place.get('o2').status).toBe('released')
  await lift(place)
  await place.later(1)
  expect(place.get('o1').status).toBe('released')
})

test('a return whose run failed is taken through its flow once more, with what came back since', async () => {
  const place = await FlowPlace.open()
  place.action('own', 'export const run = () => ({ ok: false })')
  await place.publish({
    ...returns,
    tiles: [
      { type: 'start', id: 'start', events: ['ReturnRequested'], next: 'label' },
      { type: 'custom_file', id: 'label', file: 'own', next: 'came' },
      { type: 'wait', id: 'came', events: ['ReturnReceived'], next: 'exit' },
      { type: 'exit', id: 'exit' },
    ],
  })
  await place.flows.turn()
  await place.order('o1', { x: 2 })
  await place.deliver('o1')
  await place.askBack('o1')
  for (let i = 0; i < 3; i++) await place.later(1)
  expect(place.get('o1').flow).toMatchObject({ flowId: 'back', state: 'failed' })
  expect((await place.steps('o1')).at(-1)).toMatch(/stopped/)
  await place.bringBack('o1')
  mend(place)
  expect(await place.flows.reprocess('o1')).toEqual({ runId: 'o1/run/2' })
  await place.later(1)
  expect((await place.steps('o1')).slice(-3)).toEqual(['start: done', 'label: done', 'came: done'])
  expect(place.get('o1').flow).toMatchObject({ run: 2, state: 'done' })
  expect(await place.flows.reprocess('o1')).toEqual({ reason: 'too_late' })
})
