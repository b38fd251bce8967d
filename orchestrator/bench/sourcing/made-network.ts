// Made-up problems of sourcing as files would have them: a network, stock, orders and a strategy, the same for a seed.
// It solves none of them.

import type { api } from '#data/contracts'
import { type Random, seededRandom } from '#data/kernel'
import type { SourcingFiles } from '#orchestrator/sourcing'
import { plainNode, strategyFrom } from './plain-network.ts'

/** What a problem is like. */
export interface MadeOptions {
  name: string
  seed: number
  nodes: number
  orders: number
  skus: number
  /** Lines of an order are 1 to this. */
  linesMost: number
  /** Share of nodes that are stores: dearer work, a few units each; the others are warehouses. */
  stores: number
  /** Units of a SKU in all warehouses, as a share of what is wanted: drawn between the two. */
  stock: readonly [number, number]
  /** Share of nodes that keep a SKU. */
  kept: number
  /** Work a day, as a share of an even share of the orders; null = no limit. */
  capacity: readonly [number, number] | null
  /** distance = bands by distance and weight; zone = by region from, region to and weight. */
  rates: 'distance' | 'zone'
  /** Calendars, cut-offs, collections and promises. */
  isTimed: boolean
  prices: Partial<api.StrategyDraft['prices']>
}

interface Spot {
  latitude: number
  longitude: number
  region: number
}

/** A Monday, 08:00 in New York. */
const start = Date.UTC(2026, 2, 2, 13)
const hourMs = 3_600_000
const regions = 8
const weightSteps = [500, 1_000, 2_500, 5_000, 10_000, 30_000]
/** Base, for each kg, and growth for 1,000 km; median and nine of ten hours on the road. */
const services = [
  { id: 'economy', base: 380, kilo: 60, growth: 0.35, hours: [96, 130] },
  { id: 'ground', base: 520, kilo: 80, growth: 0.3, hours: [60, 84] },
  { id: 'express', base: 1_150, kilo: 210, growth: 0.25, hours: [20, 28] },
] as const

/** The problem. */
export function makeProblem(options: MadeOptions): SourcingFiles {
  const random = seededRandom(`network/${options.seed}`)
  const towns = Array.from({ length: 40 }, () => townOf(random))
  const spots = Array.from({ length: options.nodes }, () => near(random, random.pick(towns), 0.3))
  const weights = Array.from({ length: options.skus }, () => Math.round(150 + random.exponential(900)))
  const orders = Array.from({ length: options.orders }, (_, i) => orderOf(random, i, towns, options))
  const isStore = spots.map((_, i) => i >= Math.round(options.nodes * (1 - options.stores)))
  return {
    network: {
      ...partsOf(options),
      nodes: spots.map((spot, i) => nodeOf(random, i, spot, isStore[i] ?? false, options)),
    },
    stock: stockOf(random, orders, isStore, options),
    products: weights.map((weightG, i) => ({
      ...{ sku: `SKU-${i}`, weightG, lengthMm: null, widthMm: null, heightMm: null },
    })),
    orders,
    strategy: strategyFrom(options.name, options.prices, options.isTimed),
  }
}

function townOf(random: Random): Spot {
  const latitude = 28 + random.next() * 19
  const longitude = -121 + random.next() * 46
  const column = Math.min(regions / 2 - 1, Math.floor(((longitude + 121) / 46) * (regions / 2)))
  return { latitude, longitude, region: column * 2 + (latitude > 37.5 ? 1 : 0) }
}

function near(random: Random, { latitude, longitude, region }: Spot, sd: number): Spot {
  const around = (value: number) => Math.round((value + random.normal(0, sd)) * 1e4) / 1e4
  return { latitude: around(latitude), longitude: around(longitude), region }
}

function nodeOf(
  random: Random,
  i: number,
  { latitude, longitude, region }: Spot,
  isStore: boolean,
  { orders, nodes, capacity, isTimed }: MadeOptions,
): api.NetworkNode {
  const share = capacity === null ? null : capacity[0] + random.next() * (capacity[1] - capacity[0])
  const most = share === null ? null : Math.max(1, Math.round((share * orders) / nodes))
  return {
    ...plainNode(`N${String(i).padStart(3, '0')}`, isStore ? 'store' : 'warehouse'),
    latitude,
    longitude,
    groupIds: [`R${region}`],
    orderCostCents: Math.round((isStore ? 260 : 110) + random.next() * 120),
    lineCostCents: Math.round(15 + random.next() * 40),
    unitCostCents: Math.round(random.next() * 20),
    capacity: {
      ...{ linesPerDay: null, unitsPerDay: null, ordersPerHour: null },
      ordersPerDay: most === null ? null : isStore ? Math.ceil(most / 4) : most,
    },
    ...(isTimed
      ? {
          calendarId: isStore ? 'long' : 'short',
          cutOff: random.pick(['11:00', '14:00', '16:30']),
          processing: { medianHours: isStore ? 3 : 6, p90Hours: isStore ? 9 : 11 },
          pickups: services.map(({ id }) => ({
            ...{ carrierId: id, days: [1, 2, 3, 4, 5] },
            time: random.pick(['15:00', '17:30', '19:00']),
          })),
        }
      : {}),
  }
}

