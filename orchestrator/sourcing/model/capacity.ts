// What a node can still take on a day: rows of a problem, its load and what a place on a busy day is worth. It books
// nothing.

import type { SolverCapacity, Way } from '../solve/problem.ts'
import type { NodeFacts } from './facts.ts'
import { type DayLimits, type Kind, kinds } from './limits.ts'
import type { SourcingSession } from './session.ts'

/** What a node can take on a day. */
export interface DayCapacity {
  day: string
  limits: DayLimits
  booked: Readonly<Record<Kind, number>>
  /** Share of the tightest limit that is booked, 0 to 1. */
  load: number
  /** Of its rows in the problem; none where capacity is no hard constraint. */
  uses: Way['uses']
}

/** A day of a node, with another one of it that was asked for before. */
class NodeDay implements DayCapacity {
  readonly day: string
  readonly limits: DayLimits
  readonly booked: DayCapacity['booked']
  readonly load: number
  readonly uses: Way['uses']
  readonly before: NodeDay | null

  constructor(
    day: string,
    limits: DayLimits,
    booked: DayCapacity['booked'],
    load: number,
    uses: Way['uses'],
    before: NodeDay | null,
  ) {
    this.day = day
    this.limits = limits
    this.booked = booked
    this.load = load
    this.uses = uses
    this.before = before
  }
}

/** Load from which a place costs something. */
const busyLoad = 0.4

/** Rows of a problem, made when they are first asked for. */
export class CapacityRows {
  readonly rows: SolverCapacity[] = []
  /** The last day that was asked for of each node, by its index, with those before. */
  readonly #days: (NodeDay | undefined)[] = []
  readonly #session: SourcingSession

  constructor(session: SourcingSession) {
    this.#session = session
  }

  /** Of a node on a local day; null = it has no limits. */
  of(facts: NodeFacts, day: string): DayCapacity | null {
    if (!facts.hasCapacity) return null
    const last = this.#days[facts.index] ?? null
    // A few days at most.
    for (let known = last; known !== null; known = known.before) if (known.day === day) return known
    const made = this.#make(facts, day, last)
    this.#days[facts.index] = made
    return made
  }

  #make(facts: NodeFacts, day: string, before: NodeDay | null): NodeDay {
    const { world, rules } = this.#session
    const booked = world.load.booked(facts.node.nodeId, day)
    const limits = this.#session.limits(facts, day)
    let load = 0
    const uses: Way['uses'][number][] = []
    for (const kind of kinds) {
      const limit = limits[kind]
      if (limit === Number.POSITIVE_INFINITY) continue
      load = Math.max(load, limit > 0 ? Math.min(1, booked[kind] / limit) : 1)
      if (!rules.isHard('capacity')) continue
      const capacity = this.rows.push({ limit: Math.max(0, limit - booked[kind]) }) - 1
      uses.push({
        capacity,
        each: kind === 'orders' ? 1 : 0,
        perLine: kind === 'lines' ? 1 : 0,
        perUnit: kind === 'units' ? 1 : 0,
      })
    }
    return new NodeDay(day, limits, booked, load, uses, before)
  }
}

/** What a place for an order is worth at a load: nothing up to 40 %, all of it at full, in a straight line between. */
export function priceOfLoad(load: number, fullNodeCents: number): number {
  return (Math.max(0, load - busyLoad) / (1 - busyLoad)) * fullNodeCents
}

/** What of a piece of work is above the limits, in orders, lines and units together. */
export function excessOf({ limits, booked }: DayCapacity, lines: number, units: number): number {
  const own = { orders: 1, lines, units }
  let most = 0
  for (const kind of kinds) {
    most += Math.min(own[kind], Math.max(0, booked[kind] + own[kind] - limits[kind]))
  }
  return most
}

/** The tightest limit for a piece of work: how much of it is left, and of what; null = there is none. */
export function tightest({ limits, booked }: DayCapacity, lines: number, units: number) {
  let found: { kind: Kind; limit: number; value: number } | null = null
  for (const kind of kinds) {
    const limit = limits[kind]
    if (limit === Number.POSITIVE_INFINITY) continue
    const value = booked[kind] + (kind === 'orders' ? 1 : kind === 'lines' ? lines : units)
    if (found === null || limit - value < found.limit - found.value) found = { kind, limit, value }
  }
  return found
}

/** Whether a piece of work fits into what is left. */
export function fitsInto({ limits, booked }: DayCapacity, lines: number, units: number): boolean {
  return (
    booked.orders + 1 <= limits.orders &&
    booked.lines + lines <= limits.lines &&
    booked.units + units <= limits.units
  )
}
