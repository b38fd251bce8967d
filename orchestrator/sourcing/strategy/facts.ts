// What conditions may ask of an order and of the time. Every fact is always there; what is not known has a value of its
// own, so that no condition fails for it.

import { isInstant, zoneClock } from '../network/zone-clock.ts'
import type { SourcingOrder } from '../world.ts'

/** Types of the facts of an order, as conditions see them. */
export const orderFacts = {
  /** delivery, pickup, curbside or ship_to_store. */
  method: 'string',
  channel: 'string',
  country: 'string',
  region: 'string',
  city: 'string',
  postalCode: 'string',
  zone: 'string',
  currency: 'string',
  customerRef: 'string',
  skus: 'list<string>',
  /** Of the units that want a node; those without a price count nothing. */
  valueCents: 'int',
  lines: 'int',
  units: 'int',
  /** 0 = not known. */
  weightG: 'double',
  hasPromise: 'bool',
  /** Hours from now; 1,000,000 without a promise. */
  promisedInHours: 'double',
  /** Promised within two days of being placed. */
  isExpress: 'bool',
  ageHours: 'double',
  /** Local to the destination where its zone is known, else UTC. */
  placedHour: 'int',
  /** 1 = Monday. */
  placedWeekday: 'int',
} as const

/** Types of the facts of the time, UTC. */
export const nowFacts = { hour: 'int', weekday: 'int', day: 'int', month: 'int' } as const

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Hours without a promise: later than anything. */
const neverHours = 1_000_000
/** Hours from placing within which a promise is express. */
const expressHours = 48
/** SKUs of an order that conditions see. */
const skusMost = 200

/** Values of the facts; whole numbers as conditions want them. @param now epoch ms of the market */
export function factsOf(order: SourcingOrder, now: number) {
  const { destination, lines, placedAt, promisedAt } = order
  const placed = localParts(placedAt, destination.timeZone)
  const today = localParts(now, null)
  return {
    order: {
      method: order.method,
      channel: order.channel ?? '',
      country: destination.country ?? '',
      region: destination.region ?? '',
      city: destination.city ?? '',
      postalCode: destination.postalCode ?? '',
      zone: destination.zone ?? '',
      currency: order.currency,
      customerRef: order.customerRef ?? '',
      skus: [...new Set(lines.map(({ sku }) => sku))].slice(0, skusMost),
      valueCents: whole(sum(lines, (line) => (line.unitPriceCents ?? 0) * line.quantity)),
      lines: whole(lines.length),
      units: whole(sum(lines, (line) => line.quantity)),
      weightG: order.weightG ?? sum(lines, (line) => (line.weightG ?? 0) * line.quantity),
      hasPromise: promisedAt !== null,
      promisedInHours: promisedAt === null ? neverHours : (promisedAt - now) / hourMs,
      isExpress: promisedAt !== null && promisedAt - placedAt <= expressHours * hourMs,
      ageHours: (now - placedAt) / hourMs,
      placedHour: placed.hour,
      placedWeekday: placed.weekday,
    },
    now: today,
  }
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0)
}

function whole(value: number): bigint {
  return BigInt(Number.isFinite(value) ? Math.round(value) : 0)
}

function localParts(given: number, timeZone: string | null) {
  const at = isInstant(given) ? given : 0
  const clock = timeZone === null ? null : zoneClock(timeZone)
  const date = new Date(at + (clock?.offsetAt(at) ?? 0))
  const days = Math.floor(date.getTime() / dayMs)
  return {
    hour: whole(date.getUTCHours()),
    // 1970-01-01 was a Thursday.
    weekday: whole(((((days + 3) % 7) + 7) % 7) + 1),
    day: whole(date.getUTCDate()),
    month: whole(date.getUTCMonth() + 1),
  }
}
