// Of the alarms of an hour, those that explain the others: a node rather than all nodes, one lane of a carrier rather
// than the carrier, a class that is wanted rather than every channel. It raises no alarm itself.

import type { PastHour } from './book.ts'
import { rootsOfFlows } from './flow-roots.ts'
import { type Way, workSteps } from './kinds.ts'
import { isSetByOther, setterOf } from './setters.ts'
import type { Slice } from './slices.ts'
import {
  type Alarm,
  gainOf,
  type Leaves,
  type LimitOf,
  offOf,
  type Root,
  rootOf,
  type Sums,
  startOf,
  sumOf,
} from './sums.ts'

/** Part of an alarm that a slice has to make to be thought of at all. */
const needed = 0.7
/** Gain that a conjunction has to bring beyond its parts. */
const severalPart = 2
/** Part of its gain that the whole is given: it holds whatever a slice holds. */
const wholePart = 0.6
/** What is left of an alarm, against what makes one. */
const leftFor = { new: 0.8, explained: 1.3 }

/**
 * The roots among all alarms of an hour.
 * @param past the newest hours; @param limitOf what makes an alarm of a slice
 */
export function rootsOf(alarms: readonly Alarm[], past: readonly PastHour[], limitOf: LimitOf): Root[] {
  const roots: Root[] = []
  const flows: Alarm[] = []
  for (const own of Map.groupBy(alarms, ({ slice, point }) => `${slice.kind.step}/${point.way}`).values()) {
    if (own[0]?.slice.kind.law === 'flow' && own[0].slice.kind.step !== 'write_off') flows.push(...own)
    else if (own[0]?.slice.kind.law === 'flow') {
      roots.push(...own.map((alarm) => rootOf(alarm, past, null, 0)))
      for (const { point } of own) point.isRoot = true
    } else roots.push(...rootsOfRates(own, past, limitOf))
  }
  roots.push(...rootsOfFlows(flows, past))
  return roots
}

/** The roots among alarms of one step and way. */
function rootsOfRates(alarms: readonly Alarm[], past: readonly PastHour[], limitOf: LimitOf): Root[] {
  const hour = past.at(-1)?.hour ?? 0
  const [first] = alarms
  if (first === undefined) return []
  const left = new LeavesLeft(first.slice, past)
  const all = sumOf(
    [...left.since(Math.min(...alarms.map(({ point }) => startOf(point)))).values()],
    (sums) => offOf(sums, first.point.way),
  )
  const roots = alarms
    .filter(({ point }) => point.isRoot)
    .map((alarm) => narrowed(alarm, left, limitOf, hour))
    .map((alarm) => rootOf(alarm, past, left.since(startOf(alarm.point)), all))
  for (const { slice } of roots) left.remove(slice)
  const gain = (alarm: Alarm) => gainOf(alarm, left.since(startOf(alarm.point))).gain
  let open = stillOpen(alarms, roots, hour).filter((alarm) => gain(alarm) >= needOf(alarm))
  const passed = new Set<Slice>()
  while (open.length > 0) {
    const found = bestOf(open, left, limitOf, passed)
    if (found === null) break
    // It is told, or what sets it is, or neither as yet.
    open = open.filter(({ slice }) => slice !== found.slice)
    const best = isSetByOther(found.slice) ? setterBefore(found, left, limitOf) : found
    if (best === null) {
      passed.add(found.slice)
      continue
    }
    best.point.begin(hour, best.since)
    roots.push(rootOf(best, past, left.since(startOf(best.point)), all))
    left.remove(best.slice)
    open = open.filter((other) => other.slice !== best.slice && gain(other) >= needOf(other))
  }
  explain(alarms, roots, left)
  return roots
}

/**
 * The alarm itself where it is one without what sets it for the most part; else that, where it strays nearly enough to
 * be an alarm, or null.
 */
function setterBefore(best: Best, left: LeavesLeft, limitOf: LimitOf): Best | null {
  const { way } = best.point
  const leaves = left.since(best.since)
  const slice = setterOf(best.slice, leaves, way)
  const point = slice?.ways.find((one) => one.way === way)
  if (slice === null || point === undefined) return best
  const others: Leaves = new Map([...leaves].filter(([leaf]) => !leaf.slices.includes(slice)))
  if (gainOf(best, others).gain >= needOf(best)) return best
  const since = point.alarmedAt === null ? Math.min(best.since, point.evidence.stretch.since) : startOf(point)
  const alarm = { slice, point, limit: limitOf(slice, way).alarm }
  const found = gainOf(alarm, left.since(since))
  return found.gain >= needed * alarm.limit ? { ...alarm, ...found, since } : null
}

/** The root again, or the part of it that explains more than the whole of it does. */
function narrowed(root: Alarm, left: LeavesLeft, limitOf: LimitOf, hour: number): Alarm {
  const best = bestOf([root], left, limitOf)
  if (best === null || best.slice === root.slice || best.gain < best.limit) return root
  const isWithin = [...left.since(startOf(root.point)).keys()].every(
    (leaf) => !leaf.slices.includes(best.slice) || leaf.slices.includes(root.slice),
  )
  if (!isWithin) return root
  best.point.begin(hour, startOf(root.point))
  root.point.isRoot = false
  root.point.explainedBy = best.slice.key
  return best
}

