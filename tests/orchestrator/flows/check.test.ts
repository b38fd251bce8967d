// What is found wrong with flows before they are published, tile by tile.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { api } from '#data/contracts'
import { defaultOrderFlow } from '#orchestrator/flows'
import { FlowPlace, flowOf, straightTiles } from './flow-place.ts'

const place = () => FlowPlace.open()

async function codesOf(document: unknown): Promise<string[]> {
  const { findings } = (await place()).check(document)
  return findings.map(({ code, tileId }) => (tileId === null ? code : `${code} ${tileId}`))
}

const exitTo = (tiles: api.FlowTile[], more: Partial<api.FlowDocument> = {}) => flowOf(tiles, more)

test('the shipped flow is a document like any other, and the straight way', async () => {
  const { plan, findings } = (await place()).check(defaultOrderFlow.document)
  expect(findings).toEqual([])
  expect(plan?.isStraight).toBe(true)
  const more = flowOf([...straightTiles()], { flowId: 'web' })
  expect((await place()).check(more).plan?.isStraight).toBe(true)
})

test('the schema on file is the one that documents are checked by, and the guide shows a usable flow', async () => {
  const folder = join(import.meta.dirname, '../../../orchestrator/flows')
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...api.flowDocument }
  const onFile: unknown = JSON.parse(readFileSync(join(folder, 'documents/flow.schema.json'), 'utf8'))
  expect(onFile).toEqual(JSON.parse(JSON.stringify(schema)))
  const shown = /```json\n([^`]+)```/.exec(readFileSync(join(folder, 'FLOWS.md'), 'utf8'))?.[1] ?? ''
  const here = await place()
  here.action('fraud', 'export const run = () => ({})')
  expect(here.check(JSON.parse(shown)).findings).toEqual([])
})

test.each([
  ['no object', 7, ['shape_invalid']],
  ['a list', [], ['shape_invalid']],
  ['no tiles', { format: 1, flowId: 'a', kind: 'order', title: 'A' }, ['shape_invalid']],
  ['another format', { ...flowOf(straightTiles()), format: 2 }, ['shape_invalid']],
  ['a field too many', { ...flowOf(straightTiles()), more: 1 }, ['shape_invalid']],
  [
    'a type that is not there',
    flowOf([{ type: 'teleport', id: 'a', next: 'exit' } as unknown as api.FlowTile]),
    ['tile_type_unknown a'],
  ],
  [
    'a tile without a way',
    flowOf([{ type: 'validate_header', id: 'a' } as unknown as api.FlowTile]),
    ['shape_invalid a'],
  ],
])('a document of %s is told by its tile', async (_, document, codes) => {
  expect(await codesOf(document)).toEqual(expect.arrayContaining(codes))
})

test('a way to nowhere, a tile nobody reaches and a way without end are errors', async () => {
  const tiles = straightTiles('nowhere')
  expect(await codesOf(exitTo(tiles))).toContain('next_unknown release')
  const lost = [...straightTiles(), { type: 'timer', id: 'lost', minutes: 1, next: 'exit' } as api.FlowTile]
  expect(await codesOf(exitTo(lost))).toEqual(['tile_unreachable lost'])
  const twice = [...straightTiles(), { type: 'release', id: 'release', next: 'exit' } as api.FlowTile]
  expect(await codesOf(exitTo(twice))).toContain('tile_twice release')
})

test('a ring needs a wait of a minute in it', async () => {
  const ring = (minutes: number): api.FlowTile[] => [
    { type: 'condition', id: 'ask', when: 'run.ageMinutes > 60.0', yes: 'exit', no: 'rest' },
    { type: 'timer', id: 'rest', minutes, next: 'ask' },
  ]
  expect(await codesOf(exitTo(ring(0)))).toEqual(['cycle_without_wait ask'])
  expect(await codesOf(exitTo(ring(1e-9)))).toEqual(['cycle_without_wait ask'])
  expect(await codesOf(exitTo(ring(0.99)))).toEqual(['cycle_without_wait ask'])
  expect(await codesOf(exitTo(ring(1)))).toEqual([])
  const waits = (timeoutMinutes: number): api.FlowTile[] => [
    { type: 'wait', id: 'rest', events: ['call.came'], timeoutMinutes, timedOut: 'rest', next: 'exit' },
  ]
  expect(await codesOf(exitTo(waits(0.1)))).toEqual(['cycle_without_wait rest'])
  expect(await codesOf(exitTo(waits(1)))).toEqual([])
  const asks = (timeoutMinutes: number): api.FlowTile[] => [
    { type: 'approval', id: 'ask', question: '?', approved: 'exit', rejected: 'ask', timeoutMinutes },
  ]
  expect(await codesOf(exitTo(asks(0.1)))).toEqual(['cycle_without_wait ask'])
  expect(await codesOf(exitTo(asks(1)))).toEqual([])
  const retry: api.FlowTile[] = [
    { type: 'custom_http', id: 'call', url: 'https://example.com/a', next: 'exit', failed: 'call' },
  ]
  expect(await codesOf(exitTo(retry))).toEqual(['cycle_without_wait call'])
})

test('a step that may be passed over is no wait of a ring', async () => {
  const ring = (tile: Partial<api.FlowTileOf<'provider'>>): api.FlowTile[] => [
    { type: 'condition', id: 'ask', when: 'run.ageMinutes > 60.0', yes: 'exit', no: 'call' },
    { type: 'provider', id: 'call', action: 'notify', resumeOn: 'call.came', next: 'ask', ...tile },
  ]
  expect(await codesOf(exitTo(ring({})))).toEqual([])
  expect(await codesOf(exitTo(ring({ filter: 'large' })))).toContain('cycle_without_wait ask')
})

test.each([
  ['order.nothing == 1', 'expression_invalid'],
  ['order.units + "a" == "b"', 'expression_invalid'],
  ['order.units', 'expression_invalid'],
  ['order.units >', 'expression_invalid'],
  ['order.customerRef.matches("(a+)+$")', 'expression_invalid'],
  ['true || true', 'expression_constant'],
])('the condition %s is told with its tile', async (when, code) => {
  const tiles: api.FlowTile[] = [{ type: 'condition', id: 'ask', when, yes: 'exit', no: 'exit' }]
  const { findings } = (await place()).check(exitTo(tiles))
  expect(findings.map((each) => [each.code, each.tileId])).toEqual([[code, 'ask']])
})

test('an expression may ask for lines, incidents and the run, each where it is known', async () => {
  const ask = (when: string): api.FlowTile => ({
    type: 'condition',
    id: 'ask',
    when,
    yes: 'exit',
    no: 'exit',
  })
  expect(await codesOf(exitTo([ask('incident.node.severity >= 0.8 && order.lateRisk > 0.4')]))).toEqual([])
  expect(await codesOf(exitTo([ask('run.outcome == "fraud"')]))).toEqual([])
  expect(await codesOf(exitTo([ask('line.quantity > 1')]))).toEqual(['expression_invalid ask'])
  expect(await codesOf(exitTo([ask('stock.onHand > 1')]))).toEqual(['expression_invalid ask'])
})

const splitter = (branches: [string, string][]): api.FlowTile => ({
  type: 'splitter',
  id: 'split',
  by: 'lines',
  branches: branches.map(([when, next]) => ({ when, next })),
})
const merge = (next = 'exit'): api.FlowTile => ({
  type: 'splitter_merge',
  id: 'merge',
  splitter: 'split',
  next,
})
const pause = (id: string, next: string): api.FlowTile => ({ type: 'timer', id, minutes: 1, next })

test('a merge has to fill whatever happens in its branches', async () => {
  const good = [
    splitter([
      ['line.quantity > 1', 'a'],
      ['', 'b'],
    ]),
    ...[pause('a', 'merge'), pause('b', 'merge'), merge()],
  ]
  expect(await codesOf(exitTo(good))).toEqual([])
  const leaves = [
    splitter([
      ['line.quantity > 1', 'a'],
      ['', 'b'],
    ]),
    { type: 'condition', id: 'a', when: 'order.units > 3', yes: 'merge', no: 'exit' } as api.FlowTile,
    ...[pause('b', 'merge'), merge()],
  ]
  expect(await codesOf(exitTo(leaves))).toContain('merge_never_fills merge')
  const around = [
    { type: 'condition', id: 'ask', when: 'order.units > 3', yes: 'split', no: 'merge' } as api.FlowTile,
    ...good,
  ]
  expect(await codesOf(exitTo(around))).toContain('merge_never_fills merge')
  const other = [pause('a', 'merge'), merge()]
  expect(await codesOf(exitTo(other))).toEqual(['merge_without_splitter merge'])
})

test('a branch that an earlier one leaves nothing to is shadowed', async () => {
  const all = [
    splitter([
      ['', 'a'],
      ['line.quantity > 1', 'b'],
    ]),
    ...[pause('a', 'merge'), pause('b', 'merge'), merge()],
  ]
  expect(await codesOf(exitTo(all))).toContain('branch_shadowed split')
  const same = [
    splitter([
      ['line.quantity > 1', 'a'],
      ['line.quantity > 1', 'b'],
      ['', 'a'],
    ]),
    ...[pause('a', 'merge'), pause('b', 'merge'), merge()],
  ]
  expect(await codesOf(exitTo(same))).toContain('branch_shadowed split')
})

test('steps come after those that they need', async () => {
  const [validate, source, reserve, release] = straightTiles() as [
    api.FlowTile,
    api.FlowTile,
    api.FlowTile,
    api.FlowTile,
  ]
  expect(await codesOf(exitTo([source, reserve, release]))).toContain('not_validated source')
  const unreserved = [validate, { ...source, next: 'release' } as api.FlowTile, release]
  expect(await codesOf(exitTo(unreserved))).toContain('not_allocated release')
})

test('names of policies, actions, files, nodes and addresses have to be there', async () => {
  const tiles: api.FlowTile[] = [
    { type: 'provider', id: 'a', action: 'nobody', next: 'b', filter: 'none' },
    { type: 'custom_file', id: 'b', file: 'nothing', next: 'c' },
    { type: 'custom_http', id: 'c', url: 'http://10.0.0.1/x', next: 'd' },
    { type: 'custom_http', id: 'd', url: 'https://[::ffff:127.0.0.1]/x', next: 'validate' },
    { type: 'validate_header', id: 'validate', next: 'e' },
    { type: 'assign_node', id: 'e', nodeId: 'fab:Z', next: 'exit' },
  ]
  expect((await codesOf(exitTo(tiles))).toSorted()).toEqual([
    'action_unknown a',
    'file_unknown b',
    'node_unknown e',
    'policy_unknown a',
    'url_refused c',
    'url_refused d',
  ])
})

test('orders that two flows would take are named, and a flow that takes everything is told', async () => {
  const { publish, check } = await bound()
  await publish(flowOf(straightTiles(), { flowId: 'big', match: 'order.valueCents > 10000' }))
  const second = flowOf(straightTiles(), { flowId: 'west', match: 'order.region == "WA" && order.units > 2' })
  const { findings, plan } = check(second)
  expect(plan).toBeNull()
  expect(findings[0]).toMatchObject({ code: 'orders_matched_twice', kind: 'error' })
  const apart = flowOf(straightTiles(), {
    flowId: 'west',
    match: 'order.region == "WA" && order.valueCents < 500',
  })
  expect(check(apart).findings).toEqual([])
  const all = check(flowOf(straightTiles(), { flowId: 'all', match: 'order.units > 0' }))
  expect(all.findings.map(({ code }) => code)).toEqual(['orders_matched_twice', 'matches_everything'])
  const none = check(flowOf(straightTiles(), { flowId: 'none', match: 'order.units < 0' }))
  expect(none.findings.map(({ code }) => code)).toEqual(['matches_nothing'])
})

async function bound() {
  const here = await place()
  return { publish: here.publish.bind(here), check: here.check.bind(here) }
}

test('flows of stock and returns begin by their events and have no tiles of orders', async () => {
  const stock = (tiles: api.FlowTile[], events: string[]) => ({
    ...flowOf(tiles, { kind: 'inventory', flowId: 'low', match: 'stock.available < 5' }),
    tiles: [
      { type: 'start', id: 'start', next: 'tell', events } as api.FlowTile,
      ...tiles,
      { type: 'exit', id: 'exit' } as api.FlowTile,
    ],
  })
  const tell: api.FlowTile = { type: 'message', id: 'tell', name: 'stock.low', next: 'exit' }
  expect(await codesOf(stock([tell], ['StockAdjusted']))).toEqual([])
  expect(await codesOf(stock([tell], []))).toEqual(['start_event_missing start'])
  expect(await codesOf(stock([tell], ['OrderCreated']))).toEqual(['start_event_unknown start'])
  const reserve: api.FlowTile = { type: 'reserve', id: 'tell', next: 'exit' }
  expect(await codesOf(stock([reserve], ['StockAdjusted']))).toEqual(['tile_of_other_kind tell'])
})
