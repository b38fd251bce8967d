// Branches of a flow that wait while others hand out their work: what waits stays, and what nodes give back goes on.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { isOpenWork } from '#orchestrator/core'
import { FlowPlace, flowOf, straightTiles } from './flow-place.ts'

const placing = (id: string, next: string): api.FlowTile[] => [
  { type: 'source', id: `source_${id}`, next: `reserve_${id}` },
  { type: 'reserve', id: `reserve_${id}`, next: `release_${id}` },
  { type: 'release', id: `release_${id}`, next },
]

/** x passes a gate before it is placed; the other lines are placed at once. */
const gated = (gate: api.FlowTile) =>
  flowOf([
    { type: 'validate_header', id: 'validate', next: 'split' },
    {
      ...{ type: 'splitter', id: 'split', by: 'lines' },
      branches: [
        { when: 'line.sku == "x"', next: gate.id },
        { when: '', next: 'source_b' },
      ],
    },
    gate,
    ...placing('a', 'merge'),
    ...placing('b', 'merge'),
    { type: 'splitter_merge', id: 'merge', splitter: 'split', next: 'exit' },
  ])

const question: api.FlowTile = {
  ...{ type: 'approval', id: 'ask', question: 'send it?', approved: 'source_a', rejected: 'merge' },
}

/** SKUs with nodes that were told to send them. */
const out = (place: FlowPlace): string[] =>
  place
    .get('o1')
    .work.filter((work) => isOpenWork(work) && work.releasedAt !== null)
    .flatMap(({ nodeId, lines }) => lines.map(({ sku }) => `${sku} ${nodeId}`))
    .toSorted()

const skus = (place: FlowPlace) => out(place).map((each) => each.split(' ')[0])

async function reject(place: FlowPlace): Promise<void> {
  const work = place.get('o1').work.find(isOpenWork)
  const ref = { orderId: 'o1', fulfillmentOrderId: work?.fulfillmentOrderId ?? '' }
  await place.core.execute('RejectWork', { ...ref, reason: 'broken' }, { at: place.clock.at })
}

test.each<[string, api.FlowTile]>([
  ['an approval', question],
  ['a timer', { type: 'timer', id: 'rest', minutes: 60, next: 'source_a' }],
])(
  '%s in one branch holds its lines back although another branch has handed out its own',
  async (_, gate) => {
    const place = await FlowPlace.open()
    await place.publish(gated(gate))
    await place.order('o1', { x: 1, y: 1 })
    expect(skus(place)).toEqual(['y'])
    await place.later(5)
    expect(place.get('o1').work).toHaveLength(1)
    if (gate.type === 'approval')
      await place.flows.answer(place.run('o1')?.runId ?? '', { approve: true, by: 'Mia' })
    await place.later(60)
    expect(skus(place)).toEqual(['x', 'y'])
    expect(place.get('o1').flow).toMatchObject({ state: 'done' })
  },
)

test('a check outside that is tried again holds its lines back as well', async () => {
  const place = await FlowPlace.open()
  let isDone = false
  const run = async () => ({ isDone, reason: null })
  place.flows.outside.actions.add({ name: 'fraud', means: 'looks at it', run })
  const retries = { times: 5, firstSeconds: 60, factor: 1 }
  await place.publish(gated({ type: 'provider', id: 'check', action: 'fraud', retries, next: 'source_a' }))
  await place.order('o1', { x: 1, y: 1 })
  await place.later(2)
  expect(skus(place)).toEqual(['y'])
  isDone = true
  await place.later(2)
  expect(skus(place)).toEqual(['x', 'y'])
})

test('what a node gives back goes to another while lines of other branches wait', async () => {
  const place = await FlowPlace.open()
  await place.publish(gated(question))
  await place.order('o1', { x: 1, y: 1 })
  const [before] = out(place)
  await reject(place)
  await place.later(1)
  expect(skus(place)).toEqual(['y'])
  expect(out(place)).not.toEqual([before])
  await place.flows.answer(place.run('o1')?.runId ?? '', { approve: true, by: 'Mia' })
  expect(skus(place)).toEqual(['x', 'y'])
})

test('a branch beside them that has the whole order places no line that waits in a branch of its own', async () => {
  const place = await FlowPlace.open()
  const { tiles, ...flow } = gated(question)
  const beside: api.FlowTile[] = [
    {
      ...{ type: 'splitter', id: 'both', by: 'all' },
      branches: [
        { when: '', next: 'split' },
        { when: '', next: 'paid' },
      ],
    },
    { type: 'wait', id: 'paid', events: ['payment.captured'], next: 'end' },
    { type: 'splitter_merge', id: 'end', splitter: 'both', next: 'exit' },
  ]
  const moved = tiles.map((tile): api.FlowTile => {
    if (tile.type === 'validate_header') return { ...tile, next: 'both' }
    return tile.type === 'splitter_merge' ? { ...tile, next: 'end' } : tile
  })
  await place.publish({ ...flow, tiles: [...moved, ...beside] })
  await place.order('o1', { x: 1, y: 1 })
  await place.later(5)
  expect(skus(place)).toEqual(['y'])
  await reject(place)
  await place.later(1)
  expect(skus(place)).toEqual(['y'])
  await place.flows.answer(place.run('o1')?.runId ?? '', { approve: true, by: 'Mia' })
  expect(skus(place)).toEqual(['x', 'y'])
})

test('while the flow is paused nothing of the order moves, not even what a node gave back', async () => {
  const place = await FlowPlace.open()
  await place.publish(gated(question))
  await place.order('o1', { x: 1, y: 1 })
  await place.setMode('web', 'paused')
  await reject(place)
  await place.later(1)
  expect(out(place)).toEqual([])
  await place.setMode('web', 'on')
  await place.later(1)
  expect(skus(place)).toEqual(['y'])
})

test('an approval holds an order back also where nodes had it in an earlier run', async () => {
  const place = await FlowPlace.open()
  const ask: api.FlowTile = { ...question, approved: 'source' } as api.FlowTileOf<'approval'>
  const [first, ...rest] = straightTiles('call')
  if (first?.type !== 'validate_header') throw new Error('no checks')
  const call: api.FlowTile = { type: 'custom_file', id: 'call', file: 'own', next: 'exit' }
  const merge: api.FlowTile = { type: 'condition_merge', id: 'merge', next: 'exit' }
  place.action('own', 'export const run = () => ({ ok: false })')
  await place.publish(flowOf([{ ...first, next: 'ask' }, ask, merge, ...rest, call]))
  await place.order('o1')
  await place.flows.answer(place.run('o1')?.runId ?? '', { approve: true, by: 'Mia' })
  expect(place.get('o1')).toMatchObject({ hold: 'flow_failed', flow: { state: 'failed' } })
  await place.flows.reprocess('o1')
  await place.later(1)
  expect(place.run('o1')?.tokens[0]?.tileId).toBe('ask')
  expect(place.get('o1').work.filter(isOpenWork)).toEqual([])
})
