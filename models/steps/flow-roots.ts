// The roots among alarms of what flows in: what is bought of a class rather than every channel, a channel that is
// silent rather than all orders, all orders rather than each class. It raises no alarm itself.

import type { PastHour } from './book.ts'
import type { Way } from './kinds.ts'
import type { Kin, Slice } from './slices.ts'
import { type Alarm, gain, offOf, type Root, rootOf, type Sums, startOf, sumOf, sumsSince } from './sums.ts'

/** Part of what orders are above the usual that classes explain. */
const explainedShare = 0.4
/** Part of what strays in the whole that slices explain which are told instead. */
const coveredShare = 0.5
/** Of several providers one that sends all but this part of the orders is the whole. */
const wholeShare = 0.95
/** Slices stray alike where so much of the whole strays at least by this part of how far half of it does. */
const alikeShare = 0.8
const alikePart = 0.5
/** Evidence that is left without the slice that strays most, for all to stray and not only that one. */
const alikeWithout = 2
/** Hours by which a slice may stray before the whole and still be a part of it. */
const sameHours = 6

type Told = Alarm & Sums

/** The roots among alarms of what flows in: orders, and lines by class. */
export function rootsOfFlows(alarms: readonly Alarm[], past: readonly PastHour[]): Root[] {
  const all = alarms.map((alarm) => ({ ...alarm, ...sumsSince(alarm.slice, past, startOf(alarm.point)) }))
  return (['low', 'high'] as const).flatMap((way) =>
    rootsOfWay(
      way,
      all.filter(({ point }) => point.way === way),
      past,
    ),
  )
}

function rootsOfWay(way: Way, alarms: readonly Told[], past: readonly PastHour[]): Root[] {
  const flows = new Flows(way, alarms, past)
  const roots: Root[] = []
  // What is particular is told before the whole; what strays like all the others of its kind comes last.
  for (const one of alarms.toSorted((a, b) => flows.rankOf(a) - flows.rankOf(b))) {
    const { slice, point, limit } = one
    const cover = flows.coverOf(one, roots)
    if (cover !== null && (!point.isRoot || flows.isGivenUp(one))) {
      point.isRoot = false
      point.explainedBy = cover
      continue
    }
    if (point.explainedBy !== null) {
      point.dismiss(past.at(-1)?.hour ?? 0)
      continue
    }
    point.isRoot = true
    roots.push(rootOf({ slice, point, limit }, past, null, Math.max(flows.above, offOf(one, way))))
  }
  return roots
}

const isWhole = ({ slice }: Pick<Alarm, 'slice'>): boolean => slice.dimension === 'all'
const isOrder = ({ slice }: Pick<Alarm, 'slice'>): boolean => slice.kind.step === 'order'

/** The alarms of one way, held against each other. */
class Flows {
  readonly #way: Way
  readonly #alarms: readonly Told[]
  readonly #past: readonly PastHour[]
  /** Slices of which all stray alike: which of them is which says nothing. */
  readonly #alike = new Set<Kin>()
  readonly #lines: readonly Told[]
  /** How far classes stray that are wanted by themselves. */
  readonly above: number

