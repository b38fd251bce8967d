// How many days parcels take by the services that the shop planned for them, as it saw them arrive, and how many more
// they seem to take lately. It knows no promises and decides nothing.

import type { CoreState, FulfillmentOrder, Order } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import { zoneClock } from '../network/zone-clock.ts'
import { countDays, type DayShares, type ParcelWay } from '../parcels.ts'
import { OrderFollower, type OrderIndex } from './order-follower.ts'

/** Days that are told apart; the last one holds all that take longer. */
const daysMost = 16
/** With so many parcels what was seen on a way counts as much as what was seen farther around. */
const enough = 6
/** Of a service in all, below which nothing is said. */
const fewParcels = 20
const bandKm = 250

/** Counts of parcels by days. */
class Arrivals implements OrderIndex {
  readonly counts = new Map<string, Float64Array>()
  network: CompiledNetwork | null = null
  /** Grows with every parcel that is counted. */
  changes = 0

  clear(): void {
    this.counts.clear()
    this.changes++
  }

  count(order: Order, sign: 1 | -1): void {
    for (const work of order.work) {
      const { service, shippedAt, deliveredAt } = work
      if (service === undefined || shippedAt === null || deliveredAt === null || this.network === null)
        continue
      const days = daysBetween(this.network, { order, work, service }, shippedAt, deliveredAt)
      if (days === null) continue
      this.changes++
      for (const key of keysOf(wayOf(this.network, order, work, service))) {
        const own = this.counts.get(key) ?? new Float64Array(daysMost)
        this.counts.set(key, own)
        const day = Math.min(daysMost - 1, Math.max(0, days))
        own[day] = (own[day] ?? 0) + sign
      }
    }
  }
}

interface Sent {
  order: Order
  work: FulfillmentOrder
  service: string
}

/** Days of delivery after the day it left on, until an instant where the customer is; null = no zone is known. */
export function daysBetween(
  network: CompiledNetwork,
  { order, work, service }: Sent,
  from: number,
  to: number,
): number | null {
  const origin = network.nodes.get(work.nodeId)?.timeZone ?? null
  const ends = zoneClock(order.shipTo.timeZone ?? origin ?? '')
  const begins = zoneClock(origin ?? '')
  if (begins === null || ends === null) return null
  return countDays(begins.dayAt(from), ends.dayAt(to), network.services.get(service)?.deliveryDays ?? [])
}

/** The way of a piece of work by a service. */
export function wayOf(
  network: CompiledNetwork,
  { shipTo }: Order,
  { nodeId }: FulfillmentOrder,
  serviceId: string,
) {
  const { postalCode, region } = shipTo
  const to = { ...shipTo, zone: null, latitude: null, longitude: null }
  return { nodeId, serviceId, postalCode, region, distanceKm: () => network.distanceKm(nodeId, to) }
}

/**
 * From the widest to the narrowest. Where few parcels go, as to an island, all that went there tell more than the
 * service does; else those that went as far do.
 */
function keysOf(way: ParcelWay): readonly string[] {
  const known = keysKnown.get(way)
  if (known !== undefined) return known
  const keys = keysMade(way)
  keysKnown.set(way, keys)
  return keys
}

/** Parcels that left lately are asked for every hour. */
const keysKnown = new WeakMap<ParcelWay, readonly string[]>()

function keysMade(way: ParcelWay): string[] {
  const { serviceId, region } = way
  const km = way.distanceKm()
  // A distance that is not known says nothing.
  const band = km === null ? [] : [`${serviceId}\u001f${Math.floor(km / bandKm)}`]
  return [serviceId, `${serviceId}\u001fto ${region ?? ''}`, ...band, narrowKey(way)]
}

function narrowKey({ nodeId, serviceId, postalCode, region }: ParcelWay): string {
  return `${serviceId}\u001f${nodeId}\u001f${postalCode ?? region ?? ''}`
}

/** Days of parcels of a market. */
export class ParcelDays {
  readonly #arrivals = new Arrivals()
  readonly #follower = new OrderFollower(this.#arrivals)
  #changes = -1
  #view = new DaysView(this.#arrivals.counts)

  /** As of a state. Cost: orders that changed since the last call. @param now epoch ms of the market */
  at(state: CoreState, now: number, network: CompiledNetwork): DaysView {
    this.#arrivals.network = network
    this.#follower.follow(state, now)
    if (this.#changes !== this.#arrivals.changes) {
      this.#changes = this.#arrivals.changes
      this.#view = new DaysView(this.#arrivals.counts)
    }
    return this.#view
  }
}

/** What was seen of days; good until another parcel is counted. */
export class DaysView {
  readonly #counts: ReadonlyMap<string, Float64Array>
  readonly #known = new Map<string, DayShares | null>()
  readonly #around = new Map<string, Around | null>()

  constructor(counts: ReadonlyMap<string, Float64Array>) {
    this.#counts = counts
  }

  /** Shares of a way: as seen on it where that was often enough, else farther around; null = too little is known. */
  shares(way: ParcelWay): DayShares | null {
    const keys = keysOf(way)
    const key = keys.at(-1) ?? ''
    let known = this.#known.get(key)
    if (known === undefined) {
      known = this.#sharesOf(keys)
      this.#known.set(key, known)
    }
    return known
  }

  #sharesOf(keys: readonly string[]): DayShares | null {
    const around = this.#aroundOf(keys.slice(0, -1))
    if (around === null) return null
    const own = this.#counts.get(keys.at(-1) ?? '')
    const sum = own === undefined ? 0 : sumOf(own)
    return own === undefined || sum === 0 ? around.shares : cumulative(mixed(around.of, own, sum))
  }

  /** What was seen farther around than on a way itself: the same for all ways that lie there. */
  #aroundOf(keys: readonly string[]): Around | null {
    const name = keys.join('\u001e')
    let known = this.#around.get(name)
    if (known === undefined) {
      known = this.#aroundMade(keys)
      this.#around.set(name, known)
    }
    return known
  }

  #aroundMade([widest = '', ...narrower]: readonly string[]): Around | null {
    const counts = this.#counts.get(widest)
    const sum = counts === undefined ? 0 : sumOf(counts)
    if (counts === undefined || sum < fewParcels) return null
    let of = [...counts].map((count) => count / sum)
    for (const key of narrower) {
      const own = this.#counts.get(key)
      const ownSum = own === undefined ? 0 : sumOf(own)
      if (own !== undefined && ownSum > 0) of = mixed(of, own, ownSum)
    }
    return { of, shares: cumulative(of) }
  }
}

/** Shares of each number of days, and of that many or fewer. */
interface Around {
  of: number[]
  shares: DayShares
}

const sumOf = (counts: Float64Array): number => counts.reduce((all, one) => all + one, 0)

/** What was seen farther around counts as much as a few parcels of the way itself. */
const mixed = (around: readonly number[], own: Float64Array, sum: number): number[] =>
  around.map((wide, day) => ((own[day] ?? 0) + enough * wide) / (sum + enough))

function cumulative(of: readonly number[]): number[] {
  let below = 0
  return of.map((share) => {
    below += share
    return Math.min(1, below)
  })
}
