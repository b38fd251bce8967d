// What carriage costs by rate cards: by example, and against looking through all bands.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import type { CompiledNetwork, LanePlace, Parcel, ServiceLane } from '#orchestrator/sourcing'
import { co2Grams, compileNetwork } from '#orchestrator/sourcing'
import {
  carrierService,
  networkDocument,
  networkLane,
  networkNode,
  nowhere,
  rateBand,
  rateCard,
} from './network-draft.ts'

const now = Date.parse('2026-06-15T12:00:00Z')
const home: LanePlace = { ...nowhere, country: 'US', region: 'CA', postalCode: '94107', zone: 'Z4' }
const parcel = (weightG: number | null, given: Partial<Parcel> = {}): Parcel => ({
  weightG,
  volumeMm3: null,
  valueCents: null,
  ...given,
})

function networkOf(cards: api.RateCard[], given: Partial<api.NetworkDocument> = {}): CompiledNetwork {
  const document = networkDocument({
    nodes: [
      networkNode('N', { latitude: 40, longitude: -74, groupIds: ['east'], timeZone: 'America/New_York' }),
      networkNode('lost'),
    ],
    groups: [{ groupId: 'east', name: 'east' }],
    carriers: [{ carrierId: 'C', name: 'C', isActive: true }],
    services: [carrierService('S')],
    rateCards: cards,
    ...given,
  })
  return compileNetwork({ document, version: 1, nodes: [] })
}

function rateOf(network: CompiledNetwork, what: Parcel, to: LanePlace = home, nodeId = 'N', at = now) {
  const [lane] = network.servicesTo(nodeId, to)
  return lane === undefined ? null : network.rate(lane, what, at)
}

