// What an edit of an order leads to: which changes are possible, and which work is called back for them. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import type { OrderChanges } from './commands.ts'
import { withdrawals } from './decide-cancel.ts'
import { newLine, problemOfLines } from './decide-order.ts'
import {
  type FulfillmentOrder,
  isEnded,
  isLiveWork,
  isMovable,
  isOpenWork,
  type NewLine,
  type Order,
  type OrderLine,
} from './order.ts'
import { isUnits, movableWork, settled } from './settle.ts'
import { unitsNotBegun } from './standing.ts'

/** The order with changes; what they touch is called back first, and nobody may have begun it. */
export function editOrder(
  order: Order,
  data: CommandData['EditOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const problem = problemOfVersion(order, data.version)
  if (problem !== null) return problem
  const events = eventsOfEdit(order, data, at)
  if (!Array.isArray(events)) return events as Verdict
  return events.length === 0 ? done([], order) : settled(state, order, events, at)
}

/** Why what was made for a version of the order is too late, null where it is not. @param version null = any */
export function problemOfVersion(order: Order, version: number | null): Verdict | null {
  if (version === null || version === order.version) return null
  return refused('version_conflict', { version: order.version, asked: version }, order)
}

/** The events that change an order, none where it is so already; else why it cannot be. */
export function eventsOfEdit(
  order: Order,
  { changes: asked, reason }: Pick<CommandData['EditOrder'], 'changes' | 'reason'>,
  at: number,
): CoreEvent[] | Verdict {
  const { orderId } = order
  if (isEnded(order)) return refused('wrong_state', { status: order.status }, order)
  const changes = realChanges(order, asked, at)
  if (Object.keys(changes).length === 0) return []
  const problem =
    problemOfAdded(order, changes) ?? problemOfLinesChanged(order, changes) ?? problemOfWay(order, changes)
  if (problem !== null) return problem
  const back = withdrawals(order, touched(order, changes), reason, at)
  return [...back, event('OrderEdited', { orderId, changes, reason, at })]
}

/** The changes without what is so already. */
function realChanges(order: Order, changes: OrderChanges, at: number): OrderChanges {
  const lineOf = (lineId: string) => order.lines.find((line) => line.lineId === lineId)
  const add = (changes.add ?? []).map((line) => newLine(line, at))
  const quantities = (changes.quantities ?? []).filter(({ lineId, quantity }) => {
    const line = lineOf(lineId)
    const isCancelled = quantity === 0 && line?.cancelled === line?.quantity
    return line === undefined || (line.quantity !== quantity && !isCancelled)
  })
  const prices = (changes.prices ?? []).filter(
    ({ lineId, unitPriceCents }) => lineOf(lineId)?.unitPriceCents !== unitPriceCents,
  )
  const { shipTo, method, promisedAt } = changes
  const isMoved = shipTo !== undefined && JSON.stringify(shipTo) !== JSON.stringify(order.shipTo)
  return {
    ...(add.length === 0 ? {} : { add }),
    ...(quantities.length === 0 ? {} : { quantities }),
    ...(prices.length === 0 ? {} : { prices }),
    ...(isMoved ? { shipTo } : {}),
    ...(method === undefined || method === order.method ? {} : { method }),
    ...(promisedAt === undefined || promisedAt === order.promisedAt ? {} : { promisedAt }),
  }
}

function problemOfAdded(order: Order, { add }: OrderChanges): Verdict | null {
  if (add === undefined) return null
  const problem = problemOfLines(add)
  if (problem !== null) return refused(problem.reason, problem.details, order)
  const twice = add.find((line: NewLine) => order.lines.some(({ lineId }) => lineId === line.lineId))
  if (twice !== undefined) return refused('line_exists', { lineId: twice.lineId }, order)
  const odd = add.find((line) => line.unitPriceCents < 0)
  return odd === undefined ? null : refused('price_negative', { lineId: odd.lineId }, order)
}

function problemOfLinesChanged(order: Order, { quantities = [], prices = [] }: OrderChanges): Verdict | null {
  const named = [...quantities, ...prices]
  for (const { lineId } of named) {
    if (!order.lines.some((line) => line.lineId === lineId)) return refused('line_unknown', { lineId }, order)
  }
  for (const list of [quantities, prices]) {
    if (new Set(list.map(({ lineId }) => lineId)).size < list.length)
      return refused('line_twice', undefined, order)
  }
  const odd = prices.find(({ unitPriceCents }) => !Number.isSafeInteger(unitPriceCents) || unitPriceCents < 0)
  if (odd !== undefined) return refused('price_negative', { lineId: odd.lineId }, order)
  for (const { lineId, quantity } of quantities) {
    const line = order.lines.find((each) => each.lineId === lineId)
    const problem = line === undefined ? null : problemOfQuantity(order, line, quantity)
    if (problem !== null) return problem
  }
  return null
}

function problemOfQuantity(order: Order, line: OrderLine, quantity: number): Verdict | null {
  const { lineId } = line
  if (quantity !== 0 && !isUnits(quantity)) return refused('quantity_invalid', { lineId, quantity }, order)
  const bound = line.quantity - line.cancelled - unitsNotBegun(order, line)
  const least = quantity === 0 ? bound : bound + line.cancelled
  if (quantity < least) {
    const [reason, lowest] = bound > line.shipped ? ['picking_began', least] : ['less_than_left', least]
    return refused(String(reason), { lineId, quantity, lowest }, order)
  }
  return null
}

/** Another address or method is too late for what a node began, and another method for what has left. */
function problemOfWay(order: Order, { shipTo, method }: OrderChanges): Verdict | null {
  if (shipTo === undefined && method === undefined) return null
  const live = order.work.filter(isLiveWork)
  const isAtNode = (work: FulfillmentOrder) =>
    (isOpenWork(work) && !isMovable(work)) || work.status === 'ready_for_pickup'
  const begun = live.find(isAtNode)
  if (begun !== undefined) return refused('picking_began', { status: begun.status }, order)
  const left = method === undefined ? undefined : order.lines.find((line) => line.shipped > 0)
  return left === undefined ? null : refused('already_shipped', { lineId: left.lineId }, order)
}

/** Work that the changes touch and nobody began. */
function touched(
  order: Order,
  { shipTo, method, promisedAt, quantities = [] }: OrderChanges,
): FulfillmentOrder[] {
  if (shipTo !== undefined || method !== undefined || promisedAt !== undefined) return movableWork(order)
  const fewer = quantities.filter(({ lineId, quantity }) => {
    const line = order.lines.find((each) => each.lineId === lineId)
    return line !== undefined && quantity < line.quantity
  })
  const lineIds = fewer.map(({ lineId }) => lineId)
  return lineIds.length === 0 ? [] : movableWork(order, lineIds)
}
