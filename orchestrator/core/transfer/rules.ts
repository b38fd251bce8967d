// The table from commands on transfers to their rules, and what no other command may do meanwhile. Pure.

import type { CommandType, CoreCommand } from '../commands.ts'
import { refused, type Verdict } from '../decision.ts'
import { onOrder, type RulesOf } from '../rules.ts'
import type { CoreState } from '../state.ts'
import type { TransferCommands } from './commands.ts'
import * as source from './decide-source.ts'
import * as target from './decide-target.ts'

/** Rules of the commands on transfers. */
export const transferRules: RulesOf<TransferCommands> = {
  StartTransfer: onOrder<'StartTransfer'>(source.startTransfer),
  ReserveTransfer: (state, { data, at }) => target.reserveTransfer(state, data, at),
  ReleaseTransfer: onOrder<'ReleaseTransfer'>(source.releaseTransfer),
  FailTransfer: onOrder<'FailTransfer'>(source.failTransfer),
  ConfirmTransfer: onOrder<'ConfirmTransfer'>(target.confirmTransfer),
  UndoTransfer: onOrder<'UndoTransfer'>(target.undoTransfer),
}

/** Commands that take units out of any work of their order, or all of it back. */
const onWholeOrder: ReadonlySet<CommandType> = new Set([
  'CancelOrder',
  'CancelLines',
  'EditOrder',
  'SplitOrder',
  'HoldOrder',
  'BackorderLines',
  'PreorderLines',
  'SubstituteLine',
  'UnsourceOrder',
  'UndoReroute',
])

/** Whether a command is one of these: what policies say is where they change or hold the order. */
function isOnWhole({ type, data }: CoreCommand): boolean {
  if (type !== 'ApplyPolicies') return onWholeOrder.has(type)
  return data.holds.length > 0 || (data.edits ?? []).length > 0
}

/** Why the command cannot be while work of its order is on its way between markets; null where it can. */
export function transferBlock(state: CoreState, command: CoreCommand): Verdict | null {
  const { type, data } = command
  // Almost always nothing is on its way.
  if (state.transfers.size === 0 || Object.hasOwn(transferRules, type)) return null
  const { orderId, fulfillmentOrderId } = data as {
    orderId?: string | null
    fulfillmentOrderId?: string | null
  }
  const order = orderId == null ? undefined : state.orders.get(orderId)
  if (order === undefined) return null
  const { transfer } = order
  if (transfer?.state === 'reserved' && type !== 'DeclineReroute') {
    return refused('in_transfer', { transferId: transfer.transferId }, order)
  }
  const work = order.work.find(
    (each) =>
      each.transfer?.state === 'started' &&
      (each.fulfillmentOrderId === fulfillmentOrderId || isOnWhole(command)),
  )
  if (work === undefined) return null
  return refused('in_transfer', { transferId: work.transfer?.transferId ?? '' }, order)
}
