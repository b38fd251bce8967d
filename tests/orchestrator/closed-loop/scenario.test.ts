// Scenarios: what files may say, what is refused, and what a seed draws.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DetourError } from '#data/kernel'
import { checkScenario, readScenario } from '#orchestrator/closed-loop'
import { daysOf } from '../../../orchestrator/closed-loop/days.ts'
import { scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import { kindNames, kindOf } from '../../../orchestrator/closed-loop/kinds.ts'

const hour = 3_600_000
const slow = { kind: 'node_slowdown', node: 'reno', startHours: 3 }

function refusal(document: unknown): string {
  try {
    checkScenario(document)
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(DetourError)
    return `${(error as DetourError).code}: ${(error as DetourError).message}`
  }
}

describe('a scenario file', () => {
  it.each([
    ['no object', 'nodes: 3', /the document/],
    ['a field that is not known', { nodse: 3 }, /the document has no such field: nodse/],
    [
      'a field of a fault that is not known',
      { faults: [{ ...slow, sthrength: 0.5 }] },
      /\/faults\/0 has no such field: sthrength/,
    ],
    ['a limit that is not known', { limits: { maxMovse: 1 } }, /\/limits has no such field: maxMovse/],
    ['a year before what the world knows', { start: '1990-12-31' }, /\/start "1990-12-31" is not from/],
    ['a year after what the world knows', { start: '2037-01-01' }, /\/start "2037-01-01" is not from/],
    ['a world that is too small', { nodes: 2 }, /\/nodes/],
    ['a kind that is not known', { faults: [{ kind: 'flood', startHours: 1 }] }, /\/faults\/0\/kind/],
    ['a day that is none', { start: '2026-13-45' }, /\/start "2026-13-45" is no day/],
    ['a day that no month has', { start: '2026-02-30' }, /\/start "2026-02-30" is no day/],
    ['a fault before the beginning', { faults: [{ ...slow, startHours: -1 }] }, /\/faults\/0\/startHours/],
    [
      'a fault without what it is at',
      { faults: [slow, { kind: 'carrier_outage', startHours: 1 }] },
      /\/faults\/1 .*needs "carrier"/,
    ],
    [
      'a target that the kind has not',
      { faults: [{ ...slow, channel: 'web' }] },
      /\/faults\/0\/channel node_slowdown has no/,
    ],
    [
      'a carrier that is not there',
      { faults: [{ kind: 'cost_spike', carrier: 'Owl', startHours: 1 }] },
      /"Owl" is none of/,
    ],
    [
      'a strength out of its range',
      { faults: [{ ...slow, strength: 1.5 }] },
      /\/faults\/0\/strength.*0.01 to 1/,
    ],
    [
      'a strength where there is none',
      { faults: [{ ...slow, kind: 'node_outage', strength: 1 }] },
      /has no strength/,
    ],
    ['a limit out of its range', { limits: { minLateRisk: 0.2 } }, /\/limits\/minLateRisk/],
    ['a limit that is none', { limits: { minLateRisks: 0.9 } }, /\/limits/],
    ['systems to be asked', { limits: { workActions: [] } }, /\/limits/],
    ['a weekday that is none', { faults: [{ ...slow, kind: 'labour_shortage', weekday: 7 }] }, /\/weekday/],
  ])('with %s is refused, and told where', (_, document, told) => {
    const said = refusal(document)
    expect(said).toMatch(/^SCENARIO_INVALID: /)
    expect(said).toMatch(told)
  })

  it('that names a node which its world has not is refused', () => {
    const file = checkScenario({ nodes: 3, faults: [{ ...slow, node: 'seattle' }] })
    expect(() => scenarioOf('1', 3, file)).toThrow(/"seattle" is none of reno, columbus, chicago/)
  })

  it.each([
    [
      'begins where no node is',
      12,
      'ZZ>CA',
      /\/faults\/1\/lanes\/1 "ZZ>CA" begins at no node: they are in NV, OH, IL, TX/,
    ],
    [
      'begins where only a larger world has a node',
      3,
      'TX>CA',
      /\/faults\/1\/lanes\/1 .*they are in NV, OH, IL$/,
    ],
    [
      'ends where no customer lives',
      12,
      'NV>ZZ',
      /\/faults\/1\/lanes\/1 "NV>ZZ" ends where no customer lives/,
    ],
  ])('that names a lane which %s is refused, and told where', (_, nodes, lane, told) => {
    const late = { kind: 'carrier_delay', carrier: 'Coastline', startHours: 3, lanes: ['NV>CA', lane] }
    const file = checkScenario({ nodes, faults: [slow, late] })
    expect(() => scenarioOf('1', 3, file)).toThrow(told)
    expect(() => scenarioOf('1', 3, file)).toThrow(expect.objectContaining({ code: 'SCENARIO_INVALID' }))
  })

  it('begins in the first and the last year that the world knows', () => {
    for (const start of ['1991-01-01', '2036-12-31']) {
      for (const warmUpDays of [0, 90]) scenarioOf('1', 3, checkScenario({ start, warmUpDays, faults: [] }))
    }
  })

  it('may not tell of a shortage on a weekday that is none of its days', () => {
    const short = { kind: 'labour_shortage', node: 'reno', startHours: 0, hours: 20, weekday: 4 }
    const of = (fault: object) => scenarioOf('1', 3, checkScenario({ start: '2026-05-05', faults: [fault] }))
    // A Tuesday, 08:00 UTC.
    expect(() => of(short)).toThrow(/\/faults\/0\/weekday 4 is none of the days of its hours: 2 /)
    expect(() => of({ ...short, hours: 49 })).not.toThrow()
    expect(() => of({ ...short, weekday: 2 })).not.toThrow()
  })

  it('may name lanes from stores and vendors, and into every region that orders go to', () => {
    const lanes = ['WA>WA', 'MI>DC', 'OR>HI', 'NY>NJ']
    const late = { kind: 'carrier_delay', carrier: 'Coastline', startHours: 3, lanes }
    const [fault] = scenarioOf('1', 3, checkScenario({ faults: [late] })).faults
    expect(fault?.strain.lanes).toEqual(lanes)
  })

  it('that is played for fewer days than it tells of leaves out what begins later', () => {
    const file = checkScenario({ faults: [slow, { ...slow, startHours: 49 }] })
    expect(scenarioOf('1', 3, file).faults).toHaveLength(2)
    expect(scenarioOf('1', 2, file).faults).toMatchObject([{ strain: { id: 'fault-01' } }])
  })

  it('that is not there, or no JSON, is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'detour-scenario-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'broken.json'), '{"nodes": 3')
    for (const name of ['none.json', 'broken.json']) {
      await expect(readScenario(join(folder, name))).rejects.toMatchObject({ code: 'SCENARIO_UNREADABLE' })
    }
  })

  it('fills in what it leaves out: usual hours and strength by kind', () => {
    for (const kind of kindNames) {
      const targets = { node: 'reno', carrier: 'Coastline', channel: 'web', skuClass: 'toys', weekday: 2 }
      const own = kindOf(kind).needs.map((name) => [name, targets[name as keyof typeof targets]])
      const file = checkScenario({ faults: [{ kind, startHours: 5, ...Object.fromEntries(own) }] })
      const [fault] = scenarioOf('1', 9, file).faults
      const scenario = scenarioOf('1', 9, file)
      expect(fault?.startAt).toBe(scenario.start + 5 * hour)
      expect(fault?.endAt).toBe(scenario.start + (5 + kindOf(kind).hours) * hour)
      expect(fault?.isFault).toBe(kind !== 'promotion' && kind !== 'holiday')
    }
  })
})

