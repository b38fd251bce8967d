// What the state of a market itself says of now: what waits at nodes, how long parcels take, which carriers collect
// nothing. It counts for work of constraints that are known, or for all where moves are weighed; it decides nothing.

import { type CoreState, isOpenWork } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import type { LearnedView } from '../world.ts'
import { daysOff } from './days-off.ts'
import { delayOf, type Evidence, eveningMs, evidenceOf, type LateParcel } from './delays.ts'
import { hampers, incidentAt, isOfSpeed, partsOfSlice } from './learned.ts'
import type { PaceView } from './pace.ts'
import type { DaysView } from './parcel-days.ts'

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

/** What was found of delays and of carriers that are away, kept for a while of the market. */
export class Delays {
  #key = ''
  #found: SlowWays = { slices: [], plain: [] }
  #awayAt = ''
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
  away(state: CoreState, now: number, asked: string, make: () => number | null): number | null {
    const key = `${Math.floor(now / awayKeptMs)}/${state.openIncidents.size}`
    if (key !== this.#awayAt) {
      this.#awayAt = key
      this.#away.clear()
    }
    let known = this.#away.get(asked)
    if (known === undefined) {
      known = make()
      this.#away.set(asked, known)
    }
    return known
  }
}

const keptMs = 3_600_000
const awayKeptMs = 600_000

/** Ways and the days they take longer; by an open incident, or plainly. */
interface SlowSlice {
  slice: ReadonlyMap<string, string>
  days: number
  incidentId: string | null
}

/** Everything that takes longer, and of carriers what is so plain that people should be told. */
export interface SlowWays {
  slices: readonly SlowSlice[]
  plain: readonly SlowCarrier[]
}

/** A carrier whose parcels plainly take longer. */
export interface SlowCarrier {
  carrier: string
  /** To this region alone; null = everywhere. */
  region: string | null
  days: number
  /** When the first of them left, epoch ms. */
  since: number
  /** Days that they usually take: as likely as not, and of the quickest and slowest tenth. */
  usual: { median: number; low: number; high: number }
}

type NowView = Required<Pick<LearnedView, 'work' | 'days' | 'moreDays' | 'awayUntil' | 'shortShare'>>

/** So many packed pieces must a carrier have left behind, at so many nodes; more where nobody was told of it. */
const leftBehind = { told: { pieces: 3, nodes: 2 }, untold: { pieces: 6, nodes: 3 } }
/** A carrier that comes to no node will hardly have mended it within a day, ms. */
const awayLeastMs = 24 * 3_600_000
const lookMs = 96 * 3_600_000

/**
 * What a state says of now.
 * @param isAll whether queues and carriers count even where no incident is open
 */
export function nowView(seen: Seen, isAll: boolean): NowView {
  const { state, now, paces, days, delays, shortShare } = seen
  let slow: SlowWays | null = null
  // What cannot go where it usually does fills other nodes.
  const isStrained = hasStrain(state)
  return {
    work: (nodeId) => (isAll || isStrained ? paces.hours(nodeId) : null) ?? paces.usual(nodeId),
    days: (way) => days.shares(way),
    moreDays: (nodeId, carrierId, region) => {
      slow ??= slowWays(seen)
      return moreDaysOf(slow.slices, state, nodeId, carrierId, region)
    },
    awayUntil: (carrierId) => {
      if (carrierId === null) return null
      const isTold = isAll || incidentAt(state, 'carrier', carrierId) !== undefined
      return delays.away(state, now, `${carrierId}/${isTold}`, () =>
        awayOf(seen, carrierId, leftBehind[isTold ? 'told' : 'untold']),
      )
    },
    shortShare: (nodeId) => {
      const incident = incidentAt(state, 'node', nodeId)
      // What it was when it was told may be over by now, and orders that go elsewhere do not tell.
      return incident?.metric === 'short_pick_share' ? shortShare(nodeId, incident.value ?? 0) : 0
    },
  }
}

/** Whether any open incident says that things take longer or that goods are not there. */
function hasStrain(state: CoreState): boolean {
  for (const incidentId of state.openIncidents.values()) {
    if (hampers(state.incidents.get(incidentId))) return true
  }
  return false
}

/**
 * Until when a carrier will probably collect nothing, null where it comes: what it left behind has waited since the
 * first pick-up that it did not come to, and will wait as long again, and a day at least.
 */
