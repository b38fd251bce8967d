// What nodes packed when, and what they usually pack: by day of the week, and how long it takes. It knows only what the
// shop was told of its own work, and it decides nothing.

import { median } from 'simple-statistics'
import type { api } from '#data/contracts'
import type { Order } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import { dayMs, type ZoneClock, zoneClock } from '../network/zone-clock.ts'
import type { OrderIndex } from './order-follower.ts'

const hourMs = 3_600_000
/** A step of what was packed, ms. */
export const stepMs = 900_000
/** Bins of a quarter of an hour of hours at work from release until it is packed. */
const binsPerHour = 4
const bins = 40 * binsPerHour
/** With fewer pieces nothing is said. */
export const fewPieces = 30
const ninetieth = 0.9

/** Weeks whose same days tell what is usual, and hours in which work waited that a day must have for it. */
const weeksBack = 5
const busyHoursLeast = 3
/** So many of those days, or nodes, must tell. */
const datesLeast = 3
const nodesLeast = 3
/** Pieces that waited so long, hours at work, say that there was work all the time; and their share in such an hour. */
const waitedHours = 1
const waitedShare = 0.8
/** Nodes and days that are remembered. */
const daysKept = 5_000

/** What a node packed. */
export interface Packed {
  /** Pieces packed, by quarter of an hour since 1970. */
  steps: Map<number, number>
  /** The same by hour, and how many of them had waited. */
  hours: Map<number, { packed: number; waited: number }>
  spent: Float64Array
  count: number
}

/** What waits at a node, as of the orders that were open there. */
interface Waiting {
  open: Iterable<string> | undefined
  queue: readonly number[]
}

/** What was packed when, by node, and queues as long as nothing of a node changes. */
export class PackedIndex implements OrderIndex {
  readonly nodes = new Map<string, Packed>()
  readonly queues = new Map<string, Waiting>()
  readonly rates = new UsualRates(this.nodes)
  network: CompiledNetwork | null = null
  /** Grows with every order that changes: what was read before holds for another state. */
  changes = 0

  clear(): void {
    this.nodes.clear()
    this.queues.clear()
    this.rates.follow(null)
    this.changes++
  }

  count(order: Order, sign: 1 | -1): void {
    this.changes++
    for (const work of order.work) {
      const { nodeId, packedAt, releasedAt } = work
      this.queues.delete(nodeId)
      if (packedAt === null || releasedAt === null) continue
      const own = this.nodes.get(nodeId) ?? emptyPacked()
      this.nodes.set(nodeId, own)
      const step = Math.floor(packedAt / stepMs)
      own.steps.set(step, (own.steps.get(step) ?? 0) + sign)
      const hours = this.network?.workingHours(nodeId, releasedAt, packedAt) ?? 0
      const bin = Math.min(bins - 1, Math.floor(hours * binsPerHour))
      own.spent[bin] = (own.spent[bin] ?? 0) + sign
      own.count += sign
      const hour = Math.floor(packedAt / hourMs)
      const known = own.hours.get(hour) ?? { packed: 0, waited: 0 }
      own.hours.set(hour, known)
      known.packed += sign
      if (hours >= waitedHours) known.waited += sign
    }
  }
}

function emptyPacked(): Packed {
  return { steps: new Map(), hours: new Map(), spent: new Float64Array(bins), count: 0 }
}

/** What nodes usually pack in an hour at work while work waits. */
export class UsualRates {
  readonly #nodes: ReadonlyMap<string, Packed>
  #network: CompiledNetwork | null = null
  /** Shares of what is told, by node and day, null where too little is known; and those of all nodes together. */
  readonly #own = new Map<string, number[]>()
  readonly #pooled = new Map<number, number>()

  constructor(nodes: ReadonlyMap<string, Packed>) {
    this.#nodes = nodes
  }

