// What a node can still do until its cut-off of today, and what it has to. It books nothing.

import type { CoreState } from '#orchestrator/core'
import type { DayLimits } from '../model/limits.ts'
import { openSession } from '../model/session.ts'
import type { Worlds } from './worlds.ts'

/** A node's work of the day it is in. */
export interface DayRoom {
  /** Local day, YYYY-MM-DD. */
  day: string
  /** Epoch ms; null = the day has no cut-off. */
  cutOffAt: number | null
  /** Orders that it can do on that day in all. */
  limit: number
  /** Orders that have left on it or have to, those that are late already with them. */
  booked: number
}

/**
 * Nodes with a limit, by id, on the first day they still send on; only where that is the day it is there.
 * @param now epoch ms of the market
 */
export function dayRooms(worlds: Worlds, state: CoreState, now: number): Map<string, DayRoom> {
  const [strategy] = state.strategies.strategies
  const rooms = new Map<string, DayRoom>()
  if (strategy === undefined) return rooms
  const world = worlds.at(state, now, strategy)
  const session = openSession(world)
  for (const facts of session.nodes) {
    const { nodeId } = facts.node
    if (!facts.hasCapacity || facts.isBlocked) continue
    const day = facts.localDay
    const booked = world.load.booked(nodeId, day)
    const limit = ordersOf(session.limits(facts, day), booked)
    if (!Number.isFinite(limit)) continue
    const [first] = world.network.departures(nodeId, null, now, 1, 0)
    const cutOffAt = first?.cutOffAt ?? null
    const isToday = cutOffAt !== null && world.network.dayAt(nodeId, cutOffAt) === day
    rooms.set(nodeId, { day, cutOffAt: isToday ? cutOffAt : null, limit, booked: booked.orders })
  }
  return rooms
}

/** From so many booked orders on their size says how large orders are. */
const sizedFrom = 20

/** Orders that a day can take; of limits of lines and units as many as those booked make of them. */
function ordersOf({ orders, lines, units }: DayLimits, booked: DayLimits): number {
  const within = (limit: number, size: number) =>
    Number.isFinite(limit) && booked.orders >= sizedFrom
      ? Math.floor((limit * booked.orders) / size)
      : Number.POSITIVE_INFINITY
  return Math.min(orders, within(lines, booked.lines), within(units, booked.units))
}
