// Bands of a rate card that hold for the same places: the cheapest that fits a weight and a distance. It does not
// know places, services or time.

import type { api } from '#data/contracts'
import type { RateFloor } from './compiled.ts'

/** A band with its place in its card. */
export interface Row {
  band: api.RateBand
  row: number
}

/** A band that fits, with what it asks before the factor of its card. */
export interface Fit extends Row {
  cents: number
}

/** The same between two ends of bands, and up to the same weights; what a kilometre adds to `eachCents` is apart. */
interface SpanFloor extends RateFloor {
  perKmCents: number
}

/** Floors kept of the bands of a card for the same places; beyond them all are forgotten and worked out anew. */
const floorsKept = 5_000

/** What is odd about a band, null where nothing is. */
export function bandFault(band: api.RateBand): string | null {
  const amounts = [band.baseCents, band.perKgCents, band.perKmCents, band.minimumCents]
  const bounds = [band.weightFromG, band.weightToG, band.distanceFromKm, band.distanceToKm]
  if (amounts.some((amount) => !Number.isFinite(amount) || amount < 0))
    return 'asks for an amount that is none'
  if (bounds.some((bound) => bound !== null && !(bound >= 0))) return 'has a bound that is no number'
  if (band.weightToG !== null && band.weightToG < band.weightFromG)
    return 'ends below the weight it begins at'
  if (band.distanceToKm !== null && band.distanceToKm < band.distanceFromKm) {
    return 'ends below the distance it begins at'
  }
  return null
}

/** Whether a band has a word on distance. */
function needsDistance(band: api.RateBand): boolean {
  return band.perKmCents > 0 || band.distanceFromKm > 0 || band.distanceToKm !== null
}

/**
 * Bands in the order of where they begin, by weight or, where more differ in it, by distance. A question looks from
 * the last band that begins in time back to where nothing before reaches far enough: a few bands in a usual card, all
 * of them at worst.
 */
export class Bands {
  readonly #rows: Row[]
  readonly #isByDistance: boolean
  readonly #from: Float64Array
  /** Farthest end of the bands up to here. */
  readonly #reach: Float64Array
  /** Distances and weights at which other bands hold, and what any parcel costs at least: worked out when asked for. */
  #ends: Float64Array | null = null
  #starts: Float64Array | null = null
  readonly #floors = new Map<number, SpanFloor>()
  /** Weight that the lightest band begins at, g. */
  readonly lowestG: number

  constructor(rows: readonly Row[]) {
    const weights = new Set(rows.map(({ band }) => band.weightFromG)).size
    const distances = new Set(rows.map(({ band }) => band.distanceFromKm)).size
    this.#isByDistance = distances > weights
    const from = ({ band }: Row) => (this.#isByDistance ? band.distanceFromKm : band.weightFromG)
    const to = ({ band }: Row) => (this.#isByDistance ? band.distanceToKm : band.weightToG)
    this.#rows = [...rows].sort((a, b) => from(a) - from(b) || a.row - b.row)
    this.#from = Float64Array.from(this.#rows, from)
    let reach = Number.NEGATIVE_INFINITY
    this.#reach = Float64Array.from(this.#rows, (row) => {
      reach = Math.max(reach, to(row) ?? Number.POSITIVE_INFINITY)
      return reach
    })
    this.lowestG = rows.reduce(
      (least, { band }) => Math.min(least, band.weightFromG),
      Number.POSITIVE_INFINITY,
    )
  }

  /**
   * The cheapest band that fits, of two as cheap the one written first; null = none.
   * @param weightG billable
   * @param distanceKm null = unknown: bands that ask for it do not fit
   */
  cheapest(weightG: number, distanceKm: number | null): Fit | null {
    const found = this.#rows[this.#find(weightG, distanceKm)]
    if (found === undefined) return null
    return { band: found.band, row: found.row, cents: priceOf(found.band, weightG, distanceKm) }
  }

  /** What the cheapest band that fits asks, Infinity where none does. */
  cents(weightG: number, distanceKm: number | null): number {
    const found = this.#rows[this.#find(weightG, distanceKm)]
    return found === undefined ? none : priceOf(found.band, weightG, distanceKm)
  }

