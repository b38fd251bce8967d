// How an order follows from its events: one step for each, then its state, its history and where it is looked for. It
// never touches stock.

import type { EventData } from '../events.ts'
import { PersistentSet } from '../persistent/set.ts'
import type { CoreState } from '../state.ts'
import { filledImport, filledLine } from './filled.ts'
import { finished } from './finish.ts'
import { withStep } from './history.ts'
import type { HistoryEntry, Order, OrderHeader } from './order.ts'
import { noted } from './past.ts'
import { plainReasons } from './reasons.ts'
import { isWaiting, openNodes, statusOf } from './standing.ts'
import { type OrderStep, type OrderStepType, orderSteps } from './steps.ts'
import { shared } from './texts.ts'

type Timed<T> = T & { at: number }

/** An event of one order that is there. */
export type StepEvent = {
  [T in OrderStepType]: { type: T; data: Timed<EventData[T]> }
}[OrderStepType]

/** The order after one of its events. @param changes of the state, see `Order.waitingSince` */
export function evolveOrder<T extends OrderStepType>(
  order: Order,
  type: T,
  data: Timed<EventData[T]>,
  changes: number,
): Order {
  const step = orderSteps[type] as OrderStep<T>
  const next = step(order, data, changes)
  const entry = entryOf(type, data, order)
  const past = noted(order, entry)
  // A decision to leave it where it is is no step, nor is what policies think of it.
  if (type === 'RerouteDeclined' || type === 'PoliciesApplied')
    return { ...next, ...past, updatedAt: data.at }
  return finished(order, { ...next, ...past, hasOwnSteps: true, updatedAt: data.at }, type, entry)
}

/** What the history notes of an event. */
function entryOf(type: OrderStepType, data: unknown, order: Order): HistoryEntry {
  const { at, reason, decision, fulfillmentOrderId, results } = data as {
    at: number
    reason?: string
    decision?: { reason: string; toNodeId: string | null } | null
    fulfillmentOrderId?: string | null
    results?: readonly { text: string }[]
  }
  const work =
    fulfillmentOrderId == null
      ? undefined
      : order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const isMove = decision !== undefined
  return {
    at,
    type,
    reason: reason ?? decision?.reason ?? results?.map(({ text }) => text).join('; ') ?? plainReasons[type],
    nodeId: isMove ? (decision?.toNodeId ?? null) : (work?.nodeId ?? null),
  }
}

/** State after an order came over the API, or was made of another. */
export function created(state: CoreState, data: Timed<EventData['OrderCreated']>): CoreState {
  const { order, lines, at } = data
  const entry = { at, type: 'OrderCreated', reason: data.reason ?? plainReasons.OrderCreated, nodeId: null }
  const full: Order = {
    ...blank(order),
    hold: data.hold ?? null,
    parentOrderId: data.parentOrderId ?? null,
    reservationId: data.reservationId ?? null,
    lines: lines.map(filledLine),
    history: withStep(null, entry),
    updatedAt: at,
  }
  return put({ ...state, liveOrders: state.liveOrders + 1 }, { ...full, status: statusOf(full) })
}

const none: readonly never[] = Object.freeze([])

