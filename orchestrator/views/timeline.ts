// The life of an order in words: what the core noted, and the times that its source told. It changes nothing.

import type { api } from '#data/contracts'
import { type FulfillmentOrder, historySteps, type Order } from '#orchestrator/core'
import { isoOf } from './figures.ts'
import type { Places } from './places.ts'
import type { FulfillmentMethod } from './words.ts'

/** A step of an order. */
export interface Step {
  at: number
  type: string
  reason: string | null
  nodeId: string | null
  /** Fills what a sentence says of a pick-up. */
  isPickup: boolean
}

type Words = (place: string | null, isPickup: boolean) => string

const at = (text: string) => (place: string | null) => (place === null ? text : `${text} at ${place}`)
const to = (text: string) => (place: string | null) => (place === null ? text : `${text} to ${place}`)

const words: Record<string, Words> = {
  OrderPlaced: () => 'Placed by the customer',
  OrderApproved: () => 'Payment approved',
  OrderCreated: () => 'Received over the API',
  OrderImported: () => 'Loaded from a file',
  OrderValidated: () => 'Checked: nothing is missing',
  PoliciesApplied: () => 'Policies spoke',
  OrderHeld: () => 'Put on hold',
  OrderSourced: to('Assigned'),
  OrderBackordered: () => 'Back-ordered: no node can take it now',
  OrderReserved: () => 'Stock reserved',
  OrderUnsourced: () => 'Taken back from its node',
  OrderReleased: to('Released'),
  WorkReleased: to('Released'),
  WorkRejected: (place) => (place === null ? 'Rejected by its node' : `Rejected by ${place}`),
  OrderRerouted: to('Moved'),
  RerouteUndone: () => 'Move undone: back at the node before',
  RerouteDeclined: at('Not moved: it stays'),
  RerouteStarted: () => 'Asked for in another market',
  RerouteReserved: at('Held for another market'),
  RerouteReleased: () => 'Moved to another market',
  RerouteFailed: () => 'Not moved: it stays in its market',
  RerouteConfirmed: () => 'Its market let go of it',
  RerouteAbandoned: () => 'Ended: it stays in its market',
  PickingStarted: at('Picking began'),
  WorkPicked: at('Picked'),
  WorkPacked: at('Packed'),
  WorkShipped: (place, isPickup) => (isPickup ? at('Ready for pick-up')(place) : leftText(place)),
  WorkDelivered: (_, isPickup) => (isPickup ? 'Collected by the customer' : 'Delivered'),
  OrderCancelled: () => 'Cancelled',
  FlowEventRaised: () => 'Event of its flow',
  HoldLifted: () => 'Hold lifted',
  OrderEdited: () => 'Changed',
  LinesCancelled: () => 'Units cancelled',
  OrderSplit: () => 'Units moved to an order of their own',
  LineSubstituted: () => 'Units became another product',
  LinesBackordered: () => 'Units wait for stock',
  LinesPreordered: () => 'Waits for its day',
  PreorderLaunched: () => 'Its day has come',
  OrderRetried: () => 'Tried again',
  OwnStateSet: at('Own state changed'),
  WorkAccepted: (place) => (place === null ? 'Accepted by its node' : `Accepted by ${place}`),
  WorkWithdrawn: (place) => (place === null ? 'Called back' : `Called back from ${place}`),
  WorkReady: at('Ready for pick-up'),
  WorkCollected: () => 'Collected by the customer',
  ReturnRequested: () => 'Return asked for',
  ReturnReceived: at('Return received'),
}

function leftText(place: string | null): string {
  return place === null ? 'Handed to the carrier' : `Left ${place}`
}

/** Steps in order of time, each in words. */
export function timelineOf(steps: readonly Step[], places: Places): api.TimelineEntry[] {
  return steps
    .map((step, i) => ({ step, i }))
    .sort((a, b) => a.step.at - b.step.at || a.i - b.i)
    .map(({ step }) => ({
      at: isoOf(step.at),
      type: step.type,
      text: textOf(step, places),
      reason: step.reason,
      nodeId: step.nodeId,
    }))
}

