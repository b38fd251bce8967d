// Orders of the core as sourcing is asked for them, and planned work as the core is asked for it. It chooses nothing.

import type { api } from '#data/contracts'
import {
  type Assignment,
  type CoreState,
  type FulfillmentOrder,
  type Order,
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

/**
 * New work for units of an order.
 * @param now epoch ms of the market
 * @param avoided nodes that are not to be chosen, with the reason in words
 */
export function askedFor(
  state: CoreState,
  order: Order,
  wants: readonly Want[],
  now: number,
  avoided: ReadonlyMap<string, string> = noneAvoided,
): SourcingOrder {
  const { reservationId } = order
  const known = reservationId === null ? undefined : state.reservations.get(reservationId)
  const reservation = known !== undefined && known.expiresAt > now ? known : undefined
  const prices = new Map(order.lines.map((line) => [line.lineId, line.unitPriceCents]))
  return {
    orderId: order.orderId,
    method: order.method,
    // The ring fence that the order may use.
    channel: reservation?.channel ?? order.channel,
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
      const line = reservation?.lines.find((each) => each.sku === sku && each.nodeId === nodeId)
      return line?.quantity ?? 0
    },
    from: null,
  }
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
  const asked = askedFor(state, order, wants, now)
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
