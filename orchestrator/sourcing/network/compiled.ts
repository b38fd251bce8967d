// A network made ready for look-ups: nodes by id with their calendars, lanes and rates by where they apply. Shapes
// only.

import type { api } from '#data/contracts'

/** A node with everything settled: what files say, completed by what the network says. */
export interface CompiledNode {
  nodeId: string
  name: string
  type: 'warehouse' | 'store' | '3pl' | 'dropship'
  timeZone: string
  country: string | null
  region: string | null
  city: string | null
  postalCode: string | null
  /** Its own, else the centroid of its postal code, city or region; null = unknown. */
  latitude: number | null
  longitude: number | null
  isActive: boolean
  /** Local days, null = open end. */
  activeFrom: string | null
  activeUntil: string | null
  groupIds: readonly string[]
  calendar: api.WorkCalendar | null
  /** HH:MM local. */
  cutOff: string | null
  pickups: readonly api.NetworkNode['pickups'][number][]
  processing: api.Spread | null
  orderCostCents: number
  lineCostCents: number
  unitCostCents: number
  capacity: api.Capacity
  methods: ReadonlySet<string>
  priority: number
  safetyUnits: number | null
  safetyPercent: number | null
  onlyCustomers: ReadonlySet<string> | null
  serviceIds: ReadonlySet<string> | null
  /** Carriers it hands over to as files say, the most used first. */
  carriers: readonly string[]
}

/** When work leaves a node. */
export interface Departure {
  /** Epoch ms: when the goods leave; never before they are ready. */
  readonly at: number
  /** Local working day that the work counts on, YYYY-MM-DD. */
  readonly day: string
  /** Latest instant at which work has to come to count on that day, epoch ms. */
  readonly cutOffAt: number
}

/** What a service asks for carriage. */
export interface Rate {
  /** May have a fraction. */
  cents: number
  /** Card and row, for the record. */
  rateCardId: string
  band: api.RateBand
  /** Of the band in its card, from 0. */
  row: number
  /** Weight that was priced, g: the actual or the dimensional one, whichever is more. */
  billableG: number
  /** The weight is not known: priced as the lowest that the card has. */
  isGuessed: boolean
  /** The goods are worth enough for the card to carry them for nothing. */
  isFree: boolean
}

/** The network made ready. */
export interface CompiledNetwork {
  version: number
  /** By id. */
  nodes: ReadonlyMap<string, CompiledNode>
  carriers: ReadonlyMap<string, api.Carrier>
  services: ReadonlyMap<string, api.CarrierService>
  /** Whether any service is defined at all; where none is, carriage is what history says. */
  hasServices: boolean
  findings: readonly api.NetworkFinding[]
  /** Services that go from a node to a destination, each with its narrowest lane. */
  servicesTo(nodeId: string, to: LanePlace): readonly ServiceLane[]
  /** The same, as one answer for all destinations of an area. */
  reached(nodeId: string, to: LanePlace): readonly ServiceReach[]
  /**
   * The cheapest rate of a service for a parcel; null = no card or band covers it.
   * @param at epoch ms, for cards that hold for a time
   */
  rate(service: ServiceLane, parcel: Parcel, at: number): Rate | null
  /** What `rate` asks for a parcel, Infinity where there is none. */
  rateCents(service: ServiceLane, parcel: Parcel, at: number): number
  /**
   * No parcel costs less on a service: `eachCents` + `perGCents` x its weight, nor `leastCents`. Good until it is
   * asked again.
   */
  rateFloor(service: ServiceLane): Readonly<RateFloor>
  /**
   * The same by what `reached` says, with Infinity where no rate fits.
   * @param distanceKm as the crow flies
   * @param mostG that the parcel weighs at most
   */
  reachFloor(reach: ServiceReach, distanceKm: number | null, mostG: number): Readonly<RateFloor>
  /**
   * Next departures of work that comes at `from`: one for each working day whose cut-off it reaches, the earliest
   * first, at most `count`. Work counts on a day from its cut-off of the day before to its own; it is begun when it
   * comes, not before the day opens, takes `hours` of working time, and leaves with the first pick-up of the carrier
   * when it is ready, or at once where the node names no pick-up for it. None: the node or the carrier is not there
   * for 60 days.
   * @param hours working time from when the work is begun until it is ready; left out = it is ready when it comes
   * @param cameAt when it came, where it is there already: it counts on the days whose cut-offs it reached then, and
   *   what is left of it takes `hours` from `from` on
   */
  departures(
    nodeId: string,
    carrierId: string | null,
    from: number,
    count: number,
    hours?: number,
    cameAt?: number,
  ): readonly Departure[]
  /** When so many hours of a node's working time have passed since an instant; null = it never works that long. */
  addWorkingTime(nodeId: string, from: number, hours: number): number | null
  /** Hours that a node works between two instants. */
  workingHours(nodeId: string, from: number, to: number): number
  /** The last pick-up of a carrier at a node on the local day of an instant; null = none on that day. */
  lastPickup(nodeId: string, carrierId: string | null, at: number): number | null
  /** Hours that a node works on a local day, YYYY-MM-DD; a night shift counts on the day it begins. */
  workedHours(nodeId: string, day: string): number
  /** An instant on a day of a service's delivery days: the one given, else the next such day's begin, in a zone. */
  onDeliveryDay(service: api.CarrierService, at: number, timeZone: string): number
  /** Where a destination is: its own coordinates, else the centroid of postal code, city or region; null = unknown. */
  locate(to: LanePlace): { latitude: number; longitude: number } | null
  /** Great-circle km, null where a side is unknown. */
  distanceKm(nodeId: string, to: LanePlace): number | null
  /** Local day of an instant at a node, YYYY-MM-DD; null = no such node. */
  dayAt(nodeId: string, at: number): string | null
}

/** A destination as lanes see it. */
export interface LanePlace {
  readonly country: string | null
  readonly region: string | null
  readonly city: string | null
  readonly postalCode: string | null
  readonly zone: string | null
  readonly latitude: number | null
  readonly longitude: number | null
}

/** A service from a node to all destinations of an area; what it may cost is known to the network that told it. */
export interface ServiceReach {
  readonly service: api.CarrierService
  /** The narrowest that fits; null = the service has none and reaches everywhere. */
  readonly lane: api.NetworkLane | null
}

/** No parcel costs less than `eachCents` + `perGCents` x its weight, nor less than `leastCents`. */
export interface RateFloor {
  eachCents: number
  perGCents: number
  leastCents: number
}

/** A service between a node and a destination. */
export interface ServiceLane {
  readonly service: api.CarrierService
  /** The narrowest that fits; null = the service has none and reaches everywhere. */
  readonly lane: api.NetworkLane | null
  readonly nodeId: string
  readonly to: LanePlace
  /** As the lane says, else as the crow flies; null = unknown. */
  readonly distanceKm: number | null
}

/** A parcel as rates see it. */
export interface Parcel {
  /** Actual weight, g; null = unknown. */
  weightG: number | null
  /** Volume, cubic mm; null = unknown. */
  volumeMm3: number | null
  /** Value of the goods, cents. */
  valueCents: number | null
}
