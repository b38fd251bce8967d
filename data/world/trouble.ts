// The answer key after the end of a history: the slowdown that was going on ends, and about every eleven hours
// something else goes wrong. It only plans; other files suffer it.

import type { Random } from '#data/kernel'
import { type Calendar, hourSeconds } from './calendar.ts'
import { carriers } from './carriers.ts'
import { skuClasses } from './catalogue.ts'
import { popular, type TimedFault } from './faults.ts'
import { handsAt } from './queue.ts'
import type { Stage } from './stage.ts'

/** A fault with the id it has in the answer key. */
export interface Trouble extends TimedFault {
  id: string
}

const gapHours = 11
const nothing = { node: -1, carrier: '', sku: -1, lane: '', channel: -1, skuClass: -1 }
const nodeKinds = ['node_slowdown', 'node_outage', 'short_pick_spike', 'node_slowdown'] as const
const otherKinds = ['carrier_slowdown', 'stock_out', 'demand_spike'] as const

/**
 * What begins between two instants (epoch seconds) after the end of the history, in order of time; what was going on
 * at the end comes first, whatever the span.
 * @param calendar covers the span
 * @param firstHours hours that the slowdown at the end of the history still goes on
 */
export function troubleBetween(
  stage: Stage,
  calendar: Calendar,
  span: { from: number; to: number },
  firstHours: number,
): Trouble[] {
  const { end } = stage.calendar
  const stop = end + firstHours * hourSeconds
  const found = stage.faults.flatMap((fault, i) =>
    fault.stop > end
      ? [{ ...fault, id: idOf(i), stop: fault.stop === Number.POSITIVE_INFINITY ? stop : fault.stop }]
      : [],
  )
  const first = Math.max(0, Math.floor((span.from - end) / (gapHours * hourSeconds)) - 2)
  for (let i = first; ; i++) {
    const random = stage.random.fork(`trouble/${i}`)
    const hour = Math.ceil(end / hourSeconds) + (i + 1) * gapHours + random.int(0, 2)
    const start = hour * hourSeconds
    if (start >= span.to) return found
    if (start >= span.from)
      found.push({ ...plan(stage, calendar, start, random), id: idOf(stage.faults.length + i) })
  }
}

function idOf(index: number): string {
  return `fault-${String(index + 1).padStart(2, '0')}`
}

function plan(stage: Stage, calendar: Calendar, start: number, random: Random): TimedFault {
  const loads = loadsAt(stage, calendar, start)
  const busiest = Math.max(...loads)
  const kind = random.pick(busiest > 0.3 ? [...nodeKinds, ...otherKinds] : otherKinds)
  const fault = (hours: number, factor: number, what: Partial<typeof nothing>): TimedFault => ({
    kind,
    start,
    stop: start + hours * hourSeconds,
    factor,
    ...nothing,
    ...what,
  })
  const node = random.weighted(busiest > 0 ? loads : stage.network.shares)
  switch (kind) {
    case 'node_slowdown':
      return fault(random.int(5, 8), random.pick([0.15, 0.2, 0.3]), { node })
    case 'node_outage':
      return fault(random.int(4, 5), 0, { node })
    case 'short_pick_spike':
      return fault(random.int(7, 9), 0.35, { node })
    case 'carrier_slowdown':
      return fault(24, 2, { carrier: random.pick(carriers) })
    case 'stock_out':
      return fault(24, 0, { node: mainNode(stage, random), sku: popular(stage.catalogue, random) })
    case 'demand_spike':
      return fault(random.int(6, 9), 4, { skuClass: random.int(0, skuClasses.length - 1) })
  }
}

/** Work that warehouses usually do in the five hours from an instant on, as shares of all orders. */
function loadsAt({ network }: Stage, calendar: Calendar, start: number): number[] {
  return network.nodes.map((node, i) => {
    if (node.type !== 'warehouse') return 0
    let hands = 0
    for (let hour = 0; hour < 5; hour++) hands += handsAt(node, calendar, start / hourSeconds + hour)
    return hands * (network.shares[i] as number)
  })
}

function mainNode({ network }: Stage, random: Random): number {
  return random.weighted(
    network.nodes.map((node, i) => (node.type === 'warehouse' ? (network.shares[i] ?? 0) : 0)),
  )
}
