// The words of the order life: states, methods, node types. The only place where they are listed.

/** States of an order, a line or a line part, least advanced first; the last three are ways out. */
export const orderStatuses = [
  'created',
  'validated',
  'on_hold',
  'backordered',
  'preordered',
  'sourced',
  'released',
  'picking',
  'packed',
  'ready_for_pickup',
  'shipped',
  'delivered',
  'collected',
  'cancelled',
  'return_requested',
  'returned',
] as const

/** States of a fulfillment order. */
export const fulfillmentOrderStatuses = [
  'open',
  'accepted',
  'rejected',
  'picking',
  'packed',
  'ready_for_pickup',
  'shipped',
  'delivered',
  'collected',
  'cancelled',
] as const

/** How an order reaches its customer. */
export const methods = ['delivery', 'pickup', 'curbside', 'ship_to_store'] as const

/** Kinds of node. */
export const nodeTypes = ['warehouse', 'store', '3pl', 'dropship'] as const

/** Why stock moved. */
export const movementKinds = [
  'receipt',
  'sale',
  'return',
  'adjustment',
  'transfer_in',
  'transfer_out',
] as const
