// Parcels of a piece of work: what they are called, and whether one is another told again. Pure.

import type { FulfillmentOrder, LineUnits, Order, Shipment } from './order.ts'
import { unitsByLine } from './steps-of-work.ts'

/** Whether a parcel has just these units in it; asked without any, it is the one with its id. */
export function isSameParcel({ lines }: Shipment, asked: readonly LineUnits[] | null | undefined): boolean {
  if (asked == null || lines === undefined) return true
  const units = unitsByLine(lines)
  const wanted = unitsByLine(asked)
  return units.size === wanted.size && [...wanted].every(([lineId, n]) => units.get(lineId) === n)
}

/** The parcel with an id, the next free one of its work where none was given, and the time it left. */
export function namedShipment(
  order: Order,
  work: FulfillmentOrder,
  shipment: Shipment,
  at: number,
): Shipment {
  const shippedAt = shipment.shippedAt ?? at
  if (shipment.shipmentId !== '') return { ...shipment, shippedAt }
  const taken = new Set(order.shipments.map((each) => each.shipmentId))
  let number = 1
  while (taken.has(`${work.fulfillmentOrderId}-S${number}`)) number++
  return { ...shipment, shipmentId: `${work.fulfillmentOrderId}-S${number}`, shippedAt }
}
