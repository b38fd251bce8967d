// Available to promise by day: what is there now and what is expected, so that no later day falls short. Pure.

import type { api } from '#data/contracts'
import type { ScheduleEntry } from '#orchestrator/core'

const dayMs = 86_400_000

/** Days that are looked ahead, today included; what is expected later changes nothing. */
export const horizonDays = 180

/** A position as ATP needs it. */
export interface AtpPosition {
  available: number
  entries: readonly ScheduleEntry[]
}

/** Supply, demand and ATP of each day of the horizon. */
export interface AtpDays {
  supply: number[]
  demand: number[]
  atp: number[]
}

/** Start of the day (UTC) of an instant, epoch ms. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs) * dayMs
}

/**
 * ATP of each day from today on: the least of what is available now + supply - demand on it and every later day of the
 * horizon. Supply that should have come before today and was not received does not count, demand that is overdue does.
 */
export function atpOf({ available, entries }: AtpPosition, now: number): AtpDays {
  const today = dayOf(now)
  const supply = Array<number>(horizonDays).fill(0)
  const demand = Array<number>(horizonDays).fill(0)
  for (const { kind, quantity, dueAt } of entries) {
    const day = Math.floor((dueAt - today) / dayMs)
    if (day >= horizonDays || (kind === 'supply' && day < 0)) continue
    const days = kind === 'supply' ? supply : demand
    const place = Math.max(0, day)
    days[place] = (days[place] ?? 0) + quantity
  }
  const atp: number[] = []
  let units = available
  for (let day = 0; day < horizonDays; day++) {
    units += (supply[day] ?? 0) - (demand[day] ?? 0)
    atp.push(units)
  }
  for (let day = horizonDays - 2; day >= 0; day--) {
    atp[day] = Math.min(atp[day] ?? 0, atp[day + 1] ?? 0)
  }
  return { supply, demand, atp }
}

/** What is asked of ATP. */
export interface AtpQuery {
  sku: string
  nodeIds: readonly string[]
  untrackedNodeIds: readonly string[]
  days: number
  quantity: number | null
}

/**
 * The answer for some nodes together: each node keeps what it has promised, so their ATP is the sum of each one's.
 */
export function atpAnswer(query: AtpQuery, positions: readonly AtpPosition[], now: number): api.AtpAnswer {
  const each = positions.map((position) => atpOf(position, now))
  const sumOf = (name: keyof AtpDays, day: number) =>
    each.reduce((units, days) => units + (days[name][day] ?? 0), 0)
  const { sku, nodeIds, untrackedNodeIds, quantity } = query
  const today = dayOf(now)
  const dayText = (day: number) => new Date(today + day * dayMs).toISOString().slice(0, 10)
  let first = -1
  if (quantity !== null) {
    for (let day = 0; day < horizonDays && first < 0; day++) if (sumOf('atp', day) >= quantity) first = day
    if (untrackedNodeIds.length > 0) first = 0
  }
  return {
    at: new Date(now).toISOString(),
    sku,
    nodeIds: [...nodeIds],
    untrackedNodeIds: [...untrackedNodeIds],
    available: positions.reduce((units, { available }) => units + available, 0),
    days: Array.from({ length: query.days }, (_, day) => ({
      day: dayText(day),
      supply: sumOf('supply', day),
      demand: sumOf('demand', day),
      atp: sumOf('atp', day),
    })),
    quantity,
    firstDay: first < 0 ? null : dayText(first),
  }
}
