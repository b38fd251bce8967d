// Replays of what is about lines: those that are held stay alone while the others are sourced, and lines of branches go
// to the nodes that a flow names for them.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { newestFlow, type Order } from '#orchestrator/core'
import { dryRun, planIn } from '#orchestrator/flows'
import { FlowPlace, flowOf, straightTiles } from '../flows/flow-place.ts'
import { act, draftOf, publishPolicy } from './drafts.ts'
import { end, replayingHere } from './replaying.ts'

const { core, market, replayed } = await replayingHere()

const dearLine = 'line.unitPriceCents > 2500'
const isPart = ({ notes }: api.ReplayOutcome) => notes.some((note) => note.startsWith('held in part: line '))

test.each<[string, Partial<api.OrderPolicyDraft>, string]>([
  ['a policy', { when: dearLine, actions: [act('hold', 'look')] }, 'policy: look'],
  ['a critical filter', { when: `!(${dearLine})`, kind: 'filter' }, 'policy: lines'],
])('lines that %s holds stay, and the others of their order are sourced', async (_, said, reason) => {
  const draft = { policyId: 'lines', scope: 'line', severity: 'critical', when: '', ...said } as const
  const { summary, replayId } = await replayed({ draft: draftOf(draft) })
  const changes = market.replays.changes(replayId)
  const parts = changes.filter(({ after }) => isPart(after))
  expect(parts.length).toBeGreaterThan(0)
  expect(summary?.matched).toBeGreaterThan(parts.length)
  for (const { before, after, reason: why } of parts) {
    expect(after.held).toBeNull()
    expect(why).toMatch(/^It would be held in part: line /)
    expect(why).toContain(`(${reason})`)
    expect(before.nodeIds.length === 0 || after.nodeIds.length > 0).toBe(true)
  }
  const placed = parts.filter(({ after }) => after.nodeIds.length > 0)
  expect(placed.length).toBeGreaterThan(0)
  for (const { after } of placed) expect(after.costCents).toBeGreaterThan(0)

  // An order whose every line is held is held.
  const whole = changes.filter(({ after }) => after.held !== null)
  expect(whole.length).toBeGreaterThan(0)
  expect(summary?.after.held).toBe(whole.length)
  for (const { after } of whole) expect(after).toMatchObject({ held: reason, nodeIds: [], costCents: null })
  expect(summary?.after.validated).toBe(120)
})

test('lines that branches of a flow give to nodes of their own go there', async () => {
  const [first = '', second = ''] = [...core.state().nodes.keys()]
  const document: api.FlowDocument = {
    ...{ format: 1, flowId: 'apart', kind: 'order', title: 'Apart', match: 'order.lines > 1' },
    tiles: [
      { type: 'start', id: 'start', next: 'check' },
      ...apart(first, second),
      { type: 'exit', id: 'exit' },
    ],
  }
  await core.execute('SaveFlowDraft', { flowId: 'apart', document, by: 'test' }, { at: end })
  const { replayId, error } = await replayed({ flowId: 'apart' })
  expect(error).toBeNull()
  const own = market.replays.changes(replayId).filter(({ after }) => after.path[0] === 'apart')
  const nodes = own.map(({ after }) => after.nodeIds.join())
  expect(new Set(nodes)).toContain([first, second].sort().join())
  for (const { after } of own) for (const nodeId of after.nodeIds) expect([first, second]).toContain(nodeId)
})

/** Dear lines go to one node, the others to another one. */
function apart(first: string, second: string, when = dearLine): api.FlowTile[] {
  return [
    { type: 'validate_header', id: 'check', next: 'split' },
    {
      ...{ type: 'splitter', id: 'split', by: 'lines' },
      branches: [
        { when, next: 'a' },
        { when: '', next: 'b' },
      ],
    },
    { type: 'assign_node', id: 'a', nodeId: first, next: 'meet' },
    { type: 'assign_node', id: 'b', nodeId: second, next: 'meet' },
    { type: 'splitter_merge', id: 'meet', splitter: 'split', next: 'reserve' },
    ...straightTiles().slice(2),
  ]
}