  constructor(way: Way, alarms: readonly Told[], past: readonly PastHour[]) {
    this.#way = way
    this.#alarms = alarms
    this.#past = past
    for (const kin of new Set(alarms.map(({ slice }) => slice.kin))) {
      if (kin.columns.length > 0 && this.#strayAlike(kin)) this.#alike.add(kin)
    }
    this.#lines = alarms.filter((one) => !isOrder(one) && !isWhole(one) && !this.#alike.has(one.slice.kin))
    this.above = sumOf(this.#lines, (one) => offOf(one, way))
  }

  rankOf(one: Told): number {
    if (this.#alike.has(one.slice.kin)) return 3
    return isWhole(one) ? (isOrder(one) ? 1 : 2) : 0
  }

  /** Key of what explains an alarm, null = it is a root. @param roots those that are known so far */
  coverOf(one: Told, roots: readonly Root[]): string | null {
    if (isOrder(one) && this.#isByLines(one)) return this.#lines[0]?.slice.key ?? null
    if (isWhole(one)) return this.#coverOfWhole(one, roots)
    const whole = this.#wholeOf(one.slice)
    if (whole !== null && this.#isPartOf(one, whole)) return whole.slice.key
    return isOrder(one) && one.slice.dimension === 'provider' && this.#isAllOrders(one) ? 'all/all' : null
  }

  /** Whether a slice that was told is told as a part of the whole from now on. */
  isGivenUp(one: Told): boolean {
    const whole = this.#wholeOf(one.slice)
    if (whole === null || !whole.point.isRoot || !this.#alike.has(one.slice.kin)) return false
    return startOf(one.point) >= startOf(whole.point) - sameHours
  }

  /** More was bought of some classes: orders are what comes of it. */
  #isByLines(one: Told): boolean {
    return this.#way === 'high' && this.#lines.length > 0 && this.above >= explainedShare * offOf(one, 'high')
  }

  #coverOfWhole(one: Told, roots: readonly Root[]): string | null {
    const parts = roots.filter((root) => !isWhole(root) && root.slice.kind === one.slice.kind)
    for (const own of Map.groupBy(parts, ({ slice }) => slice.kin).values()) {
      const off = sumOf(own, (root) => offOf(root, this.#way))
      if (off >= coveredShare * offOf(one, this.#way)) return own[0]?.slice.key ?? null
    }
    // More lines are bought with more orders.
    return isOrder(one) ? null : (roots.find(isOrder)?.slice.key ?? null)
  }

  #wholeOf({ kind }: Slice): Told | null {
    return this.#alarms.find((one) => isWhole(one) && one.slice.kind === kind) ?? null
  }

  /** Whether a slice strays as the whole does, or for a small part of it where others show that it is the whole. */
  #isPartOf(one: Told, whole: Told): boolean {
    if (this.#isBeyond(one, whole)) return false
    if (this.#alike.has(one.slice.kin)) return true
    const isTold = whole.point.isRoot || whole.point.explainedBy === whole.slice.key
    return (isTold || this.#alike.size > 0) && !this.#explainsWhole(one, whole)
  }

  /** Whether a slice strays clearly more than the whole of which it is told. */
  #isBeyond({ slice, point, limit, seen, usual }: Told, whole: Told): boolean {
    const all = sumsSince(whole.slice, this.#past, startOf(point))
    const expected = (usual * all.seen) / Math.max(all.usual, 1e-9)
    const isFar = offOf({ seen, usual: expected }, this.#way) >= slice.kind.leastShare * expected
    return isFar && gain(seen, expected, this.#way) / slice.spread >= limit
  }

  /** Whether what strays of the whole is for the most part in the slices by these columns that stray. */
  #explainsWhole({ slice }: Told, whole: Told): boolean {
    const own = this.#alarms.filter((other) => other.slice.kin === slice.kin)
    return sumOf(own, (other) => offOf(other, this.#way)) >= coveredShare * offOf(whole, this.#way)
  }

  /** Whether nearly all slices by the same columns stray, each about as far as all together. */
  #strayAlike(kin: Kin): boolean {
    const alarm = this.#alarms.find((one) => isWhole(one) && one.slice.kind === kin.kind)
    if (alarm === undefined || kin.slices.length < 2) return false
    const way = this.#way
    const since = startOf(alarm.point)
    const each = kin.slices.map((slice) => ({ slice, ...sumsSince(slice, this.#past, since) }))
    const typical = typicalOff(each, way)
    if (!(typical >= kin.kind.leastShare)) return false
    const least = alikePart * typical
    const strays = (sums: Pick<Sums, 'seen' | 'usual'>) => offOf(sums, way) >= least * sums.usual
    const [first, ...others] = each.toSorted((a, b) => offOf(b, way) - offOf(a, way))
    const rest = totalOf(others)
    if (first === undefined || !strays(rest)) return false
    if (gain(rest.seen, rest.usual, way) < alikeWithout * first.slice.spread) return false
    return totalOf(each.filter(strays)).usual >= alikeShare * totalOf(each).usual
  }

  /** Whether a provider sends all but a small part of the orders. */
  #isAllOrders({ slice, usual }: Told): boolean {
    const since = this.#past[0]?.hour ?? 0
    const whole = this.#past
      .flatMap(({ sums }) => sums)
      .filter((one) => one.slice.kind === slice.kind && one.slice.key === 'all/all')
    const own = sumsSince(slice, this.#past, since)
    return usual >= 0 && own.usual >= wholeShare * sumOf(whole, (one) => one.usual)
  }
}

const totalOf = (list: readonly Sums[]): Pick<Sums, 'seen' | 'usual'> => ({
  seen: sumOf(list, ({ seen }) => seen),
  usual: sumOf(list, ({ usual }) => usual),
})

/** How far slices stray against what is usual of each: half of what is usual is in those that stray more. */
function typicalOff(slices: readonly Sums[], way: Way): number {
  const known = slices
    .filter(({ usual }) => usual > 0)
    .map((one) => ({ ...one, off: offOf(one, way) / one.usual }))
  const half = totalOf(known).usual / 2
  let sum = 0
  for (const { usual, off } of known.sort((a, b) => b.off - a.off)) {
    sum += usual
    if (sum >= half) return off
  }
  return 0
}
