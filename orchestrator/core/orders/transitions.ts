// Which state of a line part may follow on which, and by which event. This table is the rule; a test proves that every
// state is reached, that nothing outside it ever happens, and that terminal states end.

import type { EventType } from '../events.ts'
import type { OrderStatus } from './order.ts'

/** A step of units of a line. null = units that were not there before, or that are no longer part of the order. */
export interface Transition {
  from: OrderStatus | null
  to: OrderStatus | null
  by: readonly EventType[]
}

/** Units without work, before anything is planned for them. */
const waiting = ['created', 'validated', 'on_hold', 'backordered', 'preordered'] as const
/** Units that nobody began to work on. */
const notBegun = [...waiting, 'sourced', 'released'] as const

const made: readonly EventType[] = ['OrderCreated', 'OrderEdited', 'LineSubstituted']
const cancelled: readonly EventType[] = ['OrderCancelled', 'LinesCancelled', 'OrderEdited']
const gone: readonly EventType[] = ['OrderSplit', 'LineSubstituted', 'OrderEdited', 'RerouteReleased']
/** Work that a node gave up or lost: its units are where units without work of their line are. */
const back: readonly EventType[] = ['WorkWithdrawn', 'WorkRejected']
const found: readonly EventType[] = ['WorkPicked']

/** Every step there is. What a file tells of its own orders (`OrderImported`) is not judged. */
export const transitions: readonly Transition[] = [
  { from: null, to: 'created', by: made },
  { from: null, to: 'validated', by: ['LineSubstituted'] },
  { from: null, to: 'on_hold', by: made },
  { from: null, to: 'preordered', by: ['OrderCreated', 'OrderEdited'] },
  { from: null, to: 'sourced', by: ['RerouteReserved'] },
  { from: 'created', to: 'validated', by: ['OrderValidated'] },
  { from: 'validated', to: 'created', by: ['OrderEdited'] },
  { from: 'validated', to: 'backordered', by: ['OrderBackordered', 'LinesBackordered'] },
  { from: 'validated', to: 'sourced', by: ['OrderSourced'] },
  { from: 'backordered', to: 'sourced', by: ['OrderSourced'] },
  { from: 'backordered', to: 'created', by: ['OrderRetried'] },
  { from: 'backordered', to: 'validated', by: ['OrderRetried'] },
  { from: 'created', to: 'backordered', by: ['LinesBackordered'] },
  ...(['created', 'validated', 'backordered', 'preordered', 'sourced'] as const).map((from) => ({
    from,
    to: 'on_hold' as const,
    by: ['OrderHeld'] as const,
  })),
  ...(['created', 'validated', 'backordered', 'preordered', 'sourced'] as const).map((to) => ({
    from: 'on_hold' as const,
    to,
    by: ['HoldLifted', 'OrderRetried'] as const,
  })),
  ...(['created', 'validated', 'backordered'] as const).map((from) => ({
    from,
    to: 'preordered' as const,
    by: ['LinesPreordered'] as const,
  })),
  { from: 'preordered', to: 'created', by: ['PreorderLaunched'] },
  { from: 'preordered', to: 'validated', by: ['PreorderLaunched'] },
  { from: 'sourced', to: 'validated', by: ['OrderUnsourced'] },
  { from: 'sourced', to: 'created', by: ['OrderUnsourced'] },
  ...(['sourced', 'released'] as const).flatMap((from) => [
    { from, to: 'created' as const, by: back },
    { from, to: 'validated' as const, by: back },
    { from, to: 'on_hold' as const, by: back },
    { from, to: 'preordered' as const, by: back },
    { from, to: 'backordered' as const, by: ['LinesBackordered'] as const },
  ]),
  { from: 'sourced', to: 'released', by: ['OrderReleased', 'RerouteConfirmed'] },
  { from: 'released', to: 'picking', by: ['PickingStarted'] },
  { from: 'picking', to: 'cancelled', by: found },
  { from: 'picking', to: 'created', by: found },
  { from: 'picking', to: 'validated', by: found },
  { from: 'picking', to: 'on_hold', by: found },
  { from: 'picking', to: 'preordered', by: found },
  { from: 'picking', to: 'packed', by: ['WorkPacked'] },
  { from: 'packed', to: 'ready_for_pickup', by: ['WorkReady', 'WorkShipped'] },
  { from: 'packed', to: 'shipped', by: ['WorkShipped'] },
  { from: 'ready_for_pickup', to: 'collected', by: ['WorkCollected', 'WorkDelivered'] },
  { from: 'shipped', to: 'delivered', by: ['WorkDelivered'] },
  { from: 'delivered', to: 'return_requested', by: ['ReturnRequested'] },
  { from: 'collected', to: 'return_requested', by: ['ReturnRequested'] },
  { from: 'return_requested', to: 'returned', by: ['ReturnReceived'] },
  ...notBegun.map((from) => ({ from, to: 'cancelled' as const, by: cancelled })),
  ...notBegun.map((from) => ({ from, to: null, by: gone })),
]

/** States from which nothing follows. */
export const terminalStates: readonly OrderStatus[] = ['cancelled', 'returned']

/** Whether units may go from one state to the other by this event; to stay is no step. */
export function isTransition(from: OrderStatus | null, to: OrderStatus | null, by: EventType): boolean {
  return transitions.some((each) => each.from === from && each.to === to && each.by.includes(by))
}
