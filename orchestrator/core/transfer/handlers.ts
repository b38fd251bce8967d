// What events of transfers do to the orders of a market. Pure; stock follows from events of its own.

import type { EventData } from '../events.ts'
import type { HandlersOf } from '../handlers.ts'
import { put } from '../orders/evolve-order.ts'
import { filledWork } from '../orders/filled.ts'
import { finished } from '../orders/finish.ts'
import { isOpenWork, type Order } from '../orders/order.ts'
import { noted } from '../orders/past.ts'
import { cancelledWork } from '../orders/shrink.ts'
import { split } from '../orders/steps-of-lines.ts'
import { withWork } from '../orders/steps-of-work.ts'
import { withMove } from '../reroute/ledger.ts'
import type { CoreState } from '../state.ts'
import type { TransferEvents } from './events.ts'
import type { TransferOutState } from './transfer.ts'

type Data<T extends keyof TransferEvents> = EventData[T] & { at: number }

/** What one event changes of its order. */
type Step<T extends keyof TransferEvents> = (order: Order, data: Data<T>) => Order

const plainReasons: Readonly<Record<keyof TransferEvents, string>> = Object.freeze({
  RerouteStarted: 'asked for',
  RerouteReserved: 'received from another market',
  RerouteReleased: 'moved to another market',
  RerouteFailed: 'stays in its market',
  RerouteConfirmed: 'its market let go of it',
  RerouteAbandoned: 'stays in its market',
})

/** The order after a step, with its state and history. */
function stepped<T extends keyof TransferEvents>(type: T, order: Order, step: Step<T>, data: Data<T>): Order {
  const { reason, decision } = data as { reason?: string; decision?: { toNodeId: string | null } }
  const nodeId = decision?.toNodeId ?? null
  const entry = { at: data.at, type, reason: reason ?? plainReasons[type], nodeId }
  const next = { ...step(order, data), ...noted(order, entry), hasOwnSteps: true, updatedAt: data.at }
  return finished(order, next, type, entry)
}

/** The state after an event of an order that is there. */
function onOrder<T extends keyof TransferEvents>(
  type: T,
  step: Step<T>,
  follow: (state: CoreState, data: Data<T>) => CoreState,
) {
  return (state: CoreState, data: Data<T>): CoreState => {
    const order = state.orders.get(data.orderId)
    if (order === undefined) return state
    return follow(put(state, stepped(type, order, step, data)), data)
  }
}

const ended = (state: CoreState, { transferId }: { transferId: string }): CoreState => ({
  ...state,
  transfers: state.transfers.delete(transferId),
})

/** The state with the move in the ledger of moves: a person asked for it, and what it costs is known elsewhere. */
function counted(state: CoreState, { decision, at }: Data<'RerouteReleased'>): CoreState {
  const move = { at, fromNodeId: decision.fromNodeId ?? '', toNodeIds: [], incidentId: null }
  return { ...state, reroutes: withMove(state.reroutes, { ...move, extraCents: 0, isByPerson: true }) }
}

/** Order with another state of the transfer of one piece of work. */
function withOut(
  order: Order,
  fulfillmentOrderId: string,
  state: TransferOutState,
  reason: string | null,
): Order {
  return withWork(order, fulfillmentOrderId, (work) =>
    work.transfer === undefined ? work : { ...work, transfer: { ...work.transfer, state, reason } },
  )
}

/** The order whose work goes, without its units. */
export const released: Step<'RerouteReleased'> = (order, data) => {
  const { fulfillmentOrderId, at } = data
  const left = withWork(order, fulfillmentOrderId, (work) => cancelledWork(work, at))
  const next = split(withOut(left, fulfillmentOrderId, 'released', null), data)
  return { ...next, moves: order.moves + 1 }
}

const started: Step<'RerouteStarted'> = (order, { fulfillmentOrderId, toMarket, request }) =>
  withWork(order, fulfillmentOrderId, (work) => ({
    ...work,
    transfer: {
      transferId: request.transferId,
      toMarket,
      toOrderId: request.order.orderId,
      state: 'started',
      reason: null,
      ...(work.transfer === undefined
        ? {}
        : { failedBefore: [...(work.transfer.failedBefore ?? []), work.transfer.transferId] }),
    },
  }))

const reserved: Step<'RerouteReserved'> = (order, { request, work }) => ({
  ...order,
  stage: 'validated',
  work: work.map(filledWork),
  transfer: {
    transferId: request.transferId,
    fromMarket: request.fromMarket,
    fromOrderId: request.fromOrderId,
    fromFulfillmentOrderId: request.fromFulfillmentOrderId,
    state: 'reserved',
  },
})

const abandoned: Step<'RerouteAbandoned'> = (order, { at }) => ({
  ...order,
  lines: order.lines.map((line) => ({ ...line, cancelled: line.quantity - line.shipped })),
  work: order.work.map((work) => (isOpenWork(work) ? cancelledWork(work, at) : work)),
  ...(order.transfer === undefined ? {} : { transfer: { ...order.transfer, state: 'undone' } }),
})

/** What events of transfers do. */
export const transferHandlers: HandlersOf<TransferEvents> = {
  RerouteStarted: onOrder('RerouteStarted', started, (state, data) => {
    const { orderId, fulfillmentOrderId, toMarket: market, request, at: since } = data
    const { transferId } = request
    const open = { transferId, side: 'out', market, orderId, fulfillmentOrderId, request, since } as const
    return { ...state, transfers: state.transfers.set(transferId, open) }
  }),
  RerouteReserved: onOrder('RerouteReserved', reserved, (state, { orderId, request, at: since }) => {
    const { transferId, fromMarket: market, fromFulfillmentOrderId: fulfillmentOrderId } = request
    const open = { transferId, side: 'in', market, orderId, fulfillmentOrderId, request, since } as const
    return { ...state, transfers: state.transfers.set(transferId, open) }
  }),
  RerouteReleased: onOrder('RerouteReleased', released, (state, data) => ended(counted(state, data), data)),
  RerouteFailed: onOrder(
    'RerouteFailed',
    (order, { fulfillmentOrderId, reason }) => withOut(order, fulfillmentOrderId, 'failed', reason),
    ended,
  ),
  RerouteConfirmed: onOrder(
    'RerouteConfirmed',
    (order) =>
      order.transfer === undefined
        ? order
        : { ...order, transfer: { ...order.transfer, state: 'confirmed' } },
    ended,
  ),
  RerouteAbandoned: onOrder('RerouteAbandoned', abandoned, ended),
}
