// The carriers of Fabrikam: services, prices, days quoted and days taken. It draws nothing by itself.

import type { Calendar } from './calendar.ts'
import { WorkingDays } from './calendar.ts'

/** A service of a carrier. */
export interface Service {
  carrier: string
  service: 'ground' | 'economy' | 'two_day' | 'overnight'
  /** Start of its tracking numbers. */
  prefix: string
  /** Price of carriage: base, per kg, and growth per 1,000 km, in cents. */
  baseCents: number
  perKgCents: number
  growth: number
  /** Share of shipments that come one day or more late, or a day early. */
  lateShare: number
  earlyShare: number
  sundays: boolean
}

const service = (
  carrier: string,
  name: Service['service'],
  prefix: string,
  price: [base: number, perKg: number, growth: number],
  [lateShare, earlyShare]: [number, number],
  sundays = false,
): Service => {
  const [baseCents, perKgCents, growth] = price
  return { carrier, service: name, prefix, baseCents, perKgCents, growth, lateShare, earlyShare, sundays }
}

/** All services; a piece of work knows its service by the index here. */
export const services: readonly Service[] = [
  service('Prairie Parcel', 'ground', 'PP', [540, 75, 0.22], [0.06, 0.14]),
  service('Bluebird Post', 'economy', 'BB', [380, 95, 0.12], [0.08, 0.2]),
  service('Coastline', 'ground', 'CL', [460, 70, 0.3], [0.07, 0.1]),
  service('Redwood Express', 'two_day', 'RX', [1150, 190, 0.3], [0.045, 0.1], true),
  service('Redwood Express', 'overnight', 'RX', [2100, 330, 0.4], [0.055, 0], true),
  service('Prairie Parcel', 'two_day', 'PP', [1020, 180, 0.32], [0.06, 0.08]),
]

/** What the network document calls a service. */
export function serviceIdOf({ carrier, service }: Pick<Service, 'carrier' | 'service'>): string {
  return `${carrier.toLowerCase().replaceAll(' ', '-')}-${service.replaceAll('_', '-')}`
}

/** Names of the carriers. */
export const carriers: readonly string[] = [...new Set(services.map((each) => each.carrier))]

const bandsKm = [260, 750, 1500, 2700, 4700]

/** Days a service quotes over a distance. */
export function quotedDays(index: number, km: number): number {
  let band = bandsKm.findIndex((limit) => km <= limit)
  if (band < 0) band = 7
  const kind = (services[index] as Service).service
  if (kind === 'overnight') return band === 7 ? 2 : 1
  if (kind === 'two_day') return band === 7 ? 3 : 2
  return kind === 'economy' ? band + 2 : band + 1
}

/** What the carrier charges for a parcel, cents. */
export function freightCostCents(index: number, km: number, weightG: number): number {
  const { baseCents, perKgCents, growth } = services[index] as Service
  return Math.round((baseCents + (perKgCents * weightG) / 1000) * (1 + (growth * km) / 1000))
}

const rateStepKm = 250
const rateMostKm = 8_500

/**
 * What a service charges, by distance: exact for the base price, in the middle of each step for the price of a kg.
 * @param mostKm how far it goes, null = everywhere
 */
export function bandsOf({ baseCents, perKgCents, growth }: Service, mostKm: number | null) {
  const bands = []
  for (let from = 0; from < (mostKm ?? rateMostKm); from += rateStepKm) {
    const isLast = mostKm === null && from + rateStepKm >= rateMostKm
    const to = Math.min(from + rateStepKm, mostKm ?? Number.POSITIVE_INFINITY)
    bands.push({
      distanceFromKm: from,
      distanceToKm: isLast ? null : to,
      baseCents,
      perKmCents: (baseCents * growth) / 1000,
      perKgCents: perKgCents * (1 + (growth * (from + to)) / 2000),
      minimumCents: 0,
    })
  }
  return bands
}

/** The service for a parcel: the customer's wish decides the speed, weight and distance the carrier. */
export function chooseService(
  speed: Service['service'],
  km: number,
  weightG: number,
  uniform: number,
): number {
  if (speed === 'overnight') return 4
  if (speed === 'two_day') return uniform < 0.72 ? 3 : 5
  if (km < 800 && uniform < 0.3) return 2
  if (weightG < 1200 && uniform > 0.68) return 1
  return 0
}

/** Days a shipment takes, by draw: early, as quoted, or late; ends of weeks are worse. */
export function takenDays(index: number, quoted: number, weekday: number, uniform: number): number {
  const { lateShare, earlyShare } = services[index] as Service
  const late = lateShare * (weekday >= 5 || weekday === 0 ? 1.6 : 0.95)
  if (uniform < late) return quoted + (uniform < late * 0.08 ? 4 : uniform < late * 0.3 ? 2 : 1)
  if (quoted > 1 && uniform > 1 - earlyShare) return quoted - 1
  return quoted
}

/** The delivery days of every service. */
export function deliveryDays(calendar: Calendar): WorkingDays[] {
  const week = new WorkingDays(calendar, false)
  const daily = new WorkingDays(calendar, true)
  return services.map((each) => (each.sundays ? daily : week))
}
