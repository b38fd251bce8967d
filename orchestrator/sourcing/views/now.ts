// What the state of a market itself says of now: what waits at nodes, how long parcels take, which carriers collect
// nothing. It decides nothing.

import { type CoreState, type Incident, isOpenWork } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import type { LearnedView } from '../world.ts'
import type { LateParcel } from './delays.ts'
import { incidentAt } from './learned.ts'
import type { PaceView } from './pace.ts'
import type { DaysView } from './parcel-days.ts'
import { findSlowWays, moreDaysOf, type SlowWays } from './slow-ways.ts'

/** What is seen of a market. */
export interface Seen {
  state: CoreState
  /** Epoch ms of the market. */
  now: number
  network: CompiledNetwork
  paces: PaceView
  days: DaysView
  parcels(): ReadonlyMap<string, LateParcel>
  /** See `ShortPicks`. */
  shortShare(nodeId: string, told: number): number
  /** Days that ways take longer, found before for the same incidents; they are kept there. */
  delays: Delays
}

/** What a carrier did not collect although it should have. */
interface Left {
  pieces: number
  nodes: Set<string>
  /** The first pick-up that it did not come to, epoch ms. */
  since: number
}

/** What was found of delays and of carriers that are away, kept for a while of the market. */
export class Delays {
  #key = ''
  #found: SlowWays = { slices: [], plain: [] }
  #awayAt = ''
  #left: ReadonlyMap<string, Left> | null = null
  readonly #away = new Map<string, number | null>()

  /** The same again for the same incidents, else made anew. */
  of(state: CoreState, now: number, make: () => SlowWays): SlowWays {
    const key = `${Math.floor(now / keptMs)}/${[...state.openIncidents.values()].join()}`
    if (key !== this.#key) {
      this.#key = key
      this.#found = make()
    }
    return this.#found
  }

  /** Until when a carrier is away, the same again for some minutes. @param asked the carrier, and how sure to be */
  away(seen: Seen, asked: string, make: (left: () => ReadonlyMap<string, Left>) => number | null) {
    const key = `${Math.floor(seen.now / awayKeptMs)}/${seen.state.openIncidents.size}`
    if (key !== this.#awayAt) {
      this.#awayAt = key
      this.#left = null
      this.#away.clear()
    }
    let known = this.#away.get(asked)
    if (known === undefined) {
      known = make(() => {
        this.#left ??= leftBehind(seen)
        return this.#left
      })
      this.#away.set(asked, known)
    }
    return known
  }
}

const keptMs = 3_600_000
const awayKeptMs = 600_000

type NowView = Required<Pick<LearnedView, 'work' | 'days' | 'moreDays' | 'awayUntil' | 'shortShare'>>

/** So many packed pieces must a carrier have left behind, at so many nodes; more where nobody was told of it. */
const leftLeast = { told: { pieces: 3, nodes: 2 }, untold: { pieces: 6, nodes: 3 } }
/** A carrier that comes to no node will hardly have mended it within a day, ms. */
const awayLeastMs = 24 * 3_600_000
const lookMs = 96 * 3_600_000

/**
 * What a state says of now.
 * @param isAll whether carriers that left something behind count as if people had been told of them
 */
export function nowView(seen: Seen, isAll: boolean): NowView {
  const { state, paces, days, delays, shortShare } = seen
  let slow: SlowWays | null = null
  return {
    work: (nodeId) => paces.hours(nodeId) ?? paces.usual(nodeId),
    days: (way) => days.shares(way),
    moreDays: (nodeId, carrierId, region) => {
      slow ??= slowWays(seen)
      return moreDaysOf(slow.slices, state, nodeId, carrierId, region)
    },
    awayUntil: (carrierId) => {
      if (carrierId === null) return null
      const incident = incidentAt(state, 'carrier', carrierId)
      const isTold = isAll || incident !== undefined
      const least = leftLeast[isTold ? 'told' : 'untold']
      return delays.away(
        seen,
        `${carrierId}/${isTold}`,
        (left) =>
          saidAway(seen, carrierId, incident) ?? awayOf(seen, carrierId, left().get(carrierId), least),
      )
    },
    shortShare: (nodeId) => {
      const incident = incidentAt(state, 'node', nodeId)
      // What it was when it was told may be over by now, and orders that go elsewhere do not tell.
      return incident?.metric === 'short_pick_share' ? shortShare(nodeId, incident.value ?? 0) : 0
    },
  }
}

