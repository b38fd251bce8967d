// Which hours, days and ages a step tells apart, and what may be expected of it on holidays. Pure: it keeps nothing.

import { zoneOffsetMs } from '../series/zone.ts'
import { isHoliday } from './calendar.ts'
import type { StepKind } from './kinds.ts'
import type { RateShape } from './laws.ts'

/** Where a node is, and what kind of work it does. */
export interface StepPlace {
  timeZone: string
  peers: string
  country: string
}

/** A step at a place. */
export interface Placed {
  kind: StepKind
  place: StepPlace
}

const hourMs = 3_600_000
/** Hours of a day. */
export const dayHours = 24
/** Hours of a week. */
export const weekHours = 168
/** Working days, Saturdays, Sundays. */
export const kindsOfDay = 3
/** Part that is still expected in the two days after a holiday, when much has piled up. */
const afterHoliday = 0.4
/** Ages that are told apart, hours: from each on. */
const ageBins = [0, 1, 2, 4, 8, 16]
/** Days before and after the planned one that are told apart. */
const [earliestDay, latestDay] = [-6, 4]
/** A way that nobody has seen may be slow: islands, mountains; it is judged by what it did, once it did something. */
const paceOfWays = { first: 0.6, pull: 5, kinds: 1 }
/** How much work waits is told apart by powers of two. */
const paceStrata = 5
/** Seconds in which work waited at places alike that count beside those of one cell; a node is as fast as it was. */
const pullOfPace = 3600
const paceOfNodes = { first: 1, pull: 5, kinds: kindsOfDay }
const deliverStrata = 4 * (latestDay - earliestDay + 1)

/** Day from 1970-01-01 on the clock of a place. */
export function dayAt(hour: number, { timeZone }: StepPlace): number {
  const at = hour * hourMs
  return Math.floor((at + zoneOffsetMs(timeZone, at)) / (dayHours * hourMs))
}

/** Steps of which what happened shows only after days. */
export const isLate = ({ step }: StepKind): boolean => step === 'deliver'
/** Steps whose pace follows the hours of a node. */
export const isOfNode = ({ law, step }: StepKind): boolean =>
  law === 'hazard' && step !== 'deliver' && step !== 'cancel'

/** How the rates of a step are laid out. */
export function shapeOf(kind: StepKind): RateShape {
  if (kind.step === 'deliver')
    return { contexts: 7, alike: 1, strata: deliverStrata, pull: 3, pace: paceOfWays }
  if (kind.step === 'cancel') return { contexts: 1, alike: 1, strata: 3, pull: 40, pace: null }
  if (kind.law === 'share') return { contexts: 1, alike: 1, strata: 1, pull: 60, pace: null }
  const hours = { contexts: kindsOfDay * dayHours, alike: dayHours }
  if (kind.step === 'pace') return { ...hours, strata: paceStrata, pull: pullOfPace, pace: paceOfNodes }
  return {
    ...hours,
    strata: kind.step === 'send' ? 2 : ageBins.length,
    pull: 2,
    pace: null,
  }
}

/** Part of what its law says that is expected of a leaf in an hour: nothing on a holiday, less after it. */
export function partOf(hour: number, { kind, place }: Placed): number {
  if (!isOfNode(kind) && kind.step !== 'deliver') return 1
  const day = dayAt(hour, place)
  if (isHoliday(day, place.country)) return 0
  return isHoliday(day - 1, place.country) || isHoliday(day - 2, place.country) ? afterHoliday : 1
}

/** The stratum of a row: ages by bins. */
export function stratumOf(step: string, stratum: number): number {
  if (step === 'deliver') return Math.max(0, Math.min(deliverStrata - 1, stratum - 4 * earliestDay))
  if (step === 'send') return Math.min(1, stratum)
  if (step === 'pace') return Math.max(0, Math.min(paceStrata - 1, stratum))
  if (step === 'cancel') return Math.min(2, stratum)
  if (step === 'refuse' || step === 'short' || step === 'freight' || step === 'repeat') return 0
  let bin = 0
  while (bin < ageBins.length - 1 && stratum >= (ageBins[bin + 1] as number)) bin++
  return bin
}

/** Hour of the day on working days, Saturdays and Sundays; of what carriers do the weekday. */
export function contextOf(hour: number, { kind, place: { timeZone } }: Placed): number {
  if (!isOfNode(kind) && kind.step !== 'deliver') return 0
  const place = placeOf(hour, timeZone)
  const day = Math.floor(place / dayHours)
  if (kind.step === 'deliver') return day
  return (day === 0 ? 2 : day === 6 ? 1 : 0) * dayHours + (place % dayHours)
}

/** Hour of the week, 0 = Sunday at midnight. */
export function placeOf(hour: number, timeZone: string): number {
  const at = hour * hourMs
  const local = Math.floor((at + zoneOffsetMs(timeZone, at)) / hourMs) + 4 * dayHours
  return ((local % weekHours) + weekHours) % weekHours
}
