// What a plan of moves makes of queues: work waits while its node may recover in time, and no more goes to a node than
// it can still pack. Made of orders as nodes told of them; no core is at work.

import { expect, test } from 'vitest'
import {
  type Core,
  type CoreCommand,
  type CoreState,
  coreDefinition,
  emptyState,
  type FulfillmentOrder,
  type Incident,
  type Order,
  PersistentMap,
  PersistentSet,
} from '#orchestrator/core'
import { planMoves, rerouteByHand } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { Memory } from '../../../orchestrator/reroute/memory.ts'
import { clearlySooner } from '../../../orchestrator/reroute/worth.ts'
import { node, Sandbox } from '../core/setting.ts'
import {
  carrierService,
  networkDocument,
  networkLane,
  networkNode,
  rateBand,
  rateCard,
  weekCalendar,
} from '../sourcing/network-draft.ts'

const hourMs = 3_600_000
/** A Wednesday. */
const noon = Date.UTC(2026, 4, 6, 12)
const promisedAt = noon + 33.5 * hourMs

interface Target {
  /** Time of its pick-up. */
  pickup: string
  perHour: number
  /** Until when node A takes orders for its day. */
  cutOff?: string
  /** Time of the pick-up of a carrier Q at node A, which is dearer and brings on the day what it gets. */
  quick?: string
  /** How node A stands with its capacity, in orders a day. */
  perDay?: number
}

/** Node A stands still since three hours with so much work; node B has none. */
function market(
  waiting: number,
  { pickup, perHour, cutOff, quick, perDay = 1_000 }: Target,
  sourcedAt = noon - 3 * hourMs,
): CoreState {
  const box = Sandbox.withStock(1_000)
  for (let i = 0; i < waiting; i++) box.release(`w${i}`, { x: 1 }, 'A')
  box.release('before', { x: 1 }, 'A')
  const told = (order: Order, more: Partial<FulfillmentOrder>): Order => ({
    ...order,
    promisedAt,
    work: order.work.map((work) => ({ ...work, carrier: 'C', ...more })),
  })
  const some = box.order('before')
  const orders = Array.from({ length: waiting }, (_, i) =>
    told(box.order(`w${i}`), { sourcedAt, releasedAt: noon - 3 * hourMs + i * 1000 }),
  )
  // What both packed on the days before, half an hour after it came.
  const done = ['fab:A', 'fab:B'].flatMap((nodeId) =>
    Array.from({ length: 60 }, (_, i) => {
      const packedAt = noon - 48 * hourMs - (i % 20) * 360_000 - Math.floor(i / 20) * 24 * hourMs
      const times = { releasedAt: packedAt - hourMs / 2, packedAt, shippedAt: packedAt + 60_000 }
      return { ...told(some, { ...times, nodeId, status: 'shipped' }), orderId: `d${nodeId}${i}` }
    }),
  )
  const open = orders.map(({ orderId }) => orderId)
  const own = { timeZone: 'UTC', calendarId: 'day', country: 'US', serviceIds: ['S'] }
  const collects = (carrierId: string, time: string) => ({ carrierId, days: [1, 2, 3, 4, 5, 6, 7], time })
  const at = (time: string, ordersPerHour: number, ordersPerDay = 1_000) => ({
    ...own,
    pickups: [collects('C', time)],
    capacity: { ordersPerDay, linesPerDay: null, unitsPerDay: null, ordersPerHour },
  })
  const ofA = at('16:00', 10, perDay)
  const byQuick =
    quick === undefined ? {} : { serviceIds: ['S', 'Q'], pickups: [...ofA.pickups, collects('Q', quick)] }
  const document = networkDocument({
    nodes: [
      networkNode('fab:A', { ...ofA, ...byQuick, cutOff: cutOff ?? null }),
      networkNode('fab:B', at(pickup, perHour)),
    ],
    calendars: [weekCalendar('day', [1, 2, 3, 4, 5, 6, 7], '06:00', '22:00')],
    services: [
      carrierService('S', { transit: { medianHours: 24, p90Hours: 24 } }),
      carrierService('Q', { carrierId: 'Q', transit: { medianHours: 4, p90Hours: 4 } }),
    ],
    lanes: [networkLane('L'), networkLane('M', { serviceId: 'Q' })],
    rateCards: [
      rateCard('R', { bands: [rateBand({ baseCents: 500 })] }),
      rateCard('T', { serviceId: 'Q', bands: [rateBand({ baseCents: 1_500 })] }),
    ],
  })
  return {
    ...box.state,
    nodes: new Map(['A', 'B'].map((id) => [`fab:${id}`, node(id)])) as unknown as CoreState['nodes'],
    network: { version: 1, document },
    policy: { ...emptyState('main').policy, holdOutShare: 0, mode: 'on' },
    orders: PersistentMap([...done, ...orders].map((order) => [order.orderId, order])),
    openByNode: PersistentMap([['fab:A', PersistentSet(open)]]),
  }
}