/** What became of an order in a flow, and what would, dry. */
async function bothWays(tiles: api.FlowTile[], policies: readonly api.OrderPolicyDraft[] = []) {
  const place = await FlowPlace.open()
  for (const draft of policies) await publishPolicy(place.core, draft, place.clock.at)
  await place.publish(flowOf(tiles))
  const order = await place.order('o1', { x: 2, y: 1 })
  const lines = order.lines.map((line) => ({ ...line, hold: null }))
  const blank: Order = { ...order, lines, work: [], hold: null, stage: 'created', status: 'created' }
  const flow = newestFlow(place.core.state().flows.published, 'web')
  if (flow === undefined) throw new Error('no flow')
  return { order, dry: dryRun(planIn(flow), blank, place.context) }
}

const placesOf = ({ work }: Order) =>
  work.flatMap(({ nodeId, lines }) => lines.map(({ lineId }) => [lineId, nodeId] as const)).sort()

test('a dry run gives lines of branches to their nodes, as the flow does', async () => {
  const { order, dry } = await bothWays(apart('fab:A', 'fab:B', 'line.sku == "x"'))
  expect(placesOf(order)).toEqual([
    ['1', 'fab:A'],
    ['2', 'fab:B'],
  ])
  expect([...dry.placed].sort()).toEqual(placesOf(order))
})

/** Lines of x are stopped in their branch, and meet the others or go on alone. */
const stops = (next: 'meet' | 'source'): api.FlowTile[] => [
  { type: 'validate_header', id: 'check', next: 'split' },
  {
    ...{ type: 'splitter', id: 'split', by: 'lines' },
    branches: [
      { when: 'line.sku == "x"', next: 'stop' },
      { when: '', next: 'b' },
    ],
  },
  { type: 'hold', id: 'stop', reason: 'look', next },
  ...(next === 'source' ? ([{ type: 'source', id: 'source', next: 'meet' }] as const) : []),
  { type: 'assign_node', id: 'b', nodeId: 'fab:B', next: 'meet' },
  { type: 'splitter_merge', id: 'meet', splitter: 'split', next: 'reserve' },
  ...straightTiles().slice(2),
]

test.each(['meet', 'source'] as const)(
  'a tile that holds lines of its branch holds them alone, in a dry run as in the flow (then %s)',
  async (next) => {
    const { order, dry } = await bothWays(stops(next))
    expect(order.lines.map(({ hold }) => hold)).toEqual(['look', null])
    expect(placesOf(order)).toEqual([['2', 'fab:B']])
    expect(dry).toMatchObject({ held: null, placed: new Map([['2', 'fab:B']]) })
    expect([...dry.heldLines]).toEqual([['1', 'look']])
    const waits = dry.steps.find(({ outcome }) => outcome === 'waiting')
    expect(waits?.tileId).toBe(next === 'source' ? 'source' : undefined)
  },
)

test('a tile that lifts holds in a branch, and policies of lines that tiles name, count by line', async () => {
  const lifts = stops('meet').map((tile) =>
    tile.type === 'hold' ? { ...tile, next: 'lift' } : tile,
  ) as api.FlowTile[]
  const lifted = await bothWays([...lifts, { type: 'lift_hold', id: 'lift', next: 'meet' }])
  expect(lifted.order.lines.map(({ hold }) => hold)).toEqual([null, null])
  expect([lifted.dry.heldLines.size, lifted.dry.placed.size]).toEqual([0, 2])

  const look = draftOf({
    ...{ policyId: 'look', scope: 'line', when: 'line.sku == "x"', points: ['reroute'] },
    actions: [act('hold', 'odd')],
  })
  const asks = apart('fab:A', 'fab:B', 'line.sku == "x"').map((tile) =>
    tile.type === 'assign_node' ? { ...tile, policies: ['look'] } : tile,
  )
  const { order, dry } = await bothWays(asks, [look])
  expect(order.lines.map(({ hold }) => hold)).toEqual(['policy: odd', null])
  expect(placesOf(order)).toEqual([['2', 'fab:B']])
  expect([...dry.heldLines]).toEqual([['1', 'policy: odd']])
  expect(dry.placed).toEqual(new Map([['2', 'fab:B']]))
})
