// How a parcel is sent: service, carrier, weight and price, from what the customer paid for and who must bring it. It
// draws nothing.

import {
  chooseService,
  freightCostCents,
  quotedDays,
  type Service,
  serviceIdOf,
  services,
} from './carriers.ts'

/** What is sent. */
export interface Goods {
  freightCents: number | null
  /** Units by SKU. */
  lines: readonly { sku: string; quantity: number }[]
  /** When it leaves, epoch ms. */
  at?: number
  /** Service that was planned, by its id in the network document; counts where its carrier must bring it. */
  serviceId?: string
}

/** A parcel to be sent. */
export interface Sending {
  service: number
  carrier: string
  serviceName: string
  /** Start of its tracking number. */
  prefix: string
  quotedDays: number
  weightG: number
  freightCostCents: number
}

const packagingG = 140

/**
 * How goods are sent over a distance.
 * @param carrier that must bring them, null = the usual choice
 * @param uniform in [0, 1), decides among services that would do
 */
export function sendingOf(
  { km, weightOf }: { km: number; weightOf(sku: string): number },
  { freightCents, lines, serviceId }: Goods,
  carrier: string | null,
  uniform: number,
): Sending {
  const weightG = lines.reduce((sum, { sku, quantity }) => sum + weightOf(sku) * quantity, packagingG)
  const speed = speedOf(freightCents)
  const usual = chooseService(speed, km, weightG, uniform)
  const planned = services.findIndex((each) => each.carrier === carrier && serviceIdOf(each) === serviceId)
  const isUsual = carrier === null || services[usual]?.carrier === carrier
  const service = planned >= 0 ? planned : isUsual ? usual : serviceOf(carrier, speed, usual)
  const { carrier: name, service: serviceName, prefix } = services[service] as Service
  return {
    service,
    carrier: name,
    serviceName,
    prefix,
    quotedDays: quotedDays(service, km),
    weightG,
    freightCostCents: freightCostCents(service, km, weightG),
  }
}

/** What the customer paid for says how quickly it goes. */
function speedOf(freightCents: number | null): Service['service'] {
  if ((freightCents ?? 0) >= 2499) return 'overnight'
  return (freightCents ?? 0) >= 1299 ? 'two_day' : 'ground'
}

/** The carrier's service that is nearest to a wish; the usual one where it is not known. */
function serviceOf(carrier: string, speed: Service['service'], usual: number): number {
  const own = services.map((_, i) => i).filter((i) => services[i]?.carrier === carrier)
  return own.find((i) => services[i]?.service === speed) ?? own[0] ?? usual
}
