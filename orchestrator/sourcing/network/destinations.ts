// Answers on destinations: where they are, how far, which services go there and at what rate. What was told of a
// destination is kept for a while, since all nodes are asked for the same one.

import type { api } from '#data/contracts'
import type { Floor } from './bands.ts'
import type { Centroids } from './centroids.ts'
import type { CompiledNode, LanePlace, Parcel, Rate, ServiceLane } from './compiled.ts'
import { greatCircleKm, type Point, pointOf } from './distance.ts'
import { placeKeys } from './place.ts'
import { cheapestRate, floorOf, Validity } from './rates.ts'
import type { Area, Reach, Reached } from './reach.ts'
import { isInstant, type ZoneClock } from './zone-clock.ts'

/** Destinations kept, and services to them; beyond either all are forgotten. */
const keptDestinations = 1_024
const keptLanes = 20_000

interface Known {
  to: LanePlace
  area: Area
  point: Point | null
  byNode: Map<string, readonly ServiceLane[]>
}

/** A service lane that remembers the rates of its places. */
class RatedLane implements ServiceLane {
  readonly service: api.CarrierService
  readonly lane: api.NetworkLane | null
  readonly nodeId: string
  readonly to: LanePlace
  readonly distanceKm: number | null
  readonly #reached: Reached
  #floor: Floor | null = null

  constructor(nodeId: string, to: LanePlace, distanceKm: number | null, reached: Reached) {
    this.service = reached.service
    this.lane = reached.lane
    this.nodeId = nodeId
    this.to = to
    this.distanceKm = reached.lane?.distanceKm ?? distanceKm
    this.#reached = reached
  }

  floor(): Floor {
    this.#floor ??= floorOf(this.#reached, this.distanceKm)
    return this.#floor
  }

  /** Null for a lane that was made elsewhere. */
  static reachedBy(lane: ServiceLane): Reached | null {
    return #reached in lane ? lane.#reached : null
  }
}

const none: readonly ServiceLane[] = []

/** Look-ups of destinations. */
export class Destinations {
  readonly #nodes: ReadonlyMap<string, CompiledNode>
  readonly #reach: Reach
  readonly #centroids: Centroids
  readonly #homeCountry: string | null
  readonly #clockOf: (nodeId: string) => ZoneClock | null
  readonly #validity = new Validity()
  readonly #known = new Map<string, Known>()
  #last: Known | null = null
  #lanes = 0

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
    const kept = known.byNode.get(nodeId)
    if (kept !== undefined) return kept
    const km = this.#km(node, known)
    const lanes = this.#reach
      .from(node, known.area)
      .map((reached) => new RatedLane(nodeId, known.to, km, reached))
    known.byNode.set(nodeId, lanes)
    this.#lanes += lanes.length + 1
    if (this.#lanes > keptLanes) this.#forget()
    return lanes
  }

  /** The cheapest rate of a service for a parcel. */
  rate(service: ServiceLane, parcel: Parcel, at: number): Rate | null {
    const clock = this.#clockOf(service.nodeId)
    const reached = RatedLane.reachedBy(service) ?? this.#reachedBy(service)
    if (clock === null || reached === null || !isInstant(at)) return null
    const km = service.distanceKm !== null && service.distanceKm >= 0 ? service.distanceKm : null
    return cheapestRate(reached, parcel, km, (card) => this.#validity.holds(card, at, clock))
  }

  /** What any parcel costs at least. */
  floor(service: ServiceLane): Floor {
    return service instanceof RatedLane ? service.floor() : { eachCents: 0, perGCents: 0, leastCents: 0 }
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

  #km(node: CompiledNode, { point }: Known): number | null {
    if (point === null || node.latitude === null || node.longitude === null) return null
    return greatCircleKm({ latitude: node.latitude, longitude: node.longitude }, point)
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
    return { to, area: this.#reach.area(keys), point, byNode: new Map() }
  }

  #forget(): void {
    this.#known.clear()
    this.#last = null
    this.#lanes = 0
  }
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