function orderOf(
  random: Random,
  i: number,
  towns: readonly Spot[],
  options: MadeOptions,
): SourcingFiles['orders'][number] {
  const town = towns[Math.floor(towns.length * random.next() ** 1.5)] ?? random.pick(towns)
  const { latitude, longitude, region } = near(random, town, 0.4)
  const wanted = new Map<number, number>()
  for (let left = random.int(1, options.linesMost); left > 0; left--) {
    wanted.set(Math.floor(options.skus * random.next() ** 1.7), random.next() < 0.75 ? 1 : random.int(2, 4))
  }
  const days = random.weighted([0.2, 0.35, 0.3, 0.15]) + 2
  return {
    orderId: `O${i}`,
    method: 'delivery',
    channel: null,
    customerRef: null,
    destination: {
      ...{ country: 'US', region: null, city: null, postalCode: null, zone: `D${region}`, timeZone: null },
      latitude,
      longitude,
    },
    placedAt: start,
    promisedAt: options.isTimed ? start + days * 24 * hourMs + 10 * hourMs : null,
    lines: [...wanted].map(([sku, quantity], at) => ({
      ...{ lineId: String(at + 1), sku: `SKU-${sku}`, quantity, unitPriceCents: null, weightG: null },
    })),
    freight: 'prepaid',
    weightG: null,
  }
}

/** Warehouses share what there is of a SKU; a store that keeps it has one to three. */
function stockOf(
  random: Random,
  orders: SourcingFiles['orders'],
  isStore: readonly boolean[],
  { skus, stock, kept }: MadeOptions,
): NonNullable<SourcingFiles['stock']> {
  const wanted = new Map<string, number>()
  for (const { sku, quantity } of orders.flatMap(({ lines }) => lines))
    wanted.set(sku, (wanted.get(sku) ?? 0) + quantity)
  const idOf = (node: number) => `N${String(node).padStart(3, '0')}`
  return Array.from({ length: skus }, (_, i) => `SKU-${i}`).flatMap((sku) => {
    const keepers = isStore.flatMap((store, node) => (random.next() < kept ? [{ node, store }] : []))
    const large = keepers.filter(({ store }) => !store)
    const total = (wanted.get(sku) ?? 0) * (stock[0] + random.next() * (stock[1] - stock[0]))
    const shares = large.map(() => 0.2 + random.next())
    const sum = shares.reduce((all, share) => all + share, 0)
    return keepers.map(({ node, store }) => {
      const share = shares[large.findIndex((each) => each.node === node)] ?? 0
      return {
        nodeId: idOf(node),
        sku,
        available: store ? random.int(1, 3) : Math.ceil((total * share) / sum),
      }
    })
  })
}

/** Everything but the nodes. */
function partsOf({ rates, isTimed }: MadeOptions): Omit<api.NetworkDocument, 'nodes'> {
  const week = (id: string, opens: string, closes: string, days: readonly number[]) => ({
    ...{ calendarId: id, name: id, holidays: [], extraDays: [] },
    hours: days.map((day) => ({ day, opens, closes })),
  })
  return {
    groups: Array.from({ length: regions }, (_, i) => ({ groupId: `R${i}`, name: `R${i}` })),
    calendars: isTimed
      ? [week('long', '08:00', '20:00', [1, 2, 3, 4, 5, 6]), week('short', '07:00', '19:00', [1, 2, 3, 4, 5])]
      : [],
    carriers: services.map(({ id }) => ({ carrierId: id, name: id, isActive: true })),
    services: services.map(({ id, hours: [medianHours, p90Hours] }) => ({
      ...{ serviceId: id, carrierId: id, name: id, isActive: true, dimDivisor: null },
      ...{ maxWeightG: id === 'economy' ? 10_000 : null, co2GramsPerTonneKm: null, deliveryDays: [] },
      transit: { medianHours, p90Hours },
    })),
    lanes: [],
    rateCards: services.map((service) => ({
      ...{ rateCardId: service.id, serviceId: service.id, factor: 1, freeFromCents: null },
      ...{ validFrom: null, validUntil: null },
      bands: rates === 'zone' ? zoneBands(service) : distanceBands(service),
    })),
  }
}

type Service = (typeof services)[number]

function bandOf({ base, kilo, growth }: Service, step: number, km: number): api.RateBand {
  const far = 1 + (growth * km) / 1_000
  return {
    ...{ origin: '*', destination: '*', zone: null, distanceFromKm: 0, distanceToKm: null },
    weightFromG: step === 0 ? 0 : (weightSteps[step - 1] ?? 0),
    weightToG: weightSteps[step] ?? null,
    baseCents: Math.round(base * far * (1 + step * 0.12)),
    perKgCents: Math.round(kilo * far * (1 - step * 0.09)),
    perKmCents: 0,
    minimumCents: base,
  }
}

function distanceBands(service: Service): api.RateBand[] {
  const stepKm = 400
  return Array.from({ length: 12 }, (_, i) => i * stepKm).flatMap((from) =>
    [...weightSteps, null].map((_, step) => ({
      ...bandOf(service, step, from + stepKm / 2),
      distanceFromKm: from,
      distanceToKm: from === 11 * stepKm ? null : from + stepKm,
    })),
  )
}

function zoneBands(service: Service): api.RateBand[] {
  const all = Array.from({ length: regions }, (_, i) => i)
  const centre = (region: number) => ({ x: Math.floor(region / 2) * 1_000, y: (region % 2) * 1_000 })
  const kmOf = (a: number, b: number) =>
    300 + Math.hypot(centre(a).x - centre(b).x, centre(a).y - centre(b).y)
  return all.flatMap((from) =>
    all.flatMap((to) =>
      [...weightSteps, null].map((_, step) => ({
        ...bandOf(service, step, kmOf(from, to)),
        origin: `R${from}`,
        destination: `D${to}`,
      })),
    ),
  )
}
