// Nodes that will not do their work until the cut-off are seen before, and the cheapest way out waits for a person.

import { expect, test } from 'vitest'
import { breachesOf, lookAhead } from '#orchestrator/reroute'
import { type DayRoom, Worlds } from '#orchestrator/sourcing'
import { createOrder, runCore } from '../core/running.ts'
import { node } from '../core/setting.ts'
import { goneFrom, releaseMore, setPolicy, start } from './market.ts'

const room = (more: Partial<DayRoom> = {}): DayRoom => ({
  day: '2026-11-20',
  cutOffAt: start + 5 * 3_600_000,
  limit: 100,
  booked: 90,
  ...more,
})

test.each<[string, Partial<DayRoom>, { mean: number; variance: number } | null, boolean]>([
  ['what is booked and comes fits', {}, { mean: 5, variance: 5 }, false],
  ['more comes than fits', {}, { mean: 40, variance: 40 }, true],
  ['it may fit or not', {}, { mean: 11, variance: 40 }, false],
  ['more is booked than fits', { booked: 120 }, null, true],
  ['the day is over', { cutOffAt: null, booked: 500 }, null, false],
  ['nothing can be done there', { limit: 0, booked: 3 }, null, true],
])('a breach is foreseen where it is probable: %s', (_, more, expected, isSeen) => {
  const arrivals = new Map(expected === null ? [] : [['fab:A', expected] as const])
  const [breach] = breachesOf(new Map([['fab:A', room(more)]]), arrivals)
  expect(breach !== undefined).toBe(isSeen)
  if (breach !== undefined) expect(breach.probability).toBeGreaterThanOrEqual(0.8)
})

test('orders that a node will not do in time are proposed to go elsewhere, as many as do not fit', async () => {
  const { core } = await runCore(undefined, 50)
  await setPolicy(core, { holdOutShare: 0 })
  const ids = await releaseMore(
    core,
    Array.from({ length: 8 }, (_, i) => `o${i}`),
  )
  // On the next day, when they are to leave, it turns out that the node can do three a day.
  const nodes = [node('A', { dailyCapacity: 3, cutOff: '18:00' }), node('B', { cutOff: '18:00' }), node('C')]
  await core.execute('DefineNodes', { nodes }, { at: start })
  const reading = async <T>(work: (queries: never) => Promise<T>) => work({ all: async () => [] } as never)
  const context = { core, worlds: new Worlds(), now: start + 20 * 3_600_000, reading }
  expect(await lookAhead(context)).toBe(1)
  const [plan] = core.state().reroutes.plans.values()
  expect(plan).toMatchObject({ kind: 'capacity_ahead', status: 'proposed', incidentId: null })
  expect(plan?.title).toMatch(
    /^A will not do its work of 2026-11-21 until the cut-off \(\d+ % sure\): move \d orders? from A to /,
  )
  expect(plan?.orders).toBeGreaterThanOrEqual(5)
  expect(plan?.orders).toBeLessThan(8)
  expect(goneFrom(core, ids)).toEqual([])
  expect(await lookAhead(context)).toBe(0)
})

test('nothing is foreseen where people do not want it', async () => {
  const { core } = await runCore(undefined, 5)
  await setPolicy(core, { looksAhead: false })
  await createOrder(core, 'o1', 'x', 1)
  const reading = async () => {
    throw new Error('it looked')
  }
  expect(await lookAhead({ core, worlds: new Worlds(), now: start, reading })).toBe(0)
})
