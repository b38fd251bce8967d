// Several seeds: what is done is kept and not done again, what they have in common, and what is told of them.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkScenario, type SeedReport, simulateSeveral, summaryOf } from '#orchestrator/closed-loop'
import { keptAs } from '../../../orchestrator/closed-loop/seeds.ts'
import { showLoop, toldOfLoop } from '../../../orchestrator/verbs/closed-loop.ts'
import { effectsWith, newFolder } from '../places.ts'

const file = checkScenario({
  ...{ nodes: 3, ordersPerDay: 40, skus: 20, start: '2026-05-05', historyDays: 7, historyFaults: false },
  ...{ cycleHours: 24, warmUpDays: 2, faults: [{ kind: 'node_outage', node: 'reno', startHours: 5 }] },
})

test('a run of several seeds that was broken off goes on where it was', async () => {
  const folder = await newFolder()
  const request = { days: 1, file, policy: 'none' as const, out: folder.path }
  const steps: string[] = []
  const play = (seeds: readonly string[]) =>
    simulateSeveral({ ...request, seeds }, effectsWith(), (step) => steps.push(step))
  const first = await play(['a'])
  // Nobody looks for what goes wrong, and it is told all the same.
  const told = toldOfLoop({ ...first, isOne: true })
  expect(told).toMatchObject({ faults: [{ kind: 'node_outage', detected: null, detectedAt: null }] })
  expect(first.summary).toMatchObject({ faults: 1, detectedShare: null, causeRightShare: null, kinds: [] })
  const [name = ''] = await readdir(folder.path)
  const path = join(folder.path, name)
  const kept = JSON.parse(await readFile(path, 'utf8')) as SeedReport
  expect(kept).toEqual(first.reports[0])
  await writeFile(path, JSON.stringify({ ...kept, orders: 12_345 }))
  steps.length = 0
  const both = await play(['a', 'b'])
  expect(both.reports.map(({ seed, orders }) => [seed, orders === 12_345])).toEqual([
    ['a', true],
    ['b', false],
  ])
  expect(steps.some((step) => step.startsWith('seed a'))).toBe(false)
  // Another length is another run, and what cannot be read is done again.
  await writeFile(path, '{"seed":')
  expect((await play(['a'])).reports[0]).toEqual(kept)
  expect(await readdir(folder.path)).toHaveLength(2)
  await folder.remove()
}, 300_000)

test('the name of a kept report tells seeds apart, and is what it was for numbers', () => {
  const name = (seed: string) => keptAs({ seed, days: 30, file: {} })
  expect(name('1')).toBe('seed-1-03aa74f2.json')
  const seeds = ['a b', 'a-b', 'a/b', 'A-B', `${'x'.repeat(300)}1`, `${'x'.repeat(300)}2`, '']
  const names = seeds.map(name)
  expect(new Set(names.map((each) => each.toLowerCase())).size).toBe(seeds.length)
  for (const each of names) expect(each).toMatch(/^seed-[\w.-]{1,90}\.json$/)
})

test('what cannot be kept is said before anything is played', async () => {
  const folder = await newFolder()
  const out = join(folder.path, 'file')
  await writeFile(out, '')
  const request = { seeds: ['1'], days: 1, file, out }
  await expect(simulateSeveral(request, effectsWith(), () => undefined)).rejects.toMatchObject({
    code: 'SIMULATION_FOLDER_UNUSABLE',
  })
  await folder.remove()
})

const report = (seed: string, more: Partial<SeedReport> = {}): SeedReport => ({
  ...{
    seed,
    days: 30,
    scenario: 'standard',
    orders: 1_000,
    incidents: [],
    falseIncidents: [],
    falseIncidentsPerWeek: 0,
  },
  faults: [
    {
      ...{ kind: 'node_outage', dimension: 'node/reno', startAt: '2026-05-05T00:00:00Z' },
      ...{ detectedAt: '2026-05-05T02:00:00Z', delayMinutes: 120, shownMinutes: 60, causeRight: true },
    },
    {
      ...{ kind: 'carrier_delay', dimension: 'carrier/Coastline', startAt: '2026-05-09T00:00:00Z' },
      ...{ detectedAt: null, delayMinutes: null, shownMinutes: null, causeRight: null },
    },
  ],
  reroutes: { total: 10, useful: 6, useless: 3, harmful: 1, unjudged: 2 },
  oracleReroutes: { total: 10, useful: 9, useless: 1, harmful: 0, unjudged: 0 },
  moved: [],
  lateOrders: { none: 100, detour: 60, oracle: 50, observer: 55 },
  costCents: { none: 1_000_000, detour: 1_020_000, oracle: 1_005_000, observer: 1_004_000 },
  shareOfOracleGain: 0.8,
  shareOfObserverGain: 0.889,
  invariantsBroken: 0,
  ...more,
})

