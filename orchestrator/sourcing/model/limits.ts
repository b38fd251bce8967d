// How much work a node can take on a day in all, whatever is booked. It knows no orders.

import type { CompiledNetwork, CompiledNode } from '../network/compiled.ts'

/** Kinds of work that can be limited. */
export const kinds = ['orders', 'lines', 'units'] as const
/** One of them. */
export type Kind = (typeof kinds)[number]

/** Work of a day at most, Infinity = as much as comes. */
export type DayLimits = Readonly<Record<Kind, number>>

/** Limits of a day; an hourly one counts for the hours that are worked. */
export function limitsOf(
  { nodeId, capacity }: CompiledNode,
  day: string,
  network: Pick<CompiledNetwork, 'workedHours'>,
): DayLimits {
  const { ordersPerDay, linesPerDay, unitsPerDay, ordersPerHour } = capacity
  const none = Number.POSITIVE_INFINITY
  const byHour = ordersPerHour === null ? none : Math.floor(ordersPerHour * network.workedHours(nodeId, day))
  return {
    orders: Math.min(ordersPerDay ?? none, byHour),
    lines: linesPerDay ?? none,
    units: unitsPerDay ?? none,
  }
}
