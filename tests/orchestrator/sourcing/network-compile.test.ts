// What is known of nodes, out of files and the network together, and what is odd about a network.

import { describe, expect, test } from 'vitest'
import { compileNetwork } from '#orchestrator/sourcing'
import { generateNetwork, generateOrders } from './generated-network.ts'
import {
  carrierService,
  fileNode,
  networkDocument,
  networkLane,
  networkNode,
  rateBand,
  rateCard,
  weekCalendar,
} from './network-draft.ts'

const nothing = { ordersPerDay: null, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }

describe('a node', () => {
  const one = (
    file: Parameters<typeof fileNode>[1] | null,
    told: Parameters<typeof networkNode>[1] | null,
  ) => {
    const nodes = file === null ? [] : [fileNode('N', file)]
    const document = networkDocument({
      nodes: told === null ? [] : [networkNode('N', told)],
      calendars: [weekCalendar('K', [1], '08:00', '17:00')],
    })
    const network = compileNetwork({ document, version: 7, nodes })
    return { ...network, node: network.nodes.get('N') }
  }

  test('is as files tell it where the network says nothing', () => {
    const given = {
      name: 'Reno',
      type: 'store',
      timeZone: 'America/Los_Angeles',
      country: 'US',
      region: 'NV',
      latitude: 39.5,
      longitude: -119.8,
      dailyCapacity: 300,
      cutOff: '15:00',
      processingCostCents: 120,
      carriers: ['UPS'],
    } as const
    const expected = {
      name: 'Reno',
      type: 'store',
      timeZone: 'America/Los_Angeles',
      latitude: 39.5,
      cutOff: '15:00',
      orderCostCents: 120,
      capacity: { ...nothing, ordersPerDay: 300 },
      methods: new Set(['delivery', 'pickup', 'curbside', 'ship_to_store']),
      isActive: true,
      calendar: null,
      carriers: ['UPS'],
      onlyCustomers: null,
      serviceIds: null,
    }
    expect(one(given, null).node).toMatchObject(expected)
    expect(one(given, {}).node).toMatchObject(expected)
  })

  test('is as the network says where it says something, without the rest being lost', () => {
    const { node, version } = one(
      {
        type: 'store',
        timeZone: 'UTC',
        dailyCapacity: 300,
        cutOff: '15:00',
        processingCostCents: 120,
        latitude: 1,
      },
      {
        type: '3pl',
        timeZone: 'Europe/Berlin',
        cutOff: '11:00',
        calendarId: 'K',
        orderCostCents: 0,
        capacity: { ...nothing, linesPerDay: 50 },
        latitude: 50,
        longitude: 8,
        methods: ['pickup'],
        onlyCustomers: ['c1'],
      },
    )
    expect(node).toMatchObject({
      name: 'N',
      type: '3pl',
      timeZone: 'Europe/Berlin',
      cutOff: '11:00',
      orderCostCents: 0,
      capacity: { ...nothing, ordersPerDay: 300, linesPerDay: 50 },
      latitude: 50,
      longitude: 8,
      methods: new Set(['pickup']),
      onlyCustomers: new Set(['c1']),
    })
    expect(node?.calendar?.calendarId).toBe('K')
    expect(version).toBe(7)
  })

  test('is active only where both say so, and there where either tells of it', () => {
    expect(one({ isActive: false }, {}).node?.isActive).toBe(false)
    expect(one({}, { isActive: false }).node?.isActive).toBe(false)
    expect(one({}, {}).node?.isActive).toBe(true)
    expect(one(null, {}).node).toMatchObject({
      type: 'warehouse',
      methods: new Set(['delivery', 'ship_to_store']),
    })
    expect(one({}, null).nodes.size).toBe(1)
  })

  test('in a zone that nobody knows is in UTC, and findings say so', () => {
    for (const timeZone of ['Mars/Olympus', '']) {
      const { node, findings } = one(null, { timeZone })
      expect(node?.timeZone).toBe('UTC')
      expect(findings.map(({ code }) => code)).toContain('node_zone_unknown')
    }
    expect(one(null, {}).findings.map(({ code }) => code)).toContain('node_zone_unknown')
    expect(one({}, {}).findings.map(({ code }) => code)).not.toContain('node_zone_unknown')
  })
})

