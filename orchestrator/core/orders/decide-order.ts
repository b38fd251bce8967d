// What commands of the flow lead to: create, validate, source, backorder, reserve, unsource, release. Pure.

import { isCurrency } from '#data/kernel'
import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import { reservationsFor } from '../flows/soft-holds.ts'
import type { CoreState } from '../state.ts'
import { takeStock } from '../stock/take.ts'
import type { Assignment } from './commands.ts'
import { filledLine } from './filled.ts'
import {
  type FulfillmentOrder,
  isLiveWork,
  isOpenWork,
  type NewLine,
  type Order,
  untouchedWork,
} from './order.ts'
import { isOurs, restOf } from './parts.ts'
import { blockOfLines, blockOfWork, isUnits, settled } from './settle.ts'
import { movesOf, unassigned, unitsAt } from './standing.ts'
import { unitsByLine } from './steps-of-work.ts'

/** A new order; its id must be new. */
export function createOrder(state: CoreState, data: CommandData['CreateOrder'], at: number): Verdict {
  const { order, hold, reservationId } = data
  const known = state.orders.get(order.orderId)
  if (known !== undefined) return refused('order_exists', undefined, known)
  const problem = problemOfLines(data.lines)
  if (problem !== null) return refused(problem.reason, problem.details)
  const lines = data.lines.map((line) => newLine(line, at))
  const created = event('OrderCreated', {
    order,
    lines,
    ...(hold === undefined ? {} : { hold }),
    ...(reservationId === undefined ? {} : { reservationId }),
    at,
  })
  const status = hold === undefined ? statusOfNew(lines) : 'on_hold'
  return done([created], { orderId: order.orderId, status })
}

function statusOfNew(lines: readonly NewLine[]): Order['status'] {
  const isWaiting = (line: NewLine) => line.launchAt != null
  return lines.every(isWaiting) ? 'preordered' : 'created'
}

/** Why lines cannot be those of a new order. */
export function problemOfLines(
  lines: readonly NewLine[],
): { reason: string; details?: Record<string, unknown> } | null {
  if (lines.length === 0) return { reason: 'no_lines' }
  if (new Set(lines.map((line) => line.lineId)).size < lines.length) return { reason: 'line_twice' }
  const odd = lines.find((line) => !isUnits(line.quantity))
  if (odd === undefined) return null
  return { reason: 'quantity_invalid', details: { lineId: odd.lineId, quantity: odd.quantity } }
}

/** The line as an event tells it: nothing was done yet, and a day that has come holds nothing back. */
export function newLine(line: NewLine, at: number): NewLine {
  const { lineId, sku, quantity, unitPriceCents, discountCents, taxCents, freightCents } = line
  const money = { unitPriceCents, discountCents, taxCents, freightCents }
  const launchAt = line.launchAt != null && line.launchAt > at ? line.launchAt : null
  return {
    lineId,
    sku,
    quantity,
    cancelled: 0,
    shipped: 0,
    ...money,
    ...(launchAt === null ? {} : { launchAt }),
    ...(line.hold == null ? {} : { hold: line.hold }),
  }
}

/** The checks of a new order: what is wrong holds it. */
export function validateOrder(order: Order, at: number, state: CoreState): Verdict {
  const { orderId } = order
  if (order.stage !== 'created' || order.hold !== null) return done([], order)
  const ownState = blockOfLines(state, order.lines)
  if (ownState !== null) return refused('own_state_blocks', { ownState }, order)
  const problem = problemOf(order)
  const next =
    problem === null
      ? event('OrderValidated', { orderId, at })
      : event('OrderHeld', { orderId, reason: problem, at })
  return settled(state, order, [next], at)
}

function problemOf(order: Order): string | null {
  if (!isCurrency(order.currency)) return 'currency_unknown'
  if (order.lines.some((line) => line.quantity < 1)) return 'quantity_invalid'
  if (order.lines.some((line) => line.unitPriceCents < 0)) return 'price_negative'
  return null
}