  /** Index of the cheapest band that fits, -1 = none. */
  #find(weightG: number, distanceKm: number | null): number {
    const rows = this.#rows
    const key = this.#isByDistance ? distanceKm : weightG
    let best = -1
    let least = none
    for (let i = key === null ? rows.length - 1 : this.#last(key); i >= 0; i -= 1) {
      if (key !== null && (this.#reach[i] ?? 0) < key) break
      const row = rows[i]
      if (row === undefined || !fits(row.band, weightG, distanceKm)) continue
      const cents = priceOf(row.band, weightG, distanceKm)
      if (cents < least || (cents === least && best >= 0 && row.row < (rows[best]?.row ?? 0))) {
        best = i
        least = cents
      }
    }
    return best
  }

  /**
   * Lowers a floor to what any parcel costs at least over a distance.
   * @param mostG billable weight of the parcel at most
   * @param isFirst the floor holds nothing yet
   * @returns false where no band fits: nothing is changed then
   */
  lower(
    floor: RateFloor,
    distanceKm: number | null,
    mostG: number,
    factor: number,
    isFirst: boolean,
  ): boolean {
    this.#starts ??= Float64Array.from(new Set(this.#rows.map(({ band }) => band.weightFromG))).sort()
    const started = lastOf(this.#starts, mostG) + 1
    const at = this.#spanOf(distanceKm) * (this.#starts.length + 1) + started
    let known = this.#floors.get(at)
    if (known === undefined) {
      known = this.#floorOf(distanceKm, mostG)
      if (this.#floors.size >= floorsKept) this.#floors.clear()
      this.#floors.set(at, known)
    }
    const eachCents = known.eachCents + (distanceKm ?? 0) * known.perKmCents
    if (known.eachCents === none) return false
    floor.eachCents = Math.min(isFirst ? none : floor.eachCents, eachCents * factor)
    floor.perGCents = Math.min(isFirst ? none : floor.perGCents, known.perGCents * factor)
    const leastCents = Math.max(known.leastCents, eachCents) * factor
    floor.leastCents = Math.min(isFirst ? none : floor.leastCents, leastCents)
    return true
  }

  /** Number of the distances that the same bands hold for: an end of a band, between two ends, or unknown = 0. */
  #spanOf(distanceKm: number | null): number {
    if (distanceKm === null) return 0
    this.#ends ??= endsOf(this.#rows)
    const last = lastOf(this.#ends, distanceKm)
    return last >= 0 && this.#ends[last] === distanceKm ? 2 * last + 2 : 2 * last + 3
  }

  #floorOf(distanceKm: number | null, mostG: number): SpanFloor {
    const floor = { eachCents: none, perKmCents: none, perGCents: none, leastCents: none }
    for (const { band } of this.#rows) {
      if (band.weightFromG > mostG || isBeyond(band, distanceKm)) continue
      floor.eachCents = Math.min(floor.eachCents, band.baseCents)
      floor.perKmCents = Math.min(floor.perKmCents, band.perKmCents)
      floor.perGCents = Math.min(floor.perGCents, band.perKgCents / 1_000)
      floor.leastCents = Math.min(floor.leastCents, Math.max(band.minimumCents, band.baseCents))
    }
    return floor
  }

  /** Index of the last band that begins at or before, -1 = none. */
  #last(key: number): number {
    return lastOf(this.#from, key)
  }
}

const none = Number.POSITIVE_INFINITY

/** Index of the last of rising numbers that is not above, -1 = none. */
function lastOf(rising: Float64Array, key: number): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rising[middle] ?? 0) <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Distances at which bands begin or end, rising, each once. */
function endsOf(rows: readonly Row[]): Float64Array {
  const ends = rows.flatMap(({ band }) => [band.distanceFromKm, band.distanceToKm ?? none])
  return Float64Array.from(new Set(ends)).sort()
}

function fits(band: api.RateBand, weightG: number, distanceKm: number | null): boolean {
  if (weightG < band.weightFromG || (band.weightToG !== null && weightG > band.weightToG)) return false
  return distanceKm === null ? !needsDistance(band) : !isBeyond(band, distanceKm)
}

/** Whether a distance is known and none of a band's. */
function isBeyond({ distanceFromKm, distanceToKm }: api.RateBand, distanceKm: number | null): boolean {
  if (distanceKm === null) return false
  return distanceKm < distanceFromKm || (distanceToKm !== null && distanceKm > distanceToKm)
}

function priceOf(band: api.RateBand, weightG: number, distanceKm: number | null): number {
  const perKm = band.perKmCents === 0 ? 0 : band.perKmCents * (distanceKm ?? 0)
  return Math.max(band.minimumCents, band.baseCents + (band.perKgCents * weightG) / 1_000 + perKm)
}