describe('a rate', () => {
  const cents = (bands: api.RateBand[], what: Parcel, given: Partial<api.RateCard> = {}) =>
    rateOf(networkOf([rateCard('R', { bands, ...given })]), what)?.cents ?? null

  test('is base, weight and distance, at least the minimum, times the factor, not rounded', () => {
    const band = rateBand({ baseCents: 100, perKgCents: 33.3, minimumCents: 150 })
    expect(cents([band], parcel(1_000))).toBe(150)
    expect(cents([band], parcel(2_500))).toBeCloseTo(183.25, 10)
    expect(cents([band], parcel(1_000), { factor: 1.1 })).toBeCloseTo(165, 10)
    expect(cents([band], parcel(0))).toBe(150)
    const far = networkOf([rateCard('R', { bands: [rateBand({ perKmCents: 0.5 })] })])
    const km = far.distanceKm('N', home) ?? 0
    expect(km).toBeGreaterThan(4_000)
    expect(rateOf(far, parcel(null))).toMatchObject({ cents: km * 0.5, isGuessed: false })
  })

  test('is of a band that holds the weight, both ends within, the cheapest of several', () => {
    const bands = [
      rateBand({ weightFromG: 0, weightToG: 1_000, baseCents: 500 }),
      rateBand({ weightFromG: 1_000, weightToG: 2_000, baseCents: 400 }),
      rateBand({ weightFromG: 2_000.5, weightToG: null, baseCents: 900 }),
    ]
    expect([0, 999, 1_000, 2_000, 2_000.2, 1e9].map((weightG) => cents(bands, parcel(weightG)))).toEqual([
      500,
      500,
      400,
      400,
      null,
      900,
    ])
    const rate = rateOf(networkOf([rateCard('R', { bands })]), parcel(1_000))
    expect(rate).toMatchObject({ rateCardId: 'R', row: 1, band: bands[1], billableG: 1_000, isFree: false })
  })

  test('holds between distances; what asks for a distance is no rate where none is known', () => {
    const near = rateBand({ distanceToKm: 4_000, baseCents: 100 })
    const far = rateBand({ distanceFromKm: 4_000, baseCents: 700 })
    const network = networkOf([rateCard('R', { bands: [near, far] })])
    expect(rateOf(network, parcel(1))?.cents).toBe(700)
    expect(rateOf(network, parcel(1), { ...home, postalCode: '10001' })?.cents).toBe(100)
    expect(rateOf(network, parcel(1), home, 'lost')).toBeNull()
    const flat = networkOf([rateCard('R', { bands: [near, rateBand({ baseCents: 900 })] })])
    expect(rateOf(flat, parcel(1), home, 'lost')?.cents).toBe(900)
  })

  test('goes by the distance and the zone of the lane, else by the zone of the destination', () => {
    const bands = [
      rateBand({ zone: 'z4', baseCents: 400 }),
      rateBand({ zone: 'Z9', baseCents: 100, perKmCents: 1 }),
    ]
    const cards = [rateCard('R', { bands })]
    expect(rateOf(networkOf(cards), parcel(1))?.cents).toBe(400)
    const lanes = [networkLane('L', { zone: 'z9', distanceKm: 50 })]
    expect(rateOf(networkOf(cards, { lanes }), parcel(1))?.cents).toBe(150)
    expect(rateOf(networkOf(cards), parcel(1), { ...home, zone: null })).toBeNull()
  })

  test('is by the dimensional weight where that is more', () => {
    // 50 x 40 x 30 cm at 5,000 cubic cm a kg count as 12 kg.
    const services = [carrierService('S', { dimDivisor: 5_000, maxWeightG: 20_000 })]
    const network = networkOf([rateCard('R', { bands: [rateBand({ perKgCents: 10 })] })], { services })
    const volumeMm3 = 500 * 400 * 300
    expect(rateOf(network, parcel(2_000, { volumeMm3 }))).toMatchObject({ cents: 120, billableG: 12_000 })
    expect(rateOf(network, parcel(15_000, { volumeMm3 }))?.cents).toBe(150)
    expect(rateOf(network, parcel(null, { volumeMm3 }))).toMatchObject({ cents: 120, isGuessed: true })
    expect(rateOf(network, parcel(20_001))).toBeNull()
    expect(rateOf(network, parcel(20_000))?.cents).toBe(200)
  })

  test('of an unknown weight is that of the lowest weight of the card, and is marked as a guess', () => {
    const bands = [
      rateBand({ weightFromG: 500, weightToG: 1_000, perKgCents: 100 }),
      rateBand({ weightFromG: 1_000, baseCents: 10 }),
    ]
    const network = networkOf([rateCard('R', { bands })])
    expect(rateOf(network, parcel(null))).toMatchObject({
      cents: 50,
      billableG: 500,
      row: 0,
      isGuessed: true,
    })
    expect(rateOf(network, parcel(600))).toMatchObject({ isGuessed: false })
    const flat = networkOf([rateCard('R', { bands: [rateBand({ baseCents: 10 })] })])
    expect(rateOf(flat, parcel(null))).toMatchObject({ cents: 10, isGuessed: false })
  })

  test('is nothing from the value of goods on that the card says', () => {
    const band = rateBand({ baseCents: 500, weightToG: 1_000 })
    const free = { freeFromCents: 5_000 }
    expect(cents([band], parcel(1, { valueCents: 4_999 }), free)).toBe(500)
    expect(cents([band], parcel(1, { valueCents: 5_000 }), free)).toBe(0)
    expect(cents([band], parcel(1), free)).toBe(500)
    expect(cents([band], parcel(1_001, { valueCents: 5_000 }), free)).toBeNull()
  })

  test('is of a card that holds on the local day of the node', () => {
    const network = networkOf([
      rateCard('old', { validUntil: '2026-06-15', bands: [rateBand({ baseCents: 100 })] }),
      rateCard('new', { validFrom: '2026-06-16', bands: [rateBand({ baseCents: 200 })] }),
    ])
    const cardAt = (text: string) => rateOf(network, parcel(1), home, 'N', Date.parse(text))?.rateCardId
    expect(cardAt('2026-06-16T03:59:59Z')).toBe('old')
    expect(cardAt('2026-06-16T04:00:00Z')).toBe('new')
    expect(rateOf(network, parcel(1), home, 'N', Number.NaN)).toBeNull()
  })

  test('of two that cost the same is of the card and row written first', () => {
    const bands = [rateBand({ destination: '*' }), rateBand({ destination: 'US' }), rateBand({ origin: 'N' })]
    const network = networkOf([rateCard('first', { bands }), rateCard('second', { bands })])
    expect(rateOf(network, parcel(1))).toMatchObject({ rateCardId: 'first', row: 0 })
  })

  test('is none for weights and volumes that are no numbers, and without a card', () => {
    const services = [carrierService('S', { dimDivisor: 5_000 })]
    const network = networkOf([rateCard('R', { bands: [rateBand({ baseCents: 100 })] })], { services })
    for (const weightG of [Number.NaN, -1]) expect(rateOf(network, parcel(weightG))).toBeNull()
    for (const volumeMm3 of [Number.NaN, -1]) expect(rateOf(network, parcel(1, { volumeMm3 }))).toBeNull()
    expect(rateOf(networkOf([]), parcel(1))).toBeNull()
  })

  test('is told for a lane that was put together elsewhere', () => {
    const network = networkOf([rateCard('R', { bands: [rateBand({ perKmCents: 1 })] })])
    const [lane] = network.servicesTo('N', home)
    if (lane === undefined) throw new Error('no lane')
    expect(network.rate({ ...lane, distanceKm: 10 }, parcel(1), now)?.cents).toBe(10)
    expect(network.rate({ ...lane, distanceKm: Number.NaN }, parcel(1), now)).toBeNull()
    expect(network.rate({ ...lane, nodeId: 'nobody' }, parcel(1), now)).toBeNull()
  })
})

