// Of the alarms of an hour, those that explain the others: a node rather than all nodes, one lane of a carrier rather
// than the carrier, a class that is wanted rather than every channel. It raises no alarm itself.

import type { PastHour } from './book.ts'
import type { AlarmLimits, Watchpoint } from './evidence.ts'
import { type Way, workSteps } from './kinds.ts'
import type { Slice } from './slices.ts'

/** What makes an alarm of a slice. */
type LimitOf = (slice: Slice, way: Way) => AlarmLimits

/** An alarm of a slice. */
export interface Alarm {
  slice: Slice
  point: Watchpoint
  /** Weight that made it an alarm. */
  limit: number
}

/** What was seen and usual in a stretch. */
interface Sums {
  seen: number
  usual: number
}

/** An alarm that others do not explain. */
export interface Root extends Alarm, Sums {
  since: number
  gain: number
}

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
      roots.push(...own.map((alarm) => rootOf(alarm, past, null)))
      for (const { point } of own) point.isRoot = true
    } else roots.push(...rootsOfRates(own, past, limitOf))
  }
  roots.push(...rootsOfFlows(flows, past))
  return roots
}

function rootOf(alarm: Alarm, past: readonly PastHour[], left: Leaves | null): Root {
  const { slice, point, limit } = alarm
  const since = startOf(point)
  const { seen, usual } = left === null ? sumsSince(slice, past, since) : gainOf(alarm, left)
  return { slice, point, limit, seen, usual, since, gain: gain(seen, usual, point.way) / slice.spread }
}

/** The roots among alarms of one step and way. */
function rootsOfRates(alarms: readonly Alarm[], past: readonly PastHour[], limitOf: LimitOf): Root[] {
  const hour = past.at(-1)?.hour ?? 0
  const since = Math.min(...alarms.map(({ point }) => startOf(point)))
  const [first] = alarms
  if (first === undefined) return []
  const left = leavesSince(first.slice, past, since)
  const roots = alarms
    .filter(({ point }) => point.isRoot)
    .map((alarm) => rootOf(narrowed(alarm, left, limitOf, hour), past, left))
  for (const { slice } of roots) removeLeaves(left, slice)
  let open = stillOpen(alarms, roots, hour).filter((alarm) => gainOf(alarm, left).gain >= needOf(alarm))
  while (open.length > 0) {
    const best = bestOf(open, left, limitOf)
    if (best === null) break
    best.point.begin(hour, since)
    roots.push(rootOf(best, past, left))
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

const startOf = (point: Watchpoint): number => point.episodes.at(-1)?.since ?? 0

type Leaves = Map<PastHour['entries'][number]['leaf'], Sums>

function leavesSince(slice: Slice, past: readonly PastHour[], since: number): Leaves {
  const steps = slice.kind.step === 'work' ? workSteps : [slice.kind.step]
  const found: Leaves = new Map()
  for (const { hour, entries } of past) {
    if (hour < since) continue
    for (const { leaf, done, usual } of entries) {
      if (!steps.includes(leaf.kind.step) || Number.isNaN(usual)) continue
      const sums = found.get(leaf)
      if (sums === undefined) found.set(leaf, { seen: done, usual })
      else {
        sums.seen += done
        sums.usual += usual
      }
    }
  }
  return found
}

function gainOf({ slice, point }: Alarm, leaves: Leaves): Sums & { gain: number } {
  let seen = 0
  let usual = 0
  for (const [leaf, sums] of leaves) {
    if (!leaf.slices.includes(slice)) continue
    seen += sums.seen
    usual += sums.usual
  }
  return { seen, usual, gain: gain(seen, usual, point.way) / slice.spread }
}

/** Logarithm of the likelihood of what was seen at its own rate, against that of the usual one; 0 = no deviation. */
function gain(seen: number, usual: number, way: 'low' | 'high'): number {
  const off = way === 'low' ? usual - seen : seen - usual
  if (!(off > 0)) return 0
  return (seen > 0 ? seen * Math.log(seen / Math.max(usual, 1e-9)) : 0) + usual - seen
}

/** Part of what orders are above the usual that classes explain. */
const explainedShare = 0.4
/** Of several providers one that sends all but this part of the orders is the whole. */
const wholeShare = 0.95

/** The roots among alarms of what flows in: orders, and lines by class. */
function rootsOfFlows(alarms: readonly Alarm[], past: readonly PastHour[]): Root[] {
  const all = alarms.map((alarm) => ({ ...alarm, ...sumsSince(alarm.slice, past, startOf(alarm.point)) }))
  const roots: Root[] = []
  for (const way of ['low', 'high'] as const) {
    const own = all.filter(({ point }) => point.way === way).sort((a, b) => columnsOf(a) - columnsOf(b))
    const lines = own.filter(({ slice }) => slice.kind.step === 'line')
    const above = sumOf(lines, ({ seen, usual }) => seen - usual)
    for (const one of own) {
      const { slice, point, limit, seen, usual } = one
      const others = roots.filter((root) => root.slice.kind.step === 'order' && root.point.way === way)
      const byLines =
        way === 'high' && slice.kind.step === 'order' && above >= explainedShare * (seen - usual)
      const cover = byLines ? lines[0]?.slice : others.find((root) => covers(root, one))?.slice
      const isKnown = slice.kind.step === 'order' && slice.dimension === 'provider' && isWhole(one, past)
      if (slice.kind.step === 'order' && !point.isRoot && (cover !== undefined || isKnown)) {
        point.explainedBy = cover?.key ?? 'all/all'
        continue
      }
      if (point.explainedBy !== null) {
        point.dismiss(past.at(-1)?.hour ?? 0)
        continue
      }
      point.isRoot = true
      roots.push({ slice, point, limit, seen, usual, since: startOf(point), gain: gain(seen, usual, way) })
    }
  }
  return roots
}

const columnsOf = ({ slice }: Alarm): number => (slice.dimension === 'all' ? 1 : 0)
const sumOf = <T>(list: readonly T[], pick: (one: T) => number): number =>
  list.reduce((sum, one) => sum + pick(one), 0)

/** Whether what strays in one slice is what strays in the other: at the same rate, or the most of it. */
function covers(root: Root, one: Alarm & Sums): boolean {
  if (root.slice.dimension === 'all') return true
  const off = (sums: Sums) => Math.abs(sums.seen - sums.usual)
  return one.slice.dimension === 'all' && off(root) >= 0.5 * off(one)
}

function isWhole({ slice, usual }: Alarm & Sums, past: readonly PastHour[]): boolean {
  const since = past[0]?.hour ?? 0
  const whole = past
    .flatMap(({ sums }) => sums)
    .filter((one) => one.slice.kind === slice.kind && one.slice.key === 'all/all')
  const own = sumsSince(slice, past, since)
  return usual >= 0 && own.usual >= wholeShare * sumOf(whole, (one) => one.usual)
}

function sumsSince(slice: Slice, past: readonly PastHour[], since: number): Sums {
  const found = { seen: 0, usual: 0 }
  for (const { hour, sums } of past) {
    if (hour < since) continue
    for (const one of sums) {
      if (one.slice !== slice || Number.isNaN(one.usual)) continue
      found.seen += one.seen
      found.usual += one.usual
    }
  }
  return found
}
