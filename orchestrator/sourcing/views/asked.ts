// Orders of the core as sourcing is asked for them, and planned work as the core is asked for it. It chooses nothing.

import type { api } from '#data/contracts'
import {
  type Assignment,
  type CoreState,
  type FulfillmentOrder,
  type Order,
  type Reservation,
  reservationsFor,
  unitsOf,
} from '#orchestrator/core'
import type { PlannedWork, SourcingOrder } from '../world.ts'

/** Units of a line that want a node. */
export interface Want {
  lineId: string
  sku: string
  quantity: number
}

const noneAvoided: ReadonlyMap<string, string> = new Map()
const noneReserved: readonly Reservation[] = []

/**
 * New work for units of an order.
 * @param now epoch ms of the market
 * @param avoided nodes that are not to be chosen, with the reason in words
 * @param unheld lines that hold no stock yet: what is reserved softly for them counts as available
 */
export function askedFor(
  state: CoreState,
  order: Order,
  wants: readonly Want[],
  now: number,
  avoided: ReadonlyMap<string, string> = noneAvoided,
  unheld: readonly { lineId: string }[] = wants,
): SourcingOrder {
  const reserved = reservationsFor(state, order, unheld)
  const reservations = reserved.length === 0 ? noneReserved : liveOf(state, reserved, now)
  const prices = new Map(order.lines.map((line) => [line.lineId, line.unitPriceCents]))
  return {
    orderId: order.orderId,
    method: order.method,
    // The ring fence that the order may use.
    channel: reservations[0]?.channel ?? order.channel,
    currency: order.currency,
    customerRef: order.customerRef,
    destination: { ...order.shipTo, zone: null, latitude: null, longitude: null },
    placedAt: order.placedAt,
    promisedAt: order.promisedAt,
    lines: wants.map(({ lineId, sku, quantity }) => {
      return { lineId, sku, quantity, unitPriceCents: prices.get(lineId) ?? null, weightG: null }
    }),
    freight: 'prepaid',
    weightG: null,
    avoided,
    ...(order.policies?.strategyId == null ? {} : { strategyId: order.policies.strategyId }),
    held: (nodeId, sku) => {
      let units = 0
      for (const { lines } of reservations) {
        units += lines.find((each) => each.sku === sku && each.nodeId === nodeId)?.quantity ?? 0
      }
      return units
    },
    from: null,
  }
}

/** Reservations whose time is not over. */
function liveOf({ reservations }: CoreState, ids: readonly string[], now: number): Reservation[] {
  return ids.flatMap((id) => {
    const found = reservations.get(id)
    return found !== undefined && found.expiresAt > now ? [found] : []
  })
}

/**
 * The same for work that is at a node already: what it holds there counts as available to it.
 * @param queue hours at work until it is packed there, where they are known
 */
export function askedForMove(
  state: CoreState,
  order: Order,
  work: FulfillmentOrder,
  now: number,
  queue?: api.Spread | null,
): SourcingOrder {
  const wants = work.lines
    .map((line) => ({ lineId: line.lineId, sku: line.sku, quantity: unitsOf(line) }))
    .filter(({ quantity }) => quantity > 0)
  const asked = askedFor(state, order, wants, now, noneAvoided, work.isReserved ? [] : wants)
  const own = (sku: string) =>
    wants.reduce((units, want) => units + (want.sku === sku ? want.quantity : 0), 0)
  return {
    ...asked,
    held: (nodeId, sku) =>
      asked.held(nodeId, sku) + (work.isReserved && nodeId === work.nodeId ? own(sku) : 0),
    from: {
      nodeId: work.nodeId,
      carrier: work.carrier,
      ...(work.service === undefined ? {} : { serviceId: work.service }),
      ...(queue == null ? {} : { work: queue }),
      bookedAt: work.shipBy ?? work.sourcedAt,
      since: work.releasedAt ?? work.sourcedAt,
    },
  }
}

/** Planned work as the core is asked for it: it has to leave when it was planned to. */
export function assignmentOf({ nodeId, carrierId, serviceId, dispatchAt, lines }: PlannedWork): Assignment {
  return {
    nodeId,
    carrier: carrierId,
    shipBy: dispatchAt,
    lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    ...(serviceId === null ? {} : { service: serviceId }),
  }
}
