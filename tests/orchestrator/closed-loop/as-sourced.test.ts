// Orders sourced as in another play: they go where they went there, whatever is thought of nodes now, and stay.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { MemoryLog } from '#data/log'
import { checkScenario } from '#orchestrator/closed-loop'
import { type Core, coreStream, type EventData, openCore } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { type History, noHistory, Worlds } from '#orchestrator/sourcing'
import { AsSourced, sourcingsOf } from '../../../orchestrator/closed-loop/as-sourced.ts'
import { endOf, market, run } from '../../../orchestrator/closed-loop/course.ts'
import { scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import { Oracle } from '../../../orchestrator/closed-loop/oracle.ts'
import { type Prepared, prepare } from '../../../orchestrator/closed-loop/prepare.ts'
import { seesAll } from '../../../orchestrator/closed-loop/sight.ts'
import { stillEffects } from '../../../orchestrator/closed-loop/stage.ts'
import { effectsWith } from '../places.ts'

const file = checkScenario({
  ...{ nodes: 3, ordersPerDay: 60, skus: 30, start: '2026-05-05', historyDays: 7, historyFaults: false },
  ...{ cycleHours: 24, warmUpDays: 2 },
  faults: [{ kind: 'node_outage', node: 'columbus', startHours: 5, hours: 30 }],
})
const scenario = scenarioOf('b', 3, file)
const real = effectsWith()
let prepared: Prepared
beforeAll(async () => {
  prepared = await prepare(scenario, real, { teaches: false }, () => undefined)
}, 300_000)
afterAll(() => prepared.close())

interface Way {
  history: History
  place?(orderId: string, core: Core, at: number): Promise<void>
  moves?: boolean
}

/** Plays the days, and gives the log. */
async function played({ history, place, moves = false }: Way): Promise<MemoryLog> {
  const effects = stillEffects(scenario.seed, scenario.start, real)
  const { clock } = effects
  const log = new MemoryLog(clock, prepared.base.log)
  const core = await openCore(log, market, effects)
  const worlds = new Worlds()
  worlds.history = history
  worlds.reacts = false
  const flow = { core, worlds, now: () => clock.now() }
  const oracle = moves ? new Oracle(seesAll(scenario), core, scenario) : null
  const course = {
    ...{ scenario, clock, core, from: scenario.start, to: endOf(scenario) },
    advance: async (orderId: string) => {
      await place?.(orderId, core, clock.now())
      await advance(orderId, flow)
    },
    ...(oracle === null ? {} : { beforeWork: (...at: Parameters<Oracle['look']>) => oracle.look(...at) }),
  }
  await run(course, real, () => undefined)
  await core.close()
  return log
}

/** Nodes and services of the first plan of each order of these days; orders that were moved. */
function read(log: MemoryLog) {
  const places = new Map<string, string>()
  const moved = new Set<string>()
  const before = prepared.base.log.get(coreStream(market))?.length ?? 0
  for (const { seq, type, data } of log.events(coreStream(market))) {
    if (seq <= before) continue
    if (type === 'OrderRerouted') moved.add((data as EventData['OrderRerouted']).orderId)
    if (type !== 'OrderSourced') continue
    const { orderId, work } = data as EventData['OrderSourced']
    const place = work.map(({ nodeId, service }) => `${nodeId} ${service}`).join()
    if (!places.has(orderId)) places.set(orderId, place)
  }
  return { places, moved }
}

it('go where they went, whatever is thought of nodes now, and are not moved', async () => {
  const log = await played({ history: prepared.base.history, moves: true })
  const { places, moved } = read(log)
  expect(moved.size).toBeGreaterThan(0)
  const other = read(await played({ history: noHistory }))
  const differing = [...places].filter(([id, place]) => other.places.get(id) !== place)
  expect(differing.length).toBeGreaterThan(places.size / 10)

  const given = new AsSourced(sourcingsOf(log, market))
  const again = read(
    await played({ history: noHistory, place: (orderId, core, at) => given.place(orderId, core, at) }),
  )
  expect(again.moved.size).toBe(0)
  const elsewhere = [...places].filter(([id, place]) => again.places.get(id) !== place)
  // Goods that a move left at their first node may be taken there by the time of a later order.
  expect(elsewhere.length).toBeLessThan(places.size / 100)
}, 300_000)
