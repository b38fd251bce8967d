// Which events have happened since a place of a run: those of its order, or those that a run about stock was told of.
// It raises none.

import { type FlowRun, type FlowToken, type Order, pastOf } from '#orchestrator/core'

/** An event that was waited for. */
export interface Seen {
  name: string
  /** Place after it: what comes from there on was not looked at. */
  mark: number
}

/** The first of the events since the mark of the token, null = none came. */
export function eventSince(
  names: readonly string[],
  { mark }: Pick<FlowToken, 'mark'>,
  { raised }: Pick<FlowRun, 'raised'>,
  order: Order | null,
): Seen | null {
  const { kept } = order === null ? raised : pastOf(order)
  const seen = kept.find(({ name, place }) => place >= mark && names.includes(name))
  return seen === undefined ? null : { name: seen.name, mark: seen.place + 1 }
}
