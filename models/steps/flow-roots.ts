// The roots among alarms of what flows in: what is bought of a class rather than every channel, a channel that is
// silent rather than all orders. It raises no alarm itself.

import type { PastHour } from './book.ts'
import { type Alarm, offOf, type Root, rootOf, type Sums, startOf, sumOf, sumsSince } from './sums.ts'

/** Part of what orders are above the usual that classes explain. */
const explainedShare = 0.4
/** Of several providers one that sends all but this part of the orders is the whole. */
const wholeShare = 0.95

/** The roots among alarms of what flows in: orders, and lines by class. */
export function rootsOfFlows(alarms: readonly Alarm[], past: readonly PastHour[]): Root[] {
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
      const all = Math.max(above, offOf(one, way))
      roots.push(rootOf({ slice, point, limit }, past, null, all))
    }
  }
  return roots
}

const columnsOf = ({ slice }: Alarm): number => (slice.dimension === 'all' ? 1 : 0)

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