/** Work planned at nodes, for units that have none and that nothing holds back. */
export function sourceOrder(
  state: CoreState,
  order: Order,
  data: CommandData['SourceOrder'],
  at: number,
): Verdict {
  const { orderId } = order
  if (order.hold !== null) return refused('on_hold', { hold: order.hold }, order)
  const wanted = unassigned(order)
  const isPlanned = order.work.some((work) => isOpenWork(work) && work.releasedAt === null)
  const isDue = order.stage === 'validated' && (wanted.size > 0 || isPlanned)
  if (!isDue) return refused('wrong_state', { status: order.status }, order)
  const problem = problemOfPlan(state, data.assignments, wanted)
  if (problem !== null) return refused(problem, undefined, order)
  const isEmpty = data.assignments.every(({ lines }) => lines.length === 0)
  if (isEmpty && !isPlanned) return refused('units_do_not_match', undefined, order)
  const named = new Set(data.assignments.flatMap(({ lines }) => lines.map(({ lineId }) => lineId)))
  const ownState = blockOfLines(
    state,
    order.lines.filter((line) => named.has(line.lineId)),
  )
  if (ownState !== null) return refused('own_state_blocks', { ownState }, order)
  const work = newWork(order, data.assignments, at, { decisionId: data.decision.decisionId })
  const sourced = event('OrderSourced', { orderId, work, decision: data.decision, at })
  return settled(state, order, [sourced], at)
}

/** Why a plan cannot be: unknown or closed nodes, or more units than are wanted. */
export function problemOfPlan(
  state: CoreState,
  assignments: readonly Assignment[],
  wanted: ReadonlyMap<string, number>,
): string | null {
  const left = new Map(wanted)
  for (const { nodeId, lines } of assignments) {
    const node = state.nodes.get(nodeId)
    if (node === undefined) return 'node_unknown'
    if (!node.isActive) return 'node_closed'
    for (const { lineId, quantity } of lines) {
      if (!isUnits(quantity)) return 'quantity_invalid'
      left.set(lineId, (left.get(lineId) ?? 0) - quantity)
    }
  }
  return [...left.values()].every((units) => units >= 0) ? null : 'units_do_not_match'
}

/** Work for assignments, numbered after what the order has. */
export function newWork(
  order: Order,
  assignments: readonly Assignment[],
  at: number,
  more: Partial<FulfillmentOrder>,
): FulfillmentOrder[] {
  const taken = new Set(order.work.map((work) => work.fulfillmentOrderId))
  const skus = new Map(order.lines.map((line) => [line.lineId, line.sku]))
  let number = order.work.length
  return assignments
    .filter((assignment) => assignment.lines.length > 0)
    .map((assignment) => {
      do number++
      while (taken.has(`${order.externalId}-F${number}`))
      // A line that is named twice at a node is one part of its work.
      const lines = [...unitsByLine(assignment.lines)].map(([lineId, quantity]) => ({
        lineId,
        sku: skus.get(lineId) ?? '',
        quantity,
        short: 0,
        shipped: 0,
        delivered: 0,
      }))
      return {
        ...untouchedWork,
        fulfillmentOrderId: `${order.externalId}-F${number}`,
        nodeId: assignment.nodeId,
        carrier: assignment.carrier,
        ...(assignment.service === undefined ? {} : { service: assignment.service }),
        attempt: 1 + timesRefused(order, lines),
        shipBy: assignment.shipBy,
        lines,
        sourcedAt: at,
        ...more,
      }
    })
}

/** How often nodes refused any of the lines. */
function timesRefused(order: Order, lines: readonly { lineId: string }[]): number {
  const rejected = order.work.filter(({ status }) => status === 'rejected')
  return rejected.filter((work) => lines.some((line) => unitsAt(work, line) > 0)).length
}

