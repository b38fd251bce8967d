// What each event changes of its order: the table from event to step. Pure; state and history follow in finish.ts.

import type { EventData } from '../events.ts'
import type { OrderEvents } from './events.ts'
import { filledWork } from './filled.ts'
import type { FulfillmentOrder, Order } from './order.ts'
import { isOpenWork } from './order.ts'
import { cancelledWork, placedHere, withoutWork } from './shrink.ts'
import * as lines from './steps-of-lines.ts'
import { policiesApplied } from './steps-of-policies.ts'
import * as work from './steps-of-work.ts'

/** Events that are a step of one order. */
export type OrderStepType = Exclude<keyof OrderEvents, 'OrderCreated' | 'OrderImported' | 'OwnStatesDefined'>

/** What one event changes of its order. @param changes of the state, see `Order.waitingSince` */
export type OrderStep<T extends OrderStepType> = (
  order: Order,
  data: EventData[T] & { at: number },
  changes: number,
) => Order

/** The steps of all events. */
export const orderSteps: { [T in OrderStepType]: OrderStep<T> } = {
  OrderValidated: (order) => (order.stage === 'created' ? { ...order, stage: 'validated' } : order),
  PoliciesApplied: policiesApplied,
  OrderHeld: lines.held,
  HoldLifted: lines.lifted,
  OrderEdited: lines.edited,
  LinesCancelled: lines.cancelled,
  OrderSplit: lines.split,
  LineSubstituted: lines.substituted,
  LinesBackordered: lines.backordered,
  LinesPreordered: lines.preordered,
  PreorderLaunched: lines.launched,
  OrderRetried: lines.retried,
  OwnStateSet: lines.ownStateSet,
  OrderSourced: (order, data) => ({
    ...placedHere(order),
    work: order.work.concat(data.work.map(filledWork)),
  }),
  OrderBackordered: lines.allBackordered,
  OrderReserved: (order, { workIds }) =>
    withOpenWork(order, (each) => ({ ...each, isReserved: true }), workIds),
  OrderUnsourced: unsourced,
  OrderReleased: (order, { at, workIds }) =>
    withOpenWork(
      order.stage === 'sourced' ? { ...order, stage: 'released' } : order,
      (each) => (each.releasedAt === null ? { ...each, releasedAt: at } : each),
      workIds,
    ),
  OrderRerouted: rerouted,
  RerouteUndone: rerouteUndone,
  RerouteDeclined: declined,
  WorkAccepted: work.accepted,
  WorkRejected: work.rejected,
  WorkWithdrawn: (order, { fulfillmentOrderId, at }) => withoutWork(order, fulfillmentOrderId, at),
  PickingStarted: work.begun,
  WorkPicked: work.picked,
  WorkPacked: work.packed,
  WorkReady: work.ready,
  WorkShipped: work.shipped,
  WorkDelivered: work.delivered,
  WorkCollected: work.collected,
  OrderCancelled: (order, { at }) => ({
    ...order,
    lines: order.lines.map((line) => ({ ...line, cancelled: line.quantity - line.shipped })),
    work: order.work.map((each) => (isOpenWork(each) ? cancelledWork(each, at) : each)),
  }),
  FlowEventRaised: (order) => order,
  ReturnRequested: lines.returnRequested,
  ReturnReceived: lines.returned,
}

/** @param workIds absent = all open work */
function withOpenWork(
  order: Order,
  change: (work: FulfillmentOrder) => FulfillmentOrder,
  workIds?: readonly string[],
): Order {
  const isMeant = (work: FulfillmentOrder) => workIds?.includes(work.fulfillmentOrderId) ?? true
  return {
    ...order,
    work: order.work.map((each) => (isOpenWork(each) && isMeant(each) ? change(each) : each)),
  }
}

/** Work that no node ever got leaves no trace. */
function unsourced(order: Order, { workIds }: EventData['OrderUnsourced']): Order {
  const kept = order.work.filter(
    (each) =>
      !isOpenWork(each) || each.releasedAt !== null || !(workIds?.includes(each.fulfillmentOrderId) ?? true),
  )
  return { ...placedHere(order), work: kept }
}

function rerouted(order: Order, data: EventData['OrderRerouted'] & { at: number }): Order {
  const { fulfillmentOrderId, decision, at } = data
  const left = order.work.map((each) =>
    each.fulfillmentOrderId === fulfillmentOrderId ? cancelledWork(each, at) : each,
  )
  return {
    ...order,
    work: left.concat(data.work.map(filledWork)),
    moves: order.moves + 1,
    declinedFor: order.declinedFor.filter((incidentId) => incidentId !== decision.incidentId),
  }
}

function declined(order: Order, { decision }: EventData['RerouteDeclined']): Order {
  const { incidentId, status } = decision
  const { declinedFor, heldOutFor = [] } = order
  return {
    ...order,
    ...(incidentId === null || declinedFor.includes(incidentId)
      ? {}
      : { declinedFor: [...declinedFor, incidentId] }),
    ...(status !== 'held_out' || heldOutFor.includes(incidentId)
      ? {}
      : { heldOutFor: [...heldOutFor, incidentId] }),
  }
}

function rerouteUndone(order: Order, data: EventData['RerouteUndone'] & { at: number }): Order {
  const { decisionId, at } = data
  const left = order.work.map((each) =>
    each.decisionId === decisionId && isOpenWork(each) ? cancelledWork(each, at) : each,
  )
  return { ...order, work: left.concat(data.work.map(filledWork)), isPinned: true }
}
