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
  postalCode: string | null
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
}

/** When work that starts now would leave a node. */
export interface Departure {
  /** Epoch ms: when the goods leave. */
  at: number
  /** Local day that the work counts on, YYYY-MM-DD. */
  day: string
  /** Latest instant at which work has to be there to leave then, epoch ms. */
  cutOffAt: number
}

/** What a service asks for carriage. */
export interface Rate {
  cents: number
  /** Card and row, for the record. */
  rateCardId: string
  band: api.RateBand
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
  /** Services that go from a node to a destination, each with its narrowest lane. Kept per node and destination. */
  servicesTo(nodeId: string, to: LanePlace): readonly ServiceLane[]
  /**
   * The cheapest rate of a service for a parcel; null = no card or band covers it.
   * @param at epoch ms, for cards that hold for a time
   */
  rate(service: ServiceLane, parcel: Parcel, at: number): Rate | null
  /** Next departures, the first at the first cut-off after `from`; at most `count`. */
  departures(nodeId: string, carrierId: string | null, from: number, count: number): readonly Departure[]
  /** Coordinates of a destination: its own, else the centroid of its postal code, else of its region; null = unknown. */
  locate(to: LanePlace): { latitude: number; longitude: number } | null
  /** Great-circle km, null where a side is unknown. */
  distanceKm(nodeId: string, to: LanePlace): number | null
}

/** A destination as lanes see it. */
export interface LanePlace {
  country: string | null
  region: string | null
  city: string | null
  postalCode: string | null
  zone: string | null
  latitude: number | null
  longitude: number | null
}

/** A service between a node and a destination. */
export interface ServiceLane {
  service: api.CarrierService
  lane: api.NetworkLane | null
  nodeId: string
  to: LanePlace
  distanceKm: number | null
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
