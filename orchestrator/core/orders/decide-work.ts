// What commands on the work of nodes lead to: reroute and its undo, pick, pack, ship, deliver. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { movesOf, shortage } from '../stock/decide-stock.ts'
import type { StockMove } from '../stock/events.ts'
import { newWork, problemOfPlan } from './decide-order.ts'
import { type FulfillmentOrder, isMovable, isOpenWork, type Order } from './order.ts'
import { unitsOf } from './standing.ts'

/** Work moved to other nodes: allocated there before it is let go here, in one step that happens whole or not. */
export function rerouteOrder(
  state: CoreState,
  order: Order,
  data: CommandData['RerouteOrder'],
  at: number,
): Verdict {
  const { orderId } = order
  const { fulfillmentOrderId, assignments, decision } = data
  const old = order.work.find((work) => work.fulfillmentOrderId === fulfillmentOrderId)
  if (old === undefined) return refused('work_unknown', { fulfillmentOrderId }, order)
  if (!isMovable(old)) return refused('picking_began', { status: old.status }, order)
  if (decision.incidentId !== null && order.moves >= state.policy.maxMovesPerOrder) {
    return refused('moved_too_often', { moves: order.moves }, order)
  }
  if (assignments.some(({ nodeId, carrier }) => nodeId === old.nodeId && carrier === old.carrier)) {
    return refused('same_place', { nodeId: old.nodeId }, order)
  }
  const wanted = new Map(old.lines.map((line) => [line.lineId, unitsOf(line)]))
  const problem = problemOfPlan(state, assignments, wanted)
  if (problem !== null) return refused(problem, undefined, order)
  const work = newWork(order, assignments, at, takenOver(old, at, decision.decisionId))
  const short = shortage(state, withoutOwn(movesOf(work), old))
  if (short !== null) return refused('stock_short', short, order)
  const events = [
    event('StockAllocated', { orderId, items: movesOf(work), at }),
    event('OrderRerouted', { orderId, fulfillmentOrderId, work, decision, at }),
    ...(old.isReserved ? [event('StockReleased', { orderId, items: movesOf([old]), at })] : []),
  ]
  return done(events, order)
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

/** What must be free beside the units that the work holds there already: a change of carrier needs none. */
function withoutOwn(moves: StockMove[], old: FulfillmentOrder): StockMove[] {
  if (!old.isReserved) return moves
  return moves.filter((move) => move.nodeId !== old.nodeId)
}

/** Work that a reroute made, back to the node it came from. */
export function undoReroute(
  state: CoreState,
  order: Order,
  data: CommandData['UndoReroute'],
  at: number,
): Verdict {
  const { orderId } = order
  const { decisionId, reason } = data
  const moved = order.work.filter((work) => work.decisionId === decisionId && work.replaces !== null)
  const open = moved.filter(isOpenWork)
  if (moved.length === 0) return refused('decision_unknown', { decisionId }, order)
  if (open.length < moved.length || !open.every(isMovable)) return refused('picking_began', undefined, order)
  const old = order.work.find((work) => work.fulfillmentOrderId === moved[0]?.replaces)
  if (old === undefined) return refused('decision_unknown', { decisionId }, order)
  const lines = old.lines
    .map((line) => ({ lineId: line.lineId, quantity: unitsOf(line) }))
    .filter((line) => line.quantity > 0)
  const back = { nodeId: old.nodeId, carrier: old.carrier, shipBy: old.shipBy, lines }
  const more = { ...takenOver(moved[0] ?? old, at, decisionId), replaces: null, decisionId: null }
  const work = newWork(order, [back], at, more)
  const short = shortage(state, movesOf(work))
  if (short !== null) return refused('stock_short', short, order)
  return done(
    [
      event('StockAllocated', { orderId, items: movesOf(work), at }),
      event('RerouteUndone', { orderId, decisionId, work, reason, at }),
      event('StockReleased', { orderId, items: movesOf(open), at }),
    ],
    order,
  )
}

/** The work stays where it is; said once for each incident. */
export function declineReroute(order: Order, data: CommandData['DeclineReroute'], at: number): Verdict {
  const { orderId } = order
  const { decision } = data
  const isKnown = decision.incidentId !== null && order.declinedFor.includes(decision.incidentId)
  return done(isKnown ? [] : [event('RerouteDeclined', { orderId, decision, at })], order)
}

type Found = { work: FulfillmentOrder } | { verdict: Verdict }

function find(order: Order, fulfillmentOrderId: string, allowed: readonly string[], next: string): Found {
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  if (work === undefined) return { verdict: refused('work_unknown', { fulfillmentOrderId }, order) }
  if (work.status === next) return { verdict: done([], order) }
  if (!allowed.includes(work.status)) {
    return { verdict: refused('wrong_state', { fulfillmentOrderId, status: work.status }, order) }
  }
  if (work.releasedAt === null) return { verdict: refused('not_released', { fulfillmentOrderId }, order) }
  return { work }
}

/** The node begins: from here on the work stays. */
export function startPicking(order: Order, data: CommandData['StartPicking'], at: number): Verdict {
  const found = find(order, data.fulfillmentOrderId, ['open', 'accepted'], 'picking')
  if ('verdict' in found) return found.verdict
  return done([event('PickingStarted', { ...refOf(order, found.work), at })], order)
}

/** The units were taken off the shelf; those not found are cancelled and written off. */
export function pickWork(order: Order, data: CommandData['PickWork'], at: number): Verdict {
  const found = find(order, data.fulfillmentOrderId, ['picking'], 'packed')
  if ('verdict' in found) return found.verdict
  const { work } = found
  if (work.pickedAt !== null) return done([], order)
  for (const { lineId, quantity } of data.short) {
    const line = work.lines.find((each) => each.lineId === lineId)
    if (line === undefined || quantity < 1 || quantity > unitsOf(line)) {
      return refused('quantity_invalid', { lineId, quantity }, order)
    }
  }
  const short = new Map(data.short.map((line) => [line.lineId, line.quantity]))
  const missing = work.lines.map((line) => ({ ...line, quantity: short.get(line.lineId) ?? 0, short: 0 }))
  const items = movesOf([{ ...work, lines: missing }])
  const { orderId } = order
  return done(
    [
      event('WorkPicked', { ...refOf(order, work), short: data.short, at }),
      ...(items.length > 0 && work.isReserved ? [event('StockShipped', { orderId, items, at })] : []),
    ],
    order,
  )
}

/** The parcel is closed. */
export function packWork(order: Order, data: CommandData['PackWork'], at: number): Verdict {
  const found = find(order, data.fulfillmentOrderId, ['picking'], 'packed')
  if ('verdict' in found) return found.verdict
  if (found.work.pickedAt === null) return refused('not_picked', undefined, order)
  return done([event('WorkPacked', { ...refOf(order, found.work), at })], order)
}

/** The parcel left, or is ready for its customer; its units have left the stock. */
export function shipWork(order: Order, data: CommandData['ShipWork'], at: number): Verdict {
  const found = find(order, data.fulfillmentOrderId, ['packed'], 'shipped')
  if ('verdict' in found) return found.verdict
  const { work } = found
  const { orderId } = order
  if (order.shipments.some((shipment) => shipment.shipmentId === data.shipment.shipmentId)) {
    return refused('shipment_exists', { shipmentId: data.shipment.shipmentId }, order)
  }
  return done(
    [
      ...(work.isReserved ? [event('StockShipped', { orderId, items: movesOf([work]), at })] : []),
      event('WorkShipped', { ...refOf(order, work), shipment: data.shipment, at }),
    ],
    order,
  )
}

/** The customer has it. */
export function deliverWork(order: Order, data: CommandData['DeliverWork'], at: number): Verdict {
  const isCollected = order.method === 'pickup' || order.method === 'curbside'
  const end = isCollected ? 'collected' : 'delivered'
  const found = find(order, data.fulfillmentOrderId, ['shipped', 'ready_for_pickup'], end)
  if ('verdict' in found) return found.verdict
  return done([event('WorkDelivered', { ...refOf(order, found.work), at })], order)
}

function refOf(order: Order, work: FulfillmentOrder) {
  return { orderId: order.orderId, fulfillmentOrderId: work.fulfillmentOrderId }
}
