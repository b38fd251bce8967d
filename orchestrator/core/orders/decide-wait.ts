// What commands that let units wait lead to: for stock, for a day, and the day itself. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { problemOfTaking, summed, withdrawals } from './decide-cancel.ts'
import { isEnded, type LineUnits, type Order } from './order.ts'
import { restOf } from './parts.ts'
import { blockOfLines, movableWork, problemOfLineIds, settled } from './settle.ts'
import { unitsNotBegun } from './standing.ts'

/** Units that nobody began wait for stock. */
export function backorderLines(
  order: Order,
  data: CommandData['BackorderLines'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  if (isEnded(order)) return refused('wrong_state', { status: order.status }, order)
  if (order.hold !== null) return refused('on_hold', { hold: order.hold }, order)
  const free = new Map(order.lines.map((line) => [line.lineId, freeUnits(order, line.lineId)]))
  const lines = data.lines === null ? allFree(free) : summed(data.lines)
  const isWaiting = order.lines.some((line) => restOf(order, line).backordered > 0)
  if (data.lines === null && lines.length === 0) {
    return isWaiting ? done([], order) : refused('picking_began', { status: order.status }, order)
  }
  const problem = problemOfTaking(order, lines)
  if (problem !== null) return problem
  const isDone = lines.every(({ lineId, quantity }) => isWaitingFor(order, lineId, quantity))
  if (isDone) return done([], order)
  const tooMany = lines.find(({ lineId, quantity }) => quantity > (free.get(lineId) ?? 0))
  if (tooMany !== undefined)
    return refused('more_than_ordered', { ...tooMany, free: free.get(tooMany.lineId) }, order)
  const { reason } = data
  return settled(state, order, [event('LinesBackordered', { orderId, lines, reason, at })], at)
}

/** Units that neither wait nor are held, and that nobody began. */
function freeUnits(order: Order, lineId: string): number {
  const line = order.lines.find((each) => each.lineId === lineId)
  if (line === undefined) return 0
  const { backordered, kept } = restOf(order, line)
  return unitsNotBegun(order, line) - backordered - kept
}

function allFree(free: ReadonlyMap<string, number>): LineUnits[] {
  return [...free].flatMap(([lineId, quantity]) => (quantity > 0 ? [{ lineId, quantity }] : []))
}

/** Whether the very units wait already, and no others are left that could. */
function isWaitingFor(order: Order, lineId: string, quantity: number): boolean {
  const line = order.lines.find((each) => each.lineId === lineId)
  if (line === undefined) return false
  return restOf(order, line).backordered >= quantity && freeUnits(order, lineId) === 0
}

/** Lines wait for their day; work that nobody began is called back. */
export function preorderLines(
  order: Order,
  data: CommandData['PreorderLines'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { launchAt, reason } = data
  const problem = problemOfLineIds(order, data.lineIds)
  if (problem !== null) return problem
  if (isEnded(order)) return refused('wrong_state', { status: order.status }, order)
  if (!Number.isSafeInteger(launchAt) || launchAt <= at) return refused('launch_in_past', { launchAt }, order)
  const meant = order.lines.filter((line) => data.lineIds?.includes(line.lineId) ?? true)
  const open = meant.filter((line) => unitsNotBegun(order, line) > 0)
  if (open.length === 0) return refused('picking_began', { status: order.status }, order)
  if (open.every((line) => line.launchAt === launchAt)) return done([], order)
  const lineIds = open.map((line) => line.lineId)
  const back = withdrawals(order, movableWork(order, lineIds), reason, at)
  return settled(
    state,
    order,
    [...back, event('LinesPreordered', { orderId, lineIds, launchAt, reason, at })],
    at,
  )
}

/** Lines whose day has come go on. */
export function launchPreorder(
  order: Order,
  _: CommandData['LaunchPreorder'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const due = order.lines.filter((line) => line.launchAt !== null && line.launchAt <= at)
  if (due.length === 0) return done([], order)
  const ownState = blockOfLines(state, due)
  if (ownState !== null) return refused('own_state_blocks', { ownState }, order)
  const lineIds = due.map((line) => line.lineId)
  const reason = 'its day has come'
  return settled(state, order, [event('PreorderLaunched', { orderId, lineIds, reason, at })], at)
}