test('bands that cannot hold are left out, and findings say so', () => {
  const bands = [
    rateBand({ weightFromG: 5, weightToG: 4 }),
    rateBand({ baseCents: Number.NaN }),
    rateBand({ perKgCents: -1 }),
    rateBand({ distanceFromKm: 9, distanceToKm: 8 }),
    rateBand({ baseCents: 7 }),
  ]
  const network = networkOf([rateCard('R', { bands }), rateCard('Q', { serviceId: 'gone', bands })])
  expect(rateOf(network, parcel(1))).toMatchObject({ cents: 7, row: 4 })
  const codes = network.findings.map(({ code }) => code)
  expect(codes.filter((code) => code === 'band_invalid').length).toBe(8)
  expect(codes).toContain('rate_service_unknown')
})

test('grams of carbon dioxide are tonnes times km, unknown where anything is', () => {
  const service = carrierService('S', { co2GramsPerTonneKm: 62 })
  expect(co2Grams(service, 2_000, 500)).toBeCloseTo(62, 10)
  expect(co2Grams(service, null, 500)).toBeNull()
  expect(co2Grams(service, 2_000, null)).toBeNull()
  expect(co2Grams(carrierService('S'), 2_000, 500)).toBeNull()
  expect(co2Grams(service, Number.NaN, 500)).toBeNull()
})

const bound = fc.integer({ min: 0, max: 12 }).map((i) => i * 100)
const bands = fc.array(
  fc.record({
    origin: fc.constantFrom('*', '*', 'N', 'east', 'lost'),
    destination: fc.constantFrom('*', 'US', 'US/CA', 'US/941*', 'Z4', 'CA'),
    zone: fc.constantFrom(null, 'Z4', 'Z5'),
    weightFromG: fc.oneof(fc.constant(0), bound),
    weightToG: fc.option(bound, { freq: 2 }),
    distanceFromKm: fc.oneof(fc.constant(0), bound),
    distanceToKm: fc.option(bound, { freq: 2 }),
    baseCents: bound,
    perKgCents: bound,
    perKmCents: fc.constantFrom(0, 0, 1, 0.25),
    minimumCents: bound,
  }),
  { minLength: 4, maxLength: 40 },
)
const cardsOf = fc.array(
  fc.record({ bands, factor: fc.constantFrom(1, 0.5, 0), freeFromCents: fc.constantFrom(null, 300) }),
  { minLength: 1, maxLength: 3 },
)

