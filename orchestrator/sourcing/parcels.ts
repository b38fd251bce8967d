// Ways of parcels and how days are counted on them. Shapes, and one count; it has seen nothing.

import { weekdayOf } from './network/zone-clock.ts'

/** Share of parcels that arrive within so many days of delivery after the day they left on, by days from 0. */
export type DayShares = readonly number[]

/** A way of a parcel. */
export interface ParcelWay {
  nodeId: string
  serviceId: string
  postalCode: string | null
  region: string | null
  /** Great-circle km, null = not known. */
  distanceKm(): number | null
}

const noDays: ReadonlySet<number> = new Set()

/**
 * Days of delivery after one day until another, the last one within.
 * @param week weekdays from 1, none = all
 * @param off days that do not count
 */
export function countDays(
  from: number,
  to: number,
  week: readonly number[],
  off: ReadonlySet<number> = noDays,
): number {
  let days = 0
  for (let day = from + 1; day <= to; day++)
    if ((week.length === 0 || week.includes(weekdayOf(day))) && !off.has(day)) days++
  return days
}
