// What nodes usually pack in an hour at work, by day of the week. It knows only what the shop was told of its own work,
// and it decides nothing.

import { quantile } from 'simple-statistics'
import type { CompiledNetwork } from '../network/compiled.ts'
import { dayMs, type ZoneClock, zoneClock } from '../network/zone-clock.ts'

const hourMs = 3_600_000
/** Weeks whose same days tell what is usual. */
const weeksBack = 5
const weekDays = 7
/** In an hour in which so many of the pieces had waited there was work all the time. */
const waitedShare = 0.8
/**
 * A day with less than this part of what is packed on a good day tells nothing of what is usual: the node stood still,
 * or its orders of then are not remembered any more.
 */
const ordinaryPart = 0.4
const goodDay = 0.75
/** Hours in which work waited that those of others count beside own ones. */
const hoursOfOthers = 16
/** Nodes and days that are remembered. */
const daysKept = 5_000

/** Pieces that a node packed by hour since 1970, and how many of them had waited so long that there was work before. */
export type PackedHours = Map<number, { packed: number; waited: number }>

/** What was packed in hours in which work waited, and how many of them there were. */
interface Seen {
  pieces: number
  hours: number
}

/** What nodes usually pack in an hour at work while work waits. */
export class UsualRates {
  readonly #nodes: ReadonlyMap<string, { hours: PackedHours }>
  #network: CompiledNetwork | null = null
  /** By node and day: what was seen on the same days of the weeks before. */
  readonly #seen = new Map<string, Seen>()
  /** By day: the share of what is told that all nodes do on such a day of the week. */
  readonly #pooled = new Map<number, number>()

  constructor(nodes: ReadonlyMap<string, { hours: PackedHours }>) {
    this.#nodes = nodes
  }

  /** What was found for other days, or another network, is forgotten. */
  follow(network: CompiledNetwork | null): void {
    if (network === this.#network && this.#seen.size < daysKept) return
    this.#network = network
    this.#seen.clear()
    this.#pooled.clear()
  }

  /**
   * What a node packs in an hour at work on such a day of the week: what it can do as it is told, times the share of it
   * that was seen on the same days of the weeks before. The fewer hours of them tell, the more those of other nodes do,
   * and the fewer of those there are, the more it is as is told: a few hours that happened to be slow make no slow day.
   */
  on(nodeId: string, at: number): number | null {
    const told = this.#toldPerHour(nodeId, at)
    const clock = this.#clockOf(nodeId)
    if (told === null || clock === null) return told
    const day = clock.dayAt(at)
    const { pieces, hours } = this.#seenOn(nodeId, day, clock)
    return towards(pieces, hours, told * this.#shareOfAll(day, at))
  }

  #shareOfAll(day: number, at: number): number {
    let known = this.#pooled.get(day)
    if (known === undefined) {
      const { pieces, hours } = sumOf([...this.#nodes.keys()].map((nodeId) => this.#shareOn(nodeId, day, at)))
      known = towards(pieces, hours, 1)
      this.#pooled.set(day, known)
    }
    return known
  }

  /** What a node packed on such days, in shares of what is told of it. */
  #shareOn(nodeId: string, day: number, at: number): Seen {
    const clock = this.#clockOf(nodeId)
    const told = this.#toldPerHour(nodeId, at)
    if (clock === null || told === null) return { pieces: 0, hours: 0 }
    const { pieces, hours } = this.#seenOn(nodeId, day, clock)
    return { pieces: pieces / told, hours }
  }

  #clockOf(nodeId: string): ZoneClock | null {
    return zoneClock(this.#network?.nodes.get(nodeId)?.timeZone ?? '')
  }

  /** What was packed on the same days of the weeks before, in hours in which there was work all the time. */
  #seenOn(nodeId: string, day: number, clock: ZoneClock): Seen {
    const key = `${nodeId}\u001f${day}`
    let known = this.#seen.get(key)
    if (known === undefined) {
      const hours: PackedHours = this.#nodes.get(nodeId)?.hours ?? new Map()
      const least = ordinaryPart * goodDayBefore(hours, day, clock)
      const days = Array.from({ length: weeksBack }, (_, week) => day - weekDays * (week + 1))
      known = sumOf(
        days
          .filter((date) => packedOn(hours, date, clock) >= least)
          .flatMap((date) => this.#busyHours(nodeId, hours, date, clock)),
      )
      this.#seen.set(key, known)
    }
    return known
  }

  #busyHours(nodeId: string, hours: PackedHours, day: number, clock: ZoneClock): Seen[] {
    return hoursOf(day, clock).flatMap((hour) => {
      const seen = hours.get(hour)
      if (seen === undefined || seen.packed <= 0 || seen.waited < waitedShare * seen.packed) return []
      const worked = this.#network?.workingHours(nodeId, hour * hourMs, (hour + 1) * hourMs) ?? 0
      return worked < 1 ? [] : { pieces: seen.packed, hours: 1 }
    })
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

function sumOf(all: readonly Seen[]): Seen {
  return all.reduce((sum, { pieces, hours }) => ({ pieces: sum.pieces + pieces, hours: sum.hours + hours }), {
    pieces: 0,
    hours: 0,
  })
}

/** Pieces an hour, with hours of others beside. */
function towards(pieces: number, hours: number, others: number): number {
  return (pieces + hoursOfOthers * others) / (hours + hoursOfOthers)
}

/** Hours of a day since 1970. */
function hoursOf(day: number, clock: ZoneClock): number[] {
  const starts = day * dayMs - clock.offsetAt(day * dayMs)
  const first = Math.floor(starts / hourMs)
  const count = Math.ceil((starts + dayMs) / hourMs) - first
  return Array.from({ length: count }, (_, i) => first + i)
}

function packedOn(hours: PackedHours, day: number, clock: ZoneClock): number {
  return hoursOf(day, clock).reduce((sum, hour) => sum + (hours.get(hour)?.packed ?? 0), 0)
}

/** What a node packed on a good day of the weeks before. */
function goodDayBefore(hours: PackedHours, day: number, clock: ZoneClock): number {
  const days = Array.from({ length: weekDays * weeksBack }, (_, back) => day - weekDays - back)
  const packed = days.map((each) => packedOn(hours, each, clock)).filter((pieces) => pieces > 0)
  return packed.length === 0 ? 0 : quantile(packed, goodDay)
}
