// The ways from docks to customers: by when an order is promised, when a parcel arrives, when it is collected. Pure but
// for the numbers it draws from the randomness it is given; it changes no order.

import type { Random } from '#data/kernel'
import { type Calendar, daySeconds, hourSeconds, type WorkingDays } from './calendar.ts'
import { services, takenDays } from './carriers.ts'
import { destinations } from './destinations.ts'
import type { Dock } from './dock.ts'
import type { TimedFault } from './faults.ts'
import { weekdayOf } from './holidays.ts'
import type { Network, Node } from './network.ts'
import type { Order, Work } from './order.ts'

/** Days a parcel waits in a store for its customer. */
const shelfDays = 3

/** What lies between the nodes and the customers. */
export interface Roads {
  calendar: Calendar
  network: Network
  docks: readonly Dock[]
  /** Delivery days by service. */
  days: readonly WorkingDays[]
}

/** What a promise depends on. */
export type Promised = Pick<Order, 'placed' | 'method' | 'destination'> & {
  lines: readonly { isWaiting: boolean }[]
  works: readonly Pick<Work, 'ships' | 'node' | 'service' | 'quoted'>[]
}

/** Last instant at which the order comes on time: the end of a day where the customer is. */
export function promiseOf(order: Promised, { calendar, network, docks, days }: Roads): number {
  const zone = destinations[order.destination]?.zone as number
  const isWaiting = order.lines.some((line) => line.isWaiting)
  const earliest = isWaiting ? 12 : order.works.length === 0 ? 5 : order.method === 'delivery' ? 0 : 1
  let day = calendar.localDay(zone, order.placed) + earliest
  for (const work of order.works) {
    if (!work.ships) continue
    const leaves = (docks[work.node] as Dock).shipBy(order.placed + 1200)
    const origin = network.nodes[work.node]?.zone as number
    const arrives = (days[work.service] as WorkingDays).after(calendar.localDay(origin, leaves), work.quoted)
    if (arrives > day) day = arrives
  }
  return calendar.instantOf(zone, day + (order.method === 'delivery' ? 0 : shelfDays), daySeconds - 1)
}

/** A parcel that left. */
export interface Parcel {
  node: number
  destination: number
  service: number
  quoted: number
  shipped: number
}

/**
 * When a parcel arrives, epoch seconds.
 * @param slow faults of carriers and lanes
 */
export function arrivalOf(
  parcel: Parcel,
  slow: readonly TimedFault[],
  { calendar, network, days }: Pick<Roads, 'calendar' | 'network' | 'days'>,
  random: Random,
): number {
  const origin = network.nodes[parcel.node] as Node
  const to = destinations[parcel.destination] as (typeof destinations)[number]
  const day = calendar.localDay(origin.zone, parcel.shipped)
  const taken = takenDays(parcel.service, parcel.quoted, weekdayOf(day), random.next())
  const more = slowdownOf(parcel, slow, origin.region, to.region)
  const extra = more > 0 && random.next() < 0.88 ? more + (random.next() < 0.2 ? 1 : 0) : 0
  const arrives = (days[parcel.service] as WorkingDays).after(day, taken + extra)
  const hour = Math.min(20.5, Math.max(8, random.normal(14, 2.6)))
  const instant = calendar.instantOf(to.zone, arrives, Math.floor(hour * hourSeconds))
  return Math.max(instant, parcel.shipped + 4 * hourSeconds)
}

function slowdownOf(
  { service, shipped }: Parcel,
  slow: readonly TimedFault[],
  from: string,
  to: string,
): number {
  let days = 0
  for (const fault of slow) {
    if (shipped < fault.start || shipped >= fault.stop) continue
    if (services[service]?.carrier !== fault.carrier) continue
    if (fault.lane === '' || fault.lane === `${from}>${to}`) days += fault.factor
  }
  return days
}

/** When the customer comes for it: when the store is open, mostly within a day. */
export function collectionOf(ready: number, zone: number, calendar: Calendar, random: Random): number {
  const wish = ready + 1500 + Math.floor(random.exponential(40_000))
  const hour = calendar.localHour(zone, wish)
  const day = calendar.localDay(zone, wish)
  const opens = random.int(10 * hourSeconds, 14 * hourSeconds)
  if (hour >= 9 && hour < 21) return wish
  return Math.max(wish, calendar.instantOf(zone, day + (hour < 9 ? 0 : 1), opens))
}
