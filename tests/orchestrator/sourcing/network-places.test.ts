// Where places are, offline: postal codes of the US and Canada, tables of other countries, and how far apart.

import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Centroids, compileNetwork, readCentroids } from '#orchestrator/sourcing'
import { loadCentroids } from '../../../orchestrator/sourcing/network/centroid-files.ts'
import { greatCircleKm, Middle } from '../../../orchestrator/sourcing/network/distance.ts'
import { fileNode, networkDocument, networkNode, nowhere } from './network-draft.ts'

const network = compileNetwork({
  document: networkDocument({ nodes: [networkNode('N', { latitude: 40.7128, longitude: -74.006 })] }),
  version: 1,
  nodes: [],
})

/** Km between where a place is taken to be and where it is. */
function offBy(place: Partial<typeof nowhere> | Record<string, string>, latitude: number, longitude: number) {
  const found = network.locate({ ...nowhere, ...place })
  return found === null ? null : greatCircleKm(found, { latitude, longitude })
}

describe('distance', () => {
  test('is that of the great circle', () => {
    const newYork = { latitude: 40.7128, longitude: -74.006 }
    expect(greatCircleKm(newYork, { latitude: 34.0522, longitude: -118.2437 })).toBeCloseTo(3935.75, 0)
    expect(greatCircleKm(newYork, newYork)).toBe(0)
    expect(greatCircleKm({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })).toBeCloseTo(
      20_015.1,
      0,
    )
    expect(
      greatCircleKm({ latitude: 10, longitude: 179.9 }, { latitude: 10, longitude: -179.9 }),
    ).toBeLessThan(22)
  })

  test('is unknown where a side is, and never a number that is none', () => {
    const to = { ...nowhere, latitude: 34.0522, longitude: -118.2437 }
    expect(network.distanceKm('N', to)).toBeCloseTo(3935.75, 0)
    expect(network.distanceKm('nobody', to)).toBeNull()
    expect(network.distanceKm('N', nowhere)).toBeNull()
    for (const latitude of [Number.NaN, 91, Number.POSITIVE_INFINITY]) {
      expect(network.distanceKm('N', { ...to, latitude })).toBeNull()
    }
    expect(network.distanceKm('N', { ...to, longitude: null })).toBeNull()
  })

  test('the middle of points is among them, over the date line too', () => {
    const middle = new Middle()
    middle.add({ latitude: 10, longitude: 179 })
    middle.add({ latitude: 12, longitude: -179 })
    const { latitude, longitude } = middle.point()
    expect(latitude).toBeCloseTo(11, 1)
    expect(Math.abs(longitude)).toBeCloseTo(180, 1)
  })
})

describe('a destination', () => {
  test('is where it says, else at its postal code, its city, its region', () => {
    expect(
      network.locate({ ...nowhere, country: 'US', postalCode: '94107', latitude: 1, longitude: 2 }),
    ).toEqual({
      latitude: 1,
      longitude: 2,
    })
    expect(offBy({ country: 'US', postalCode: '94107' }, 37.77, -122.39)).toBeLessThan(5)
    expect(offBy({ country: 'United States', postalCode: '94107-1741' }, 37.77, -122.39)).toBeLessThan(5)
    expect(offBy({ country: 'usa', postalCode: '2134' }, 42.35, -71.13)).toBeLessThan(5)
    expect(offBy({ country: 'CA', postalCode: 'v6b 1a1' }, 49.28, -123.11)).toBeLessThan(10)
    // No such code; others begin like it.
    expect(offBy({ country: 'US', postalCode: '94100' }, 37.77, -122.42)).toBeLessThan(15)
    expect(offBy({ country: 'US', city: 'reno', region: 'Nevada' }, 39.53, -119.81)).toBeLessThan(25)
    expect(offBy({ country: 'US', city: 'Nowhere at all', region: 'RI' }, 41.6, -71.5)).toBeLessThan(60)
    expect(offBy({ country: 'CA', city: 'Montréal Nord', region: 'QC' }, 46.4, -72.8)).toBeLessThan(300)
  })

  test('is nowhere where nothing is known of it', () => {
    expect(network.locate(nowhere)).toBeNull()
    expect(network.locate({ ...nowhere, country: 'BR', postalCode: '01310-100' })).toBeNull()
    expect(network.locate({ ...nowhere, country: 'US', postalCode: 'x', region: 'Atlantis' })).toBeNull()
    expect(network.locate({ ...nowhere, country: '', postalCode: '' })).toBeNull()
  })

  test('without a country is in the only one that nodes are in', () => {
    const at = (nodes: ReturnType<typeof fileNode>[]) =>
      compileNetwork({ document: networkDocument(), version: 1, nodes }).locate({
        ...nowhere,
        postalCode: '94107',
      })
    expect(
      at([fileNode('A', { country: 'US' }), fileNode('B', { country: 'usa' }), fileNode('C')]),
    ).not.toBeNull()
    expect(at([fileNode('A', { country: 'US' }), fileNode('B', { country: 'MX' })])).toBeNull()
  })

  test('whatever it says, look-ups give an answer', () => {
    const text = fc.option(
      fc.oneof(fc.constantFrom('US', 'CA', '*', '/', 'US/*'), fc.string({ unit: 'binary' })),
    )
    const degrees = fc.option(fc.double())
    const to = fc.record({
      country: text,
      region: text,
      city: text,
      postalCode: text,
      zone: text,
      latitude: degrees,
      longitude: degrees,
    })
    fc.assert(
      fc.property(to, (place) => {
        const km = network.distanceKm('N', place)
        expect(km === null || (km >= 0 && km < 20_100)).toBe(true)
        expect(network.servicesTo('N', place)).toEqual([])
      }),
    )
  })
})

