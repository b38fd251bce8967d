// How an order follows from its events. It never touches stock.

import { Set as PersistentSet } from 'immutable'
import type { EventData } from '../events.ts'
import type { CoreState } from '../state.ts'
import { filledImport, filledLine } from './filled.ts'
import type { FulfillmentOrder, HistoryEntry, Order } from './order.ts'
import { isWaiting, openNodes, statusByWork } from './standing.ts'

type Timed<T> = T & { at: number }
type Step<T extends keyof EventData> = (order: Order, data: Timed<EventData[T]>, state: CoreState) => Order

const historyKept = 100
const nothingYet = {
  version: 1,
  retriedAt: null,
  work: [],
  shipments: [],
  shippedAt: null,
  deliveredAt: null,
  cancelledAt: null,
  cancelReason: null,
  moves: 0,
  declinedFor: [],
  isPinned: false,
  hasOwnSteps: false,
  waitingSince: null,
}

/** State after an order came over the API. */
export function created(state: CoreState, data: Timed<EventData['OrderCreated']>): CoreState {
  const { order, lines, at } = data
  const entry = { at, type: 'OrderCreated', reason: null, nodeId: null }
  const full: Order = {
    ...order,
    ...nothingYet,
    stage: 'created',
    hold: data.hold ?? null,
    parentOrderId: data.parentOrderId ?? null,
    reservationId: data.reservationId ?? null,
    lines: lines.map(filledLine),
    status: 'created',
    origin: 'api',
    contentHash: null,
    history: [entry],
    updatedAt: at,
  }
  return put({ ...state, liveOrders: state.liveOrders + 1 }, full)
}

/** State after an order came with a file, or came again. */
export function imported(state: CoreState, data: Timed<EventData['OrderImported']>): CoreState {
  const { order, at } = data
  const before = state.orders.get(order.orderId)
  const entry = { at, type: 'OrderImported', reason: null, nodeId: null }
  const history = [...(before?.history ?? []), entry].slice(-historyKept)
  const kept = {
    moves: before?.moves ?? 0,
    declinedFor: before?.declinedFor ?? [],
    isPinned: before?.isPinned ?? false,
    hasOwnSteps: before?.hasOwnSteps ?? false,
    waitingSince: null,
    version: before?.version ?? 1,
    retriedAt: before?.retriedAt ?? null,
    parentOrderId: before?.parentOrderId ?? null,
    reservationId: before?.reservationId ?? null,
    ...filledImport(order),
  }
  return put(state, { ...order, ...kept, origin: before?.origin ?? 'file', history, updatedAt: at })
}

/** State after an event of one order, which must be there. */
export function stepped<T extends keyof EventData>(type: T, step: Step<T>, noted = noReason<T>) {
  return (state: CoreState, data: Timed<EventData[T]> & { orderId: string }): CoreState => {
    const order = state.orders.get(data.orderId)
    if (order === undefined) return state
    const entry: HistoryEntry = { at: data.at, type, ...noted(data, order) }
    const history = [...order.history, entry].slice(-historyKept)
    const hasOwnSteps = order.hasOwnSteps || type !== 'RerouteDeclined'
    return put(state, { ...step(order, data, state), history, hasOwnSteps, updatedAt: data.at })
  }
}

const noReason = <T extends keyof EventData>(
  _data: EventData[T],
  _order: Order,
): { reason: string | null; nodeId: string | null } => ({ reason: null, nodeId: null })

/** Keeps the order and where it is looked for. */
function put(state: CoreState, order: Order): CoreState {
  const { orderId } = order
  const before = state.orders.get(orderId)
  const [was, is] = [before === undefined ? new Set<string>() : openNodes(before), openNodes(order)]
  let { openByNode, waiting } = state
  for (const nodeId of was) {
    if (!is.has(nodeId))
      openByNode = openByNode.update(nodeId, (set) => (set ?? PersistentSet()).delete(orderId))
  }
  for (const nodeId of is) {
    if (!was.has(nodeId))
      openByNode = openByNode.update(nodeId, (set) => (set ?? PersistentSet()).add(orderId))
  }
  waiting = isWaiting(order) ? waiting.add(orderId) : waiting.delete(orderId)
  return { ...state, orders: state.orders.set(orderId, order), openByNode, waiting }
}

/** The order with one piece of work changed, and its state made anew. */
export function withWork(
  order: Order,
  fulfillmentOrderId: string,
  change: (work: FulfillmentOrder) => FulfillmentOrder,
): Order {
  const work = order.work.map((each) =>
    each.fulfillmentOrderId === fulfillmentOrderId ? change(each) : each,
  )
  return reviewed({ ...order, work })
}

/** The order with the state that its work gives. */
export function reviewed(order: Order): Order {
  return { ...order, status: statusByWork(order) }
}
