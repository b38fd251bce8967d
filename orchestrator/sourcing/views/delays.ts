// How many days more parcels of some kind take lately than they used to, judged by those that came and by those that
// should have come by now. It knows no incidents and decides nothing.

import type { CoreState, FulfillmentOrder, Order } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import { zoneClock } from '../network/zone-clock.ts'
import { countDays, type DayShares, type ParcelWay } from '../parcels.ts'
import { OrderFollower, type OrderIndex } from './order-follower.ts'
import type { DaysView } from './parcel-days.ts'
import { wayOf } from './parcel-days.ts'

/** A parcel that left lately. */
export interface LateParcel {
  carrier: string | null
  way: ParcelWay
  /** Region it left from. */
  origin: string | null
  shippedAt: number
  deliveredAt: number | null
  timeZone: string | null
}

const dayMs = 86_400_000
const hourMs = 3_600_000
/** Parcels that left before say nothing of now. */
const recentMs = 12 * dayMs
const daysMost = 6
/** Share of parcels that are delayed where a way is. */
const delayedShare = 0.85
/** Probability of what was never seen, and of any odd parcel where nothing is delayed: some are lost, or forgotten. */
const leastShare = 0.002
const oddShare = 0.02
/** By so much, as a logarithm of odds, a delay must explain what is seen better than none. */
const gainUsual = 4
const fewParcels = 4
/** A parcel speaks for a delay where it explains so much, as a logarithm of odds. */
const speaks = 1
/** Parcels of a day come until this hour, ms. */
export const eveningMs = 21 * 3_600_000

class RecentIndex implements OrderIndex {
  readonly parcels = new Map<string, LateParcel>()
  network: CompiledNetwork | null = null
  since = 0

  clear(): void {
    this.parcels.clear()
  }

  count(order: Order, sign: 1 | -1): void {
    for (const work of order.work) {
      const { fulfillmentOrderId: id, service, shippedAt } = work
      if (service === undefined || shippedAt === null || this.network === null) continue
      if (sign < 0) this.parcels.delete(id)
      else if (shippedAt >= this.since) this.parcels.set(id, this.#parcelOf(order, work, service, shippedAt))
    }
  }

  #parcelOf(order: Order, work: FulfillmentOrder, service: string, shippedAt: number): LateParcel {
    const network = this.network as CompiledNetwork
    const { carrier, nodeId, deliveredAt } = work
    const { region = null, timeZone = null } = network.nodes.get(nodeId) ?? {}
    const way = wayOf(network, order, work, service)
    return {
      carrier,
      way,
      origin: region,
      shippedAt,
      deliveredAt,
      timeZone: order.shipTo.timeZone ?? timeZone,
    }
  }
}

/** Parcels of a market that left lately. */
export class RecentParcels {
  readonly #index = new RecentIndex()
  readonly #follower = new OrderFollower(this.#index)

  /** As of a state. Cost: orders that changed since the last call. @param now epoch ms of the market */
  at(state: CoreState, now: number, network: CompiledNetwork): ReadonlyMap<string, LateParcel> {
    this.#index.network = network
    this.#index.since = now - recentMs
    this.#follower.follow(state, now)
    for (const [id, { shippedAt }] of this.#index.parcels) {
      if (shippedAt < now - recentMs) this.#index.parcels.delete(id)
    }
    return this.#index.parcels
  }
}

/** Share of a day's parcels like this one that have come by now where its customer is; 0 = that is not known. */
export type DaySoFar = (parcel: Pick<LateParcel, 'carrier' | 'timeZone' | 'way'>) => number

/** What delays are judged by. */
export interface DelayGround {
  days: DaysView
  network: CompiledNetwork
  /** Days on which no carrier brought anything, see `daysOff`. */
  off: ReadonlySet<number>
  /** Of the day under way. */
  soFar: DaySoFar
  /** Epoch ms of the market. */
  now: number
}

/** What a parcel says of delays. */
export interface Evidence {
  parcel: LateParcel
  /** Day it left on, since 1970. */
  day: number
  /** Hour it left in, since 1970. */
  hour: number
  /** By how much better each delay explains it than none, by days from 1. */
  gains: readonly number[]
}

/** What parcels say of delays, the last that left first. */
export function evidenceOf(parcels: Iterable<LateParcel>, ground: DelayGround): Evidence[] {
  const found: Evidence[] = []
  const gains = new Gains()
  for (const parcel of parcels) {
    const own = evidenceOfOne(parcel, ground, gains)
    if (own !== null) found.push(own)
  }
  return found.sort((a, b) => b.day - a.day || b.hour - a.hour)
}

/** A delay: days that parcels take longer, and the hour since 1970 from which on they leave so. */
export interface Delay {
  days: number
  since: number
}

/**
 * By how much parcels take longer since they began to; null where that is not seen.
 * @param seen what they say, the last that left first
 * @param gainLeast by how much a delay must explain it better than none, as a logarithm of odds
 */
