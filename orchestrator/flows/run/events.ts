// Which events have happened since a place of a run: those of its order, or those that a run about stock was told of.
// It raises none.

import { type FlowRun, firstUnheard, type Heard, type Order, pastOf, withHeard } from '#orchestrator/core'

/** An event that was waited for. */
export interface Seen {
  name: string
  /** What was taken account of, with it. */
  heard: Heard
}

/** The first of the events that was not taken on the way of the token, null = none came. */
export function eventSince(
  names: readonly string[],
  token: Heard,
  { raised }: Pick<FlowRun, 'raised'>,
  order: Order | null,
): Seen | null {
  const event = firstUnheard(order === null ? raised : pastOf(order), names, token)
  return event === null ? null : { name: event.name, heard: withHeard(token, event) }
}
