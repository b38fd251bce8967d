// Words of the contracts as types. It holds no values.

import type { methods, orderStatuses } from '#data/contracts'

/** State of an order. */
export type OrderStatus = (typeof orderStatuses)[number]
/** How an order reaches its customer. */
export type FulfillmentMethod = (typeof methods)[number]
