// Bands of a rate card that hold for the same places: the cheapest that fits a weight and a distance. It does not
// know places, services or time.

import type { api } from '#data/contracts'

/** A band with its place in its card. */
export interface Row {
  band: api.RateBand
  row: number
}

/** A band that fits, with what it asks before the factor of its card. */
export interface Fit extends Row {
  cents: number
}

/** No parcel over a distance costs less than `eachCents` + `perGCents` x its weight, nor less than `leastCents`. */
export interface Floor {
  eachCents: number
  perGCents: number
  leastCents: number
}

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
    const rows = this.#rows
    const key = this.#isByDistance ? distanceKm : weightG
    let best: Row | null = null
    let least = Number.POSITIVE_INFINITY
    for (let i = key === null ? rows.length - 1 : this.#last(key); i >= 0; i -= 1) {
      if (key !== null && (this.#reach[i] ?? 0) < key) break
      const row = rows[i]
      if (row === undefined || !fits(row.band, weightG, distanceKm)) continue
      const cents = priceOf(row.band, weightG, distanceKm)
      if (cents < least || (cents === least && best !== null && row.row < best.row)) {
        best = row
        least = cents
      }
    }
    return best === null ? null : { band: best.band, row: best.row, cents: least }
  }

  /**
   * Lowers a floor to what any parcel costs at least here; of many bands, those of other distances count, too.
   * @param isFirst the floor holds nothing yet
   */
  lower(floor: Floor, distanceKm: number | null, factor: number, isFirst: boolean): void {
    const isLong = this.#rows.length > 32
    let [eachCents, perGCents, leastCents] = [none, none, none]
    for (const { band } of this.#rows) {
      const isFar =
        distanceKm !== null && (distanceKm < band.distanceFromKm || distanceKm > (band.distanceToKm ?? none))
      if (!isLong && isFar) continue
      const each = band.baseCents + band.perKmCents * (isLong ? band.distanceFromKm : (distanceKm ?? 0))
      eachCents = Math.min(eachCents, each)
      perGCents = Math.min(perGCents, band.perKgCents / 1_000)
      leastCents = Math.min(leastCents, Math.max(band.minimumCents, each))
    }
    if (eachCents === none) {
      if (isFirst) floor.eachCents = floor.leastCents = none
      return
    }
    floor.eachCents = Math.min(isFirst ? none : floor.eachCents, eachCents * factor)
    floor.perGCents = Math.min(
      isFirst || floor.eachCents === none ? none : floor.perGCents,
      perGCents * factor,
    )
    floor.leastCents = Math.min(isFirst ? none : floor.leastCents, leastCents * factor)
  }

  /** Index of the last band that begins at or before, -1 = none. */
  #last(key: number): number {
    let [low, high] = [0, this.#from.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#from[middle] ?? 0) <= key) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

const none = Number.POSITIVE_INFINITY

function fits(band: api.RateBand, weightG: number, distanceKm: number | null): boolean {
  if (weightG < band.weightFromG || (band.weightToG !== null && weightG > band.weightToG)) return false
  if (distanceKm === null) return !needsDistance(band)
  return distanceKm >= band.distanceFromKm && (band.distanceToKm === null || distanceKm <= band.distanceToKm)
}

function priceOf(band: api.RateBand, weightG: number, distanceKm: number | null): number {
  const perKm = band.perKmCents === 0 ? 0 : band.perKmCents * (distanceKm ?? 0)
  return Math.max(band.minimumCents, band.baseCents + (band.perKgCents * weightG) / 1_000 + perKm)
}
