// Which soft reservations are there for an order: its own, and those that its flow made for it. Pure.

import type { Order } from '../orders/order.ts'
import type { CoreState } from '../state.ts'
import { type DoneTile, type FlowRun, orderRunId, type SoftHold } from './flow-run.ts'

const none: readonly string[] = []

/**
 * Ids of the soft reservations whose units are there for lines of an order: its own first, then those of its flow, made
 * for the fewest lines first. Their time may be over.
 * @param lines that hold no stock yet
 */
export function reservationsFor(
  { flows, reservations }: CoreState,
  { orderId, reservationId, flow }: Pick<Order, 'orderId' | 'reservationId' | 'flow'>,
  lines: readonly { lineId: string }[],
): readonly string[] {
  const own = reservationId === null ? none : [reservationId]
  if (flow === undefined) return own
  const run = flows.runs.get(orderRunId(orderId, flow.run))
  const ofFlow = [...(flow.held ?? []), ...(run === undefined ? [] : holdsOf(run.runId, run.done))]
  const meant = ofFlow.filter(
    (hold) =>
      reservations.has(hold.reservationId) &&
      lines.some(({ lineId }) => hold.lineIds?.includes(lineId) ?? true),
  )
  return [...own, ...meant.toSorted((a, b) => sizeOf(a) - sizeOf(b)).map((hold) => hold.reservationId)]
}

function sizeOf({ lineIds }: SoftHold): number {
  return lineIds?.length ?? Number.MAX_SAFE_INTEGER
}

/** What an order keeps of a run that is over: soft reservations that still hold something; absent = there are none. */
export function heldAfter(
  { reservations }: CoreState,
  { runId }: Pick<FlowRun, 'runId'>,
  done: readonly DoneTile[],
  before: readonly SoftHold[] = [],
): { held?: readonly SoftHold[] } {
  const held = [...before, ...holdsOf(runId, done)].filter((hold) => reservations.has(hold.reservationId))
  return held.length === 0 && before.length === 0 ? {} : { held }
}

/** Work of a run that may be a soft reservation: what it asked of others has such ids as well, but none is reserved. */
function holdsOf(runId: string, done: readonly DoneTile[]): SoftHold[] {
  return done.flatMap(({ ref, lineIds }) =>
    ref?.startsWith(`${runId}/`) === true ? [{ reservationId: ref, lineIds }] : [],
  )
}
