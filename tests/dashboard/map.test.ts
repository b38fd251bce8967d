// Maps as pure functions: the spec against golden files, places and pixels there and back, names that hide nothing.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sidesOf } from '../../dashboard/lib/charts/labels.ts'
import { type MapPoint, mapSpec } from '../../dashboard/lib/charts/map-spec.ts'
import { paletteFrom } from '../../dashboard/lib/charts/palette.ts'
import { baseOf, fitMap, placeAt, spotOf, wholeCountry } from '../../dashboard/lib/charts/projection.ts'

const size = { width: 600, height: 280 }
const reno = { latitude: 39.53, longitude: -119.81 }
const dallas = { latitude: 32.78, longitude: -96.8 }
const brooklyn = { latitude: 40.69, longitude: -73.99 }
const berlin = { latitude: 52.5, longitude: 13.4 }
const palette = paletteFrom((token) => `var(${token})`)
const square = {
  type: 'Topology',
  arcs: [
    [
      [-120, 30],
      [-70, 30],
      [-70, 45],
      [-120, 45],
      [-120, 30],
    ],
  ],
  objects: {
    states: { type: 'GeometryCollection', geometries: [{ type: 'Polygon', arcs: [[0]] }] },
  },
}
const points: MapPoint[] = [
  { id: 'reno', name: 'Reno', kind: 'chosen', isNamed: true, ...reno },
  { id: 'dallas', name: 'Dallas', kind: 'runnerUp', isNamed: true, ...dallas },
  { id: 'memphis', name: 'Memphis', kind: 'other', isNamed: false, latitude: 35.15, longitude: -90.05 },
  { id: 'atlanta', name: 'Atlanta', kind: 'out', isNamed: false, latitude: 33.76, longitude: -84.38 },
  { id: 'destination', name: 'Destination', kind: 'destination', isNamed: false, ...brooklyn },
]

describe('the spec of a map', () => {
  test('draws land, ways, marks by their shape and names as the golden file has them', async () => {
    const view = fitMap(points, size)
    const base = { topology: square, feature: 'states' }
    const spec = mapSpec({ view, base, points, lines: [{ from: reno, to: brooklyn }], palette })
    await expect(`${JSON.stringify(spec, null, 2)}\n`).toMatchFileSnapshot('./golden/map.json')
  })

  test('survives having no land, no marks and no ways', () => {
    const view = fitMap([], size)
    const spec = mapSpec({ view, base: null, points: [], lines: [], palette })
    expect(spec).toMatchObject({ width: 600, height: 280, layer: [] })
  })
})

describe('a view', () => {
  const place = fc.record({
    latitude: fc.double({ min: -70, max: 70, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  })

  test('shows every place within its frame, and leads back from its pixel', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 12 }), (places) => {
        const view = fitMap(places, size)
        for (const one of places) {
          const [x, y] = spotOf(view, one)
          expect(x).toBeGreaterThanOrEqual(-1)
          expect(x).toBeLessThanOrEqual(size.width + 1)
          expect(y).toBeGreaterThanOrEqual(-1)
          expect(y).toBeLessThanOrEqual(size.height + 1)
          const back = placeAt(view, x, y)
          expect(back.latitude).toBeCloseTo(one.latitude, 4)
          const turn = Math.abs(back.longitude - one.longitude) % 360
          expect(Math.min(turn, 360 - turn)).toBeLessThan(1e-4)
        }
      }),
    )
  })

  test('goes over the line where days change rather than around the earth', () => {
    const view = fitMap(
      [
        { latitude: -17, longitude: 178 },
        { latitude: -14, longitude: -171 },
      ],
      size,
    )
    expect(Math.abs(view.meridian)).toBeGreaterThan(170)
    expect(view.scale).toBeGreaterThan(500)
  })

  test('does not come so near to one place that nothing else is seen', () => {
    const [, top] = spotOf(fitMap([berlin], size), { ...berlin, latitude: berlin.latitude + 2 })
    expect(top).toBeGreaterThan(0)
  })
})

test('a map of the whole country shows its south too, wherever in it the nodes are', () => {
  const florida = { latitude: 25.2, longitude: -80.9 }
  const view = fitMap(wholeCountry([reno, brooklyn]), size)
  for (const place of [florida, { latitude: 26, longitude: -97.3 }, { latitude: 48.3, longitude: -124.5 }]) {
    const [x, y] = spotOf(view, place)
    expect([x > 0, x < size.width, y > 0, y < size.height]).toEqual([true, true, true, true])
  }
  expect(wholeCountry([reno, berlin])).toEqual([reno, berlin])
})

test('the states are drawn where everything lies in them, else the world', () => {
  expect(baseOf([reno, dallas, brooklyn])).toBe('us')
  expect(baseOf([reno, berlin])).toBe('world')
  expect(baseOf([{ latitude: 21.3, longitude: -157.9 }])).toBe('us')
  expect(baseOf([])).toBe('world')
})

describe('names', () => {
  const frame = { width: 200, height: 100 }

  test('stand right of their marks, and elsewhere where they would leave the frame or hide a mark', () => {
    const [free, edge] = [
      { name: 'Reno', x: 40, y: 50 },
      { name: 'Boston', x: 190, y: 20 },
    ]
    expect(sidesOf([free], [free], [], frame)).toEqual(['right'])
    expect(sidesOf([edge], [edge], [], frame)).toEqual(['left'])
    const beside = { x: 60, y: 50 }
    expect(sidesOf([free], [free, beside], [], frame)).not.toEqual(['right'])
  })

  test('keep off ways while there is room, and are left out rather than written over each other', () => {
    const one = { name: 'Reno', x: 40, y: 50 }
    const way = Array.from({ length: 10 }, (_, i) => ({ x: 50 + i * 10, y: 50 }))
    expect(sidesOf([one], [one], way, frame)).not.toEqual(['right'])
    const crowd = Array.from({ length: 9 }, (_, i) => ({ name: 'Columbus', x: 90 + i, y: 50 }))
    expect(sidesOf(crowd, crowd, [], frame)).toContain(null)
  })
})
