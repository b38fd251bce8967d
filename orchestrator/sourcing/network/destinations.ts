// Answers on destinations: where they are, how far, which services go there and at what rate. What was told of a
// destination is kept for a while, since all nodes are asked for the same one.

import type { api } from '#data/contracts'
import type { Centroids } from './centroids.ts'
import type {
  CompiledNode,
  RateFloor as Floor,
  LanePlace,
  Parcel,
  Rate,
  ServiceLane,
  ServiceReach,
} from './compiled.ts'
import { greatCircleKm, type Point, pointOf } from './distance.ts'
import { placeKeys } from './place.ts'
import { cheapestCents, cheapestRate, floorOf, Validity } from './rates.ts'
import type { Area, Reach, Reached } from './reach.ts'
import { isInstant, type ZoneClock } from './zone-clock.ts'

/** Destinations kept; beyond them all are forgotten. */
const keptDestinations = 1_024

interface Known {
  to: LanePlace
  area: Area
  point: Point | null
}

/** A service lane that remembers the rates of its places. */
class RatedLane implements ServiceLane {
  readonly service: api.CarrierService
  readonly lane: api.NetworkLane | null
  readonly nodeId: string
  readonly to: LanePlace
  readonly distanceKm: number | null
  readonly #reached: Reached

  constructor(nodeId: string, to: LanePlace, distanceKm: number | null, reached: Reached) {
    this.service = reached.service
    this.lane = reached.lane
    this.nodeId = nodeId
    this.to = to
    this.distanceKm = reached.lane?.distanceKm ?? distanceKm
    this.#reached = reached
  }

  /** Null for a lane that was made elsewhere. */
  static reachedBy(lane: ServiceLane): Reached | null {
    return #reached in lane ? lane.#reached : null
  }
}

const none: readonly ServiceLane[] = []
const nowhere: readonly Reached[] = []
const nothing: Floor = Object.freeze({ eachCents: 0, perGCents: 0, leastCents: 0 })

