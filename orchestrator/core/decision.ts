// How decisions of the core are written: events, or a refusal with a reason. Shapes and small builders only.

import type { Decision } from '#data/log'
import type { CoreAnswer } from './commands.ts'
import type { CoreEvent, EventData, EventType } from './events.ts'
import type { Order } from './orders/order.ts'

/** What a command leads to. */
export type Verdict = Decision<CoreEvent, CoreAnswer>

/** An event by its type. */
export function event<T extends EventType>(type: T, data: EventData[T] & { at: number }): CoreEvent {
  return { type, data } as unknown as CoreEvent
}

/** Events, or nothing to change, with an answer about an order where there is one. */
export function done(events: readonly CoreEvent[], order: AboutOrder = null, status?: string): Verdict {
  return { events, answer: answerOf(order, status) }
}

/** Events, or nothing to change, with an answer about something else than an order. */
export function answered(events: readonly CoreEvent[], details: Record<string, unknown> | null): Verdict {
  return { events, answer: { orderId: null, status: null, ...(details === null ? {} : { details }) } }
}

/** An expected no. */
export function refused(
  reason: string,
  details?: Record<string, unknown>,
  order: AboutOrder = null,
): Verdict {
  return { refused: reason, answer: { ...answerOf(order), ...(details === undefined ? {} : { details }) } }
}

type AboutOrder = Pick<Order, 'orderId' | 'status'> | null

function answerOf(order: AboutOrder, status?: string): CoreAnswer {
  return { orderId: order?.orderId ?? null, status: status ?? order?.status ?? null }
}
