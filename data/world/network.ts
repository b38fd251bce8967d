// The nodes of Fabrikam: where they are, when they work, and which of them serves whom. It moves nothing.

import { destinations, distanceKm, type Place } from './destinations.ts'
import { type Lottery, lottery } from './lottery.ts'

/** A node. Seconds are of the local day. */
export interface Node extends Place {
  id: string
  name: string
  type: 'warehouse' | 'store' | '3pl' | 'dropship'
  /** Index into `zones`. */
  zone: number
  region: string
  city: string
  postalCode: string
  /** Orders released until this hour leave the same day. */
  cutOffHour: number
  processingCostCents: number
  /** Pull on deliveries; 0 = sends only what nobody else has. */
  pull: number
  /** Hands at work by hour of the day relative to the day shift, and by weekday (0 = Sunday). */
  shift: (hour: number) => number
  week: readonly number[]
  /** Hours at which a carrier collects, and on Sundays. */
  departures: readonly number[]
  sundayDepartures: readonly number[]
  /** Working days it may take beyond the day of the cut-off. */
  graceDays: number
  /** Share of orders it turns down, and share of lines it cannot find. */
  rejectShare: number
  shortShare: number
}

type Kind = Omit<
  Node,
  'id' | 'name' | 'zone' | 'region' | 'city' | 'postalCode' | 'latitude' | 'longitude' | 'pull'
>

const between = (from: number, to: number) => (hour: number) => (hour >= from && hour < to ? 1 : 0)

const warehouse: Kind = {
  type: 'warehouse',
  cutOffHour: 15,
  processingCostCents: 210,
  shift: between(6, 22),
  week: [0.75, 1, 1, 1, 1, 1, 0.85],
  departures: [9, 12, 15, 18, 22],
  sundayDepartures: [15, 21],
  graceDays: 0,
  rejectShare: 0.004,
  shortShare: 0.003,
}
const store: Kind = {
  type: 'store',
  cutOffHour: 13,
  processingCostCents: 420,
  shift: between(9, 21),
  week: [0.8, 1, 1, 1, 1, 1, 1],
  departures: [13, 19],
  sundayDepartures: [18],
  graceDays: 0,
  rejectShare: 0.035,
  shortShare: 0.014,
}
const logistics: Kind = {
  type: '3pl',
  cutOffHour: 14,
  processingCostCents: 295,
  shift: between(6, 22),
  week: [0.5, 1, 1, 1, 1, 1, 0.8],
  departures: [11, 15, 19, 22],
  sundayDepartures: [20],
  graceDays: 0,
  rejectShare: 0.008,
  shortShare: 0.004,
}
const vendor: Kind = {
  type: 'dropship',
  cutOffHour: 11,
  processingCostCents: 350,
  shift: between(8, 18),
  week: [0, 1, 1, 1, 1, 1, 0.4],
  departures: [14, 18],
  sundayDepartures: [],
  graceDays: 1,
  rejectShare: 0.015,
  shortShare: 0.005,
}

type Site = [id: string, name: string, kind: Kind, zone: number, region: string, city: string, code: string]
const place = (latitude: number, longitude: number, pull: number) => ({ latitude, longitude, pull })

const sites: [...Site, ReturnType<typeof place>][] = [
  ['reno', 'Reno warehouse', warehouse, 4, 'NV', 'Reno', '89506', place(39.53, -119.81, 1)],
  ['columbus', 'Columbus warehouse', warehouse, 0, 'OH', 'Columbus', '43217', place(39.96, -82.99, 1)],
  ['chicago', 'Chicago store', store, 1, 'IL', 'Chicago', '60611', place(41.89, -87.62, 0.1)],
  ['dallas', 'Dallas warehouse', warehouse, 1, 'TX', 'Dallas', '75241', place(32.78, -96.8, 1)],
  ['allentown', 'Allentown warehouse', warehouse, 0, 'PA', 'Allentown', '18106', place(40.6, -75.47, 0.9)],
  ['memphis', 'Memphis 3PL', logistics, 1, 'TN', 'Memphis', '38118', place(35.15, -90.05, 0.55)],
  ['portland', 'Portland outdoor vendor', vendor, 4, 'OR', 'Portland', '97203', place(45.52, -122.68, 0)],
  ['los-angeles', 'Los Angeles store', store, 4, 'CA', 'Los Angeles', '90017', place(34.05, -118.26, 0.13)],
  ['atlanta', 'Atlanta store', store, 0, 'GA', 'Atlanta', '30308', place(33.76, -84.38, 0.12)],
  ['brooklyn', 'Brooklyn store', store, 0, 'NY', 'Brooklyn', '11201', place(40.69, -73.99, 0.1)],
  [
    'grand-rapids',
    'Grand Rapids home vendor',
    vendor,
    0,
    'MI',
    'Grand Rapids',
    '49503',
    place(42.96, -85.67, 0),
  ],
  ['seattle', 'Seattle store', store, 4, 'WA', 'Seattle', '98101', place(47.61, -122.33, 0.14)],
]

/** The nodes and who serves whom; everything is known by index. */
export interface Network {
  nodes: readonly Node[]
  /** Nodes that can deliver to a destination, most fitting first. */
  ranking: readonly (readonly number[])[]
  /** Draws the usual node of a destination. */
  usual: readonly Lottery[]
  /** Share of all deliveries each node usually gets. */
  shares: readonly number[]
  /** Store in the state of a destination, -1 where there is none. */
  storeOf: readonly number[]
  /** Kilometres, by node and destination. */
  km: readonly (readonly number[])[]
}

/** The network of the first `count` nodes. */
export function networkOf(count: number): Network {
  const nodes = sites.slice(0, count).map(([id, name, kind, zone, region, city, postalCode, where]) => ({
    ...kind,
    ...where,
    id,
    name,
    zone,
    region,
    city,
    postalCode,
  }))
  const km = nodes.map((node) => destinations.map((destination) => distanceKm(node, destination)))
  const pulls = destinations.map((_, to) => {
    const raw = nodes.map((node, from) => node.pull * Math.exp(-((km[from] as number[])[to] as number) / 650))
    const sum = raw.reduce((total, pull) => total + pull, 0)
    return raw.map((pull) => pull / sum)
  })
  const people = destinations.reduce((sum, destination) => sum + destination.population, 0)
  return {
    nodes,
    km,
    ranking: pulls.map((pull) => rank(pull)),
    usual: pulls.map((pull) => lottery(pull, 2048)),
    shares: nodes.map((_, node) =>
      destinations.reduce((sum, to, i) => sum + (to.population / people) * (pulls[i]?.[node] ?? 0), 0),
    ),
    storeOf: destinations.map((to) =>
      nodes.findIndex((node) => node.type === 'store' && node.region === to.region),
    ),
  }
}

function rank(pull: number[]): number[] {
  const order = pull.map((_, node) => node).filter((node) => (pull[node] ?? 0) > 0)
  return order.sort((a, b) => (pull[b] ?? 0) - (pull[a] ?? 0))
}
