// Places of an order: nodes that can send some of it. Ways from a place are worked out when they are asked for, since
// most places are too dear to be looked at: what any work from there costs at least is known without them.

import type { ServiceReach } from '../network/compiled.ts'
import type { Place, Way } from '../solve/problem.ts'
import { isBlocked } from './checks.ts'
import { coursesOf, isCollected, type Trip } from './courses.ts'
import { isOpen, leastByService } from './open.ts'
import { WorkWay } from './way.ts'
import type { Asked, Stand } from './way-parts.ts'

type Least = Required<Way>['least']

/** A place of an order, with where it comes from. */
export class PlaceModel implements Place {
  readonly node: number
  readonly distance: number
  readonly can: number
  readonly stand: Stand
  readonly #trip: Trip
  readonly #asked: Asked
  readonly #services: readonly ServiceReach[]
  #ways: readonly WorkWay[] | null
  #least: Least | null = null

  /**
   * @param ways null = to be worked out when they are asked for: there is one at least
   * @param services that they are by, where they are not worked out
   */
  constructor(
    trip: Trip,
    asked: Asked,
    stand: Stand,
    ways: readonly WorkWay[] | null,
    services: readonly ServiceReach[] = [],
  ) {
    this.node = stand.facts.index
    this.distance = stand.distanceKm ?? Number.NaN
    this.can = stand.can
    this.stand = stand
    this.#trip = trip
    this.#asked = asked
    this.#ways = ways
    this.#services = services
  }

  get ways(): readonly WorkWay[] {
    this.#ways ??= waysOf(this.#trip, this.#asked, this.stand)
    return this.#ways
  }

  /** What no piece of work from here is below, whatever way it goes. */
  get least(): Least {
    this.#least ??=
      this.#ways === null ? leastByService(this.#trip, this.stand, this.#services) : leastOfAll(this.#ways)
    return this.#least
  }
}

/** The place that a node is to an order; null where it can send nothing. */
export function placeOf(trip: Trip, asked: Asked, stand: Stand): PlaceModel | null {
  if (stand.can === 0 || isBlocked(stand.checks)) return null
  if (isPutOff(trip)) {
    const { session, order } = trip
    const services = session.world.network.reached(stand.facts.node.nodeId, order.destination)
    return isOpen(trip, stand.facts, services) ? new PlaceModel(trip, asked, stand, null, services) : null
  }
  const ways = waysOf(trip, asked, stand)
  return ways.length === 0 ? null : new PlaceModel(trip, asked, stand, ways)
}

/** The nearest first, unknown distances last; of those as far the first id. */
export function comparePlaces(a: PlaceModel, b: PlaceModel): number {
  const nearer = a.distance - b.distance
  if (nearer < 0) return -1
  if (nearer > 0) return 1
  const unknown = Number(Number.isNaN(a.distance)) - Number(Number.isNaN(b.distance))
  return unknown === 0 ? (a.stand.facts.node.nodeId < b.stand.facts.node.nodeId ? -1 : 1) : unknown
}

/** Of a batch all ways are looked at; work that is moved and goods that are collected have few. */
function isPutOff({ order, session, isEveryDay }: Trip): boolean {
  const isCarried = order.freight === 'prepaid' && !isCollected(order)
  return isCarried && order.from === null && session.world.network.hasServices && !isEveryDay
}

function waysOf(trip: Trip, asked: Asked, stand: Stand): WorkWay[] {
  return coursesOf(trip, stand.facts).map((course) => new WorkWay(asked, stand, course))
}

function leastOfAll([first, ...others]: readonly WorkWay[]): Least {
  let { each, perUnit } = first?.least ?? { each: 0, perUnit: [] }
  for (const { least } of others) {
    each = Math.min(each, least.each)
    perUnit = perUnit.map((cents, i) => Math.min(cents, least.perUnit[i] ?? 0))
  }
  return { each, perUnit }
}
