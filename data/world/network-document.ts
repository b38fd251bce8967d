// The network of Fabrikam as a document: nodes with their hours and collections, carriers, services, prices. It says
// the same as the world does; it generates no orders.

import type { api } from '#data/contracts'
import { zones } from './calendar.ts'
import { bandsOf, type Service, serviceIdOf, services } from './carriers.ts'
import { destinations } from './destinations.ts'
import { holidaysOf } from './holidays.ts'
import { type Node, networkOf } from './network.ts'
import { type WorldOptions, worldOptions } from './options.ts'

const groups: Readonly<Record<Node['type'], { groupId: string; name: string }>> = {
  warehouse: { groupId: 'warehouses', name: 'Own warehouses' },
  store: { groupId: 'stores', name: 'Stores' },
  '3pl': { groupId: 'partners', name: 'Logistics partners' },
  dropship: { groupId: 'vendors', name: 'Vendors that ship themselves' },
}

/** What services are called, how fast they are told to be, and what they emit. */
const kinds: Readonly<
  Record<Service['service'], { name: string; transit: api.Spread | null; co2GramsPerTonneKm: number }>
> = {
  ground: { name: 'Ground', transit: null, co2GramsPerTonneKm: 95 },
  economy: { name: 'Economy', transit: null, co2GramsPerTonneKm: 80 },
  two_day: { name: 'Two day', transit: { medianHours: 46, p90Hours: 62 }, co2GramsPerTonneKm: 480 },
  overnight: { name: 'Overnight', transit: { medianHours: 23, p90Hours: 31 }, co2GramsPerTonneKm: 620 },
}

const dimDivisor = 5_000
/** Parcels of the economy service are small, those of Coastline go not far. */
const economyMostG = 1_200
const coastlineMostKm = 800
const weekdays = [1, 2, 3, 4, 5, 6, 7]

/**
 * The document of a world's network.
 * @param nodeIdOf id that a node has once it is loaded
 */
export function networkDocumentOf(
  options: Partial<WorldOptions>,
  nodeIdOf: (externalId: string) => string,
): api.NetworkDocument {
  const { end, nodes: count } = worldOptions(options)
  const { nodes } = networkOf(count)
  const types = [...new Set(nodes.map(({ type }) => type))]
  const year = new Date(end).getUTCFullYear()
  return {
    nodes: nodes.map((node) => nodeOf(node, nodeIdOf(node.id))),
    groups: types.map((type) => groups[type]),
    calendars: types.flatMap((type) => {
      const node = nodes.find((each) => each.type === type)
      return node === undefined ? [] : [calendarOf(node, year)]
    }),
    carriers: [...new Set(services.map(({ carrier }) => carrier))].map((name) => {
      return { carrierId: name, name, isActive: true }
    }),
    services: services.map(serviceOf),
    lanes: services.map((service) => laneOf(service)),
    rateCards: services.map((service) => rateCardOf(service)),
  }
}

/** Time zones of a world's nodes by id, which its files tell and its document does not. */
export function timeZonesOf(options: Partial<WorldOptions>): Map<string, string> {
  const { nodes } = networkOf(worldOptions(options).nodes)
  return new Map(nodes.map(({ id, zone }) => [id, zones[zone] ?? 'UTC']))
}

/** Regions of a world: `from` those of its nodes, `to` those where its customers live, each once. */
export function regionsOf(options: Partial<WorldOptions>): { from: string[]; to: string[] } {
  const { nodes } = networkOf(worldOptions(options).nodes)
  const distinct = (places: readonly { region: string }[]) => [...new Set(places.map(({ region }) => region))]
  return { from: distinct(nodes), to: distinct(destinations) }
}

const calendarIdOf = (type: Node['type']) => `${groups[type].groupId}-hours`
const timeOf = (hour: number) => `${String(hour).padStart(2, '0')}:00`

/** What files tell of a node stays with them. */
function nodeOf(node: Node, nodeId: string): api.NetworkNode {
  const unknown = { name: null, type: null, timeZone: null, country: null, region: null, city: null }
  const place = { postalCode: null, latitude: node.latitude, longitude: node.longitude }
  const collected = (days: number[], hours: readonly number[]) =>
    hours.map((hour) => ({ carrierId: null, days, time: timeOf(hour) }))
  return {
    nodeId,
    ...unknown,
    ...place,
    isActive: true,
    activeFrom: null,
    activeUntil: null,
    groupIds: [groups[node.type].groupId],
    calendarId: calendarIdOf(node.type),
    cutOff: null,
    pickups: [
      ...collected([1, 2, 3, 4, 5, 6], node.departures),
      ...collected([7], node.sundayDepartures),
    ].filter(({ days, time }) => worksAt(node, days, time)),
    processing: null,
    orderCostCents: null,
    lineCostCents: null,
    unitCostCents: null,
    capacity: { ordersPerDay: null, linesPerDay: null, unitsPerDay: null, ordersPerHour: null },
    methods: [],
    priority: 0,
    safetyUnits: null,
    safetyPercent: null,
    onlyCustomers: [],
    serviceIds: [],
  }
}

/** Whether anybody is there on those days when the carrier comes. */
function worksAt(node: Node, days: readonly number[], time: string): boolean {
  const [, closes] = hoursOf(node)
  return days.some((day) => isOpen(node, day)) && Number(time.slice(0, 2)) <= closes
}

const isOpen = ({ week }: Node, day: number) => (week[day % 7] ?? 0) > 0

/** First and last hour at which hands are at work. */
function hoursOf({ shift }: Node): [opens: number, closes: number] {
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => shift(hour) > 0)
  return [hours[0] ?? 0, (hours.at(-1) ?? 22) + 1]
}

function calendarOf(node: Node, year: number): api.WorkCalendar {
  const [opens, closes] = hoursOf(node)
  const closed = [year - 1, year, year + 1, year + 2].flatMap(holidaysOf).filter((day) => day.closed)
  return {
    calendarId: calendarIdOf(node.type),
    name: `Hours of ${groups[node.type].name.toLowerCase()}`,
    hours: weekdays
      .filter((day) => isOpen(node, day))
      .map((day) => ({ day, opens: timeOf(opens), closes: timeOf(closes) })),
    holidays: closed.map(({ day }) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
    extraDays: [],
  }
}

function serviceOf(service: Service): api.CarrierService {
  const { name, ...kind } = kinds[service.service]
  return {
    serviceId: serviceIdOf(service),
    carrierId: service.carrier,
    name: `${service.carrier} ${name.toLowerCase()}`,
    isActive: true,
    dimDivisor,
    maxWeightG: service.service === 'economy' ? economyMostG : null,
    ...kind,
    deliveryDays: service.sundays ? [] : [1, 2, 3, 4, 5, 6],
  }
}

function laneOf(service: Service): api.NetworkLane {
  return {
    laneId: `${serviceIdOf(service)}-us`,
    serviceId: serviceIdOf(service),
    origin: '*',
    destination: 'US',
    zone: null,
    distanceKm: null,
    transit: null,
  }
}

function rateCardOf(service: Service): api.RateCard {
  const mostKm = service.carrier === 'Coastline' ? coastlineMostKm : null
  return {
    rateCardId: `${serviceIdOf(service)}-rates`,
    serviceId: serviceIdOf(service),
    factor: 1,
    validFrom: null,
    validUntil: null,
    freeFromCents: null,
    bands: bandsOf(service, mostKm).map((band) => {
      return { origin: '*', destination: 'US', zone: null, weightFromG: 0, weightToG: null, ...band }
    }),
  }
}
