// Networks and orders over the United States, the same for a seed: nodes with calendars, capacities and pick-ups,
// services with lanes by state, rate cards by weight and zone.

import type { api } from '#data/contracts'
import { type Random, seededRandom } from '#data/kernel'
import type { LanePlace } from '#orchestrator/sourcing'
import {
  networkDocument,
  networkLane,
  networkNode,
  rateBand,
  rateCard,
  weekCalendar,
} from './network-draft.ts'

/** What is made; all counts at least 1. */
export interface GeneratedSize {
  seed: number
  nodes: number
  /** 5 where left out. */
  services?: number
  orders?: number
  skus?: number
}

/** An order as it is placed. */
export interface GeneratedOrder {
  orderId: string
  placedAt: number
  promisedAt: number
  to: LanePlace
  customerRef: string
  lines: { lineId: string; sku: string; quantity: number; unitPriceCents: number; weightG: number }[]
}

/** Metropolitan areas: name, state, latitude, longitude, postal code, zone, people in thousands. */
const cities = [
  ['New York', 'NY', 40.75, -73.99, '10001', 'America/New_York', 19_500],
  ['Los Angeles', 'CA', 34.06, -118.24, '90012', 'America/Los_Angeles', 12_800],
  ['Chicago', 'IL', 41.88, -87.63, '60602', 'America/Chicago', 9_300],
  ['Dallas', 'TX', 32.78, -96.8, '75201', 'America/Chicago', 8_100],
  ['Houston', 'TX', 29.76, -95.37, '77002', 'America/Chicago', 7_500],
  ['Washington', 'DC', 38.9, -77.03, '20001', 'America/New_York', 6_300],
  ['Philadelphia', 'PA', 39.95, -75.16, '19102', 'America/New_York', 6_200],
  ['Atlanta', 'GA', 33.75, -84.39, '30303', 'America/New_York', 6_300],
  ['Miami', 'FL', 25.77, -80.19, '33130', 'America/New_York', 6_200],
  ['Phoenix', 'AZ', 33.45, -112.07, '85003', 'America/Phoenix', 5_100],
  ['Boston', 'MA', 42.36, -71.06, '02108', 'America/New_York', 4_900],
  ['San Francisco', 'CA', 37.78, -122.42, '94102', 'America/Los_Angeles', 4_600],
  ['Detroit', 'MI', 42.33, -83.05, '48226', 'America/Detroit', 4_300],
  ['Seattle', 'WA', 47.61, -122.33, '98101', 'America/Los_Angeles', 4_000],
  ['Minneapolis', 'MN', 44.98, -93.27, '55401', 'America/Chicago', 3_700],
  ['Denver', 'CO', 39.74, -104.99, '80202', 'America/Denver', 3_000],
  ['St. Louis', 'MO', 38.63, -90.2, '63101', 'America/Chicago', 2_800],
  ['Charlotte', 'NC', 35.23, -80.84, '28202', 'America/New_York', 2_800],
  ['Portland', 'OR', 45.52, -122.68, '97204', 'America/Los_Angeles', 2_500],
  ['Reno', 'NV', 39.53, -119.81, '89501', 'America/Los_Angeles', 560],
  ['Memphis', 'TN', 35.15, -90.05, '38103', 'America/Chicago', 1_330],
  ['Louisville', 'KY', 38.25, -85.76, '40202', 'America/Kentucky/Louisville', 1_360],
  ['Salt Lake City', 'UT', 40.76, -111.89, '84101', 'America/Denver', 1_270],
  ['Columbus', 'OH', 39.96, -83, '43215', 'America/New_York', 2_180],
  ['Kansas City', 'MO', 39.1, -94.58, '64106', 'America/Chicago', 2_220],
] as const

const day = 86_400_000
const start = Date.UTC(2026, 2, 2, 6)
const weights = [250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 35_000, 70_000]
const zoneNames = ['Z2', 'Z3', 'Z4', 'Z5', 'Z6', 'Z7', 'Z8']

const people = cities.map((city) => city[6])

/** A city, the larger the likelier. */
function cityOf(random: Random): (typeof cities)[number] {
  return cities[random.weighted(people)] ?? cities[0]
}

function nodesOf(random: Random, count: number): api.NetworkNode[] {
  return Array.from({ length: count }, (_, i) => {
    const [name, region, latitude, longitude, postalCode, timeZone] = cityOf(random)
    const type = i % 4 === 0 ? 'warehouse' : i % 17 === 0 ? '3pl' : 'store'
    const isLarge = type !== 'store'
    const orders = isLarge ? random.int(200, 999) : random.int(10, 49)
    return networkNode(`N${String(i).padStart(4, '0')}`, {
      name: `${name} ${i}`,
      type,
      timeZone,
      country: 'US',
      region,
      city: name,
      postalCode,
      latitude: latitude + random.next() - 0.5,
      longitude: longitude + random.next() - 0.5,
      groupIds: [isLarge ? 'large' : 'stores'],
      calendarId: isLarge ? 'two shifts' : 'shop hours',
      cutOff: random.pick(['11:00', '13:00', '15:00', '17:00']),
      pickups: [
        { carrierId: 'ground', days: [1, 2, 3, 4, 5], time: random.pick(['16:00', '17:30', '18:00']) },
        { carrierId: 'air', days: [], time: random.pick(['18:30', '20:00']) },
      ],
      processing: { medianHours: isLarge ? 3 : 5, p90Hours: isLarge ? 8 : 20 },
      orderCostCents: isLarge ? 90 : 240,
      lineCostCents: isLarge ? 25 : 60,
      unitCostCents: 10,
      capacity: { ordersPerDay: orders, linesPerDay: orders * 3, unitsPerDay: null, ordersPerHour: null },
      priority: i % 3,
      safetyUnits: isLarge ? null : 1,
    })
  })
}

