// Carriers and ways whose parcels take longer than they used to: of open incidents by how much, and what is plain
// without any. It opens no incident and decides nothing.

import { type CoreState, partsOfSlice } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import { daySoFar } from './day-so-far.ts'
import { daysOff } from './days-off.ts'
import {
  type Delay,
  delayedStretch,
  delayOf,
  type Evidence,
  eveningMs,
  evidenceOf,
  type LateParcel,
} from './delays.ts'
import { isOfSpeed } from './learned.ts'
import type { DaysView } from './parcel-days.ts'

/** Ways and the days they take longer; by an open incident, or plainly. */
interface SlowSlice {
  slice: ReadonlyMap<string, string>
  days: number
  incidentId: string | null
}

/** Everything that takes longer, and the carriers of which that is so plain that people should be told. */
export interface SlowWays {
  slices: readonly SlowSlice[]
  plain: readonly SlowCarrier[]
}

/** A carrier whose parcels plainly take longer, wherever they go. */
export interface SlowCarrier {
  carrier: string
  days: number
  /** When the first of them left, epoch ms. */
  since: number
  /** Days that they usually take: as likely as not, and of the quickest and slowest tenth. */
  usual: { median: number; low: number; high: number }
}

/** What parcels are judged by. */
interface Ground {
  days: DaysView
  network: CompiledNetwork
  /** Epoch ms of the market. */
  now: number
  parcels: ReadonlyMap<string, LateParcel>
}

/** What takes longer than it used to. */
export function findSlowWays(state: CoreState, { days, network, now, parcels }: Ground): SlowWays {
  const off = daysOff(parcels.values(), network, now - eveningMs)
  const soFar = daySoFar(parcels.values(), now)
  const evidence = evidenceOf(parcels.values(), { days, network, now, off, soFar })
  const told = { all: evidence, own: withoutWhole(evidence), today: Math.floor(now / dayMs) }
  const { slices, plain } = slowCarriers(told, days)
  return { slices: [...slowSlices(state, told), ...slices], plain }
}

/** What all parcels say, and those alone that left when their carrier was not slow as a whole. */
interface Told {
  all: readonly Evidence[]
  own: readonly Evidence[]
  /** Since 1970. */
  today: number
}

const dayMs = 86_400_000
/** What nobody has sent by for longer, because it was slow, may be quick again: nobody knows, days. */
const silentMost = 4

/** See `delayOf`; null also where nothing left lately that would tell. */
function delayNow(seen: readonly Evidence[], today: number, gainLeast?: number): Delay | null {
  const [last] = seen
  return last === undefined || today - last.day > silentMost ? null : delayOf(seen, gainLeast)
}

/** Where a whole carrier was slow, its parcels into a region say nothing of the region. */
function withoutWhole(evidence: readonly Evidence[]): Evidence[] {
  const byCarrier = Map.groupBy(evidence, ({ parcel }) => parcel.carrier)
  const slow = new Map([...byCarrier].map(([carrier, own]) => [carrier, delayedStretch(own, plainGain)]))
  return evidence.filter(({ day, parcel }) => {
    const stretch = slow.get(parcel.carrier) ?? null
    return stretch === null || day < stretch.from || day > stretch.to
  })
}

function slowSlices(state: CoreState, told: Told): SlowSlice[] {
  return [...state.openIncidents.values()].flatMap((incidentId) => {
    const incident = state.incidents.get(incidentId)
    if (incident === undefined || !isOfSpeed(incident)) return []
    const slice = new Map(partsOfSlice(incident).map(({ dimension, value }) => [dimension, value]))
    if (![...slice.keys()].every((dimension) => ofWays.has(dimension))) return []
    const isPart = slice.size > 1 && slice.has('carrier')
    const own = told[isPart ? 'own' : 'all'].filter(({ parcel: { carrier, origin, way } }) =>
      isIn(slice, { carrier, origin, region: way.region }),
    )
    return [{ slice, days: delayNow(own, told.today)?.days ?? 0, incidentId }]
  })
}

/**
 * What carriers plainly take longer: everywhere, to a region, or from one. The more of them there are to choose from,
 * the surer one has to be. People are told of whole carriers: regions have few parcels, and steps of work tell of ways.
 */
function slowCarriers(told: Told, days: DaysView): SlowWays {
  const slices: SlowSlice[] = []
  const plain: SlowCarrier[] = []
  const carriers = new Set(told.all.map(({ parcel }) => parcel.carrier)).size
  for (const { partsOf, keyOf } of families) {
    const groups = Map.groupBy(told[partsOf === byCarrier ? 'all' : 'own'], ({ parcel }) => keyOf(parcel))
    const gain = plainGain + Math.log(groups.size / carriers)
    for (const own of groups.values()) {
      const [{ parcel } = { parcel: null }] = own
      const delay = delayNow(own, told.today, gain)
      if (parcel?.carrier == null || delay === null) continue
      slices.push({ slice: new Map(partsOf(parcel)), days: delay.days, incidentId: null })
      const sure = partsOf === byCarrier ? delayOf(own, gain + toldMore) : null
      if (sure === null) continue
      const left = own.filter(({ hour }) => hour === sure.since).map((each) => each.parcel.shippedAt)
      const { carrier } = parcel
      plain.push({ carrier, days: sure.days, since: Math.min(...left), usual: usualDays(own, days) })
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

/** Kinds of groups of parcels, and a text that is the same for parcels of one group. */
const families: readonly { partsOf: Parts; keyOf: (parcel: LateParcel) => string }[] = [
  { partsOf: byCarrier, keyOf: ({ carrier }) => carrier ?? '' },
  {
    partsOf: (parcel) => [...byCarrier(parcel), ['region', parcel.way.region ?? '']],
    keyOf: ({ carrier, way }) => `${carrier ?? ''}\u001f${way.region ?? ''}`,
  },
  {
    partsOf: (parcel) => [...byCarrier(parcel), ['origin', parcel.origin ?? '']],
    keyOf: ({ carrier, origin }) => `${carrier ?? ''}\u001f${origin ?? ''}`,
  },
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

/** Days that a way takes longer by open incidents of carriers, lanes and regions, and by carriers that plainly do. */
export function moreDaysOf(
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
