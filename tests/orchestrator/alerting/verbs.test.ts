// The verbs of `detour incidents` and `detour silences` in a running system, and how their commands are read.

import { Command } from 'commander'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyFindings } from '#orchestrator/incidents'
import { loadVerb, type VerbName } from '#orchestrator/verbs'
import { addIncidents, addSilences } from '../../../orchestrator/cli/incident-command.ts'
import { openPlace, type Place } from '../http-place.ts'
import { constraint } from '../reroute/market.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
  const { core, now } = place.engine
  await applyFindings(core, [constraint('fab:A'), constraint('fab:B', { severity: 0.4 })], {
    ...{ runId: 'r1', at: now() },
  })
})
afterAll(() => place.close())

async function run(name: VerbName, args: object = {}) {
  const verb = await loadVerb(name)
  const context = { ...place.engine.workspace, engine: place.engine, onProgress: () => {} }
  const result = await verb.run(args, context)
  return { result, text: verb.show(result) }
}

test('incidents are listed, acknowledged, snoozed and ended', async () => {
  const { result, text } = await run('incident-list')
  const { items } = result as { items: { incidentId: string; dimensionValue: string }[] }
  expect(text).toContain('fab:A is falling behind')
  expect(text).toContain('2 incidents')
  const incidentId = items.find(({ dimensionValue }) => dimensionValue === 'fab:A')?.incidentId ?? ''
  expect((await run('incident-ack', { incidentId })).result).toMatchObject({
    ...{ status: 'acknowledged', owner: 'command line' },
  })
  expect((await run('incident-snooze', { incidentId, hours: 8 })).text).toMatch(/is snoozed until .* UTC\.$/)
  expect((await run('incident-snooze', { incidentId })).result).toMatchObject({ snoozedUntil: null })
  expect((await run('incident-resolve', { incidentId, reason: 'shift came' })).text).toContain('is resolved.')
  expect((await run('incident-list', { status: 'resolved' })).text).toContain('1 incident')
  await expect(run('incident-ack', { incidentId: 'inc_none' })).rejects.toMatchObject({
    code: 'INCIDENT_UNKNOWN',
  })
})

test('a silence is added, shown with what it matches, and ended', async () => {
  expect((await run('silence-list')).text).toBe('There is none.')
  const matchers = [{ label: 'node', op: 'is', value: 'fab:B' }]
  const added = await run('silence-add', { why: 'stocktaking', matchers, hours: 2 })
  expect(added.text).toMatch(/is active; it matches 1 open incident\.$/)
  const { silenceId } = added.result as { silenceId: string }
  expect((await run('silence-list', { state: 'active' })).text).toContain('node=fab:B')
  expect((await run('silence-end', { silenceId })).text).toContain('has ended.')
  await expect(run('silence-end', { silenceId: 'sil_none' })).rejects.toMatchObject({
    code: 'SILENCE_UNKNOWN',
  })
})

test.each([
  ['incidents', 'incident-list', {}],
  ['incidents --status open', 'incident-list', { status: 'open' }],
  ['incidents snooze i1 --hours 8', 'incident-snooze', { incidentId: 'i1', hours: 8 }],
  ['incidents resolve i1 --reason over', 'incident-resolve', { incidentId: 'i1', reason: 'over' }],
  ['silences', 'silence-list', {}],
  [
    'silences add --why counting --hours 2 --match node=a --match severity<0.5 --hold-reroutes',
    'silence-add',
    {
      ...{ why: 'counting', hours: 2, holdsReroutes: true },
      matchers: [
        { label: 'node', op: 'is', value: 'a' },
        { label: 'severity', op: 'below', value: '0.5' },
      ],
    },
  ],
])('detour %s is understood', async (line, name, args) => {
  const asked: unknown[] = []
  const verb = async (...said: unknown[]) => {
    asked.push(said)
  }
  const program = new Command('detour')
  addIncidents(program, verb)
  addSilences(program, verb)
  await program.parseAsync(line.split(' '), { from: 'user' })
  expect(asked).toEqual([[name, args]])
})
