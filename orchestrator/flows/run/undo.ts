// How the work of tiles is taken back, one at a time and the last first. What cannot be taken back is told, and does
// not stop the others.

import type { DoneTile, FlowMessage, Order } from '#orchestrator/core'
import { isEnded, isHeldByChecks } from '#orchestrator/core'
import { isOutside, undoOutside } from './outside-tiles.ts'
import type { Scene } from './result.ts'
import { plannedIn, workIds } from './scope.ts'

/** What came of taking back one tile. */
export interface Undone {
  isDone: boolean
  reason: string | null
  /** Whether another try makes no sense. */
  isFinal: boolean
  /** What receivers of webhooks are told of it. */
  messages?: readonly FlowMessage[]
}

const fine: Undone = { isDone: true, reason: null, isFinal: true }

/**
 * Takes the work of a tile back; it may be done again at any time.
 * @param isLastTry whether a failure is the last one
 */
export async function undoTile(scene: Scene, done: DoneTile, isLastTry: boolean): Promise<Undone> {
  const tile = scene.plan.tiles.get(done.tileId)
  if (tile === undefined) return { isDone: false, reason: 'the tile is not there any more', isFinal: true }
  if (isOutside(tile)) {
    const { isDone, reason, isFinal, messages } = await undoOutside(scene, tile, done.ref ?? '', isLastTry)
    return { isDone, reason, isFinal: isFinal === true, ...(messages === undefined ? {} : { messages }) }
  }
  const { core, now } = scene.parts
  if (tile.type === 'soft_reserve') {
    const reservationId = done.ref ?? ''
    const result = await core.execute(
      'ReleaseReservation',
      { reservationId, reason: 'flow undone' },
      { at: now() },
    )
    const isGone = result.reason === 'reservation_unknown' || result.reason === 'reservation_over'
    return result.status === 'refused' && !isGone ? refused(result.reason) : fine
  }
  const order = scene.order
  // What an order that has ended held was let go of with its end.
  if (order === null || isEnded(order)) return fine
  return undoOrderTile(scene, order, tile.type, done)
}

async function undoOrderTile(
  { parts: { core, now } }: Scene,
  order: Order,
  type: string,
  done: DoneTile,
): Promise<Undone> {
  const { orderId } = order
  const at = now()
  const reason = 'flow_undone'
  switch (type) {
    case 'release': {
      // A hold calls back what nobody began; it stays, since a person has to look.
      const held = await core.execute(
        'HoldOrder',
        { orderId, lineIds: done.lineIds, reason: failedReason },
        { at },
      )
      return held.status === 'refused' ? refused(held.reason) : fine
    }
    case 'reserve':
    case 'source':
    case 'assign_node': {
      const planned = plannedIn(order, done.lineIds)
      if (planned.length === 0) return fine
      const ids = workIds(planned, done.lineIds)
      const dropped = await core.execute('UnsourceOrder', { orderId, reason, ...ids }, { at })
      return dropped.status === 'refused' ? refused(dropped.reason) : fine
    }
    case 'hold': {
      // Where somebody else held it before, that stays.
      const only = done.ref === null ? {} : { only: done.ref }
      const asked = { orderId, lineIds: done.lineIds, reason, ...only }
      const lifted = await core.execute('LiftHold', asked, { at })
      return lifted.status === 'refused' ? refused(lifted.reason) : fine
    }
    default:
      return fine
  }
}

/** Reason of the hold of an order whose flow failed. */
export const failedReason = 'flow_failed'

/** Whether no person and no policy holds an order, so that it may go through its flow once more. */
export function mayGoAgain({ hold }: Pick<Order, 'hold'>): boolean {
  return hold === null || hold === failedReason || isHeldByChecks(hold)
}

function refused(reason: string | null): Undone {
  return { isDone: false, reason: reason ?? 'refused', isFinal: true }
}
