// Which orders may leave memory, and what that leads to. Pure.

import { done, event, refused } from '../decision.ts'
import { isLiveWork, isOpenWork, type Order, type OrderStatus } from '../orders/order.ts'
import { onOrder, type RulesOf } from '../rules.ts'
import type { CoreState } from '../state.ts'
import type { ArchiveCommands } from './commands.ts'

/** States after which nothing follows by itself. */
const over: ReadonlySet<OrderStatus> = new Set(['delivered', 'collected', 'cancelled', 'returned'])

/** Rules of the commands on the archive. */
export const archiveRules: RulesOf<ArchiveCommands> = {
  ArchiveOrder: onOrder<'ArchiveOrder'>((order, { endedBefore }, at, state) =>
    isArchivable(state, order, endedBefore)
      ? done([event('OrderArchived', { order, at })], order)
      : refused('not_archivable', undefined, order),
  ),
  RestoreOrder: (state, { data: { order }, at }) =>
    state.orders.has(order.orderId) ? done([], order) : done([event('OrderRestored', { order, at })], order),
}

/**
 * Whether the order is over in every part, since before `endedBefore`, and no index lists it. Orders of files stay: a
 * file that comes again is compared with what it told before.
 */
export function isArchivable(state: CoreState, order: Order, endedBefore: number): boolean {
  const { orderId, status, updatedAt, contentHash, hold, work, transfer } = order
  if (order.flow?.state === 'running') return false
  if (!over.has(status) || updatedAt > endedBefore || contentHash !== null || hold !== null) return false
  const isMoving = transfer?.state === 'reserved' || work.some((each) => each.transfer?.state === 'started')
  const isOpen = work.some((each) => isOpenWork(each) || (isLiveWork(each) && each.isReserved))
  const isListed = [state.waiting, state.preordered, state.withOwnState].some((list) => list.has(orderId))
  return !isMoving && !isOpen && !isListed
}