/** State after an order came with a file, or came again. */
export function imported(state: CoreState, data: Timed<EventData['OrderImported']>): CoreState {
  const { order, at } = data
  const before = state.orders.get(order.orderId)
  const entry = { at, type: 'OrderImported', reason: plainReasons.OrderImported, nodeId: null }
  const { stage, hold, lines, work } = filledImport(order)
  return put(state, {
    ...blank(order),
    status: order.status,
    origin: before?.origin ?? 'file',
    version: before?.version ?? 1,
    stage,
    hold,
    parentOrderId: before?.parentOrderId ?? null,
    reservationId: before?.reservationId ?? null,
    retriedAt: before?.retriedAt ?? null,
    lines,
    work,
    shipments: order.shipments,
    shippedAt: order.shippedAt,
    deliveredAt: order.deliveredAt,
    cancelledAt: order.cancelledAt,
    cancelReason: order.cancelReason,
    moves: before?.moves ?? 0,
    declinedFor: before?.declinedFor ?? none,
    isPinned: before?.isPinned ?? false,
    hasOwnSteps: before?.hasOwnSteps ?? false,
    contentHash: order.contentHash,
    updatedAt: at,
    ...(before?.transfer === undefined ? {} : { transfer: before.transfer }),
    ...(before?.flow === undefined ? {} : { flow: before.flow }),
    ...(before === undefined ? { history: withStep(null, entry) } : noted(before, entry)),
    ...(before?.heldOutFor === undefined ? {} : { heldOutFor: before.heldOutFor }),
    ...(before?.policies === undefined ? {} : { policies: before.policies }),
  })
}

/**
 * An order of which only its header is known. It has every field that orders have: what is added to an object later
 * costs more, in memory and in time.
 */
/** An order of which nothing is known but its header: no lines, nothing was done. */
export function blank(order: OrderHeader): Order {
  return {
    orderId: order.orderId,
    market: order.market,
    provider: order.provider,
    externalId: order.externalId,
    channel: order.channel,
    method: order.method,
    currency: order.currency,
    customerRef: order.customerRef,
    shipTo: { ...order.shipTo, city: shared(order.shipTo.city) },
    placedAt: order.placedAt,
    approvedAt: order.approvedAt,
    promisedAt: order.promisedAt,
    totalCents: order.totalCents,
    freightCents: order.freightCents,
    taxCents: order.taxCents,
    discountCents: order.discountCents,
    flags: order.flags.length === 0 ? none : order.flags,
    status: 'created',
    origin: 'api',
    version: 1,
    stage: 'created',
    hold: null,
    parentOrderId: null,
    reservationId: null,
    retriedAt: null,
    lines: none,
    work: none,
    shipments: none,
    shippedAt: null,
    deliveredAt: null,
    cancelledAt: null,
    cancelReason: null,
    moves: 0,
    declinedFor: none,
    isPinned: false,
    hasOwnSteps: false,
    waitingSince: null,
    contentHash: null,
    history: none,
    updatedAt: order.placedAt,
  }
}

/** State after an event of one order, which must be there. */
export function stepped<T extends OrderStepType>(type: T) {
  return (state: CoreState, data: Timed<EventData[T]>): CoreState => {
    const order = state.orders.get((data as { orderId: string }).orderId)
    return order === undefined ? state : put(state, evolveOrder(order, type, data, state.changes))
  }
}

/** Keeps the order and where it is looked for. */
export function put(state: CoreState, order: Order): CoreState {
  const { orderId } = order
  const before = state.orders.get(orderId)
  const is = openNodes(order)
  const was = before === undefined ? new Set<string>() : openNodes(before)
  let { openByNode } = state
  for (const nodeId of was) {
    if (!is.has(nodeId))
      openByNode = openByNode.update(nodeId, (set) => (set ?? PersistentSet()).delete(orderId))
  }
  for (const nodeId of is) {
    if (!was.has(nodeId))
      openByNode = openByNode.update(nodeId, (set) => (set ?? PersistentSet()).add(orderId))
  }
  const list = (set: PersistentSet<string>, isIn: boolean) => (isIn ? set.add(orderId) : set.delete(orderId))
  return {
    ...state,
    orders: state.orders.set(orderId, order),
    openByNode,
    waiting: list(state.waiting, isWaiting(order)),
    preordered: list(
      state.preordered,
      order.lines.some((line) => line.launchAt !== null),
    ),
    withOwnState: list(state.withOwnState, hasOwnState(order)),
  }
}

function hasOwnState(order: Order): boolean {
  return (
    order.lines.some((line) => line.ownState !== null) || order.work.some((work) => work.ownState !== null)
  )
}
