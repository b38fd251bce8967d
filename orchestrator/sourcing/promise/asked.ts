// A cart as sourcing is asked for it, and where its customer is. It looks nothing up but the place.

import type { api } from '#data/contracts'
import { type CoreState, type Method, reservationOf, reservationStatus } from '#orchestrator/core'
import type { SourcingSession } from '../model/session.ts'
import type { CompiledNode } from '../network/compiled.ts'
import { nameKey } from '../network/place.ts'
import type { Destination, SourcingOrder } from '../world.ts'

const noneAvoided: ReadonlyMap<string, string> = new Map()
const usualZone = 'UTC'

/**
 * The cart as an order by a method. Units that the named reservation holds already count as there.
 * @param now epoch ms of the market
 */
export function cartOf(
  request: api.PromiseRequest,
  method: Method,
  state: CoreState,
  now: number,
): SourcingOrder {
  const { shipTo, latitude = null, longitude = null, reserve } = request
  const known = reserve === undefined ? undefined : reservationOf(state, reserve.reservationId)
  const isHeld = known !== undefined && reservationStatus(known, now) === 'active'
  const held = new Map(
    isHeld ? known.lines.map((line) => [`${line.nodeId}\u001f${line.sku}`, line.quantity]) : [],
  )
  return {
    orderId: 'cart',
    method,
    channel: request.channel ?? null,
    currency: request.currency ?? currencyOf(state),
    customerRef: request.customerRef ?? null,
    destination: {
      country: shipTo.country ?? null,
      region: shipTo.region ?? null,
      city: shipTo.city ?? null,
      postalCode: shipTo.postalCode ?? null,
      zone: null,
      ...(latitude === null || longitude === null
        ? { latitude: null, longitude: null }
        : { latitude, longitude }),
      timeZone: null,
    },
    placedAt: now,
    promisedAt: null,
    lines: request.lines.map(({ sku, quantity, unitPriceCents, weightG }, i) => ({
      lineId: String(i),
      sku,
      quantity,
      unitPriceCents: unitPriceCents ?? null,
      weightG: weightG ?? null,
    })),
    freight: 'prepaid',
    weightG: null,
    avoided: noneAvoided,
    held: held.size === 0 ? () => 0 : (nodeId, sku) => held.get(`${nodeId}\u001f${sku}`) ?? 0,
    from: null,
  }
}

/** Currency of a market: that of its orders; US dollars before the first. */
export function currencyOf({ orders }: CoreState): string {
  for (const { currency } of orders.values()) return currency
  return 'USD'
}

/** Whether anything is known of where the goods would go. */
export function isSomewhere({
  country,
  region,
  city,
  postalCode,
  latitude,
  longitude,
}: Destination): boolean {
  const words = [country, region, city, postalCode]
  return (
    words.some((word) => word !== null && word.trim() !== '') || (latitude !== null && longitude !== null)
  )
}

/** Time zone of a destination: its own, else that of the nearest node, else of one in its region, else of any. */
export function zoneOf(destination: Destination, session: SourcingSession): string {
  if (destination.timeZone !== null) return destination.timeZone
  const { network } = session.world
  let nearest: { km: number; timeZone: string } | null = null
  for (const { node } of session.nodes) {
    const km = network.distanceKm(node.nodeId, destination)
    if (km !== null && km < (nearest?.km ?? Number.POSITIVE_INFINITY))
      nearest = { km, timeZone: node.timeZone }
  }
  if (nearest !== null) return nearest.timeZone
  const near = session.nodes.find(({ node }) => isInRegion(node, destination))
  return (near ?? session.nodes[0])?.node.timeZone ?? usualZone
}

function isInRegion(node: CompiledNode, to: Destination): boolean {
  const [a, b] = [node.region, to.region]
  return a !== null && b !== null && nameKey(a) === nameKey(b)
}

/** The place of a node, as goods are sent there. */
export function placeOf({ country, region, city, postalCode, latitude, longitude, timeZone }: CompiledNode) {
  return {
    country,
    region,
    city,
    postalCode,
    zone: null,
    latitude,
    longitude,
    timeZone,
  } satisfies Destination
}
