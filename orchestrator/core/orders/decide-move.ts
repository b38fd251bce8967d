// What it means to move work to another node: reroute, its undo, and the decision to leave it. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import { evolve } from '../evolve.ts'
import { reservationsFor } from '../flows/soft-holds.ts'
import { guardOf, isMoveBack } from '../reroute/guard.ts'
import type { MoveGuard } from '../reroute/move-guard.ts'
import { asksOf, droppedWith, mayHave } from '../reroute/work-asks.ts'
import type { CoreState } from '../state.ts'
import { giveBack, takeStock } from '../stock/take.ts'
import { newWork, problemOfPlan } from './decide-order.ts'
import { type FulfillmentOrder, isMovable, isOpenWork, type LineUnits, type Order } from './order.ts'
import { after, blockOfWork } from './settle.ts'
import { isStayTold, movesOf, unitsOf } from './standing.ts'
import { unitsByLine } from './steps-of-work.ts'

/** Work moved to other nodes: allocated there before it is let go here, in one step that happens whole or not. */
export function rerouteOrder(
  state: CoreState,
  order: Order,
  data: CommandData['RerouteOrder'],
  at: number,
): Verdict {
  const { orderId } = order
  const { fulfillmentOrderId, assignments, decision, guard } = data
  const toNodeIds = assignments.map(({ nodeId }) => nodeId)
  const old = order.work.find((work) => work.fulfillmentOrderId === fulfillmentOrderId)
  if (old === undefined) return refused('work_unknown', { fulfillmentOrderId }, order)
  if (!isMovable(old)) return refused('picking_began', { status: old.status }, order)
  if (guard === undefined && decision.incidentId !== null && order.moves >= state.policy.maxMovesPerOrder) {
    return refused('moved_too_often', { moves: order.moves }, order)
  }
  if (assignments.some(({ nodeId, carrier }) => nodeId === old.nodeId && carrier === old.carrier)) {
    return refused('same_place', { nodeId: old.nodeId }, order)
  }
  if (guard !== undefined) {
    const refusal = guardOf(state, { order, work: old, toNodeIds, decision, at }, guard)
    if (refusal !== null) return refused(refusal.code, { reason: refusal.text }, order)
  }
  const wanted = new Map(old.lines.map((line) => [line.lineId, unitsOf(line)]))
  const problem = problemOfPlan(state, assignments, wanted) ?? unitsLeftOut(assignments, wanted)
  if (problem !== null) return refused(problem, undefined, order)
  const ownState = blockOfWork(state, old)
  if (ownState !== null) return refused('own_state_blocks', { ownState }, order)
  const work = newWork(order, assignments, at, takenOver(old, at, decision.decisionId))
  const asks = asksOf(state, decision.decisionId, [old], work, fulfillmentOrderId)
  const how = howItGoes({ order, work: old, toNodeIds }, guard)
  const moved = event('OrderRerouted', { orderId, fulfillmentOrderId, work, decision, ...how, ...asks, at })
  return exchanged(state, order, { old: old.isReserved ? [old] : [], work, event: moved }, at)
}

/** How a move is kept: as one back only where it goes back. */
function howItGoes(move: Parameters<typeof isMoveBack>[0], guard: MoveGuard = {}): MoveGuard {
  const { isBack: _, ...how } = guard
  return isMoveBack(move, guard) ? guard : how
}

function unitsLeftOut(
  assignments: readonly { lines: readonly LineUnits[] }[],
  wanted: ReadonlyMap<string, number>,
): string | null {
  const given = unitsByLine(assignments.flatMap(({ lines }) => lines))
  return [...wanted].every(([lineId, units]) => (given.get(lineId) ?? 0) === units)
    ? null
    : 'units_do_not_match'
}

/**
 * Units of the new work taken before those of the old are let go, in one step that happens whole or not. Where both are
 * at the same node, its units are given back first, so that they can be taken again. Work that held nothing yet takes
 * the place of what is reserved softly for its lines.
 */
