// What conditions may ask of an order and of the time. Every fact is always there; what is not known has a value of its
// own, so that no condition fails for it.

import { methods } from '#data/contracts'
import type { Facts } from '#orchestrator/conditions'
import { isInstant, zoneClock } from '../network/zone-clock.ts'
import type { SourcingOrder } from '../world.ts'

/** What conditions may ask of an order before it is sourced. */
export const orderFacts = {
  method: { type: 'string', means: 'how it reaches its customer', words: methods },
  channel: { type: 'string', means: 'channel of sale' },
  country: { type: 'string', means: 'country of the destination' },
  region: { type: 'string', means: 'region of the destination' },
  city: { type: 'string', means: 'city of the destination' },
  postalCode: { type: 'string', means: 'postal code of the destination' },
  zone: { type: 'string', means: 'zone of the destination' },
  currency: { type: 'string', means: 'currency of its money' },
  customerRef: { type: 'string', means: 'who ordered, as the source names them' },
  skus: { type: 'list<string>', means: 'its SKUs, at most 200' },
  valueCents: { type: 'int', means: 'value of the units that want a node, cents; without a price nothing' },
  lines: { type: 'int', means: 'lines that want a node' },
  units: { type: 'int', means: 'units that want a node' },
  weightG: { type: 'double', means: 'weight, g; 0 = not known' },
  hasPromise: { type: 'bool', means: 'whether a delivery was promised' },
  promisedInHours: { type: 'double', means: 'hours until the promise; 1,000,000 without one' },
  isExpress: { type: 'bool', means: 'promised within two days of being placed' },
  ageHours: { type: 'double', means: 'hours since it was placed' },
  placedHour: {
    type: 'int',
    means: 'hour it was placed, at the destination where its zone is known, else UTC',
  },
  placedWeekday: { type: 'int', means: 'weekday it was placed, 1 = Monday' },
} as const satisfies Facts

/** What conditions may ask of the time, UTC. */
export const nowFacts = {
  hour: { type: 'int', means: 'hour, UTC' },
  weekday: { type: 'int', means: 'weekday, 1 = Monday, UTC' },
  day: { type: 'int', means: 'day of the month, UTC' },
  month: { type: 'int', means: 'month, UTC' },
} as const satisfies Facts

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
  const placed = hourAndDay(placedAt, destination.timeZone)
  const today = hourAndDay(now, null)
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

/** Hour and day of an instant as whole numbers; UTC where the zone is null or unknown. */
export function hourAndDay(given: number, timeZone: string | null) {
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
