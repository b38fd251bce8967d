// Which lane a service takes and where it goes at all: by example, and against looking through all lanes.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { compileNetwork, type LanePlace } from '#orchestrator/sourcing'
import { carrierService, networkDocument, networkLane, networkNode, nowhere } from './network-draft.ts'

function networkOf(lanes: api.NetworkLane[], given: Partial<api.NetworkDocument> = {}) {
  const document = networkDocument({
    nodes: [networkNode('N', { groupIds: ['west', 'big'] }), networkNode('M')],
    groups: ['west', 'big'].map((groupId) => ({ groupId, name: groupId })),
    carriers: [{ carrierId: 'C', name: 'C', isActive: true }],
    services: [carrierService('S')],
    lanes,
    ...given,
  })
  return compileNetwork({ document, version: 1, nodes: [] })
}

const lane = (laneId: string, origin: string, destination: string) =>
  networkLane(laneId, { origin, destination })
const home: LanePlace = { ...nowhere, country: 'US', region: 'CA', postalCode: '94107', zone: 'Z4' }
const laneOf = (network: ReturnType<typeof networkOf>, nodeId: string, to: LanePlace) =>
  network.servicesTo(nodeId, to).map((one) => one.lane?.laneId ?? null)

describe('the lane of a service', () => {
  test('is the one with the narrowest destination: zone, long prefix, short prefix, region, country, all', () => {
    const narrowFirst = ['Z4', 'US/941*', 'US/9*', 'US/CA', 'US', '*']
    const lanes = narrowFirst.map((destination) => lane(destination, '*', destination))
    for (let i = 0; i < lanes.length; i += 1) {
      expect(laneOf(networkOf(lanes.slice(i).reverse()), 'M', home)).toEqual([narrowFirst[i]])
    }
  })

  test('starts at the node before its groups before anywhere, however narrow the destination', () => {
    const all = [lane('any', '*', 'US/941*'), lane('group', 'big', 'US'), lane('own', 'N', '*')]
    expect(laneOf(networkOf(all), 'N', home)).toEqual(['own'])
    expect(laneOf(networkOf(all.slice(0, 2)), 'N', home)).toEqual(['group'])
    expect(laneOf(networkOf(all), 'M', home)).toEqual(['any'])
    const groups = [lane('b', 'west', 'US'), lane('a', 'big', 'US'), lane('c', 'west', 'US/CA')]
    expect(laneOf(networkOf(groups), 'N', home)).toEqual(['c'])
    expect(laneOf(networkOf(groups.slice(0, 2)), 'N', home)).toEqual(['a'])
  })

  test('is found whatever case, blanks and dashes places are written with', () => {
    const network = networkOf([lane('postal', '*', 'united states/94-1*'), lane('region', '*', 'usa/nv')])
    const to = { ...nowhere, country: ' us ', postalCode: '94 107-1234' }
    expect(laneOf(network, 'M', to)).toEqual(['postal'])
    expect(laneOf(network, 'M', { ...nowhere, country: 'USA', region: ' Nv' })).toEqual(['region'])
    expect(laneOf(networkOf([lane('zip', '*', 'US/02134*')]), 'M', { ...home, postalCode: '2134' })).toEqual([
      'zip',
    ])
  })

  test('is none for a service without lanes, which goes everywhere; one with lanes goes along those only', () => {
    expect(laneOf(networkOf([]), 'M', nowhere)).toEqual([null])
    expect(laneOf(networkOf([lane('own', 'N', 'US')]), 'M', home)).toEqual([])
    expect(laneOf(networkOf([lane('own', 'N', 'US')]), 'N', { ...home, country: 'CA' })).toEqual([])
    expect(laneOf(networkOf([lane('odd', 'nobody', 'US')]), 'N', home)).toEqual([])
  })

  test('of two for the same places is the one with the lesser id, and findings say so', () => {
    const network = networkOf([lane('b', '*', 'US'), lane('a', '*', 'us'), lane('c', '*', 'USA')])
    expect(laneOf(network, 'M', home)).toEqual(['a'])
    expect(network.findings.filter(({ code }) => code === 'lane_twice').map(({ id }) => id)).toEqual([
      'a',
      'c',
    ])
  })
})

test('services that rest, or whose carrier rests, or that a node does not use, go nowhere', () => {
  const services = ['A', 'B', 'D', 'E'].map((serviceId) => carrierService(serviceId))
  const network = networkOf([], {
    nodes: [networkNode('N', { serviceIds: ['A', 'B', 'D'] }), networkNode('M')],
    carriers: [
      { carrierId: 'C', name: 'C', isActive: true },
      { carrierId: 'R', name: 'R', isActive: false },
    ],
    services: services.map((service, i) => ({
      ...service,
      isActive: i !== 1,
      carrierId: i === 2 ? 'R' : i === 3 ? 'unheard of' : 'C',
    })),
  })
  const ids = (nodeId: string) => network.servicesTo(nodeId, home).map((one) => one.service.serviceId)
  expect(ids('N')).toEqual(['A'])
  expect(ids('M')).toEqual(['A', 'E'])
  expect(ids('nobody')).toEqual([])
  expect(network.findings.map(({ code }) => code)).toContain('service_carrier_unknown')
})

