// The network of the demo: the core takes it as it is, nothing about it is odd, and its prices and hours are those that
// the made-up retailer lives by.

import { describe, expect, test } from 'vitest'
import { nodeIdOf } from '#data/contracts'
import { networkDocumentOf } from '#data/world'
import { type Node, PersistentMap } from '#orchestrator/core'
import { addDemoNetwork, demoProvider } from '#orchestrator/demo'
import { checkNetwork, compileNetwork, Worlds } from '#orchestrator/sourcing'
import { freightCostCents, services } from '../../data/world/carriers.ts'
import { destinations } from '../../data/world/destinations.ts'
import { networkOf } from '../../data/world/network.ts'
import { runCore } from './core/running.ts'
import { node, start } from './core/setting.ts'

const world = networkOf(12)
const idOf = (externalId: string) => nodeIdOf(demoProvider, externalId)

const files: Node[] = world.nodes.map(({ id, region, latitude, longitude, type, cutOffHour }) =>
  node(id, {
    ...{ nodeId: idOf(id), provider: demoProvider, region, latitude, longitude, type },
    timeZone: 'America/Chicago',
    cutOff: `${cutOffHour}:00`,
  }),
)
const document = networkDocumentOf({}, idOf)
const network = compileNetwork({ document, version: 1, nodes: files })

describe('the network of the demo', () => {
  test('is put in once, for the nodes that are there', async () => {
    const { core } = await runCore()
    await addDemoNetwork(core, start)
    expect(core.state().network.version).toBe(0)
    await core.execute('DefineNodes', { nodes: files.slice(0, 5) }, { at: start })
    await addDemoNetwork(core, start)
    expect(core.state().network).toMatchObject({ version: 1 })
    expect(core.state().network.document.nodes).toHaveLength(5)
    expect(core.state().nodes.get(files[0]?.nodeId ?? '')?.provider).toBe(demoProvider)
    const told = core.lastSeq
    await addDemoNetwork(core, start + 1)
    expect(core.lastSeq).toBe(told)
    const { findings } = new Worlds().network(core.state())
    expect(findings.filter(({ id }) => id.startsWith(`${demoProvider}:`))).toEqual([])
  })

  test('has nothing odd about it', () => {
    expect(network.findings).toEqual([])
    expect(checkNetwork(document, PersistentMap(files.map((each) => [each.nodeId, each])))).toEqual([])
  })

  test('asks within 3 % of what its carriers charge, wherever a service goes', () => {
    let compared = 0
    for (const [from, { id }] of world.nodes.entries()) {
      for (const { region, city, postalCode, latitude, longitude } of destinations) {
        const to = { country: 'US', region, city, postalCode, zone: null, latitude, longitude }
        for (const lane of network.servicesTo(idOf(id), to)) {
          const index = services.findIndex(
            ({ carrier, service }) => lane.service.name === `${carrier} ${service.replace('_', ' ')}`,
          )
          expect(index).toBeGreaterThanOrEqual(0)
          const km = lane.distanceKm ?? Number.NaN
          for (const weightG of [200, 1_100, 6_000]) {
            const rate = network.rate(lane, { weightG, volumeMm3: null, valueCents: null }, start)
            if (rate === null) continue
            const told = freightCostCents(index, km, weightG)
            expect(Math.abs(rate.cents - told) / told).toBeLessThan(0.03)
            compared++
          }
        }
      }
      expect(from).toBeGreaterThanOrEqual(0)
    }
    expect(compared).toBeGreaterThan(1_000)
  })

  test('sends Coastline no further than it goes, and small parcels only by the economy service', () => {
    const near = { country: 'US', region: 'OH', city: null, postalCode: null, zone: null }
    const lanes = network.servicesTo(idOf('columbus'), { ...near, latitude: 40, longitude: -83 })
    const economy = lanes.find(({ service }) => service.serviceId === 'bluebird-post-economy')
    expect(economy?.service.maxWeightG).toBe(1_200)
    const far = network.servicesTo(idOf('columbus'), { ...near, latitude: 39.5, longitude: -119.8 })
    const coastline = far.find(({ service }) => service.carrierId === 'Coastline')
    const parcel = { weightG: 500, volumeMm3: null, valueCents: null }
    expect(coastline === undefined || network.rate(coastline, parcel, start) === null).toBe(true)
  })

  test('collects while somebody is there', () => {
    const friday = Date.UTC(2026, 10, 20, 18)
    for (const { nodeId } of files) {
      const [first] = network.departures(nodeId, null, friday, 1)
      expect(first?.at).toBeGreaterThanOrEqual(friday)
      expect(first?.at).toBeLessThan(friday + 4 * 86_400_000)
    }
    // Thanksgiving 2026.
    const holiday = Date.UTC(2026, 10, 26, 15)
    expect(network.departures(idOf('reno'), null, holiday, 1)[0]?.day).not.toBe('2026-11-26')
  })
})