function awayOf(
  { state, now, network, parcels }: Seen,
  carrierId: string,
  least: { pieces: number; nodes: number },
): number | null {
  let count = 0
  // One node from which nothing goes stands still itself.
  const nodes = new Set<string>()
  let since = Number.POSITIVE_INFINITY
  for (const [nodeId, orderIds] of state.openByNode) {
    const last = lastPickup(network, nodeId, carrierId, now)
    if (last === null) continue
    for (const orderId of orderIds) {
      for (const work of state.orders.get(orderId)?.work ?? []) {
        const { packedAt, carrier, shippedAt } = work
        if (work.nodeId !== nodeId || carrier !== carrierId || packedAt === null || shippedAt !== null)
          continue
        if (!isOpenWork(work) || packedAt >= last - graceMs || packedAt < now - lookMs) continue
        count++
        nodes.add(nodeId)
        since = Math.min(since, network.departures(nodeId, carrierId, packedAt + graceMs, 1)[0]?.at ?? last)
      }
    }
  }
  if (count < least.pieces || nodes.size < least.nodes) return null
  // Where it came since, it has not gone away.
  for (const { carrier, shippedAt } of parcels().values()) {
    if (carrier === carrierId && shippedAt > since + graceMs) return null
  }
  return now + Math.max(awayLeastMs, now - since)
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

/** Days that a way takes longer by open incidents of carriers, lanes and regions, and by carriers that plainly do. */
function moreDaysOf(
  slices: readonly SlowSlice[],
  state: CoreState,
  nodeId: string,
  carrier: string | null,
  region: string | null,
): number {
  if (slices.length === 0) return 0
  const origin = state.nodes.get(nodeId)?.region ?? null
  let most = 0
  for (const { slice, days } of slices)
    if (isIn(slice, { carrier, origin, region })) most = Math.max(most, days)
  return most
}

/** What takes longer than it used to, as an hour of the market sees it. */
export function slowWays({ state, days, network, now, parcels, delays }: Seen): SlowWays {
  return delays.of(state, now, () => {
    const off = daysOff(parcels().values(), network, now - eveningMs)
    const evidence = evidenceOf(parcels().values(), { days, network, now, off })
    const { slices, plain } = slowCarriers(evidence, days)
    return { slices: [...slowSlices(state, evidence), ...slices], plain }
  })
}

function slowSlices(state: CoreState, evidence: readonly Evidence[]): SlowSlice[] {
  return [...state.openIncidents.values()].flatMap((incidentId) => {
    const incident = state.incidents.get(incidentId)
    if (incident === undefined || !isOfSpeed(incident)) return []
    const slice = new Map(partsOfSlice(incident).map(({ dimension, value }) => [dimension, value]))
    if (![...slice.keys()].every((dimension) => ofWays.has(dimension))) return []
    const own = evidence.filter(({ parcel: { carrier, origin, way } }) =>
      isIn(slice, { carrier, origin, region: way.region }),
    )
    return [{ slice, days: delayOf(own)?.days ?? 0, incidentId }]
  })
}

/**
 * What carriers plainly take longer: everywhere, to a region, or from one. The more of them there are to choose from,
 * the surer one has to be, and surer still to tell people.
 */
function slowCarriers(evidence: readonly Evidence[], days: DaysView): SlowWays {
  const slices: SlowSlice[] = []
  const plain: SlowCarrier[] = []
  const carriers = new Set(evidence.map(({ parcel }) => parcel.carrier)).size
  for (const { partsOf, isTold } of families) {
    const groups = Map.groupBy(evidence, ({ parcel }) => partsOf(parcel).join('\u001f'))
    const gain = plainGain + Math.log(groups.size / carriers)
    for (const own of groups.values()) {
      const [{ parcel } = { parcel: null }] = own
      const delay = delayOf(own, gain)
      if (parcel?.carrier == null || delay === null) continue
      const slice = new Map(partsOf(parcel))
      slices.push({ slice, days: delay.days, incidentId: null })
      const sure = isTold ? delayOf(own, gain + toldMore) : null
      if (sure === null) continue
      const { carrier } = parcel
      const left = own.filter(({ day }) => day === sure.since).map((each) => each.parcel.shippedAt)
      const known = { carrier, region: slice.get('region') ?? null, days: sure.days }
      plain.push({ ...known, since: Math.min(...left), usual: usualDays(own, days) })
    }
  }
  return { slices, plain }
}

/** Days that parcels usually take, on average over their ways. */
function usualDays(evidence: readonly Evidence[], days: DaysView): SlowCarrier['usual'] {
  const at = (part: number) => {
    const each = evidence.map(({ parcel }) => {
      const shares = days.shares(parcel.way) ?? []
      return Math.max(
        0,
        shares.findIndex((share) => share >= part),
      )
    })
    return each.reduce((sum, one) => sum + one, 0) / Math.max(1, each.length)
  }
  return { median: at(0.5), low: at(0.1), high: at(0.9) }
}

type Parts = (parcel: LateParcel) => [dimension: string, value: string][]

const byCarrier: Parts = ({ carrier }) => [['carrier', carrier ?? '']]
const families: readonly { partsOf: Parts; isTold: boolean }[] = [
  { partsOf: byCarrier, isTold: true },
  { partsOf: (parcel) => [...byCarrier(parcel), ['region', parcel.way.region ?? '']], isTold: true },
  { partsOf: (parcel) => [...byCarrier(parcel), ['origin', parcel.origin ?? '']], isTold: false },
]

/** See `delayOf`: twice as sure as where an incident says that something is wrong; and by how much surer to tell it. */
const plainGain = 8
const toldMore = 5

const ofWays: ReadonlySet<string> = new Set(['carrier', 'lane', 'region'])

function isIn(
  slice: ReadonlyMap<string, string>,
  { carrier, origin, region }: { carrier: string | null; origin: string | null; region: string | null },
): boolean {
  for (const [dimension, value] of slice) {
    if (dimension === 'carrier' && value !== (carrier ?? '')) return false
    if (dimension === 'region' && value !== (region ?? '')) return false
    if (dimension === 'origin' && value !== (origin ?? '')) return false
    if (dimension === 'lane' && value !== `${origin ?? 'unknown'}>${region ?? 'unknown'}`) return false
  }
  return true
}