const origins = ['N', 'M', 'west', 'big', '*']
const destinations = [
  '*',
  'US',
  'CA',
  'US/CA',
  'US/NV',
  'CA/ON',
  'US/9*',
  'US/94*',
  'US/941*',
  'CA/V6*',
  'Z4',
  'US/*',
]
const services = ['S', 'T', 'U']
const lanesOf = fc
  .array(
    fc.tuple(fc.constantFrom(...services), fc.constantFrom(...origins), fc.constantFrom(...destinations)),
    { maxLength: 25 },
  )
  .map((rows) =>
    rows.map(([serviceId, origin, destination], i) =>
      networkLane(`${i}`, { serviceId, origin, destination }),
    ),
  )
const places = fc.record({
  country: fc.constantFrom('US', 'CA', 'MX', null),
  region: fc.constantFrom('CA', 'NV', 'ON', null),
  city: fc.constant(null),
  postalCode: fc.constantFrom('94107', '94203', '90210', 'V6B 1A1', '8', null),
  zone: fc.constantFrom('Z4', 'US', null),
  latitude: fc.constantFrom(37.7, Number.NaN, null),
  longitude: fc.constantFrom(-122.4, 200, null),
})

/** How narrow a lane's destination is for a place, -1 = it does not go there. */
function narrowness(written: string, { country, region, postalCode, zone }: LanePlace): number {
  const destination = written.replace(/\/\*$/, '')
  if (destination === zone) return 1_000
  if (destination === '*') return 0
  const [wanted, rest] = destination.split('/')
  if (wanted !== country) return -1
  if (rest === undefined) return 1
  const postal = postalCode?.replace(' ', '') ?? ''
  if (rest.endsWith('*')) return postal.startsWith(rest.slice(0, -1)) ? 2 + rest.length : -1
  return rest === region ? 2 : -1
}

function naively(lanes: readonly api.NetworkLane[], nodeId: string, to: LanePlace): (string | null)[] {
  const groups = nodeId === 'N' ? ['west', 'big'] : []
  const nearness = (origin: string) =>
    origin === nodeId ? 2 : groups.includes(origin) ? 1 : origin === '*' ? 0 : -1
  return services.flatMap((serviceId) => {
    const own = lanes.filter((one) => one.serviceId === serviceId)
    if (own.length === 0) return [null]
    const [best] = own
      .map((one) => ({ id: one.laneId, near: nearness(one.origin), narrow: narrowness(one.destination, to) }))
      .filter(({ near, narrow }) => near >= 0 && narrow >= 0)
      .sort((a, b) => b.near - a.near || b.narrow - a.narrow || (a.id < b.id ? -1 : 1))
    return best === undefined ? [] : [best.id]
  })
}

describe('whatever the lanes', () => {
  const withServices = (lanes: api.NetworkLane[]) =>
    networkOf(lanes, { services: services.map((serviceId) => carrierService(serviceId)) })

  test('the narrowest is the one that looking through all of them finds', () => {
    fc.assert(
      fc.property(lanesOf, places, fc.constantFrom('N', 'M'), (lanes, to, nodeId) => {
        expect(laneOf(withServices(lanes), nodeId, to)).toEqual(naively(lanes, nodeId, to))
      }),
      { numRuns: 500 },
    )
  })

  test('what was kept from earlier questions changes no answer', () => {
    fc.assert(
      fc.property(lanesOf, fc.array(places, { minLength: 1, maxLength: 6 }), (lanes, asked) => {
        const warm = withServices(lanes)
        const ask = (network: typeof warm, to: LanePlace) => [
          network.servicesTo('N', to),
          network.servicesTo('M', { ...to }),
          network.locate(to),
          network.distanceKm('N', to),
        ]
        for (const to of [...asked, ...asked]) expect(ask(warm, to)).toEqual(ask(withServices(lanes), to))
      }),
      { numRuns: 200 },
    )
  })

  test('so many destinations that some are forgotten are answered the same', () => {
    const network = withServices(['9', '94', '941'].map((prefix) => lane(prefix, '*', `US/${prefix}*`)))
    const zips = Array.from({ length: 6_000 }, (_, i) => String(93_000 + i))
    const first = zips.map((postalCode) => laneOf(network, 'M', { ...nowhere, country: 'US', postalCode }))
    const second = zips.map((postalCode) => laneOf(network, 'M', { ...nowhere, country: 'US', postalCode }))
    expect(second).toEqual(first)
    expect(first[1_107]).toEqual(['941', null, null])
  })
})
