// How likely work in a queue comes too late: little by little more so with what is before it, for what is as likely as
// not just too late for the last pick-up of a day may still be ready for it.

import { expect, test } from 'vitest'
import {
  type CoreState,
  defaultStrategy,
  emptyState,
  type FulfillmentOrder,
  type Order,
} from '#orchestrator/core'
import { Queues, Worlds } from '#orchestrator/sourcing'
import { askedFor } from '../../../orchestrator/sourcing/views/asked.ts'
import {
  carrierService,
  networkDocument,
  networkLane,
  networkNode,
  rateBand,
  rateCard,
  weekCalendar,
} from './network-draft.ts'
import { history, hourMs, noon, stateOf, waiting } from './told-orders.ts'

const everyDay = [1, 2, 3, 4, 5, 6, 7]
const capacity = { ordersPerDay: 160, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
const document = networkDocument({
  nodes: [
    networkNode('N', {
      ...{ timeZone: 'UTC', country: 'US', calendarId: 'day', capacity },
      pickups: [{ carrierId: 'C', days: everyDay, time: '21:00' }],
    }),
  ],
  calendars: [weekCalendar('day', everyDay, '06:00', '22:00')],
  services: [carrierService('S', { transit: { medianHours: 24, p90Hours: 24 } })],
  lanes: [networkLane('L')],
  rateCards: [rateCard('R', { serviceId: 'S', bands: [rateBand({ baseCents: 900 })] })],
})

/** A market with a queue at its node, where all parcels take a day. */
function marketWith(pieces: number): CoreState {
  const shipped = history.map((work) => ({
    ...work,
    service: 'S',
    deliveredAt: (work.packedAt ?? 0) + 24 * hourMs,
  }))
  return {
    ...emptyState('main'),
    ...pick(stateOf([...waiting(pieces, noon - hourMs / 2), ...shipped])),
    network: { version: 1, document },
  }
}

/** The last piece of a queue, promised for tomorrow. */
function riskBehind(pieces: number): number {
  const state = marketWith(pieces + 1)
  const promisedAt = noon + 35 * hourMs
  const known = state.orders.get(`o${pieces}`) as Order
  const [own] = known.work
  const lines = [{ lineId: '1', sku: 'x', quantity: 1, short: 0, shipped: 0, delivered: 0 }]
  const rest = { method: 'delivery', promisedAt, reservationId: null }
  const last = { ...known, ...rest, work: [{ ...own, service: 'S', lines }] } as unknown as Order
  const orders = state.orders.set(last.orderId, last)
  const queues = new Queues({ worlds: new Worlds(), state: { ...state, orders }, now: noon })
  return queues.risk(last, last.work[0] as FulfillmentOrder) ?? Number.NaN
}

const pick = ({ orders, openByNode }: CoreState) => ({ orders, openByNode })

/** Whether a new order that finds a queue of which nobody was told is worth more than its strategy says. */
function isUrgentBehind(pieces: number, { promisedIn = 35, reacts = true } = {}): boolean | null {
  const state = marketWith(pieces)
  const { urgency } = Object.assign(new Worlds(), { reacts }).at(state, noon, defaultStrategy)
  const first = state.orders.get('o0') as Order
  const told = { method: 'delivery', channel: null, customerRef: null, currency: 'USD', reservationId: null }
  const promisedAt = noon + promisedIn * hourMs
  const order = { ...first, ...told, placedAt: noon, promisedAt } as Order
  const asked = askedFor(state, order, [{ lineId: '1', sku: 'x', quantity: 1 }], noon)
  return urgency?.isUrgent({ ...asked, weightG: 500 }) ?? null
}

test('an order is worth more where the queue that it finds makes it late, though nobody was told of it', () => {
  expect(isUrgentBehind(2)).toBe(false)
  expect(isUrgentBehind(120)).toBe(true)
  expect(isUrgentBehind(120, { promisedIn: 400 })).toBe(false)
  // It would be late in any case.
  expect(isUrgentBehind(120, { promisedIn: 1 })).toBe(false)
  expect(isUrgentBehind(120, { reacts: false })).toBeNull()
})

test('work is more likely late with every piece before it, by a little each', () => {
  const risks = Array.from({ length: 34 }, (_, i) => riskBehind(5 * i))
  for (const [i, risk] of risks.slice(1).entries()) {
    expect(risk).toBeGreaterThanOrEqual((risks[i] ?? 0) - 1e-9)
    expect(risk - (risks[i] ?? 0)).toBeLessThan(0.35)
  }
  expect(risks[0]).toBeLessThan(0.05)
  expect(risks.filter((risk) => risk > 0.5 && risk < 0.95)).not.toEqual([])
  expect(risks.at(-1)).toBeGreaterThan(0.95)
})