/** Every service goes from every group to every state, in a zone of its own by state. */
function lanesOf(services: readonly api.CarrierService[]): api.NetworkLane[] {
  const states = [...new Set(cities.map((city) => city[1]))]
  return services.flatMap(({ serviceId }, s) =>
    ['large', 'stores'].flatMap((origin, g) =>
      states.map((state, i) =>
        networkLane(`${serviceId}/${origin}/${state}`, {
          serviceId,
          origin,
          destination: `US/${state}`,
          zone: zoneNames[(i + g + s) % zoneNames.length] ?? null,
          transit: { medianHours: 24 + 12 * ((i + s) % 6), p90Hours: 48 + 14 * ((i + s) % 6) },
        }),
      ),
    ),
  )
}

/** Bands by weight, zone and, within these, how far it goes: 1,134 a card. */
function bandsOf(random: Random, dearness: number): api.RateBand[] {
  const bands: api.RateBand[] = []
  for (const [z, zone] of zoneNames.entries()) {
    for (const [w, weightToG] of weights.entries()) {
      for (let step = 0; step < 18; step += 1) {
        bands.push(
          rateBand({
            zone,
            weightFromG: weights[w - 1] ?? 0,
            weightToG,
            distanceFromKm: step * 300,
            distanceToKm: step === 17 ? null : (step + 1) * 300,
            baseCents: Math.round((350 + 60 * z + 20 * step + 40 * random.next()) * dearness),
            perKgCents: Math.round((20 + 4 * z) * dearness),
            minimumCents: 400,
          }),
        )
      }
    }
  }
  return bands
}

/** A network of one seed. */
export function generateNetwork({ seed, nodes, services: count = 5 }: GeneratedSize): api.NetworkDocument {
  const random = seededRandom(seed)
  const services = Array.from({ length: count }, (_, i) => ({
    serviceId: `service-${i}`,
    carrierId: i % 2 === 0 ? 'ground' : 'air',
    name: `Service ${i}`,
    isActive: true,
    dimDivisor: 5_000,
    maxWeightG: 70_000,
    co2GramsPerTonneKm: i % 2 === 0 ? 62 : 602,
    deliveryDays: i % 2 === 0 ? [1, 2, 3, 4, 5] : [],
    transit: { medianHours: 96 / (i + 1), p90Hours: 160 / (i + 1) },
  }))
  return networkDocument({
    nodes: nodesOf(random, nodes),
    groups: ['large', 'stores'].map((groupId) => ({ groupId, name: groupId })),
    calendars: [
      weekCalendar('two shifts', [1, 2, 3, 4, 5, 6], '06:00', '22:00', {
        holidays: ['2026-05-25', '2026-07-04'],
      }),
      weekCalendar('shop hours', [1, 2, 3, 4, 5, 6, 7], '09:00', '20:00', { holidays: ['2026-04-05'] }),
    ],
    carriers: ['ground', 'air'].map((carrierId) => ({ carrierId, name: carrierId, isActive: true })),
    services,
    lanes: lanesOf(services),
    rateCards: services.map(({ serviceId }, i) =>
      rateCard(`card-${i}`, { serviceId, factor: 1 + i / 20, bands: bandsOf(random, 1 + i / 4) }),
    ),
  })
}

/** Orders of one seed, one to four lines each, over a week. */
export function generateOrders({ seed, orders = 100, skus = 200 }: GeneratedSize): GeneratedOrder[] {
  const random = seededRandom(seed + 1)
  return Array.from({ length: orders }, (_, i) => {
    const [city, region, latitude, longitude, postalCode] = cityOf(random)
    const placedAt = start + random.int(0, 7 * day)
    const wanted = new Set(Array.from({ length: random.int(1, 4) }, () => random.int(0, skus - 1)))
    return {
      orderId: `order-${i}`,
      placedAt,
      promisedAt: placedAt + random.int(2, 6) * day,
      to: {
        country: 'US',
        region,
        city,
        postalCode,
        zone: null,
        latitude: latitude + random.next() - 0.5,
        longitude: longitude + random.next() - 0.5,
      },
      customerRef: `customer-${random.int(1, orders)}`,
      lines: Array.from(wanted, (sku, line) => ({
        lineId: `${line + 1}`,
        sku: `SKU${sku}`,
        quantity: random.int(1, 3),
        unitPriceCents: 500 + ((sku * 7_919) % 9_500),
        weightG: 100 + ((sku * 104_729) % 4_900),
      })),
    }
  })
}