async function planned(
  state: CoreState,
  ids: readonly string[],
  waits = true,
  incident: Incident | null = null,
) {
  const works = ids.map((id) => {
    const order = state.orders.get(id) as Order
    return { order, work: order.work[0] as FulfillmentOrder }
  })
  const purpose = {
    name: 'x',
    incident,
    guard: {},
    holdsOut: false,
    judge: clearlySooner({ minLateRisk: 0.75 }),
    waits,
  }
  const { moves, stays } = await planMoves(works, { state, worlds: new Worlds(), now: noon }, purpose)
  const codes = stays.map(({ decision }) => decision.refusedCode)
  return { to: moves.map(({ assignments }) => assignments[0]?.nodeId), codes }
}

test('work waits while its node may recover and another would still be in time hours later', async () => {
  const early = market(20, { pickup: '21:00', perHour: 10 })
  expect(await planned(early, ['w19'])).toEqual({ to: [], codes: ['too_early'] })
  // Nothing to wait for where the trouble is over, nor where the other node could not do it any more then.
  expect(await planned(early, ['w19'], false)).toEqual({ to: ['fab:B'], codes: [] })
  expect(await planned(market(20, { pickup: '17:00', perHour: 10 }), ['w19'])).toEqual({
    to: ['fab:B'],
    codes: [],
  })
  // What would be late there anyway has nothing to wait for either: so much is before it.
  expect((await planned(market(60, { pickup: '21:00', perHour: 10 }), ['w59'])).to).toEqual(['fab:B'])
})

test('work that came before the cut-off still leaves on its day when the cut-off has passed', async () => {
  const target = { pickup: '21:00', perHour: 10, cutOff: '11:00' }
  expect(await planned(market(2, target), ['w0', 'w1'], false)).toEqual({
    to: [],
    codes: ['best_here', 'best_here'],
  })
  // Not what stands too far back in the queue for the pick-up.
  expect((await planned(market(20, target), ['w19'], false)).to).toEqual(['fab:B'])
})

test('what was just planned stays for an hour where only its queue looks too long, without incident', async () => {
  const target = { pickup: '17:00', perHour: 10 }
  const fresh = market(20, target, noon - hourMs / 2)
  expect(await planned(fresh, ['w19'])).toEqual({ to: [], codes: ['too_early'] })
  const incident = { incidentId: 'i', dimension: 'node', dimensionValue: 'fab:A' } as Incident
  expect((await planned(fresh, ['w19'], true, incident)).to).toEqual(['fab:B'])
  // So much is before it that the usual pace would not do either.
  expect((await planned(market(60, target, noon - hourMs / 2), ['w59'])).to).toEqual(['fab:B'])
})

test('work that goes by another carrier keeps its turn at its node, and the place of the day that it has', async () => {
  const target = { pickup: '12:05', perHour: 10, quick: '19:00' }
  // It is packed at five in the afternoon; what comes now, behind all others, the day after.
  const gone = { to: ['fab:A'], codes: [] }
  expect(await planned(market(150, target), ['w19'], false)).toEqual(gone)
  expect(await planned(market(150, { ...target, perDay: 100 }), ['w19'], false)).toEqual(gone)
  const slice = { dimension: 'node', dimensionValue: 'fab:A' }
  const incident = { ...slice, incidentId: 'i', metric: 'work_packed', value: 3, expected: 10 } as Incident
  const troubled = {
    ...market(150, target),
    incidents: PersistentMap([['i', incident]]),
    openIncidents: PersistentMap([['node/fab:A', 'i']]),
  }
  expect(await planned(troubled, ['w19'], false)).toEqual(gone)
  // Nothing helps what is done too late for that carrier, too.
  expect((await planned(market(150, target), ['w149'], false)).to).toEqual([])
  // It takes the turn of nobody else.
  const many = ['w12', 'w13', 'w14', 'w15', 'w16', 'w17', 'w18', 'w19']
  expect((await planned(market(150, target), many, false)).to).toEqual(many.map(() => 'fab:A'))
})

