// What is odd about a row that is usable all the same, for every source alike. A mapping may add its own.

import type { EntityName } from '#data/contracts'

/** Flag name -> SQL over the entity's fields, by entity. */
export const oddities: Partial<Record<EntityName, Record<string, string>>> = {
  orders: {
    cancelled_but_delivered: `status = 'cancelled' AND delivered_at IS NOT NULL`,
    delivered_without_date: `status = 'delivered' AND delivered_at IS NULL`,
    approved_after_shipment: 'approved_at > shipped_at',
    shipped_before_placed: 'shipped_at < placed_at',
    delivered_before_shipped: 'delivered_at < shipped_at',
    promised_before_placed: 'promised_at < placed_at',
  },
  order_lines: {
    shipped_more_than_ordered: 'shipped_quantity > quantity',
  },
  fulfillment_orders: {
    picked_before_released: 'picked_at < released_at',
    shipped_before_picked: 'shipped_at < picked_at',
  },
  shipments: {
    delivered_before_shipped: 'delivered_at < shipped_at',
  },
  inventory: {
    negative_on_hand: 'on_hand < 0',
  },
  returns: {
    received_before_requested: 'received_at < requested_at',
  },
}
