// What people tell the core of the network and of strategies. It decides nothing.

import { type CommandData, defaultStrategy } from '#orchestrator/core'
import { chance, nodeIds, oneOf, type View, type Wish } from './view.ts'

const calendarIds = ['weekdays', 'always'] as const
const carrierIds = ['SwiftPost', 'Vans'] as const
const serviceIds = ['ground', 'air'] as const
const strategyIds = ['default', 'cheap', 'fast'] as const

type Put = NonNullable<CommandData['ChangeNetwork']['change']['put']>

const calendarOf = ({ random }: View) => ({
  calendarId: random.pick(calendarIds),
  name: 'Days',
  hours: [{ day: random.int(1, 7), opens: '08:00', closes: '17:00' }],
  holidays: ['2026-12-25'],
  extraDays: [],
})

const serviceOf = ({ random }: View) => ({
  serviceId: random.pick(serviceIds),
  carrierId: random.pick(carrierIds),
  name: 'Service',
  isActive: true,
  dimDivisor: 5_000,
  maxWeightG: null,
  co2GramsPerTonneKm: null,
  deliveryDays: [],
  transit: { medianHours: random.int(10, 40), p90Hours: 60 },
})

const nodeOf = (view: View): NonNullable<Put['nodes']>[number] => ({
  nodeId: chance(view, 80) ? view.random.pick(nodeIds) : 'net:E',
  ...{ name: null, type: null, timeZone: null, country: 'US', region: null, city: null, postalCode: null },
  ...{ latitude: null, longitude: null, isActive: chance(view, 90), activeFrom: null, activeUntil: null },
  groupIds: [],
  calendarId: chance(view, 30) ? view.random.pick(calendarIds) : null,
  cutOff: '15:00',
  pickups: chance(view, 30) ? [{ carrierId: view.random.pick(carrierIds), days: [1, 2], time: '16:00' }] : [],
  ...{ processing: null, orderCostCents: view.random.int(0, 900), lineCostCents: null, unitCostCents: null },
  capacity: {
    ordersPerDay: view.random.int(1, 50),
    linesPerDay: null,
    unitsPerDay: null,
    ordersPerHour: null,
  },
  ...{ methods: [], priority: 0, safetyUnits: null, safetyPercent: null, onlyCustomers: [], serviceIds: [] },
})

const laneOf = ({ random }: View) => ({
  laneId: `l${random.int(1, 4)}`,
  serviceId: random.pick(serviceIds),
  origin: '*',
  destination: 'US',
  ...{ zone: null, distanceKm: null, transit: null },
})

/** A change of one list; others may refuse it, for what it names is not always there. */
const putOf = (view: View): Put =>
  view.random.pick([
    (): Put => ({ calendars: [calendarOf(view)] }),
    (): Put => ({
      carriers: carrierIds.map((carrierId) => ({ carrierId, name: carrierId, isActive: true })),
    }),
    (): Put => ({ services: [serviceOf(view)] }),
    (): Put => ({ nodes: [nodeOf(view)] }),
    (): Put => ({ lanes: [laneOf(view)] }),
  ])()

const changeNetwork: Wish<'ChangeNetwork'> = (view) => {
  const { version } = view.state.network
  const known = chance(view, 50) ? { version } : {}
  if (chance(view, 70)) return { change: { put: putOf(view), ...known }, by: 'x' }
  const lists = view.state.network.document
  const calendar = oneOf(view, lists.calendars)
  const lane = oneOf(view, lists.lanes)
  const remove = {
    calendars: calendar === null ? [] : [calendar.calendarId],
    lanes: lane === null ? [] : [lane.laneId],
    nodes: chance(view, 20) ? ['net:E'] : [],
  }
  return { change: { remove, ...known }, by: 'x' }
}

const publishStrategy: Wish<'PublishStrategy'> = (view) => {
  const { version: _, publishedAt: __, publishedBy: ___, ...rest } = defaultStrategy
  const strategyId = view.random.pick(strategyIds)
  const prices = { ...rest.prices, splitCents: view.random.int(0, 3) * 100 }
  const fallbackId = chance(view, 30) ? view.random.pick(strategyIds) : null
  return { draft: { ...rest, strategyId, prices, fallbackId }, by: 'x' }
}

/** Makers of the commands on the network and strategies. */
export const networkWishes = {
  ChangeNetwork: changeNetwork,
  PublishStrategy: publishStrategy,
  SetStrategyRules: (view: View): CommandData['SetStrategyRules'] => ({
    rules: chance(view, 40) ? [] : [{ when: 'order.isExpress', strategyId: view.random.pick(strategyIds) }],
    by: 'x',
  }),
}
