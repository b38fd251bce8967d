// What commands on transfers lead to in the market that the work leaves: it decides how the transfer ends. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import { headerOf, partOfLine } from '../orders/decide-derive.ts'
import { type FulfillmentOrder, isMovable, type LineUnits, type Order } from '../orders/order.ts'
import { blockOfWork } from '../orders/settle.ts'
import { movesOf, unitsHeld } from '../orders/standing.ts'
import { guardOf } from '../reroute/guard.ts'
import type { CoreState } from '../state.ts'
import { giveBack } from '../stock/take.ts'
import type { TransferRequest } from './commands.ts'
import { released } from './handlers.ts'

/** Transfers of one piece of work that may fail. */
const triesMost = 50

/** The work is to go: from here on it stands still, and its units stay held, until the transfer ends. */
export function startTransfer(
  order: Order,
  data: CommandData['StartTransfer'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { fulfillmentOrderId, transferId, toMarket } = data
  const isKnown = workOf(order, transferId) !== undefined || failedBefore(order, transferId)
  if (isKnown) return asked([], order, transferId)
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  if (work === undefined) return refused('work_unknown', { fulfillmentOrderId }, order)
  const problem = problemOf(order, work, state, toMarket)
  if (problem !== null) return refused(problem, { fulfillmentOrderId }, order)
  const { guard } = data
  const refusal = guard === undefined ? null : guardOf(state, { ...unpriced, order, work, at }, guard)
  if (refusal !== null) return refused(refusal.code, { reason: refusal.text }, order)
  const request = requestFor(order, work, state.market, data)
  const started = event('RerouteStarted', { orderId, fulfillmentOrderId, toMarket, request, ...guard, at })
  return asked([started], order, transferId)
}

/** What a transfer costs, and which node takes it, is known where it goes. */
const unpriced = {
  toNodeIds: [],
  decision: { incidentId: null, costCents: null },
}

function asked(events: Parameters<typeof done>[0], order: Order, transferId: string): Verdict {
  const { orderId, status } = order
  return { events, answer: { orderId, status, details: { transferId } } }
}

function problemOf(order: Order, work: FulfillmentOrder, state: CoreState, toMarket: string): string | null {
  if (toMarket === state.market) return 'same_market'
  if ((work.transfer?.failedBefore?.length ?? 0) >= triesMost) return 'tried_too_often'
  if (work.transfer?.state === 'started' || order.transfer?.state === 'reserved') return 'in_transfer'
  if (!isMovable(work)) return 'picking_began'
  if (!work.isReserved) return 'not_reserved'
  if (order.hold !== null || order.lines.some(({ hold }) => hold !== null)) return 'on_hold'
  return blockOfWork(state, work) === null ? null : 'own_state_blocks'
}

function unitsIn(work: FulfillmentOrder): LineUnits[] {
  return work.lines
    .map((line) => ({ lineId: line.lineId, quantity: unitsHeld(line) }))
    .filter(({ quantity }) => quantity > 0)
}

function requestFor(
  order: Order,
  work: FulfillmentOrder,
  fromMarket: string,
  data: CommandData['StartTransfer'],
): TransferRequest {
  const lines = unitsIn(work).flatMap(({ lineId, quantity }) => {
    const line = order.lines.find((each) => each.lineId === lineId)
    return line === undefined ? [] : [partOfLine(line, quantity)]
  })
  const { newOrderId, newExternalId, transferId, toMarket, toNodeId, reason } = data
  return {
    transferId,
    fromMarket,
    fromOrderId: order.orderId,
    fromFulfillmentOrderId: work.fulfillmentOrderId,
    order: { ...headerOf(order, { newOrderId, newExternalId }, lines), market: toMarket },
    lines,
    toNodeId,
    reason,
  }
}

/** The target holds the units: they are its own from here on; where the work has ended meanwhile, it keeps them not. */
export function releaseTransfer(order: Order, data: CommandData['ReleaseTransfer'], at: number): Verdict {
  const { transferId, decision } = data
  if (failedBefore(order, transferId)) return refused('transfer_failed', { transferId }, order)
  const work = workOf(order, transferId)
  if (work?.transfer === undefined) return refused('transfer_unknown', { transferId }, order)
  const { state, toOrderId: newOrderId, toMarket } = work.transfer
  if (state === 'released') return done([], order)
  if (state === 'failed') return refused('transfer_failed', { transferId }, order)
  if (!isMovable(work) || !work.isReserved) return failed(order, work, 'its work has ended meanwhile', at)
  const { orderId } = order
  const { fulfillmentOrderId } = work
  const gone = {
    ...{ orderId, fulfillmentOrderId, transferId, newOrderId, lines: unitsIn(work), decision },
    ...{ reason: `moved to market ${toMarket}`, at },
  }
  const back = giveBack(orderId, movesOf([work]), at)
  const { status } = released(order, gone)
  return done([event('RerouteReleased', gone), ...back], order, status)
}

/** All stays as it was. */
export function failTransfer(order: Order, data: CommandData['FailTransfer'], at: number): Verdict {
  const { transferId, reason } = data
  if (failedBefore(order, transferId)) return done([], order)
  const work = workOf(order, transferId)
  if (work?.transfer === undefined) return refused('transfer_unknown', { transferId }, order)
  if (work.transfer.state === 'failed') return done([], order)
  if (work.transfer.state === 'released') return refused('transfer_released', { transferId }, order)
  return failed(order, work, reason, at)
}

function failed(order: Order, work: FulfillmentOrder, reason: string, at: number): Verdict {
  const { orderId } = order
  const { fulfillmentOrderId, transfer } = work
  const transferId = transfer?.transferId ?? ''
  return done([event('RerouteFailed', { orderId, fulfillmentOrderId, transferId, reason, at })], order)
}

function workOf(order: Order, transferId: string): FulfillmentOrder | undefined {
  return order.work.find(({ transfer }) => transfer?.transferId === transferId)
}

function failedBefore(order: Order, transferId: string): boolean {
  return order.work.some(({ transfer }) => transfer?.failedBefore?.includes(transferId) === true)
}
