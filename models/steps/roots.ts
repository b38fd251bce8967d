// Of the alarms of an hour, those that explain the others: a node rather than all nodes, one lane of a carrier rather
// than the carrier, a class that is wanted rather than every channel. It raises no alarm itself.

import type { PastHour } from './book.ts'
import { rootsOfFlows } from './flow-roots.ts'
import { workSteps } from './kinds.ts'
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
  const since = Math.min(...alarms.map(({ point }) => startOf(point)))
  const [first] = alarms
  if (first === undefined) return []
  const left = leavesSince(first.slice, past, since)
  const all = sumOf([...left.values()], (sums) => offOf(sums, first.point.way))
  const roots = alarms
    .filter(({ point }) => point.isRoot)
    .map((alarm) => rootOf(narrowed(alarm, left, limitOf, hour), past, left, all))
  for (const { slice } of roots) removeLeaves(left, slice)
  let open = stillOpen(alarms, roots, hour).filter((alarm) => gainOf(alarm, left).gain >= needOf(alarm))
  while (open.length > 0) {
    const best = bestOf(open, left, limitOf)
    if (best === null) break
    best.point.begin(hour, since)
    roots.push(rootOf(best, past, left, all))
    removeLeaves(left, best.slice)
    open = open.filter((other) => other.slice !== best.slice && gainOf(other, left).gain >= needOf(other))
  }
  explain(alarms, roots)
  return roots
}

/** The root again, or the part of it that explains more than the whole of it does. */
function narrowed(root: Alarm, left: Leaves, limitOf: LimitOf, hour: number): Alarm {
  const best = bestOf([root], left, limitOf)
  if (best === null || best.slice === root.slice || best.gain < best.limit) return root
  const isWithin = [...left.keys()].every(
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

function explain(alarms: readonly Alarm[], roots: readonly Root[]): void {
  for (const { point } of roots) {
    point.isRoot = true
    point.explainedBy = null
  }
  for (const { point } of alarms) {
    if (point.alarmedAt !== null && !point.isRoot) point.explainedBy ??= roots[0]?.slice.key ?? null
  }
}

function removeLeaves(left: Leaves, slice: Slice): void {
  for (const [leaf] of left) if (leaf.slices.includes(slice)) left.delete(leaf)
}

/** What is left of an alarm without what roots explain has to be an alarm by itself, clearly so if it was explained. */
const needOf = ({ point, limit }: Alarm): number =>
  limit * (point.explainedBy === null ? leftFor.new : leftFor.explained)

/** The slice that explains most of some alarms: it need not be an alarm itself yet, for it may be a small part. */
function bestOf(
  alarms: readonly Alarm[],
  left: Leaves,
  limitOf: LimitOf,
): (Alarm & Sums & { gain: number }) | null {
  const [first] = alarms
  if (first === undefined) return null
  const kind = first.slice.kind
  const touched = new Set<Slice>(alarms.map(({ slice }) => slice))
  for (const [leaf] of left) {
    for (const slice of leaf.slices) {
      if (slice.kind === kind && alarms.some((alarm) => leaf.slices.includes(alarm.slice))) touched.add(slice)
    }
  }
  let best: (Alarm & Sums & { gain: number }) | null = null
  let most = 0
  for (const slice of touched) {
    const point = slice.ways.find(({ way }) => way === first.point.way)
    if (point === undefined) continue
    const alarm = { slice, point, limit: limitOf(slice, point.way).alarm }
    const found = gainOf(alarm, left)
    // A slice among many has to explain more than one among few.
    const whole = slice.dimension === 'all' ? wholePart : 1
    if (slice.kin.columns.length > 0 && found.gain < needed * alarm.limit) continue
    const weight =
      whole * found.gain -
      Math.log(slice.kin.slices.length) -
      (slice.kin.columns.length > 1 ? severalPart : 0)
    if (weight <= most) continue
    most = weight
    best = { ...alarm, ...found }
  }
  return best
}

function leavesSince(slice: Slice, past: readonly PastHour[], since: number): Leaves {
  const steps = slice.kind.step === 'work' ? workSteps : [slice.kind.step]
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