test('a node without coordinates is at its postal code; one that nobody knows of is a finding', () => {
  const nodes = [
    fileNode('zip', { country: 'US', postalCode: '94107' }),
    fileNode('half', { country: 'US', region: 'NV', city: 'Reno', latitude: 3, longitude: null }),
    fileNode('lost', { country: 'US' }),
  ]
  const compiled = compileNetwork({ document: networkDocument(), version: 1, nodes })
  expect(compiled.nodes.get('zip')?.latitude).toBeCloseTo(37.76, 1)
  expect(compiled.nodes.get('half')?.latitude).toBeCloseTo(39.5, 0)
  expect(compiled.nodes.get('lost')?.latitude).toBeNull()
  expect(compiled.findings.filter(({ code }) => code === 'node_place_unknown').map(({ id }) => id)).toEqual([
    'lost',
  ])
})

describe('tables of centroids', () => {
  test('are read by the names of their columns; what is not usable is told and never stops', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'centroids-'))
    try {
      await writeFile(
        join(folder, 'de.csv'),
        '\ufeffCountry,City,Latitude,Longitude,Postal_code,Region\n' +
          'DE,"Köln, Innenstadt",50.94,6.96,50667,NW\nDE,Berlin,52.52,13.40,10115,BE\n' +
          'DE,Nowhere,95,13.40,99999,BE\n,Nowhere,5,13.40,99999,BE\n',
      )
      await writeFile(join(folder, 'broken.csv'), 'city,latitude\nBerlin,5\n')
      await writeFile(join(folder, 'bytes.csv'), new Uint8Array([0xff, 0xfe, 0x00, 0x41]))
      await writeFile(join(folder, 'notes.txt'), 'no table')
      const centroids = await readCentroids(folder)
      expect(centroids.onlyCountry).toBe('DE')
      expect(centroids.find('DE', { ...nowhere, postalCode: '50667' })).toEqual({
        latitude: 50.94,
        longitude: 6.96,
      })
      expect(centroids.find('DE', { ...nowhere, postalCode: '50699' })?.latitude).toBe(50.94)
      expect(centroids.find('DE', { ...nowhere, city: 'koln innenstadt', region: 'nw' })?.longitude).toBe(
        6.96,
      )
      const compiled = compileNetwork({ document: networkDocument(), version: 1, nodes: [], centroids })
      expect(compiled.findings.map(({ code, id }) => [code, id])).toEqual([
        ['centroids_unreadable', 'broken.csv'],
        ['centroids_unreadable', 'bytes.csv'],
        ['centroids_skipped', 'de.csv'],
      ])
      expect(compiled.locate({ ...nowhere, postalCode: '10115' })).toEqual({
        latitude: 52.52,
        longitude: 13.4,
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('are none where there is no folder, and go before those of the package', async () => {
    expect((await readCentroids('/nowhere/at/all')).findings).toEqual([])
    const own = { country: 'US', postalCode: '94107', region: null, city: null, latitude: 1, longitude: 2 }
    const centroids = new Centroids([own])
    expect(centroids.find('US', { ...nowhere, postalCode: '94107' })).toEqual({ latitude: 1, longitude: 2 })
    expect(centroids.find('US', { ...nowhere, postalCode: '10001' })?.latitude).toBeCloseTo(40.75, 1)
  })
})

const data = process.env.DETOUR_TEST_DATA

describe.skipIf(data === undefined)('Brazil, out of Olist and its cities (needs DETOUR_TEST_DATA)', () => {
  const linesOf = (path: string) =>
    readFileSync(join(data ?? '', path), 'utf8')
      .split(/\r?\n/)
      .slice(1)

  test('customers are found at their postal prefix, sellers by city where that is all', () => {
    const points = linesOf('olist/olist_geolocation_dataset.csv').map((line) => line.split(','))
    const prefixes = points.map(
      ([code, lat, lon, city, state]) => `BR,${code},${state},${city},${lat},${lon}`,
    )
    const states = new Map(linesOf('geo/estados.csv').map((line) => [line.split(',')[0], line.split(',')[1]]))
    const cities = linesOf('geo/municipios.csv').flatMap((line) => {
      const [, name, latitude, longitude, , state] = line.split(',')
      return name === undefined ? [] : [`BR,,${states.get(state)},${name},${latitude},${longitude}`]
    })
    const header = 'country,postal_code,region,city,latitude,longitude\n'
    const codes = loadCentroids(header + prefixes.join('\n'))
    const places = loadCentroids(header + cities.join('\n'))
    expect(codes.fault).toBeNull()
    expect(places.rows.length).toBeGreaterThan(5_500)

    const byCode = new Centroids(codes.rows)
    const byCity = new Centroids(places.rows)
    expect(byCity.find('BR', { ...nowhere, city: 'SAO PAULO', region: 'sp' })?.latitude).toBeCloseTo(-23.5, 0)
    const sellers = linesOf('olist/olist_sellers_dataset.csv').map((line) =>
      line.replaceAll('"', '').split(','),
    )
    const offs = sellers.flatMap(([, code, city, state]) => {
      const place = { postalCode: code ?? null, city: city ?? null, region: state ?? null }
      const [exact, near] = [byCode.find('BR', place), byCity.find('BR', { ...place, postalCode: null })]
      return exact === null || near === null ? [] : [greatCircleKm(exact, near)]
    })
    expect(offs.length).toBeGreaterThan(1_400)
    const inOrder = offs.sort((a, b) => a - b)
    expect(inOrder[Math.floor(inOrder.length / 2)]).toBeLessThan(15)
  })
})