/** Share of what is usual up to which a carrier that is told to collect too little collects nothing. */
const nothingMost = 0.05

/**
 * The same by what an incident says, before a pick-up is missed at several nodes: on a day without pick-ups none is.
 */
function saidAway({ now, parcels }: Seen, carrierId: string, incident: Incident | undefined): number | null {
  if (incident?.metric !== 'fulfillment_orders_shipped') return null
  const { value, expected, beganAt } = incident
  if (value === null || value > nothingMost * (expected ?? 0)) return null
  return hasComeSince(parcels(), carrierId, beganAt) ? null : now + Math.max(awayLeastMs, now - beganAt)
}

function hasComeSince(parcels: ReadonlyMap<string, LateParcel>, carrierId: string, since: number): boolean {
  for (const { carrier, shippedAt } of parcels.values())
    if (carrier === carrierId && shippedAt > since + graceMs) return true
  return false
}

/**
 * Until when a carrier will probably collect nothing, null where it comes: what it left behind has waited since the
 * first pick-up that it did not come to, and will wait as long again, and a day at least.
 */
function awayOf(
  { now, parcels }: Seen,
  carrierId: string,
  left: Left | undefined,
  least: { pieces: number; nodes: number },
): number | null {
  // One node from which nothing goes stands still itself.
  if (left === undefined || left.pieces < least.pieces || left.nodes.size < least.nodes) return null
  // Where it came since, it has not gone away.
  if (hasComeSince(parcels(), carrierId, left.since)) return null
  return now + Math.max(awayLeastMs, now - left.since)
}

/** What carriers left behind at their last pick-ups, by carrier. */
function leftBehind({ state, now, network }: Seen): ReadonlyMap<string, Left> {
  const found = new Map<string, Left>()
  for (const [nodeId, orderIds] of state.openByNode) {
    const lasts = new Map<string, number | null>()
    for (const orderId of orderIds) {
      for (const work of state.orders.get(orderId)?.work ?? []) {
        const { packedAt, carrier, shippedAt } = work
        if (work.nodeId !== nodeId || carrier === null || packedAt === null || shippedAt !== null) continue
        if (!isOpenWork(work) || packedAt < now - lookMs) continue
        const last = kept(lasts, carrier, () => lastPickup(network, nodeId, carrier, now))
        if (last === null || packedAt >= last - graceMs) continue
        const own = kept(found, carrier, () => ({
          pieces: 0,
          nodes: new Set(),
          since: Number.POSITIVE_INFINITY,
        }))
        own.pieces++
        own.nodes.add(nodeId)
        own.since = Math.min(
          own.since,
          network.departures(nodeId, carrier, packedAt + graceMs, 1)[0]?.at ?? last,
        )
      }
    }
  }
  return found
}

function kept<V>(known: Map<string, V>, key: string, make: () => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  known.set(key, made)
  return made
}

const hourMs = 3_600_000
/** What is packed so shortly before a pick-up may miss it, ms; and a pick-up takes as long to be told of. */
const graceMs = 1_200_000

/** The last pick-up of a carrier that was long enough ago to be told of. */
function lastPickup(network: CompiledNetwork, nodeId: string, carrierId: string, now: number): number | null {
  for (let at = now; at > now - 2 * 24 * hourMs; at -= hourMs) {
    const [next] = network.departures(nodeId, carrierId, at - graceMs, 1)
    if (next !== undefined && next.at <= now - graceMs) return next.at
  }
  return null
}

/** What takes longer than it used to, as an hour of the market sees it. */
export function slowWays(seen: Seen): SlowWays {
  const { state, now, delays, parcels } = seen
  return delays.of(state, now, () => findSlowWays(state, { ...seen, parcels: parcels() }))
}