/** All that has no work waits for stock. */
export function backorder(
  order: Order,
  data: CommandData['BackorderOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const units = order.lines.map((line) => restOf(order, line))
  const isFresh = order.stage === 'validated' && units.some(({ fresh }) => fresh > 0)
  if (!isFresh && units.some(({ backordered }) => backordered > 0)) return done([], order)
  if (!isFresh) return refused('wrong_state', { status: order.status }, order)
  const { reason, decision } = data
  return settled(state, order, [event('OrderBackordered', { orderId, reason, decision, at })], at)
}

const isPlanned = (work: FulfillmentOrder) => isOpenWork(work) && work.releasedAt === null

/** Whether work is meant by those ids, or all is. */
function meant({ workIds }: { workIds?: readonly string[] }) {
  return ({ fulfillmentOrderId }: FulfillmentOrder) => workIds?.includes(fulfillmentOrderId) ?? true
}

/** The ids as an event has them: absent where all is meant. */
function only({ workIds }: { workIds?: readonly string[] }): { workIds?: readonly string[] } {
  return workIds === undefined ? {} : { workIds }
}

/** Units of planned work allocated, all or nothing. */
export function reserveOrder(
  state: CoreState,
  order: Order,
  data: CommandData['ReserveOrder'],
  at: number,
): Verdict {
  const { orderId, channel } = order
  const isMeant = meant(data)
  const planned = order.work.filter((work) => isOpenWork(work) && !work.isReserved && isMeant(work))
  if (planned.length === 0 && order.work.some((work) => isPlanned(work) && isMeant(work)))
    return done([], order)
  if (planned.length === 0) return refused('wrong_state', { status: order.status }, order)
  if (order.stage === 'created') return refused('wrong_state', { status: order.status }, order)
  if (order.hold !== null) return refused('on_hold', { hold: order.hold }, order)
  const lines = planned.flatMap((work) => work.lines)
  const taker = { orderId, channel, reservationIds: reservationsFor(state, order, lines) }
  const taken = takeStock(state, taker, movesOf(planned), at)
  if ('short' in taken) return refused('stock_short', { ...taken.short }, order)
  return settled(state, order, [event('OrderReserved', { orderId, ...only(data), at })], at, taken.events)
}

/** Back to validated: planned work dropped, its stock let go. */
export function unsourceOrder(
  order: Order,
  data: CommandData['UnsourceOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const isMeant = meant(data)
  if (!order.work.some((work) => isPlanned(work) && isMeant(work))) {
    return order.status === 'validated'
      ? done([], order)
      : refused('wrong_state', { status: order.status }, order)
  }
  const { reason } = data
  return settled(state, order, [event('OrderUnsourced', { orderId, reason, ...only(data), at })], at)
}

/** Work handed to its nodes; what is not reserved cannot be. */
export function releaseOrder(
  order: Order,
  data: CommandData['ReleaseOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const isMeant = meant(data)
  const planned = order.work.filter((work) => isPlanned(work) && isMeant(work))
  const isTold = !isOurs(order) && order.stage === 'sourced'
  if (planned.length === 0 && !isTold) {
    const isReleased = order.status === 'released' && order.work.some(isLiveWork)
    return isReleased ? done([], order) : refused('wrong_state', { status: order.status }, order)
  }
  if (order.stage === 'created') return refused('wrong_state', { status: order.status }, order)
  if (order.hold !== null) return refused('on_hold', { hold: order.hold }, order)
  if (planned.some((work) => !work.isReserved)) return refused('not_reserved', undefined, order)
  const ownState = planned.map((work) => blockOfWork(state, work)).find((block) => block !== null)
  if (ownState != null) return refused('own_state_blocks', { ownState }, order)
  return settled(state, order, [event('OrderReleased', { orderId, ...only(data), at })], at)
}

/** Value of the goods of lines, cents. */
export function worthOfLines(lines: readonly NewLine[]): number {
  return lines
    .map((line) => filledLine(line))
    .reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0)
}
