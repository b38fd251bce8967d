// The steps of an order as what flows wait for: those of its history, and older ones that its flow still has. Pure.

import { noPast, type Past, withEvent } from '../flows/past.ts'
import { historySteps, withStep } from './history.ts'
import type { HistoryEntry, Order } from './order.ts'

/** All that happened to an order and is still known. */
export function pastOf({ history, flow }: Pick<Order, 'history' | 'flow'>): Past {
  const { count, kept } = flow?.past ?? noPast
  const steps = historySteps(history).map((step, i) => ({ name: nameOf(step), place: count + i }))
  return { count: count + steps.length, kept: [...kept, ...steps] }
}

/** The history of an order with one more step; what drops out of it for that stays with its flow. */
export function noted(
  { history, flow }: Pick<Order, 'history' | 'flow'>,
  entry: HistoryEntry,
): Pick<Order, 'history' | 'flow'> {
  const next = withStep(history, entry)
  if (flow === undefined || next.length > history.length) return { history: next }
  const [first = entry] = historySteps(history)
  return { history: next, flow: { ...flow, past: withEvent(flow.past ?? noPast, nameOf(first)) } }
}

function nameOf({ type, reason }: HistoryEntry): string {
  return type === 'FlowEventRaised' ? (reason ?? '') : type
}
