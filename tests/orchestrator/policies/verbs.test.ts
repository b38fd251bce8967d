// The verbs of `detour policy` in a running system: checked, drafted, refused without a word, replayed, published and
// retired, and how that reads.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultOrderFlow } from '#orchestrator/flows'
import { loadVerb, type VerbName } from '#orchestrator/verbs'
import { openPlace, type Place } from '../http-place.ts'
import { act, draftOf } from './drafts.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
  const lines = [{ sku: 'x', quantity: 1, unitPriceCents: 100 }]
  const shipTo = { country: 'US', region: 'NV' }
  const order = { externalId: 'o1', currency: 'USD', method: 'delivery', shipTo, lines }
  expect((await place.call('POST', '/api/v1/orders', { body: order })).status).toBeLessThan(300)
  await place.engine.project()
})
afterAll(() => place.close())

async function run(name: VerbName, args: object) {
  const verb = await loadVerb(name)
  const result = await verb.run(args, {
    ...place.engine.workspace,
    engine: place.engine,
    onProgress: () => {},
  })
  return { result, text: verb.show(result), hasFailed: verb.hasFailed(result) }
}

test('a policy goes into force and out of it', async () => {
  const draft = draftOf({
    policyId: 'dear',
    when: 'order.valueCents > 50000',
    actions: [act('hold', 'a look')],
  })
  const wrong = await run('policy-check', { draft: { ...draft, when: 'order.valueCents > "a lot"' } })
  expect(wrong.hasFailed).toBe(true)
  expect(wrong.text).toBe('error: The condition: no such overload: int > string. (condition_invalid)')
  expect((await run('policy-check', { draft })).text).toBe('Nothing is wrong or odd.')
  expect((await run('policy-draft', { draft })).result).toEqual({
    policyId: 'dear',
    version: 1,
    findings: [],
  })
  await expect(run('policy-publish', { policyId: 'dear' })).rejects.toMatchObject({
    code: 'POLICY_NEEDS_WORD',
  })
  const replayed = await run('policy-replay', { policyId: 'dear', days: 1 })
  expect(replayed.result).toMatchObject({ status: 'done', version: 1 })
  expect(replayed.text).toMatch(/^Replay rep_\S+: 1 order from /)
  const { replayId } = replayed.result as { replayId: string }
  expect((await run('policy-publish', { policyId: 'dear', replayId })).text).toContain(
    'Version 1 of dear is in force.',
  )
  expect((await run('policy-list', {})).text).toContain('published')
  await run('policy-retire', { policyId: 'dear', reason: 'over' })
  expect((await run('policy-list', {})).text).toContain('retired')
  await expect(run('policy-retire', { policyId: 'x', reason: 'y' })).rejects.toMatchObject({
    code: 'POLICY_UNKNOWN',
  })
})

test('a flow is replayed from its file, and published with that replay alone', async () => {
  const { temporary } = place.engine.workspace.paths
  await mkdir(temporary, { recursive: true })
  const file = join(temporary, 'flow.json')
  const write = (title: string) =>
    writeFile(
      file,
      JSON.stringify({ ...defaultOrderFlow.document, flowId: 'web', match: 'order.lines > 9', title }),
    )
  await write('Long orders')
  await expect(run('flow-publish', { file })).rejects.toMatchObject({ code: 'FLOW_NEEDS_WORD' })
  const { result, text } = await run('flow-replay', { file, days: 1 })
  expect(text).toMatch(/^Replay rep_\S+: 1 order from /)
  const { replayId } = result as { replayId: string }
  await write('Other orders')
  await expect(run('flow-publish', { file, replayId })).rejects.toThrow(/another document/)
  await write('Long orders')
  expect((await run('flow-publish', { file, replayId })).text).toContain('Flow web is at version 1.')
  await write('Other orders')
  expect((await run('flow-publish', { file, accept: ['no_replay'] })).text).toContain('version 2.')
})