/** Alarms that no root explains so far; those that one explained which is over are dropped. */
function stillOpen(alarms: readonly Alarm[], roots: readonly Root[], hour: number): Alarm[] {
  return alarms.filter(({ slice, point }) => {
    if (roots.some((root) => root.slice === slice) || point.isRoot) return false
    if (point.explainedBy === null || roots.some((root) => root.slice.key === point.explainedBy)) return true
    point.dismiss(hour)
    return false
  })
}

/** An alarm is explained by the root that has most of what strays in it; by none that has nothing in common with it. */
function explain(alarms: readonly Alarm[], roots: readonly Root[], left: LeavesLeft): void {
  for (const { point } of roots) {
    point.isRoot = true
    point.explainedBy = null
  }
  for (const { slice, point } of alarms) {
    if (point.alarmedAt === null || point.isRoot || point.explainedBy !== null) continue
    const shared = roots.map((root) => ({
      root,
      off: left.shared(slice, root.slice, startOf(point), point.way),
    }))
    const [most] = shared.filter(({ off }) => off > 0).sort((one, other) => other.off - one.off)
    point.explainedBy = most?.root.slice.key ?? null
  }
}

/** What is left of an alarm without what roots explain has to be an alarm by itself, clearly so if it was explained. */
const needOf = ({ point, limit }: Alarm): number =>
  limit * (point.explainedBy === null ? leftFor.new : leftFor.explained)

/** The slice that explains most of some alarms: it need not be an alarm itself yet, for it may be a small part. */
function bestOf(
  alarms: readonly Alarm[],
  left: LeavesLeft,
  limitOf: LimitOf,
  passed: ReadonlySet<Slice> = new Set(),
): Best | null {
  let best: Best | null = null
  let most = 0
  for (const [since, own] of Map.groupBy(alarms, ({ point }) => startOf(point))) {
    const leaves = left.since(since)
    const spread = Math.min(...own.map(({ slice }) => slice.spread))
    for (const slice of slicesWith(own, leaves)) {
      const point = slice.ways.find(({ way }) => way === own[0]?.point.way)
      if (point === undefined || passed.has(slice)) continue
      const alarm = { slice, point, limit: limitOf(slice, point.way).alarm }
      const found = gainOf(alarm, leaves, spread)
      if (slice.kin.columns.length > 0 && found.gain < needed * alarm.limit) continue
      const weight = weightOf(slice, found.gain)
      if (weight <= most) continue
      most = weight
      best = { ...alarm, ...found, since }
    }
  }
  return best
}

type Best = Alarm & Sums & { gain: number; since: number }

/** A slice among many has to explain more than one among few. */
function weightOf({ dimension, kin }: Slice, gain: number): number {
  const whole = dimension === 'all' ? wholePart : 1
  return whole * gain - Math.log(kin.slices.length) - (kin.columns.length > 1 ? severalPart : 0)
}

/** The slices of alarms, and all that have something in common with them. */
function slicesWith(alarms: readonly Alarm[], leaves: Leaves): Set<Slice> {
  const kind = alarms[0]?.slice.kind
  const touched = new Set<Slice>(alarms.map(({ slice }) => slice))
  for (const [leaf] of leaves) {
    if (!alarms.some((alarm) => leaf.slices.includes(alarm.slice))) continue
    for (const slice of leaf.slices) if (slice.kind === kind) touched.add(slice)
  }
  return touched
}

/** What leaves did since an hour, without those that roots explain. */
class LeavesLeft {
  readonly #steps: readonly string[]
  readonly #past: readonly PastHour[]
  readonly #removed: Slice[] = []
  readonly #bySince = new Map<number, Leaves>()

  constructor({ kind }: Slice, past: readonly PastHour[]) {
    this.#steps = kind.step === 'work' ? workSteps : [kind.step]
    this.#past = past
  }

  since(since: number): Leaves {
    let found = this.#bySince.get(since)
    if (found === undefined) {
      found = leavesSince(this.#steps, this.#past, since)
      for (const slice of this.#removed) removeLeaves(found, slice)
      this.#bySince.set(since, found)
    }
    return found
  }

  remove(slice: Slice): void {
    this.#removed.push(slice)
    for (const leaves of this.#bySince.values()) removeLeaves(leaves, slice)
  }

  /** How far leaves stray that two slices have in common. */
  shared(one: Slice, other: Slice, since: number, way: Way): number {
    const common = [...leavesSince(this.#steps, this.#past, since)].filter(
      ([leaf]) => leaf.slices.includes(one) && leaf.slices.includes(other),
    )
    return sumOf(common, ([, sums]) => offOf(sums, way))
  }
}

function removeLeaves(leaves: Leaves, slice: Slice): void {
  for (const [leaf] of leaves) if (leaf.slices.includes(slice)) leaves.delete(leaf)
}

function leavesSince(steps: readonly string[], past: readonly PastHour[], since: number): Leaves {
  const found: Leaves = new Map()
  for (const { hour, entries } of past) {
    if (hour < since) continue
    for (const { leaf, done, usual, atRisk } of entries) {
      if (!steps.includes(leaf.kind.step) || Number.isNaN(usual)) continue
      const sums = found.get(leaf)
      if (sums === undefined) found.set(leaf, { seen: done, usual, atRisk })
      else {
        sums.seen += done
        sums.usual += usual
        sums.atRisk += atRisk
      }
    }
  }
  return found
}
