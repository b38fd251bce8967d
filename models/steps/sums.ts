// What was seen and usual of alarms in the newest hours, and how much it speaks against the usual. It chooses none.

import type { PastHour } from './book.ts'
import type { AlarmLimits, Watchpoint } from './evidence.ts'
import type { Way } from './kinds.ts'
import type { Slice } from './slices.ts'

/** Evidence that earlier hours have to add for it to have begun in them. */
const beginsBy = 0.5

/** What makes an alarm of a slice. */
export type LimitOf = (slice: Slice, way: Way) => AlarmLimits

/** An alarm of a slice. */
export interface Alarm {
  slice: Slice
  point: Watchpoint
  /** Weight that made it an alarm. */
  limit: number
}

/** What was seen and usual in a stretch. */
export interface Sums {
  seen: number
  usual: number
  /** What was there to be done. */
  atRisk: number
}

/** An alarm that others do not explain. */
export interface Root extends Alarm, Sums {
  /** First hour that counts, and the one in which it most likely began, hours since 1970. */
  since: number
  began: number
  /** Logarithm of the likelihood of what was seen, at its own rate against the usual one. */
  gain: number
  /** What was seen and usual from the hour on in which it most likely began. */
  lately: Pick<Sums, 'seen' | 'usual'>
  /** Part it has in what strays of its step, 0 to 1. */
  share: number
}

/** An alarm as a root. @param all how far all of the step strays in the same way */
export function rootOf(alarm: Alarm, past: readonly PastHour[], left: Leaves | null, all: number): Root {
  const { slice, point, limit } = alarm
  const since = startOf(point)
  point.began ??= beganAt(slice, point, past)
  const { seen, usual, atRisk } = left === null ? sumsSince(slice, past, since) : gainOf(alarm, left)
  const off = offOf({ seen, usual }, point.way)
  const share = all > 0 ? Math.min(1, Math.max(0, off / all)) : 1
  const strength = gain(seen, usual, point.way) / slice.spread
  const { began } = point
  const lately = sumsSince(slice, past, began)
  return { slice, point, limit, seen, usual, atRisk, since, began, lately, share, gain: strength }
}

/** How far it strays in a way. */
export const offOf = ({ seen, usual }: Pick<Sums, 'seen' | 'usual'>, way: Way): number =>
  way === 'low' ? usual - seen : seen - usual

/** The hour from which on what was seen is least likely as usual. */
function beganAt(slice: Slice, point: Watchpoint, past: readonly PastHour[]): number {
  const from = startOf(point)
  let [seen, usual, most, began] = [0, 0, 0, past.at(-1)?.hour ?? from]
  for (let i = past.length - 1; i >= 0; i--) {
    const { hour, sums } = past[i] as PastHour
    if (hour < from) break
    const own = sums.find((one) => one.slice === slice)
    if (own === undefined || Number.isNaN(own.usual)) continue
    seen += own.seen
    usual += own.usual
    const strength = gain(seen, usual, point.way)
    // Hours in which next to nothing is usual say nothing of where it began.
    if (strength <= most + beginsBy) continue
    most = strength
    began = hour
  }
  return began
}

/** First hour of the episode of an alarm. */
export const startOf = (point: Watchpoint): number => point.episodes.at(-1)?.since ?? 0

/** Sums by leaf. */
export type Leaves = Map<PastHour['entries'][number]['leaf'], Sums>

/**
 * What was seen of an alarm in the leaves that are left, and how much it speaks against the usual.
 * @param spread variance against that of chance; of slices that are held against each other the same for all
 */
export function gainOf(
  { slice, point }: Alarm,
  leaves: Leaves,
  spread: number = slice.spread,
): Sums & { gain: number } {
  let seen = 0
  let usual = 0
  let atRisk = 0
  for (const [leaf, sums] of leaves) {
    if (!leaf.slices.includes(slice)) continue
    seen += sums.seen
    usual += sums.usual
    atRisk += sums.atRisk
  }
  return { seen, usual, atRisk, gain: gain(seen, usual, point.way) / spread }
}

/** Logarithm of the likelihood of what was seen at its own rate, against that of the usual one; 0 = no deviation. */
export function gain(seen: number, usual: number, way: Way): number {
  const off = offOf({ seen, usual }, way)
  if (!(off > 0)) return 0
  return (seen > 0 ? seen * Math.log(seen / Math.max(usual, 1e-9)) : 0) + usual - seen
}

/** Sum over a list. */
export const sumOf = <T>(list: readonly T[], pick: (one: T) => number): number =>
  list.reduce((sum, one) => sum + pick(one), 0)

/** Sums of a slice from an hour on. */
export function sumsSince(slice: Slice, past: readonly PastHour[], since: number): Sums {
  const found = { seen: 0, usual: 0, atRisk: 0 }
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
