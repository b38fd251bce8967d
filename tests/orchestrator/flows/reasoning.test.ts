// What is known of flows without any order: rings that would spin, conditions that say nothing, policies at odds.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { act, draftOf, publishPolicy } from '../policies/drafts.ts'
import { FlowPlace, flowOf, straightTiles } from './flow-place.ts'

async function codesOf(document: unknown): Promise<string[]> {
  const { findings } = (await FlowPlace.open()).check(document)
  return findings.map(({ code, tileId }) => (tileId === null ? code : `${code} ${tileId}`))
}

const retries = { times: 1, firstSeconds: 5 }
const http = { type: 'custom_http', id: 'call', url: 'https://example.com/x', next: 'exit' } as const
const message = { type: 'message', id: 'tell', name: 'x' } as const

test.each<[string, api.FlowTile[], boolean]>([
  [
    'an approval without time that is rejected into itself',
    [{ type: 'approval', id: 'ask', question: '?', approved: 'exit', rejected: 'ask', timeoutMinutes: 0 }],
    false,
  ],
  [
    'an approval that a person answers',
    [{ type: 'approval', id: 'ask', question: '?', approved: 'exit', rejected: 'ask' }],
    true,
  ],
  ['a call that fails into itself', [{ ...http, resumeOn: 'came', failed: 'call' }], false],
  [
    'a call whose clear no leads to itself, however it is tried again',
    [{ ...http, retries, failed: 'call' }],
    false,
  ],
  [
    'a call that waits for an event before each try',
    [{ ...http, inputEvents: ['came'], failed: 'call' }],
    true,
  ],
  [
    'a wait for what the ring itself raises',
    [
      { ...message, onSuccess: 'told', next: 'rest' },
      { type: 'wait', id: 'rest', events: ['told'], next: 'ask' },
      { type: 'condition', id: 'ask', when: 'run.steps > 9', yes: 'exit', no: 'tell' },
    ],
    false,
  ],
  [
    'a wait for what others raise',
    [
      { ...message, onSuccess: 'told', next: 'rest' },
      { type: 'wait', id: 'rest', events: ['came'], next: 'ask' },
      { type: 'condition', id: 'ask', when: 'run.steps > 9', yes: 'exit', no: 'tell' },
    ],
    true,
  ],
])('a ring through %s', async (_, tiles, isUsable) => {
  const codes = (await codesOf(flowOf(tiles))).filter((code) => code.startsWith('cycle_without_wait'))
  expect(codes.length === 0).toBe(isUsable)
})

test('conditions that hold always or never, and branches that get no lines, are told', async () => {
  const ask = (when: string): api.FlowTile => ({
    type: 'condition',
    id: 'ask',
    when,
    yes: 'validate',
    no: 'exit',
  })
  const codes = async (when: string) => await codesOf(flowOf([ask(when), ...straightTiles()]))
  expect(await codes('order.units > 5 && order.units < 5')).toContain('never_holds ask')
  expect(await codes('order.units > 5 || order.units < 9')).toContain('always_holds ask')
  expect(await codes('order.units > 5')).toEqual([])
  const split = (first: string, second: string): api.FlowTile => ({
    ...{ type: 'splitter', id: 'split', by: 'lines', rest: 'validate' },
    branches: [
      { when: first, next: 'validate' },
      { when: second, next: 'validate' },
    ],
  })
  const ofSplit = async (first: string, second: string) =>
    (await codesOf(flowOf([split(first, second), ...straightTiles()]))).includes('branch_shadowed split')
  expect(await ofSplit('line.quantity > 5', 'line.quantity > 10')).toBe(true)
  expect(await ofSplit('line.quantity > 10', 'line.quantity > 5')).toBe(false)
})

test('policies of tiles that contradict are told, whatever steps they are asked before', async () => {
  const here = await FlowPlace.open()
  const set = (policyId: string, value: string, points: api.PolicyPoint[], when: string) =>
    publishPolicy(
      here.core,
      draftOf({ policyId, when, points, actions: [act('set', value, 'method')] }),
      here.clock.at,
    )
  await set('pick', 'pickup', ['validate'], 'order.units > 1')
  await set('bring', 'delivery', ['release'], 'order.units > 2')
  const [validate, source, reserve, release] = straightTiles() as api.FlowActionTile[]
  const tiles = [
    { ...validate, policies: ['pick'] },
    source,
    reserve,
    { ...release, policies: ['bring'] },
  ] as api.FlowTile[]
  const codes = here.check(flowOf(tiles)).findings.map(({ code }) => code)
  expect(codes.some((code) => code === 'policies_contradicts' || code === 'policies_shadowed')).toBe(true)
  expect(here.check(flowOf(straightTiles())).findings).toEqual([])
})