test('seeds together count each order and fault once, whatever the size of their seed', () => {
  const other = report('2', {
    lateOrders: { none: 300, detour: 290, oracle: 250, observer: 280 },
    shareOfOracleGain: 0.2,
    shareOfObserverGain: 0.5,
    falseIncidentsPerWeek: 0.5,
  })
  const summary = summaryOf([report('1'), other])
  expect(summary).toMatchObject({
    ...{ seeds: 2, faults: 4, detectedShare: 0.5, causeRightShare: 0.5, medianShownMinutes: 60 },
    medianSuddenDelayMinutes: 120,
    detectedShareBySeed: { mean: 0.5, least: 0.5, most: 0.5 },
    causeRightShareBySeed: { mean: 0.5, least: 0.5, most: 0.5 },
    needlessShareBySeed: { mean: 0.4, least: 0.4, most: 0.4 },
    falseIncidentsPerWeek: { mean: 0.25, least: 0, most: 0.5 },
    reroutes: { total: 20, useful: 12, useless: 6, harmful: 2, unjudged: 4 },
    shareOfOracleGain: 0.5,
    shareOfOracleGainBySeed: { mean: 0.5, least: 0.2, most: 0.8 },
    shareOfObserverGain: 0.769,
    costPerLateOrderAvoided: 800,
  })
})

test('one seed is told as its report, several with what they have in common', () => {
  const one = { reports: [report('1')], summary: summaryOf([report('1')]) }
  const told = toldOfLoop({ ...one, isOne: true })
  expect(told).toMatchObject({
    ...{ seed: '1', days: 30, falseIncidentsPerWeek: 0, invariantsBroken: 0, shareOfOracleGain: 0.8 },
    faults: [
      { kind: 'node_outage', detected: true, delayMinutes: 120, causeRight: true },
      { kind: 'carrier_delay', detected: false, delayMinutes: null, causeRight: null },
    ],
    reroutes: { total: 10, useful: 6, useless: 3, harmful: 1 },
    lateOrders: { none: 100, detour: 60, oracle: 50, observer: 55 },
    costCents: { none: 1_000_000, detour: 1_020_000, oracle: 1_005_000 },
    shareOfObserverGain: 0.889,
    costPerLateOrderAvoided: { detour: 500, oracle: 100 },
  })
  expect(told).not.toHaveProperty('moved')
  expect(toldOfLoop({ ...one, isOne: false })).toMatchObject({
    seeds: [{ seed: '1' }],
    summary: { seeds: 1 },
  })
  const words = showLoop({ ...one, isOne: true })
  expect(words).toContain('Detour moved 10 orders: 6 usefully, 3 without need, 1 to their harm.')
  expect(words).toContain('2 more placed before the start or due after the end are not judged.')
  expect(words).toContain('Of those of faults once they can be known, 89 % were.')
  expect(words).toContain('observer')
  expect(words).toContain('A late order that was avoided cost $5.00 more, to the oracle $1.00.')
})

test('faults that nobody looked for are listed, and no share of what was noticed', () => {
  const [found] = report('1').faults
  const missed = { ...found, detectedAt: null, delayMinutes: null, causeRight: null }
  const faults = [missed as SeedReport['faults'][number]]
  const alone = report('2', { faults, falseIncidentsPerWeek: null, reroutes: null })
  const reports = [report('1'), alone]
  expect(summaryOf(reports)).toMatchObject({ faults: 3, detectedShare: 0.5, causeRightShare: 0.5 })
  const words = showLoop({ reports: [alone], summary: summaryOf([alone]), isOne: true })
  expect(words).toContain('node outage')
  expect(words).not.toContain('not noticed')
})

test('who did not play is not in the words', () => {
  const lateOrders = { none: 100, detour: 60, oracle: 50, observer: null }
  const reports = [report('1', { lateOrders, shareOfObserverGain: null })]
  expect(showLoop({ reports, summary: summaryOf(reports), isOne: true })).not.toContain('observer')
})