function textOf({ type, nodeId, isPickup }: Step, places: Places): string {
  const say = words[type]
  const place = nodeId === null ? null : places.nodeName(nodeId)
  if (say !== undefined) return say(place, isPickup)
  const plain = type.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** The times that a source tells of an order; null = not (yet). */
export interface Told {
  method: FulfillmentMethod
  placedAt: number
  approvedAt: number | null
  shippedAt: number | null
  deliveredAt: number | null
  cancelledAt: number | null
  cancelReason: string | null
  work: readonly ToldWork[]
}

/** The times that a source tells of work. */
export type ToldWork = Pick<
  FulfillmentOrder,
  | 'nodeId'
  | 'releasedAt'
  | 'rejectedAt'
  | 'rejectReason'
  | 'pickedAt'
  | 'packedAt'
  | 'shippedAt'
  | 'deliveredAt'
>

/** Whether the customer comes for it. */
export function isPickup(method: FulfillmentMethod): boolean {
  return method === 'pickup' || method === 'curbside'
}

/** Steps by the times an order carries. */
export function toldSteps(order: Told): Step[] {
  const steps: Step[] = []
  const isPickedUp = isPickup(order.method)
  const add = (
    type: string,
    time: number | null,
    nodeId: string | null = null,
    reason: string | null = null,
  ) => {
    if (time !== null) steps.push({ at: time, type, reason, nodeId, isPickup: isPickedUp })
  }
  add('OrderPlaced', order.placedAt)
  add('OrderApproved', order.approvedAt)
  for (const work of order.work) {
    add('WorkReleased', work.releasedAt, work.nodeId)
    add('WorkRejected', work.rejectedAt, work.nodeId, work.rejectReason)
    add('WorkPicked', work.pickedAt, work.nodeId)
    add('WorkPacked', work.packedAt, work.nodeId)
    add('WorkShipped', work.shippedAt, work.nodeId)
    add('WorkDelivered', work.deliveredAt, work.nodeId)
  }
  const has = (type: string) => steps.some((step) => step.type === type)
  if (!has('WorkShipped')) add('WorkShipped', order.shippedAt)
  if (!has('WorkDelivered')) add('WorkDelivered', order.deliveredAt)
  add('OrderCancelled', order.cancelledAt, null, order.cancelReason)
  return steps
}

/**
 * What the core noted of an order, with the times that its source told: a file tells of steps that were done when it
 * came.
 */
export function timelineOfOrder(order: Order, places: Places): api.TimelineEntry[] {
  const noted: Step[] = historySteps(order.history).map((entry) => ({
    ...entry,
    isPickup: isPickup(order.method),
  }))
  const told = toldSteps(order).filter((step) => !isNoted(step, noted))
  const isFirst = ({ type }: Step) => type === 'OrderPlaced' || type === 'OrderApproved'
  const later = told.filter((step) => !isFirst(step))
  return timelineOf([...told.filter(isFirst), ...noted, ...later], places)
}

/** Notes of the core that tell the same as a time. */
const sameAs: Record<string, readonly string[]> = {
  OrderPlaced: ['OrderCreated'],
  WorkReleased: ['OrderReleased', 'OrderRerouted', 'RerouteUndone'],
  WorkShipped: ['WorkReady'],
  WorkDelivered: ['WorkCollected'],
  OrderCancelled: ['WorkPicked', 'LinesCancelled', 'OrderEdited'],
}

/** Whether the core noted the step by itself: then that note tells it. */
function isNoted(step: Step, noted: readonly Step[]): boolean {
  const types = [step.type, ...(sameAs[step.type] ?? [])]
  return noted.some((each) => each.at === step.at && types.includes(each.type))
}
