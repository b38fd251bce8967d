// Carriers in trouble of which nobody was told: one whose parcels plainly take days longer, and one that leaves goods
// behind. That one is taken to stay away only where several nodes wait for it and nothing was collected since, so that
// work is not moved off one that comes.

import { expect, test } from 'vitest'
import {
  type CoreState,
  defaultStrategy,
  emptyState,
  type FulfillmentOrder,
  type Incident,
  type Order,
  PersistentMap,
  PersistentSet,
  untouchedWork,
} from '#orchestrator/core'
import { Queues, Worlds } from '#orchestrator/sourcing'
import { carrierService, networkDocument, networkLane, networkNode, weekCalendar } from './network-draft.ts'

const hourMs = 3_600_000
/** A Wednesday. */
const noon = Date.UTC(2026, 4, 6, 12)
const everyDay = [1, 2, 3, 4, 5, 6, 7]
const capacity = { ordersPerDay: 160, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
const pickups = ['C', 'D'].flatMap((carrierId) =>
  ['10:00', '16:00'].map((time) => ({ carrierId, days: everyDay, time })),
)
const document = networkDocument({
  nodes: ['N', 'M', 'O'].map((id) =>
    networkNode(id, { timeZone: 'UTC', country: 'US', calendarId: 'day', capacity, pickups }),
  ),
  calendars: [weekCalendar('day', everyDay, '06:00', '22:00')],
  services: [carrierService('S', { transit: { medianHours: 24, p90Hours: 24 } })],
  lanes: [networkLane('L')],
})

type Told = Partial<FulfillmentOrder>

function stateOf(works: readonly Told[]): CoreState {
  const orders = works.map((work, i) => {
    const own = {
      ...untouchedWork,
      fulfillmentOrderId: `o${i}-F1`,
      nodeId: 'N',
      carrier: 'C',
      status: 'packed',
    }
    const shipTo = { country: 'US', region: 'NY', city: null, postalCode: '10001', timeZone: 'UTC' }
    const lines = [{ lineId: '1', sku: 'x', quantity: 1, short: 0, shipped: 0, delivered: 0 }]
    const rest = { orderId: `o${i}`, method: 'delivery', reservationId: null, promisedAt: noon + 32 * hourMs }
    return {
      ...rest,
      shipTo,
      lines: [],
      shipments: [],
      work: [{ ...own, lines, sourcedAt: 0, ...work }],
    } as unknown as Order
  })
  const openAt = (nodeId: string) =>
    orders.flatMap(({ orderId, work: [first] }) =>
      first?.nodeId === nodeId && first.shippedAt === null ? [orderId] : [],
    )
  return {
    ...emptyState('main'),
    network: { version: 1, document },
    orders: PersistentMap(orders.map((order) => [order.orderId, order])),
    openByNode: PersistentMap(['N', 'M', 'O'].map((nodeId) => [nodeId, PersistentSet(openAt(nodeId))])),
  }
}

const seven = noon - 5 * hourMs
const left = (nodeId: string, packedAt = seven): Told => ({ nodeId, packedAt })
const collected = (shippedAt: number, carrier = 'C'): Told => {
  return { carrier, service: 'S', status: 'shipped', packedAt: shippedAt - hourMs, shippedAt }
}
const behind = [left('N'), left('N'), left('M')]
const awayIn = (state: CoreState, isAll = true) =>
  new Worlds().at(state, noon, defaultStrategy, isAll).learned.awayUntil?.('C') ?? null

test('what a carrier left behind at several nodes will wait as long again, and a day at least', () => {
  const aDay = noon + 24 * hourMs
  expect(awayIn(stateOf(behind))).toBe(aDay)
  // The first pick-up that it did not come to was two days ago, at ten.
  const long = ['N', 'N', 'M'].map((nodeId) => left(nodeId, seven - 48 * hourMs))
  expect(awayIn(stateOf(long))).toBe(noon + 50 * hourMs)
  expect(awayIn(stateOf(behind.slice(1)))).toBeNull()
  // One node from which nothing goes stands still itself, and what was packed after the pick-up was not left behind.
  expect(awayIn(stateOf([left('N'), left('N'), left('N')]))).toBeNull()
  expect(awayIn(stateOf(['N', 'N', 'M'].map((nodeId) => left(nodeId, noon - hourMs))))).toBeNull()
})

test('each carrier is judged by what it left behind itself, whichever is asked of first', () => {
  const byD = behind.map((work) => ({ ...work, carrier: 'D', packedAt: seven - 48 * hourMs }))
  const state = stateOf([...behind, ...byD, { ...left('O'), carrier: 'E' }])
  const { awayUntil } = new Worlds().at(state, noon, defaultStrategy, true).learned
  const asked = (carriers: string[]) => carriers.map((carrier) => awayUntil?.(carrier) ?? null)
  const [c, d] = [noon + 24 * hourMs, noon + 50 * hourMs]
  expect(asked(['C', 'D', 'E', 'C'])).toEqual([c, d, null, c])
  const again = new Worlds().at(state, noon, defaultStrategy, true).learned
  expect(['D', 'C'].map((carrier) => again.awayUntil?.(carrier) ?? null)).toEqual([d, c])
})

test('a carrier that collected anything since is not away', () => {
  expect(awayIn(stateOf([...behind, collected(noon - hourMs / 2)]))).toBeNull()
  // What it took before says nothing, nor what another one took.
  expect(awayIn(stateOf([...behind, collected(seven - hourMs)]))).not.toBeNull()
  expect(awayIn(stateOf([...behind, collected(noon - hourMs / 2, 'D')]))).not.toBeNull()
  // What was packed after the last pick-up of a day waits for the first of the next: until then it could come.
  const evening = noon - 17 * hourMs
  const overNight = ['N', 'N', 'M'].map((nodeId) => left(nodeId, evening))
  expect(awayIn(stateOf([...overNight, collected(seven - hourMs)]))).not.toBeNull()
})

test('where nothing is moved a little counts only while the carrier has an incident, and much counts anyway', () => {
  const state = stateOf(behind)
  expect(awayIn(stateOf([...behind, ...behind]), false)).toBeNull()
  expect(awayIn(stateOf([...behind, ...behind, left('O')]), false)).not.toBeNull()
  expect(awayIn(state, false)).toBeNull()
  const incident = { incidentId: 'i', metric: 'past_due', dimension: 'carrier', dimensionValue: 'C' }
  const known = {
    ...state,
    incidents: PersistentMap([['i', { ...incident, value: 9, expected: 1 } as Incident]]),
    openIncidents: PersistentMap([['carrier/C', 'i']]),
  }
  expect(awayIn(known, false)).not.toBeNull()
})

test('a carrier of which an incident says that it collects nothing is away on a day without pick-ups, too', () => {
  const said = (more: Partial<Incident>, works: readonly Told[] = [left('N')]) => {
    const incident = {
      ...{ incidentId: 'i', metric: 'fulfillment_orders_shipped', dimension: 'carrier', dimensionValue: 'C' },
      ...{ value: 0, expected: 5, beganAt: seven, ...more },
    } as Incident
    return {
      ...stateOf(works),
      incidents: PersistentMap([['i', incident]]),
      openIncidents: PersistentMap([['carrier/C', 'i']]),
    }
  }
  expect(awayIn(said({}), false)).toBe(noon + 24 * hourMs)
  expect(awayIn(said({ beganAt: noon - 40 * hourMs }), false)).toBe(noon + 40 * hourMs)
  expect(awayIn(said({ value: 2 }), false)).toBeNull()
  expect(awayIn(said({ value: null }), false)).toBeNull()
  expect(awayIn(said({ metric: 'transit_hours' }), false)).toBeNull()
  // It came since: it may be told for a while yet.
  expect(awayIn(said({}, [left('N'), collected(noon - hourMs)]), false)).toBeNull()
})

test('work of a carrier that is away is late as likely as that does not come in time, for it has been away', () => {
  const history = Array.from({ length: 40 }, (_, i): Told => {
    const packedAt = noon - 80 * hourMs - i * 360_000
    return { status: 'shipped', releasedAt: packedAt - hourMs / 2, packedAt, shippedAt: packedAt + 60_000 }
  })
  const open: Told = { status: 'open', releasedAt: noon - hourMs / 2 }
  const riskIn = (works: readonly Told[], promisedInHours = 32) => {
    const state = stateOf([open, ...works, ...history])
    const order = { ...(state.orders.get('o0') as Order), promisedAt: noon + promisedInHours * hourMs }
    return new Queues({ worlds: new Worlds(), state, now: noon }).risk(
      order,
      order.work[0] as FulfillmentOrder,
    )
  }
  // It was away for a few hours: in four more, by the pick-up that would do, it is back in one of seven cases.
  expect(riskIn(behind)).toBeGreaterThan(0.75)
  expect(riskIn(behind)).toBeLessThan(0.9)
  // Where that of tomorrow afternoon would do as well, it is back in half of them.
  expect(riskIn(behind, 56)).toBeGreaterThan(0.3)
  expect(riskIn(behind, 56)).toBeLessThan(0.7)
  // One that has been away for two days hardly comes today.
  const long = behind.map((work) => ({ ...work, packedAt: seven - 48 * hourMs }))
  expect(riskIn(long)).toBeGreaterThan(0.9)
  expect(riskIn([...behind, collected(noon - hourMs / 2)])).toBeLessThan(0.1)
})

test('parcels that plainly take longer count for their carrier before an incident is told, and for no other', () => {
  const dayMs = 24 * hourMs
  const parcel = (i: number, day: number, takes: number | null, carrier = 'C'): Told => {
    const shippedAt = noon - day * dayMs - (i % 7) * 600_000
    const packedAt = shippedAt - hourMs
    const deliveredAt = takes === null ? null : shippedAt + takes * dayMs
    const status = takes === null ? 'shipped' : 'delivered'
    return { carrier, service: 'S', status, releasedAt: packedAt - hourMs, packedAt, shippedAt, deliveredAt }
  }
  const many = (count: number, ...[day, takes, carrier]: [number, number | null, string?]) =>
    Array.from({ length: count }, (_, i) => parcel(i, day + (i % 3), takes, carrier))
  const moreOf = (works: readonly Told[], carrier = 'C') =>
    new Worlds().at(stateOf(works), noon, defaultStrategy).learned.moreDays?.('N', carrier, 'NY')
  const usual = [...many(60, 20, 1), ...many(30, 9, 1), ...many(30, 9, 1, 'D')]
  expect(moreOf(usual)).toBe(0)
  const overdue = [...usual, ...many(9, 3, null)]
  expect(moreOf(overdue)).toBeGreaterThan(0)
  expect(moreOf(overdue, 'D')).toBe(0)
  // A few of many may be lost, also where they are all that left lately.
  expect(moreOf([...usual, ...many(3, 3, null)])).toBe(0)
  expect(moreOf([...usual, ...many(15, 3, 1), ...many(2, 3, null)])).toBe(0)
})
