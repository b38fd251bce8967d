// Orders of flows and batches: an order is sourced together with others only once its flow has come to that.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { defaultFlowId, defaultStrategy } from '#orchestrator/core'
import { sourceGathered } from '#orchestrator/flows'
import { asking, FlowPlace, flowOf, straightTiles } from './flow-place.ts'

const limits = { timeLimitMs: 500, ordersMost: 100, elapsedMs: () => 0 }

/** A market that sources orders together that came within five minutes. */
async function gathering(): Promise<FlowPlace> {
  const place = await FlowPlace.open()
  const { version: _, publishedAt: __, publishedBy: ___, ...draft } = defaultStrategy
  const strategy = { draft: { ...draft, batchMinutes: 5 }, by: 'test' }
  await place.core.execute('PublishStrategy', strategy, { at: place.clock.at })
  return place
}

const approve = (place: FlowPlace, id: string) =>
  place.flows.answer(place.run(id)?.runId ?? '', { approve: true, by: 'Mia' })

test('an order that waits for a person is in no batch, and goes to the node that its flow names', async () => {
  const place = await gathering()
  const [first, ask, ...rest] = asking
  if (first === undefined || ask?.type !== 'approval') throw new Error('no question')
  const toC: api.FlowTile = {
    ...{ type: 'assign_node', id: 'source', nodeId: 'fab:C', next: 'reserve', failed: 'exit' },
  }
  await place.publish(flowOf([first, ask, toC, ...rest.slice(1)]))
  await place.order('o1')
  place.clock.at += 6 * 60_000
  expect(await sourceGathered(place.context, limits)).toEqual([])
  expect(place.get('o1').work).toEqual([])
  await approve(place, 'o1')
  expect(place.get('o1')).toMatchObject({ status: 'released', work: [{ nodeId: 'fab:C' }] })
})

test('orders that their flow has come to place wait for others, and are sourced with them', async () => {
  const place = await gathering()
  await place.publish(
    flowOf([{ type: 'message', id: 'tell', name: 'came', next: 'validate' }, ...straightTiles()]),
  )
  await place.order('o1')
  await place.order('o2', { x: 1 }, 'phone')
  expect(place.run('o1')?.tokens[0]).toMatchObject({ tileId: 'source', note: 'waits_for_others' })
  place.clock.at += 5 * 60_000
  expect((await sourceGathered(place.context, limits)).toSorted()).toEqual(['o1', 'o2'])
  expect(place.get('o1').work).toHaveLength(1)
  await place.later(0)
  expect(['o1', 'o2'].map((id) => place.get(id).status)).toEqual(['released', 'released'])
})

test.each([
  ['its own flow', 'web', 'web'],
  ['the straight way', defaultFlowId, 'phone'],
])('an order waits while %s is paused, whatever batches there are', async (_, flowId, channel) => {
  const place = await gathering()
  await place.publish(
    flowOf([{ type: 'message', id: 'tell', name: 'came', next: 'validate' }, ...straightTiles()]),
  )
  await place.order('o1', { x: 1 }, channel)
  await place.setMode(flowId, 'paused')
  place.clock.at += 6 * 60_000
  expect(await sourceGathered(place.context, limits)).toEqual([])
  await place.later(0)
  expect(place.get('o1').work).toEqual([])
  await place.setMode(flowId, 'on')
  expect(await sourceGathered(place.context, limits)).toEqual(['o1'])
  await place.later(0)
  expect(place.get('o1').status).toBe('released')
})

test('lines of a branch are placed without waiting for other orders, and those beside them stay', async () => {
  const place = await gathering()
  await place.publish(
    flowOf([
      { type: 'validate_header', id: 'validate', next: 'split' },
      {
        ...{ type: 'splitter', id: 'split', by: 'lines' },
        branches: [
          { when: 'line.sku == "x"', next: 'ask' },
          { when: '', next: 'one' },
        ],
      },
      { type: 'approval', id: 'ask', question: 'send x?', approved: 'other', rejected: 'merge' },
      { type: 'source', id: 'one', next: 'merge' },
      { type: 'source', id: 'other', next: 'merge' },
      { type: 'splitter_merge', id: 'merge', splitter: 'split', next: 'reserve' },
      ...straightTiles().slice(2),
    ]),
  )
  await place.order('o1', { x: 1, y: 1 })
  expect(place.get('o1').work.flatMap(({ lines }) => lines.map(({ sku }) => sku))).toEqual(['y'])
  await approve(place, 'o1')
  expect(place.get('o1').status).toBe('released')
})
