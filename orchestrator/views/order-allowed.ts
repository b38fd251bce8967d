// What can be asked of an order and its work now: each action is put to the core's rules, and nothing is done.

import {
  type CommandData,
  type CommandType,
  type CoreCommand,
  type CoreState,
  decide,
  type FulfillmentOrder,
  isMovable,
  isWaiting,
  type Order,
  partsOf,
} from '#orchestrator/core'

/** What can be asked. */
export interface Allowed {
  /** Actions on the order, in the words of their paths with `_`. */
  order(): string[]
  /** Actions on one of its fulfillment orders. */
  work(work: FulfillmentOrder): string[]
}

const reason = 'asked'

/** What can be asked of the order now. Cost: a decision for each action. */
export function allowedOf(state: CoreState, order: Order, now: number): Allowed {
  const would = <T extends CommandType>(type: T, data: CommandData[T]): boolean => {
    const command = { commandId: 'none', type, data, at: now } as CoreCommand
    const verdict = decide(state, command)
    return 'events' in verdict && verdict.events.length > 0
  }
  return {
    order: () => orderActionsOf(order, state, now, would),
    work: (work) => workActionsOf(order, work, state, would),
  }
}

type Would = <T extends CommandType>(type: T, data: CommandData[T]) => boolean

const openStates: ReadonlySet<string> = new Set([
  'created',
  'validated',
  'on_hold',
  'backordered',
  'preordered',
  'sourced',
  'released',
])

function orderActionsOf(order: Order, state: CoreState, now: number, would: Would): string[] {
  const { orderId } = order
  const parts = order.lines.flatMap((line) => partsOf(order, line).map((part) => ({ ...part, line })))
  const free = parts.find((part) => openStates.has(part.state))
  const one = free === undefined ? null : [{ lineId: free.line.lineId, quantity: 1 }]
  const live = parts.filter((part) => part.state !== 'cancelled')
  const units = live.reduce((sum, part) => sum + part.quantity, 0)
  const isHeld = would('LiftHold', { orderId, lineIds: null, reason })
  const canTake = one !== null && would('CancelLines', { orderId, lines: one, reason })
  const price = [
    { lineId: order.lines[0]?.lineId ?? '', unitPriceCents: (order.lines[0]?.unitPriceCents ?? 0) + 1 },
  ]
  const possible: [string, boolean][] = [
    ['hold', would('HoldOrder', { orderId, lineIds: null, reason })],
    ['lift_hold', isHeld],
    ['release', isHeld || isWaiting(order)],
    ['retry', would('RetryOrder', { orderId, reason })],
    ['reroute', order.work.some(isMovable)],
    ['edit', would('EditOrder', { orderId, version: null, changes: { prices: price }, reason })],
    ['cancel', would('CancelOrder', { orderId, reason })],
    ['cancel_lines', canTake],
    ['split', canTake && units > 1],
    ['clone', true],
    ['substitute', canTake],
    ['backorder', would('BackorderLines', { orderId, lines: null, reason })],
    ['preorder', would('PreorderLines', { orderId, lineIds: null, launchAt: now + 60_000, reason })],
    ['own_state', state.ownStates.length > 0],
    ['return', order.lines.some((line) => line.delivered > line.returnRequested + line.returned)],
    ['receive_return', order.lines.some((line) => line.returnRequested > 0)],
  ]
  return possible.flatMap(([name, isPossible]) => (isPossible ? [name] : []))
}

const parcel = {
  shipmentId: '',
  nodeId: null,
  carrier: null,
  service: null,
  trackingNumber: null,
  shippedAt: null,
  promisedAt: null,
  deliveredAt: null,
  freightCostCents: null,
  insuranceCents: null,
  weightG: null,
}

function workActionsOf(order: Order, work: FulfillmentOrder, state: CoreState, would: Would): string[] {
  const ref = { orderId: order.orderId, fulfillmentOrderId: work.fulfillmentOrderId }
  const isCollected = order.method === 'pickup' || order.method === 'curbside'
  const possible: [string, boolean][] = [
    ['accept', would('AcceptWork', ref)],
    ['reject', would('RejectWork', { ...ref, reason })],
    ['start_picking', would('StartPicking', ref)],
    ['pick', would('PickWork', { ...ref, short: [] })],
    ['pack', would('PackWork', ref)],
    ['ready', would('ReadyWork', ref)],
    ['ship', !isCollected && would('ShipWork', { ...ref, shipment: parcel })],
    ['deliver', !isCollected && would('DeliverWork', ref)],
    ['collect', would('CollectWork', ref)],
    ['own_state', state.ownStates.length > 0],
  ]
  return possible.flatMap(([name, isPossible]) => (isPossible ? [name] : []))
}