test('a cut-off that is no time is none, and findings say so', () => {
  const nodes = [fileNode('N', { cutOff: 'noon' }), fileNode('M', { cutOff: '9:30' })]
  const network = compileNetwork({ document: networkDocument(), version: 1, nodes })
  expect(network.nodes.get('N')?.cutOff).toBeNull()
  expect(
    network.findings.filter(({ code }) => code === 'node_cut_off_unreadable').map(({ id }) => id),
  ).toEqual(['N'])
  const from = Date.parse('2026-03-06T09:31:00Z')
  expect(network.departures('M', null, from, 1)[0]?.day).toBe('2026-03-07')
})

test('what leads nowhere is found, each with its place', () => {
  const document = networkDocument({
    nodes: [
      networkNode('N', {
        timeZone: 'UTC',
        latitude: 1,
        longitude: 1,
        groupIds: ['gone'],
        serviceIds: ['gone'],
        calendarId: 'gone',
        cutOff: '17:00',
        pickups: [{ carrierId: 'gone', days: [], time: '17:00' }],
      }),
    ],
    services: [carrierService('S', { carrierId: 'gone' })],
    lanes: [networkLane('L', { serviceId: 'gone', origin: 'gone' }), networkLane('M', { origin: 'N' })],
    rateCards: [
      rateCard('R', { serviceId: 'gone', bands: [rateBand({ origin: 'gone' }), rateBand({ origin: 'N' })] }),
    ],
  })
  const { findings } = compileNetwork({ document, version: 1, nodes: [] })
  expect(findings.map(({ code, kind, id }) => `${code} ${kind} ${id}`).sort()).toEqual([
    'lane_origin_unknown lanes L',
    'lane_service_unknown lanes L',
    'node_calendar_unknown nodes N',
    'node_group_unknown nodes N',
    'node_service_unknown nodes N',
    'pickup_carrier_unknown nodes N',
    'rate_origin_unknown rateCards R',
    'rate_service_unknown rateCards R',
    'service_carrier_unknown services S',
  ])
  for (const { text } of findings) expect(text).toMatch(/^[A-Z].*\.$/)
})

test('so many findings of a kind are counted rather than named', () => {
  const nodes = Array.from({ length: 250 }, (_, i) => fileNode(`N${i}`, { latitude: 1, longitude: 1 }))
  const { findings } = compileNetwork({ document: networkDocument(), version: 1, nodes })
  expect(findings.length).toBe(101)
  expect(findings.at(-1)).toMatchObject({ code: 'node_calendar_missing', id: '' })
  expect(findings.at(-1)?.text).toContain('150 more')
})

test('a service delivers on its days, in the zone of the customer', () => {
  const network = compileNetwork({ document: networkDocument(), version: 1, nodes: [] })
  const service = carrierService('S', { deliveryDays: [1, 2, 3, 4, 5] })
  const on = (text: string, zone = 'America/New_York') =>
    new Date(network.onDeliveryDay(service, Date.parse(text), zone)).toISOString().slice(0, 16)
  expect(on('2026-03-06T22:00:00Z')).toBe('2026-03-06T22:00')
  // Saturday night before the change of clocks: Monday's midnight, an hour nearer.
  expect(on('2026-03-08T02:00:00Z')).toBe('2026-03-09T04:00')
  expect(on('2026-03-08T02:00:00Z', 'nowhere')).toBe('2026-03-09T00:00')
  expect(network.onDeliveryDay(carrierService('T'), Number.NaN, 'UTC')).toBeNaN()
  expect(network.onDeliveryDay({ ...service, deliveryDays: [9] }, 5, 'UTC')).toBe(5)
})

test('a generated network has nothing odd, prices every order, and is the same for its seed', () => {
  const size = { seed: 3, nodes: 12, orders: 20 }
  expect(generateNetwork(size)).toEqual(generateNetwork(size))
  expect(generateOrders(size)).toEqual(generateOrders(size))
  const document = generateNetwork(size)
  const network = compileNetwork({ document, version: 1, nodes: [] })
  expect(network.findings).toEqual([])
  expect(document.rateCards.every(({ bands }) => bands.length > 1_000)).toBe(true)
  for (const { to, placedAt, lines } of generateOrders(size)) {
    const weightG = lines.reduce((sum, line) => sum + line.weightG * line.quantity, 0)
    for (const nodeId of network.nodes.keys()) {
      const services = network.servicesTo(nodeId, to)
      expect(services.length).toBe(5)
      for (const lane of services) {
        expect(
          network.rate(lane, { weightG, volumeMm3: null, valueCents: null }, placedAt)?.cents,
        ).toBeGreaterThan(0)
        expect(network.departures(nodeId, lane.service.carrierId, placedAt, 3).length).toBe(3)
      }
    }
  }
})
