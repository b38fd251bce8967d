// What commands on transfers lead to in the market that the work comes to: it holds units of its own, then waits for
// the source's word. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import { evolve } from '../evolve.ts'
import { newWork, problemOfPlan } from '../orders/decide-order.ts'
import type { Order } from '../orders/order.ts'
import { holding, movesOf } from '../orders/standing.ts'
import { unitsByLine } from '../orders/steps-of-work.ts'
import type { CoreState } from '../state.ts'
import { giveBack, takeStock } from '../stock/take.ts'

/** An order of this market with the units, allocated at a node; it does not move until the source let go. */
export function reserveTransfer(
  state: CoreState,
  { request, assignments, decision }: CommandData['ReserveTransfer'],
  at: number,
): Verdict {
  const { transferId, order: header, lines, fromOrderId, reason } = request
  const { orderId } = header
  const known = state.orders.get(orderId)
  if (known?.transfer?.transferId === transferId) return done([], known)
  if (known !== undefined) return refused('order_exists', { orderId }, known)
  if (header.market !== state.market) return refused('wrong_market', { market: header.market })
  if (assignments === null) return refused('no_node', { reason: decision.reason })
  const wanted = unitsByLine(lines)
  const given = unitsByLine(assignments.flatMap((each) => each.lines))
  const isAll = [...wanted].every(([lineId, units]) => given.get(lineId) === units)
  const problem = problemOfPlan(state, assignments, wanted) ?? (isAll ? null : 'units_do_not_match')
  if (problem !== null) return refused(problem)
  const created = event('OrderCreated', { order: header, lines, parentOrderId: fromOrderId, reason, at })
  const next = evolve(state, created)
  const order = next.orders.get(orderId) as Order
  const work = newWork(order, assignments, at, { decisionId: decision.decisionId, isReserved: true })
  const taker = { orderId, channel: header.channel, reservationIds: [] }
  const taken = takeStock(next, taker, movesOf(work), at)
  if ('short' in taken) return refused('stock_short', { ...taken.short })
  const reserved = event('RerouteReserved', { orderId, request, work, decision, at })
  return done([created, ...taken.events, reserved], order, 'sourced')
}

/** The source let go: the order goes on as any other. */
export function confirmTransfer(order: Order, data: CommandData['ConfirmTransfer'], at: number): Verdict {
  const { orderId, transferId } = data
  if (order.transfer?.transferId !== transferId) return refused('transfer_unknown', { transferId }, order)
  if (order.transfer.state === 'confirmed') return done([], order)
  if (order.transfer.state === 'undone') return refused('transfer_undone', { transferId }, order)
  return done([event('RerouteConfirmed', { orderId, transferId, at })], order)
}

/** The source kept it: the order ends and holds nothing. */
export function undoTransfer(order: Order, data: CommandData['UndoTransfer'], at: number): Verdict {
  const { orderId, transferId, reason } = data
  if (order.transfer?.transferId !== transferId) return refused('transfer_unknown', { transferId }, order)
  if (order.transfer.state === 'undone') return done([], order)
  if (order.transfer.state === 'confirmed') return refused('transfer_confirmed', { transferId }, order)
  const back = giveBack(orderId, movesOf(holding(order)), at)
  return done([event('RerouteAbandoned', { orderId, transferId, reason, at }), ...back], order, 'cancelled')
}