export function delayOf(seen: readonly Evidence[], gainLeast = gainUsual): Delay | null {
  if (seen.length < fewParcels) return null
  // From the newest back: the delay and the hour of its beginning that explain most. One that what left lately speaks
  // against is over, however many were delayed before.
  const sums = new Float64Array(daysMost)
  const speaking = new Float64Array(daysMost)
  let best = { gain: gainLeast, days: 0, since: 0 }
  let i = 0
  for (const { day, hour, gains } of seen) {
    for (let d = 0; d < daysMost; d++) {
      const gain = gains[d] ?? 0
      sums[d] = (sums[d] ?? 0) + gain
      if (gain >= speaks) speaking[d] = (speaking[d] ?? 0) + 1
    }
    const next = seen[++i]
    if (next?.day === day && next.hour === hour) continue
    for (const [d, gain] of sums.entries()) {
      // What leaves in one hour is too little to say that it is over.
      if (gain <= -gainUsual && next?.day !== day) sums[d] = Number.NEGATIVE_INFINITY
      else if (gain > best.gain && (speaking[d] ?? 0) >= fewParcels) best = { gain, days: d + 1, since: hour }
    }
  }
  return best.days === 0 ? null : best
}

/** Days since 1970, both of them counted. */
export interface Stretch {
  from: number
  to: number
}

/**
 * The days on which parcels left that were delayed, whether they still are or not; null where none is seen.
 * @param seen what they say, the last that left first
 * @param gainLeast see `delayOf`
 */
export function delayedStretch(seen: readonly Evidence[], gainLeast: number): Stretch | null {
  let best: (Stretch & { gain: number }) | null = null
  for (let d = 0; d < daysMost; d++) {
    let [sum, speaking, to] = [0, 0, Number.NaN]
    for (const [i, { day, gains }] of seen.entries()) {
      if (Number.isNaN(to)) to = day
      const gain = gains[d] ?? 0
      sum += gain
      if (gain >= speaks) speaking++
      if (seen[i + 1]?.day === day) continue
      if (sum > Math.max(gainLeast, best?.gain ?? 0) && speaking >= fewParcels)
        best = { gain: sum, from: day, to }
      if (sum <= 0) [sum, speaking, to] = [0, 0, Number.NaN]
    }
  }
  return best
}

function evidenceOfOne(parcel: LateParcel, ground: DelayGround, gains: Gains): Evidence | null {
  const { days, network } = ground
  const { way, shippedAt } = parcel
  const shares = days.shares(way)
  const begins = zoneClock(network.nodes.get(way.nodeId)?.timeZone ?? '')
  if (shares === null || begins === null) return null
  const day = begins.dayAt(shippedAt)
  const seen = seenOf(parcel, day, ground)
  if (seen === null) return null
  return { parcel, day, hour: Math.floor(shippedAt / hourMs), gains: gains.of(shares, seen) }
}

/** The days that a parcel took, or those that it was not there within, as far as a share of the last one is over. */
type Seen = { taken: number } | { gone: number; next: number; share: number }

/** What is seen of a parcel; null where nothing is to be seen yet. @param day it left on, since 1970 */
function seenOf(parcel: LateParcel, day: number, { network, off, soFar, now }: DelayGround): Seen | null {
  const { way, deliveredAt, timeZone } = parcel
  const ends = zoneClock(timeZone ?? '')
  if (ends === null) return null
  const week = network.services.get(way.serviceId)?.deliveryDays ?? []
  // Once its evening has come a day's parcels have been brought; until then a share of them has.
  const known = ends.dayAt(now - eveningMs)
  const today = ends.dayAt(now)
  const share = today > known && today > day ? soFar(parcel) : 0
  const came = deliveredAt === null ? null : ends.dayAt(deliveredAt)
  if (came !== null && (came <= known || share > 0)) return { taken: countDays(day, came, week, off) }
  const gone = countDays(day, known, week, off)
  const next = share > 0 ? countDays(day, today, week, off) : gone
  return gone <= 0 && next <= 0 ? null : { gone, next, share }
}

/** What sights say of delays: the same for all parcels of which the same is seen on ways alike. */
class Gains {
  readonly #known = new Map<DayShares, Map<number | string, readonly number[]>>()

  /** By how much better each delay explains it than none, by days from 1. */
  of(shares: DayShares, seen: Seen): readonly number[] {
    const own = this.#known.get(shares) ?? new Map<number | string, readonly number[]>()
    this.#known.set(shares, own)
    const key = 'taken' in seen ? seen.taken : `${seen.gone}/${seen.next}/${seen.share}`
    const known = own.get(key) ?? gainsOf(likelyOf(seen, shares))
    own.set(key, known)
    return known
  }
}

function gainsOf(likely: (more: number) => number): number[] {
  const none = Math.max(oddShare, likely(0))
  return Array.from({ length: daysMost }, (_, d) => {
    const delayed = Math.max(leastShare, likely(d + 1))
    return Math.log((delayedShare * delayed + (1 - delayedShare) * none) / none)
  })
}

/** How likely a sight is where parcels take so many days more. @param shares that come within so many days */
function likelyOf(seen: Seen, shares: DayShares): (more: number) => number {
  const within = (k: number) => (k < 0 ? 0 : (shares[Math.min(k, shares.length - 1)] ?? 1))
  if ('taken' in seen) return (more) => within(seen.taken - more) - within(seen.taken - more - 1)
  const { gone, next, share } = seen
  return (more) => 1 - (1 - share) * within(gone - more) - share * within(next - more)
}
