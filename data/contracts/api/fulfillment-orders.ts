// Shapes of fulfillment orders over the API: a list from memory, and one with everything about it.

import { Type } from 'typebox'
import { fulfillmentOrderStatuses, methods, orderStatuses } from '../status.ts'
import { shipmentView, workLineView } from './orders.ts'
import { instantText, type Of, oneOf, orNull, pageOf, shape } from './shape.ts'

const fields = {
  orderId: Type.String(),
  externalId: Type.String({ description: 'external id of the order' }),
  fulfillmentOrderId: Type.String(),
  nodeId: Type.String(),
  nodeName: Type.String(),
  carrier: orNull(Type.String()),
  method: oneOf(methods),
  status: oneOf(fulfillmentOrderStatuses),
  ownState: orNull(Type.String()),
  orderStatus: oneOf(orderStatuses),
  attempt: Type.Integer(),
  isReleased: Type.Boolean({ description: 'the node has it; false = planned' }),
  isOpen: Type.Boolean(),
  isLate: Type.Boolean({ description: 'not left by its deadline' }),
  quantity: Type.Integer(),
  shortQuantity: Type.Integer(),
  shippedQuantity: Type.Integer(),
  deliveredQuantity: Type.Integer(),
  shipBy: orNull(instantText),
  releasedAt: orNull(instantText),
  acceptedAt: orNull(instantText),
  pickingAt: orNull(instantText),
  rejectedAt: orNull(instantText),
  rejectReason: orNull(Type.String()),
  pickedAt: orNull(instantText),
  packedAt: orNull(instantText),
  shippedAt: orNull(instantText),
  deliveredAt: orNull(instantText),
  cancelledAt: orNull(instantText),
  lines: Type.Array(workLineView),
  actions: Type.Array(Type.String({ description: 'what can be asked of it now' })),
}

/** A row of the list of fulfillment orders. */
export const fulfillmentOrderSummary = shape(fields)
export type FulfillmentOrderSummary = Of<typeof fulfillmentOrderSummary>
/** A page of them. */
export const fulfillmentOrderPage = pageOf(fulfillmentOrderSummary)

/** One fulfillment order. */
export const fulfillmentOrderDetail = shape({
  ...fields,
  shipments: Type.Array(shipmentView),
})
export type FulfillmentOrderDetail = Of<typeof fulfillmentOrderDetail>
