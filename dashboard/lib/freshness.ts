// How fresh what is shown is, in words: up to when there is data, when the last cycle ended, what waits. Pure.

import type { api } from '#data/contracts'
import { counted } from './numbers.ts'
import { clockTime, fullMoment, zoneLabel } from './times.ts'

/** Sentences on the freshness, empty where nothing is known. */
export function freshWords(fresh: api.Freshness, timeZone: string): string {
  const parts: string[] = []
  if (fresh.error !== null) parts.push(fresh.error)
  if (fresh.dataTo !== null) parts.push(`Data to ${fullMoment(fresh.dataTo, timeZone)}.`)
  if (fresh.cycledAt !== null) {
    const at = `${clockTime(fresh.cycledAt, timeZone)} ${zoneLabel(fresh.cycledAt, timeZone)}`
    const took = fresh.cycleSeconds === null ? '' : ` and took ${fresh.cycleSeconds.toFixed(1)} s`
    parts.push(`Last cycle ended ${at}${took}.`)
  }
  if (fresh.pendingEvents > 0) parts.push(`${counted(fresh.pendingEvents, 'event')} not in the tables yet.`)
  return parts.join(' ')
}