/** The least that any band asks, null = none fits. */
function naively(
  cards: api.RateCard[],
  weightG: number,
  km: number | null,
  valueCents: number,
): number | null {
  const fits = (band: api.RateBand) =>
    ['*', 'N', 'east'].includes(band.origin) &&
    band.destination !== 'CA' &&
    band.zone !== 'Z5' &&
    weightG >= band.weightFromG &&
    weightG <= (band.weightToG ?? Number.POSITIVE_INFINITY) &&
    (km === null
      ? band.distanceFromKm === 0 && band.distanceToKm === null && band.perKmCents === 0
      : km >= band.distanceFromKm && km <= (band.distanceToKm ?? Number.POSITIVE_INFINITY))
  const asked = cards.flatMap((card) =>
    card.bands.filter(fits).map((band) => {
      if (card.freeFromCents !== null && valueCents >= card.freeFromCents) return 0
      const sum = band.baseCents + (band.perKgCents * weightG) / 1_000 + band.perKmCents * (km ?? 0)
      return Math.max(band.minimumCents, sum) * card.factor
    }),
  )
  return asked.length === 0 ? null : Math.min(...asked)
}

test('whatever the bands, no rate is below the floor that is told for its lane', () => {
  fc.assert(
    fc.property(
      cardsOf,
      fc.option(bound),
      bound,
      fc.constantFrom(0, 300),
      (given, km, weightG, valueCents) => {
        const cards = given.map((card, i) => rateCard(`R${i}`, card))
        const network = networkOf(cards, { lanes: [networkLane('L', { distanceKm: km })] })
        const nodeId = km === null ? 'lost' : 'N'
        const [lane] = network.servicesTo(nodeId, home)
        const [reached] = network.reached(nodeId, home)
        if (lane === undefined || reached === undefined) throw new Error('no lane')
        const rate = network.rate(lane, parcel(weightG, { valueCents }), now)
        const floors = [{ ...network.rateFloor(lane) }, { ...network.reachFloor(reached, null, weightG) }]
        for (const { eachCents, perGCents, leastCents } of rate === null ? [] : floors) {
          const least = Math.max(leastCents, eachCents + perGCents * weightG)
          expect(rate?.cents).toBeGreaterThanOrEqual(least - 1e-9)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('whatever the bands, the rate is the least that looking through all of them finds', () => {
  let priced = 0
  fc.assert(
    fc.property(
      cardsOf,
      fc.option(fc.integer({ min: 0, max: 13 }).map((i) => i * 100 - 50 * (i % 2))),
      fc.array(bound, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(0, 300),
      (given, km, weights, valueCents) => {
        const cards = given.map((card, i) => rateCard(`R${i}`, card))
        const network = networkOf(cards)
        const lane = { ...network.servicesTo('N', home)[0], distanceKm: km } as ServiceLane
        for (const weightG of weights) {
          const asked = [lane, parcel(weightG, { valueCents }), now] as const
          const rate = network.rate(...asked)
          expect(rate?.cents ?? null).toBe(naively(cards, weightG, km, valueCents))
          expect(network.rateCents(...asked)).toBe(rate?.cents ?? Infinity)
          priced += rate === null ? 0 : 1
          expect(network.rate(...asked)).toEqual(rate)
        }
      },
    ),
    { numRuns: 800 },
  )
  expect(priced).toBeGreaterThan(300)
})
