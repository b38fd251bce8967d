// A world after some of it was taken: units that are not there any more, days that are fuller. It changes nothing of
// the world before.

import type { LoadView, SourcingWorld } from '../world.ts'

type Booked = ReturnType<LoadView['booked']>

/** What is taken; asked each time, so that it may grow. */
export interface TakenAway {
  units(sku: string, nodeId: string): number
  work(nodeId: string, day: string): Booked | undefined
}

/**
 * The world without what was taken.
 * @param isPast days of long ago: nothing else that is known is on them
 */
export function worldWithout(world: SourcingWorld, taken: TakenAway, isPast = false): SourcingWorld {
  const { stock, load } = world
  return {
    ...world,
    stock: {
      ...stock,
      available: (sku, nodeId, channel) => {
        const told = stock.available(sku, nodeId, channel)
        const units = taken.units(sku, nodeId)
        return typeof told === 'number' && units > 0 ? Math.max(0, told - units) : told
      },
    },
    load: {
      ...load,
      booked: (nodeId, day) => {
        const before = isPast ? nothing : load.booked(nodeId, day)
        const more = taken.work(nodeId, day)
        return more === undefined ? before : sum(before, more)
      },
    },
  }
}

/** No work. */
export const nothing: Booked = Object.freeze({ orders: 0, lines: 0, units: 0 })

/** Work of both. */
export function sum(a: Booked, b: Booked): Booked {
  return { orders: a.orders + b.orders, lines: a.lines + b.lines, units: a.units + b.units }
}