  /** What was found for other days, or another network, is forgotten. */
  follow(network: CompiledNetwork | null): void {
    if (network === this.#network && this.#own.size < daysKept) return
    this.#network = network
    this.#own.clear()
    this.#pooled.clear()
  }

  /**
   * What a node packs in an hour at work on such a day of the week: what it can do as it is told, times the share of it
   * that was seen on the same days of the weeks before. Where it has too few of them, other nodes tell of the day.
   */
  on(nodeId: string, at: number): number | null {
    const told = this.#toldPerHour(nodeId, at)
    const clock = this.#clockOf(nodeId)
    if (told === null || clock === null) return told
    const day = clock.dayAt(at)
    const own = this.#sharesOf(nodeId, day, clock, at)
    return told * (own.length >= datesLeast ? median(own) : this.#shareOfAll(day, at))
  }

  #shareOfAll(day: number, at: number): number {
    let known = this.#pooled.get(day)
    if (known === undefined) {
      const shares = [...this.#nodes.keys()].flatMap((nodeId) => {
        const clock = this.#clockOf(nodeId)
        const own = clock === null ? [] : this.#sharesOf(nodeId, day, clock, at)
        return own.length === 0 ? [] : median(own)
      })
      known = shares.length < nodesLeast ? 1 : median(shares)
      this.#pooled.set(day, known)
    }
    return known
  }

  #sharesOf(nodeId: string, day: number, clock: ZoneClock, at: number): number[] {
    const key = `${nodeId}\u001f${day}`
    let known = this.#own.get(key)
    if (known === undefined) {
      const told = this.#toldPerHour(nodeId, at)
      known = told === null ? [] : this.#seenOn(nodeId, clock, day).map((rate) => rate / told)
      this.#own.set(key, known)
    }
    return known
  }

  #clockOf(nodeId: string): ZoneClock | null {
    return zoneClock(this.#network?.nodes.get(nodeId)?.timeZone ?? '')
  }

  /** Pieces an hour on the same days of the weeks before, in hours in which there was work all the time. */
  #seenOn(nodeId: string, clock: ZoneClock, day: number): number[] {
    const hours = this.#nodes.get(nodeId)?.hours
    const rates: number[] = []
    for (let week = 1; week <= weeksBack; week++) {
      const starts = (day - 7 * week) * dayMs - clock.offsetAt((day - 7 * week) * dayMs)
      let [busy, packed] = [0, 0]
      for (let hour = Math.floor(starts / hourMs); hour * hourMs < starts + dayMs; hour++) {
        const seen = hours?.get(hour)
        if (seen === undefined || seen.packed <= 0 || seen.waited < waitedShare * seen.packed) continue
        if ((this.#network?.workingHours(nodeId, hour * hourMs, (hour + 1) * hourMs) ?? 0) < 1) continue
        busy++
        packed += seen.packed
      }
      if (busy >= busyHoursLeast) rates.push(packed / busy)
    }
    return rates
  }

  /** What it can do in an hour at work, as it is told. */
  #toldPerHour(nodeId: string, at: number): number | null {
    const network = this.#network
    const { ordersPerDay, ordersPerHour } = network?.nodes.get(nodeId)?.capacity ?? {}
    if (ordersPerHour != null) return ordersPerHour
    if (network === null || ordersPerDay == null || !(ordersPerDay > 0)) return null
    let hours = 0
    for (let back = 0; back < 7 && hours === 0; back++) {
      const day = network.dayAt(nodeId, at - back * 24 * hourMs)
      hours = day === null ? 0 : network.workedHours(nodeId, day)
    }
    return hours > 0 ? ordersPerDay / hours : null
  }
}

/** Hours at work from coming to a node until being packed, as it usually is; null where too little is known. */
export function usualSpread(packed: Packed | undefined): api.Spread | null {
  if (packed === undefined || packed.count < fewPieces) return null
  const at = (share: number) => {
    let left = share * packed.count
    for (let bin = 0; bin < bins; bin++) {
      left -= packed.spent[bin] ?? 0
      if (left <= 0) return (bin + 1) / binsPerHour
    }
    return bins / binsPerHour
  }
  const [medianHours, p90Hours] = [at(0.5), at(ninetieth)]
  return { medianHours, p90Hours: Math.max(p90Hours, medianHours) }
}