test('no more goes to a node than it can pack before its last pick-up', async () => {
  const ids = Array.from({ length: 8 }, (_, i) => `w${52 + i}`)
  const { to, codes } = await planned(market(60, { pickup: '17:00', perHour: 1 }), ids)
  expect(to).toEqual(['fab:B', 'fab:B', 'fab:B', 'fab:B'])
  expect(codes).toEqual(Array(4).fill('node_full'))
})

/** What the core says to a person who moves an order. */
async function byHand(state: CoreState, orderId: string, toNodeId?: string) {
  const { decide } = coreDefinition('main')
  const core = {
    state: () => state,
    execute: async (type: string, data: object, { at }: { at: number }) => {
      const verdict = decide(state, { commandId: 'hand', type, data, at } as CoreCommand)
      const reason = 'refused' in verdict ? verdict.refused : null
      return { status: reason === null ? 'done' : 'refused', reason, answer: verdict.answer }
    },
  } as unknown as Core
  const to = toNodeId === undefined ? {} : { toNodeId }
  const { status, reason } = await rerouteByHand({ core, worlds: new Worlds(), now: noon }, orderId, {
    ...{ by: 'Mia', ...to },
  })
  return reason ?? status
}

test('by hand, too, work that is next in turn stays, and what is behind a hundred others goes', async () => {
  const state = market(100, { pickup: '11:00', perHour: 10 })
  expect(await byHand(state, 'w0')).toBe('it is best where it is')
  expect(await byHand(state, 'w0', 'fab:B')).toBe('promise_worse')
  expect(await byHand(state, 'w99')).toBe('done')
})

/** Parcels by the service took so many days, and the waiting work was planned to leave in the afternoon. */
function seen(state: CoreState, days: number): CoreState {
  const old = state.orders.get('dfab:A0') as Order
  const parcels = Array.from({ length: 40 }, (_, i) => {
    const shippedAt = noon - (10 + (i % 5)) * 24 * hourMs
    const times = { releasedAt: shippedAt - hourMs, packedAt: shippedAt - 60_000, shippedAt }
    const deliveredAt = shippedAt + days * 24 * hourMs
    const work = old.work.map((each) => ({ ...each, ...times, deliveredAt, service: 'S' }))
    return { ...old, orderId: `p${i}`, work }
  })
  const open = [...state.orders.values()].map((order) => ({
    ...order,
    work: order.work.map((each) => ({ ...each, service: 'S', shipBy: noon + 4 * hourMs })),
  }))
  return { ...state, orders: PersistentMap([...open, ...parcels].map((order) => [order.orderId, order])) }
}

test('what was late by plan already stays as it was planned', async () => {
  const state = market(60, { pickup: '21:00', perHour: 10 })
  expect((await planned(seen(state, 1), ['w59'])).to).toEqual(['fab:B'])
  expect(await planned(seen(state, 3), ['w59'])).toEqual({ to: [], codes: ['late_by_plan'] })
})

test('what found no room is weighed again after some minutes, what would not gain after an hour', () => {
  const memory = new Memory()
  const box = Sandbox.withStock()
  box.create('o1', { x: 1 })
  memory.orderWeighed(box.order('o1'), noon)
  expect(memory.wasWeighed(box.order('o1'), noon + 0.9 * hourMs)).toBe(true)
  memory.roomWasShort(box.order('o1'), noon)
  expect(memory.wasWeighed(box.order('o1'), noon + 60_000)).toBe(true)
  expect(memory.wasWeighed(box.order('o1'), noon + 0.1 * hourMs)).toBe(false)
})
