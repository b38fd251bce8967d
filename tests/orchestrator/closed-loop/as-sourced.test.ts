// Orders sourced as in another play: they go where they went there, whatever is thought of nodes now, and stay.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '#data/kernel'
import { MemoryLog } from '#data/log'
import { checkScenario } from '#orchestrator/closed-loop'
import { type Core, coreStream, type EventData, openCore } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { type History, noHistory, Worlds } from '#orchestrator/sourcing'
import { AsSourced, sourcingsOf } from '../../../orchestrator/closed-loop/as-sourced.ts'
import { endOf, market, run } from '../../../orchestrator/closed-loop/course.ts'
import { scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import { Oracle } from '../../../orchestrator/closed-loop/oracle.ts'
import { playDetour, playWithout } from '../../../orchestrator/closed-loop/play.ts'
import { type Prepared, prepare } from '../../../orchestrator/closed-loop/prepare.ts'
import { seesAll } from '../../../orchestrator/closed-loop/sight.ts'
import { stillEffects } from '../../../orchestrator/closed-loop/stage.ts'
import { effectsWith } from '../places.ts'

const size = {
  ...{ nodes: 3, ordersPerDay: 60, skus: 30, start: '2026-05-05', historyDays: 7, historyFaults: false },
  ...{ cycleHours: 24, warmUpDays: 2 },
}
const file = checkScenario({
  ...size,
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

/** Events that stand before the days. */
const before = () => prepared.base.log.get(coreStream(market))?.length ?? 0

/** Nodes and services of the first plan of each order of these days; orders that were moved. */
function read(log: MemoryLog) {
  const places = new Map<string, string>()
  const moved = new Set<string>()
  for (const { seq, type, data } of log.events(coreStream(market))) {
    if (seq <= before()) continue
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

  const given = new AsSourced(sourcingsOf(log, market, before()))
  const again = read(
    await played({ history: noHistory, place: (orderId, core, at) => given.place(orderId, core, at) }),
  )
  expect(again.moved.size).toBe(0)
  const elsewhere = [...places].filter(([id, place]) => again.places.get(id) !== place)
  // Goods that a move left at their first node may be taken there by the time of a later order.
  expect(elsewhere.length).toBeLessThan(places.size / 100)
}, 300_000)

it('come to the very end they came to where nothing was moved', async () => {
  const calm = scenarioOf('c', 3, checkScenario({ ...size, faults: [] }))
  const own = await prepare(calm, real, { teaches: false }, () => undefined)
  try {
    const { core } = own.engine
    const policy = { ...core.state().policy, mode: 'off' as const }
    await core.execute('SetPolicy', { policy }, { at: calm.start })
    const { orders, sourcings } = await playDetour(own, real, () => undefined)
    expect(orders.filter(({ firstMove }) => firstMove !== null)).toEqual([])
    const again = await playWithout('unmoved', { ...own.base, sourcings }, real, () => undefined)
    expect(orders.length).toBeGreaterThan(100)
    expect(again.orders).toEqual(orders)
  } finally {
    await own.close()
  }
}, 300_000)

it('are read without what stood before, what was taken back, and what came after a move', async () => {
  const log = new MemoryLog(systemClock)
  const sourced = (orderId: string, nodeId: string, at: number) => {
    const work = [{ nodeId, carrier: null, shipBy: null, lines: [{ lineId: '1', sku: 'a', quantity: 2 }] }]
    const decision = { decisionId: `${orderId}/${at}`, candidates: [{ nodeId: 'weighed' }] }
    return { type: 'OrderSourced', data: { orderId, work, decision, at } }
  }
  const events = [
    sourced('a', 'before', 1),
    sourced('a', 'gone', 2),
    { type: 'OrderUnsourced', data: { orderId: 'a', reason: 'step_undone' } },
    sourced('a', 'first', 3),
    sourced('a', 'second', 4),
    { type: 'OrderRerouted', data: { orderId: 'a' } },
    sourced('a', 'moved', 5),
    sourced('b', 'other', 6),
  ]
  const named = events.map((event, i) => ({ ...event, eventId: String(i) }))
  await log.append(coreStream(market), 0, named)
  const found = sourcingsOf(log, market, 1)
  const nodes = (orderId: string) =>
    found.get(orderId)?.map(({ assignments, at }) => [assignments[0]?.nodeId, at])
  expect(nodes('a')).toEqual([
    ['first', 3],
    ['second', 4],
  ])
  expect(nodes('b')).toEqual([['other', 6]])
  expect(found.get('b')?.[0]?.decision).toMatchObject({ decisionId: 'b/6', candidates: [] })
})
