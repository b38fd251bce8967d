// What a service asks for a parcel: billable weight, cards that hold now, free thresholds, factors. Amounts are not
// rounded.

import type { api } from '#data/contracts'
import type { RateFloor as Floor, Parcel, Rate } from './compiled.ts'
import type { Rates, Reached } from './reach.ts'
import { dayNumber, type ZoneClock } from './zone-clock.ts'

/**
 * Grams that a parcel counts as: the actual weight or the dimensional one, whichever is more; null = neither is known,
 * NaN = what is told of it is no number.
 */
export function billableG(service: api.CarrierService, parcel: Parcel): number | null {
  const { weightG, volumeMm3 } = parcel
  if (weightG !== null && !(weightG >= 0)) return Number.NaN
  if (volumeMm3 === null || service.dimDivisor === null) return weightG
  // The divisor is in cubic centimetres a kilogram.
  const dimensional = volumeMm3 / service.dimDivisor
  if (!(dimensional >= 0)) return Number.NaN
  return Math.max(weightG ?? 0, dimensional)
}

/** Grams of carbon dioxide for a weight over a distance; null where anything of it is unknown. */
export function co2Grams(
  service: api.CarrierService,
  weightG: number | null,
  distanceKm: number | null,
): number | null {
  if (service.co2GramsPerTonneKm === null || weightG === null || distanceKm === null) return null
  const grams = (service.co2GramsPerTonneKm * weightG * distanceKm) / 1e6
  return Number.isFinite(grams) ? grams : null
}

/** When cards hold in a zone, from and until as instants. */
export class Validity {
  readonly #byZone = new Map<string, WeakMap<api.RateCard, { from: number; until: number }>>()

  /** Whether a card holds at an instant, by the local days of a zone. */
  holds(card: api.RateCard, at: number, clock: ZoneClock): boolean {
    if (card.validFrom === null && card.validUntil === null) return true
    let spans = this.#byZone.get(clock.timeZone)
    if (spans === undefined) {
      spans = new WeakMap()
      this.#byZone.set(clock.timeZone, spans)
    }
    let span = spans.get(card)
    if (span === undefined) {
      const [first, last] = [dayNumber(card.validFrom), dayNumber(card.validUntil)]
      span = {
        from: first === null ? Number.NEGATIVE_INFINITY : clock.instant(first, 0),
        until: last === null ? Number.POSITIVE_INFINITY : clock.instant(last + 1, 0),
      }
      spans.set(card, span)
    }
    return at >= span.from && at < span.until
  }
}

/**
 * The cheapest rate of a service for a parcel, of two as cheap that of the first card; null = none fits, or the parcel
 * is too heavy for it.
 * @param holds whether a card holds now
 */
export function cheapestRate(
  { service, rates }: Reached,
  parcel: Parcel,
  distanceKm: number | null,
  holds: (card: api.RateCard) => boolean,
): Rate | null {
  if (service.maxWeightG !== null && parcel.weightG !== null && parcel.weightG > service.maxWeightG)
    return null
  const billable = billableG(service, parcel)
  if (Number.isNaN(billable)) return null
  let best: Rate | null = null
  let order = 0
  for (const rate of rates) {
    if (!holds(rate.card)) continue
    const weightG = billable ?? lowestOf(rates, rate)
    const fit = rate.bands.cheapest(weightG, distanceKm)
    if (fit === null) continue
    const { rateCardId, factor, freeFromCents } = rate.card
    const isFree = freeFromCents !== null && parcel.valueCents !== null && parcel.valueCents >= freeFromCents
    const cents = isFree ? 0 : fit.cents * factor
    const isBefore = best !== null && (rate.order < order || (rate.order === order && fit.row < best.row))
    if (best !== null && !(cents < best.cents || (cents === best.cents && isBefore))) continue
    order = rate.order
    const isGuessed = parcel.weightG === null && needsWeight(fit.band)
    best = { cents, rateCardId, band: fit.band, row: fit.row, billableG: weightG, isGuessed, isFree }
  }
  return best
}

/** What the cheapest rate asks, as `cheapestRate` has it; Infinity where none fits. */
export function cheapestCents(
  { service, rates }: Reached,
  parcel: Parcel,
  distanceKm: number | null,
  at: number,
  validity: Validity,
  clock: ZoneClock,
): number {
  if (service.maxWeightG !== null && parcel.weightG !== null && parcel.weightG > service.maxWeightG)
    return Number.POSITIVE_INFINITY
  const billable = billableG(service, parcel)
  let least = Number.POSITIVE_INFINITY
  if (Number.isNaN(billable)) return least
  for (const rate of rates) {
    const { card, bands } = rate
    if (!validity.holds(card, at, clock)) continue
    const cents = bands.cents(billable ?? lowestOf(rates, rate), distanceKm)
    if (cents === Number.POSITIVE_INFINITY) continue
    const { factor, freeFromCents } = card
    const isFree = freeFromCents !== null && parcel.valueCents !== null && parcel.valueCents >= freeFromCents
    least = Math.min(least, isFree ? 0 : cents * factor)
  }
  return least
}

/**
 * What any parcel costs at least, whatever card holds; nothing where one carries goods of worth for free, Infinity
 * where no band fits.
 * @param mostG billable weight of the parcel at most
 * @param least gets it
 */
export function floorOf({ rates }: Reached, distanceKm: number | null, mostG: number, least: Floor): Floor {
  least.eachCents = least.perGCents = least.leastCents = 0
  let isFirst = true
  for (const { card, bands } of rates) {
    const factor = card.freeFromCents === null ? card.factor : 0
    if (bands.lower(least, distanceKm, mostG, factor, isFirst)) isFirst = false
  }
  if (isFirst) least.eachCents = least.leastCents = Number.POSITIVE_INFINITY
  return least
}

/** The lowest weight that a card has a band for here. */
function lowestOf(rates: readonly Rates[], { card }: Rates): number {
  let least = Number.POSITIVE_INFINITY
  for (const rate of rates) if (rate.card === card) least = Math.min(least, rate.bands.lowestG)
  return least
}

function needsWeight(band: api.RateBand): boolean {
  return band.perKgCents > 0 || band.weightFromG > 0 || band.weightToG !== null
}