describe('the standard scenario', () => {
  it('has three to eight faults within its days, and is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 7, max: 60 }), (seed, days) => {
        const scenario = scenarioOf(String(seed), days)
        expect(scenarioOf(String(seed), days)).toEqual(scenario)
        expect(scenario.faults.length).toBeGreaterThanOrEqual(3)
        expect(scenario.faults.length).toBeLessThanOrEqual(8)
        for (const { startAt, endAt, isFault, strain } of scenario.faults) {
          const weekdays = daysOf(startAt, endAt).map(({ weekday }) => weekday)
          expect(weekdays).toContain(strain.weekday ?? weekdays[0])
          expect(isFault).toBe(true)
          expect(startAt).toBeGreaterThan(scenario.start)
          expect(endAt).toBeGreaterThan(startAt)
          expect(endAt).toBeLessThanOrEqual(scenario.start + days * 24 * hour)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('draws lanes from every warehouse, also for a world that has only some of them', () => {
    const seeds = Array.from({ length: 60 }, (_, i) => String(i + 1))
    const drawn = (nodes: number) =>
      seeds.flatMap((seed) =>
        scenarioOf(seed, 30, { nodes }).faults.flatMap(({ strain }) => strain.lanes ?? []),
      )
    expect(new Set(drawn(3))).toContain('TX>CA')
    expect(drawn(3)).toEqual(drawn(12))
  })
})
