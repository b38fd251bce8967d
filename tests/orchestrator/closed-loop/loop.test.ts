// The whole product on a tiny made-up world: the same seed gives the same result, whoever plays beside; an oracle is
// never worse than doing nothing; no rule of the core is broken.

import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkScenario, type ScenarioFile, simulateSeed } from '#orchestrator/closed-loop'
import { type Scenario, scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import { judge } from '../../../orchestrator/closed-loop/judge.ts'
import { playWithout } from '../../../orchestrator/closed-loop/play.ts'
import { type Prepared, prepare } from '../../../orchestrator/closed-loop/prepare.ts'
import { effectsWith } from '../places.ts'

const size = {
  ...{ nodes: 3, ordersPerDay: 60, skus: 30, start: '2026-05-05', historyDays: 7, historyFaults: false },
  ...{ cycleHours: 24, warmUpDays: 2 },
}
const slow = { kind: 'node_slowdown' as const, node: 'reno', startHours: 10, hours: 40, strength: 0.97 }
const tiny = checkScenario({ ...size, faults: [slow] })
const real = effectsWith()
const nothing = () => undefined

describe('three days of three nodes', () => {
  it('are the same for the same seed, in one thread or in two, and leave nothing behind', async () => {
    const before = await left()
    const play = (isSideBySide: boolean, observes: boolean) =>
      simulateSeed({ seed: 'a', days: 3, file: tiny, teaches: false, isSideBySide, observes }, real, nothing)
    const first = await play(false, false)
    const { lateOrders, costCents, shareOfObserverGain: _, ...same } = await play(true, true)
    expect(first).toMatchObject({ ...same, shareOfObserverGain: null })
    expect(first.lateOrders).toEqual({ ...lateOrders, observer: null })
    expect(first.costCents).toEqual({ ...costCents, observer: null })
    expect(lateOrders.observer).toBeGreaterThan(0)
    expect(first.orders).toBeGreaterThan(100)
    expect(first.faults).toMatchObject([{ kind: 'node_slowdown', dimension: 'node/fabrikam:reno' }])
    expect(first.invariantsBroken).toBe(0)
    const { none, oracle } = first.lateOrders
    expect(none).toBeGreaterThan(0)
    expect(oracle).toBeLessThan(none ?? 0)
    expect(await left()).toEqual(before)
  }, 300_000)
})

it('plays once more without moves where there were any, and not where there were none', async () => {
  const play = async (days: number, teaches: boolean, more: ScenarioFile, policy?: 'detour') => {
    const steps = new Set<string>()
    const who = policy === undefined ? {} : { policy }
    const request = { seed: 'a', days, teaches, file: checkScenario({ ...size, ...more }), ...who }
    const { reroutes } = await simulateSeed(request, real, (step) => steps.add(step))
    return { moves: reroutes?.total, again: [...steps].some((step) => step.includes('as if it had stayed')) }
  }
  const struck = { faults: [slow], cycleHours: 4 }
  expect(await play(3, true, { ...struck, limits: { mode: 'off' } })).toEqual({ moves: 0, again: false })
  // Also where nobody else plays, so that it is told what the moves were good for.
  const moved = await play(3, true, { ...struck, limits: { minLateRisk: 0.75 } }, 'detour')
  expect(moved.moves).toBeGreaterThan(0)
  expect(moved.again).toBe(true)
}, 300_000)

/** Folders of simulations that are still there. */
async function left(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`detour-simulate-${process.pid}-`))
}

describe('an oracle, or an observer,', () => {
  let prepared: Prepared
  beforeAll(async () => {
    prepared = await prepare(scenarioOf('b', 3, tiny), real, { teaches: false }, nothing)
  }, 300_000)
  afterAll(() => prepared.close())

  const files: [string, NonNullable<ScenarioFile['faults']>][] = [
    ['a node that stands still', [{ kind: 'node_outage', node: 'columbus', startHours: 5, hours: 30 }]],
    [
      'a carrier that is slow',
      [{ kind: 'carrier_delay', carrier: 'Prairie Parcel', startHours: 2, hours: 48, strength: 3 }],
    ],
    ['a carrier that does not come', [{ kind: 'carrier_outage', carrier: 'Prairie Parcel', startHours: 2 }]],
    ['goods that are not found', [{ kind: 'stock_error', node: 'reno', startHours: 0, strength: 0.6 }]],
    ['many more orders', [{ kind: 'demand_surge', startHours: 4, strength: 3 }]],
    ['nothing at all', []],
  ]
  it.each(files)(
    'is not worse than doing nothing at %s, and breaks no rule',
    async (_, faults) => {
      const scenario: Scenario = scenarioOf('b', 3, checkScenario({ ...size, faults }))
      const base = { ...prepared.base, scenario }
      const played = [
        await playWithout('none', base, real, nothing),
        await playWithout('oracle', base, real, nothing),
        await playWithout('observer', base, real, nothing),
      ]
      const { lateOrders, invariantsBroken } = judge(scenario, played)
      expect(lateOrders.oracle ?? 0).toBeLessThanOrEqual(lateOrders.none ?? 0)
      expect(lateOrders.observer ?? 0).toBeLessThanOrEqual(lateOrders.none ?? 0)
      expect(invariantsBroken).toBe(0)
      if (faults.length > 0) return
      expect(played[1]?.orders).toEqual(played[0]?.orders)
      expect(played[2]?.orders).toEqual(played[0]?.orders)
    },
    300_000,
  )
})
