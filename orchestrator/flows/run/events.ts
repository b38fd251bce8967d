// Which events have happened since a place of a run: those of its order out of the order's history, those of a run
// about stock out of the run. It raises none.

import { type FlowRun, type FlowToken, historySteps, type Order } from '#orchestrator/core'

/** Steps of an order that are kept; older ones are dropped. */
const stepsKept = 100

/** An event that was waited for. */
export interface Seen {
  name: string
  /** Place after it: what comes from there on was not looked at. */
  mark: number
}

/** The first of the events since the mark of the token, null = none came. */
export function eventSince(
  names: readonly string[],
  { mark, since }: Pick<FlowToken, 'mark' | 'since'>,
  { raised, dropped }: Pick<FlowRun, 'raised' | 'dropped'>,
  order: Order | null,
): Seen | null {
  if (order === null) {
    const from = Math.max(0, mark - dropped)
    const place = raised.findIndex((name, i) => i >= from && names.includes(name))
    return place === -1 ? null : { name: raised[place] ?? '', mark: dropped + place + 1 }
  }
  const steps = historySteps(order.history)
  // Where steps were dropped, places say nothing any more, and the time decides.
  const isFull = steps.length >= stepsKept
  const place = steps.findIndex(
    (step, i) => (isFull ? step.at > since : i >= mark) && names.includes(nameOf(step)),
  )
  const step = steps[place]
  return step === undefined ? null : { name: nameOf(step), mark: isFull ? stepsKept : place + 1 }
}

/** Place after all that has happened so far. */
export function markNow(
  { raised, dropped }: Pick<FlowRun, 'raised' | 'dropped'>,
  order: Order | null,
): number {
  return order === null ? dropped + raised.length : historySteps(order.history).length
}

function nameOf({ type, reason }: { type: string; reason: string | null }): string {
  return type === 'FlowEventRaised' ? (reason ?? '') : type
}