/** Look-ups of destinations. */
export class Destinations {
  readonly #nodes: ReadonlyMap<string, CompiledNode>
  readonly #reach: Reach
  readonly #centroids: Centroids
  readonly #homeCountry: string | null
  readonly #clockOf: (nodeId: string) => ZoneClock | null
  readonly #validity = new Validity()
  readonly #floor: Floor = { eachCents: 0, perGCents: 0, leastCents: 0 }
  readonly #known = new Map<string, Known>()
  #last: Known | null = null
  readonly #measured: { node: CompiledNode | null; known: Known | null; km: number } = {
    node: null,
    known: null,
    km: 0,
  }

  /** @param homeCountry what a destination without a country is taken to be in */
  constructor(
    nodes: ReadonlyMap<string, CompiledNode>,
    reach: Reach,
    centroids: Centroids,
    homeCountry: string | null,
    clockOf: (nodeId: string) => ZoneClock | null,
  ) {
    this.#nodes = nodes
    this.#reach = reach
    this.#centroids = centroids
    this.#homeCountry = homeCountry
    this.#clockOf = clockOf
  }

  /** Services from a node to a destination, each with its narrowest lane. */
  servicesTo(nodeId: string, to: LanePlace): readonly ServiceLane[] {
    const node = this.#nodes.get(nodeId)
    if (node === undefined) return none
    const known = this.#of(to)
    const km = this.#km(node, known)
    return this.#reach.from(node, known.area).map((one) => new RatedLane(nodeId, known.to, km, one))
  }

  /** The same for all destinations of an area. */
  reached(nodeId: string, to: LanePlace): readonly Reached[] {
    const node = this.#nodes.get(nodeId)
    return node === undefined ? nowhere : this.#reach.from(node, this.#of(to).area)
  }

  /** The cheapest rate of a service for a parcel. */
  rate(service: ServiceLane, parcel: Parcel, at: number): Rate | null {
    const clock = this.#clockOf(service.nodeId)
    const reached = RatedLane.reachedBy(service) ?? this.#reachedBy(service)
    if (clock === null || reached === null || !isInstant(at)) return null
    return cheapestRate(reached, parcel, kmOf(service), (card) => this.#validity.holds(card, at, clock))
  }

  /** What the cheapest rate asks, Infinity where there is none. */
  cents(service: ServiceLane, parcel: Parcel, at: number): number {
    const clock = this.#clockOf(service.nodeId)
    const reached = RatedLane.reachedBy(service) ?? this.#reachedBy(service)
    if (clock === null || reached === null || !isInstant(at)) return Number.POSITIVE_INFINITY
    return cheapestCents(reached, parcel, kmOf(service), at, this.#validity, clock)
  }

  /** What any parcel costs at least; good until it is asked again. */
  floor(service: ServiceLane): Readonly<Floor> {
    const reached = RatedLane.reachedBy(service)
    return reached === null ? nothing : floorOf(reached, kmOf(service), Number.POSITIVE_INFINITY, this.#floor)
  }

  /** The same of what was reached, for parcels up to a weight. */
  reachFloor(reach: ServiceReach, distanceKm: number | null, mostG: number): Readonly<Floor> {
    if (!isReached(reach)) return nothing
    const km = reach.lane?.distanceKm ?? distanceKm
    // A parcel may count as more than it weighs.
    const grams = reach.service.dimDivisor === null ? mostG : Number.POSITIVE_INFINITY
    return floorOf(reach, km !== null && km >= 0 ? km : null, grams, this.#floor)
  }

  /** Coordinates of a destination. */
  locate(to: LanePlace): Point | null {
    return this.#of(to).point
  }

  /** Great-circle distance, km. */
  distanceKm(nodeId: string, to: LanePlace): number | null {
    const node = this.#nodes.get(nodeId)
    return node === undefined ? null : this.#km(node, this.#of(to))
  }

  #km(node: CompiledNode, known: Known): number | null {
    const { point } = known
    const { latitude, longitude } = node
    if (point === null || latitude === null || longitude === null) return null
    // A node is asked for its distance and for its services, one after the other.
    if (this.#measured.node === node && this.#measured.known === known) return this.#measured.km
    this.#measured.node = node
    this.#measured.known = known
    this.#measured.km = greatCircleKm({ latitude, longitude }, point)
    return this.#measured.km
  }

  #reachedBy({ service, nodeId, to }: ServiceLane): Reached | null {
    const node = this.#nodes.get(nodeId)
    if (node === undefined) return null
    const reached = this.#reach.from(node, this.#of(to).area)
    return reached.find((one) => one.service.serviceId === service.serviceId) ?? null
  }

  #of(to: LanePlace): Known {
    if (this.#last !== null && isSame(this.#last.to, to)) return this.#last
    const { country, region, city, postalCode, zone, latitude, longitude } = to
    const key = [country, region, city, postalCode, zone, latitude, longitude].join('\u001f')
    let known = this.#known.get(key)
    if (known === undefined || !isSame(known.to, to)) {
      if (this.#known.size >= keptDestinations) this.#forget()
      known = this.#tell({ country, region, city, postalCode, zone, latitude, longitude })
      this.#known.set(key, known)
    }
    this.#last = known
    return known
  }

  #tell(to: LanePlace): Known {
    const keys = placeKeys(to, this.#homeCountry)
    const own = pointOf(to.latitude, to.longitude)
    const point = own ?? (keys.country === null ? null : this.#centroids.find(keys.country, to))
    return { to, area: this.#reach.area(keys), point }
  }

  #forget(): void {
    this.#known.clear()
    this.#last = null
    this.#measured.known = null
  }
}

function isReached(reach: ServiceReach): reach is Reached {
  return 'rates' in reach
}

/** Kilometres that rates go by. */
function kmOf({ distanceKm }: ServiceLane): number | null {
  return distanceKm !== null && distanceKm >= 0 ? distanceKm : null
}

function isSame(a: LanePlace, b: LanePlace): boolean {
  return (
    a.postalCode === b.postalCode &&
    a.city === b.city &&
    a.region === b.region &&
    a.country === b.country &&
    a.zone === b.zone &&
    Object.is(a.latitude, b.latitude) &&
    Object.is(a.longitude, b.longitude)
  )
}