function exchanged(
  state: CoreState,
  order: Order,
  { old, work, event: moved }: { old: FulfillmentOrder[]; work: FulfillmentOrder[]; event: CoreEvent },
  at: number,
): Verdict {
  const { orderId, channel } = order
  const back = giveBack(orderId, movesOf(old), at)
  const isSamePlace = old.some(({ nodeId }) => work.some((each) => each.nodeId === nodeId))
  const free = isSamePlace ? back.reduce(evolve, state) : state
  const unheld = old.length === 0 ? work.flatMap(({ lines }) => lines) : []
  const taker = { orderId, channel, reservationIds: reservationsFor(state, order, unheld) }
  const taken = takeStock(free, taker, movesOf(work), at)
  if ('short' in taken) return refused('stock_short', { ...taken.short }, order)
  const events = isSamePlace ? [...back, ...taken.events, moved] : [...taken.events, moved, ...back]
  return done(events, after(state, order, [moved]))
}

function takenOver(old: FulfillmentOrder, at: number, decisionId: string): Partial<FulfillmentOrder> {
  return {
    attempt: old.attempt + 1,
    replaces: old.fulfillmentOrderId,
    decisionId,
    isReserved: true,
    releasedAt: old.releasedAt === null ? null : at,
  }
}

/** Work that a reroute made, back to the node it came from. */
export function undoReroute(
  state: CoreState,
  order: Order,
  data: CommandData['UndoReroute'],
  at: number,
): Verdict {
  const { orderId } = order
  const { decisionId, reason, refused: refusedKey, by } = data
  const moved = order.work.filter((work) => work.decisionId === decisionId && work.replaces !== null)
  const open = moved.filter(isOpenWork)
  if (moved.length === 0) return refused('decision_unknown', { decisionId }, order)
  if (open.length < moved.length || !open.every(isMovable)) return refused('picking_began', undefined, order)
  const old = order.work.find((work) => work.fulfillmentOrderId === moved[0]?.replaces)
  if (old === undefined) return refused('decision_unknown', { decisionId }, order)
  // What it still is, not what it once was: units may have been cancelled or split off meanwhile.
  const units = unitsByLine(
    open.flatMap((work) => work.lines.map((line) => ({ lineId: line.lineId, quantity: unitsOf(line) }))),
  )
  const lines = [...units].flatMap(([lineId, quantity]) => (quantity > 0 ? [{ lineId, quantity }] : []))
  const { nodeId, carrier, shipBy, service } = old
  const back = { nodeId, carrier, shipBy, lines, ...(service === undefined ? {} : { service }) }
  const problem = problemOfPlan(state, [back], units)
  if (problem !== null) return refused(problem, { nodeId }, order)
  const more = { ...takenOver(moved[0] ?? old, at, decisionId), replaces: null, decisionId: null }
  const work = newWork(order, [back], at, more)
  const dropped = refusedKey === undefined ? [] : droppedWith(state, refusedKey)
  // Where a provider refused, those that cannot have it need not take it back.
  const told =
    dropped.length === 0 ? open : open.filter((each) => mayHave(state, decisionId, each.fulfillmentOrderId))
  const asks = asksOf(state, `${decisionId}/undo`, told, work, old.fulfillmentOrderId)
  const undone = event('RerouteUndone', {
    ...{ orderId, decisionId, work, reason, ...asks, at },
    ...(dropped.length === 0 ? {} : { dropped }),
    ...(by === undefined ? {} : { by }),
  })
  return exchanged(state, order, { old: open, work, event: undone }, at)
}

/** The work stays where it is; said once for each incident, and once that it is held out. */
export function declineReroute(order: Order, data: CommandData['DeclineReroute'], at: number): Verdict {
  const { orderId } = order
  const { decision } = data
  return done(isStayTold(order, decision) ? [] : [event('RerouteDeclined', { orderId, decision, at })], order)
}
