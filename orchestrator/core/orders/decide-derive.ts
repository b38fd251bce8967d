// What commands that make orders or lines of others lead to: split, clone, substitute. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import type { NewOrderRef } from './commands.ts'
import { problemOfTaking, summed } from './decide-cancel.ts'
import { newLine } from './decide-order.ts'
import type { LineUnits, NewLine, Order, OrderHeader, OrderLine } from './order.ts'
import { isEnded } from './order.ts'
import { problemOfUnits, settled } from './settle.ts'
import { shareOf } from './steps-of-lines.ts'

/** Units that nobody began move to an order of their own. */
export function splitOrder(
  order: Order,
  data: CommandData['SplitOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { newOrderId, reason } = data
  const known = state.orders.get(newOrderId)
  if (known !== undefined) return wasMadeOf(known, order, data.lines)
  const problem = problemOfTaking(order, data.lines)
  if (problem !== null) return problem
  const lines = summed(data.lines)
  const moved = lines.map((units) => movedLine(order, units))
  const stays = order.lines.reduce((sum, line) => sum + line.quantity - line.cancelled, 0)
  if (moved.reduce((sum, line) => sum + line.quantity, 0) >= stays)
    return refused('nothing_left', undefined, order)
  const made = event('OrderCreated', {
    order: headerOf(order, data, moved),
    lines: moved,
    ...(order.hold === null ? {} : { hold: order.hold }),
    parentOrderId: orderId,
    reason,
    at,
  })
  return settled(state, order, [event('OrderSplit', { orderId, newOrderId, lines, reason, at })], at, [made])
}

/** An order with that id is there: made by the same wish before, or another one. */
function wasMadeOf(known: Order, parent: Order, lines: readonly LineUnits[] | null): Verdict {
  const has = (lineId: string, quantity: number) =>
    known.lines.some((line) => line.lineId === lineId && line.quantity === quantity)
  const isSame =
    known.parentOrderId === parent.orderId &&
    (lines === null || summed(lines).every(({ lineId, quantity }) => has(lineId, quantity)))
  return isSame ? done([], parent) : refused('order_exists', { newOrderId: known.orderId }, parent)
}

function movedLine(order: Order, { lineId, quantity }: LineUnits): NewLine {
  const line = order.lines.find((each) => each.lineId === lineId) as OrderLine
  return { ...partOfLine(line, quantity), ...(line.hold === null ? {} : { hold: line.hold }) }
}

/** Some units of a line as a line of their own, with their share of its money. */
export function partOfLine(line: OrderLine, quantity: number): NewLine {
  const share = (cents: number) => shareOf(cents, quantity, line.quantity)
  return {
    lineId: line.lineId,
    sku: line.sku,
    quantity,
    cancelled: 0,
    shipped: 0,
    unitPriceCents: line.unitPriceCents,
    discountCents: share(line.discountCents),
    taxCents: share(line.taxCents),
    freightCents: share(line.freightCents),
    ...(line.launchAt === null ? {} : { launchAt: line.launchAt }),
  }
}

/** What is said of an order that gets some of another's lines. */
export function headerOf(
  order: Order,
  { newOrderId, newExternalId }: NewOrderRef,
  lines: readonly NewLine[],
): OrderHeader {
  const { market, provider, channel, method, currency, customerRef, shipTo, placedAt } = order
  return {
    orderId: newOrderId,
    market,
    provider,
    externalId: newExternalId,
    channel,
    method,
    currency,
    customerRef,
    shipTo,
    placedAt,
    approvedAt: order.approvedAt,
    promisedAt: order.promisedAt,
    totalCents: lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0),
    // Carriage and what was taken off the whole stay with the order that was paid.
    freightCents: 0,
    taxCents: order.taxCents === null ? null : 0,
    discountCents: order.discountCents === null ? null : 0,
    flags: order.flags,
  }
}

/** A new order with the same lines, from now. */
export function cloneOrder(
  order: Order,
  data: CommandData['CloneOrder'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const known = state.orders.get(data.newOrderId)
  if (known !== undefined) return wasMadeOf(known, order, data.lines)
  const all = order.lines.map(({ lineId, quantity }) => ({ lineId, quantity }))
  const problem = problemOfUnits(order, data.lines ?? all)
  if (problem !== null) return problem
  const wanted = summed(data.lines ?? all)
  const lines = wanted.map(({ lineId, quantity }) => {
    const line = order.lines.find((each) => each.lineId === lineId) as OrderLine
    // A day that is still to come holds for the new order as well.
    return newLine(partOfLine(line, quantity), at)
  })
  const more = wanted.find(
    ({ lineId, quantity }) => quantity > (order.lines.find((line) => line.lineId === lineId)?.quantity ?? 0),
  )
  if (more !== undefined) return refused('more_than_ordered', { ...more }, order)
  const isAhead = order.promisedAt !== null && order.promisedAt > at
  const header = {
    ...headerOf(order, data, lines),
    placedAt: at,
    approvedAt: null,
    promisedAt: isAhead ? order.promisedAt : null,
  }
  const made = event('OrderCreated', {
    order: header,
    lines,
    parentOrderId: orderId,
    reason: data.reason,
    at,
  })
  return done([made], order)
}

/** Units of a line that nobody began become another SKU. */
export function substituteLine(
  order: Order,
  data: CommandData['SubstituteLine'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { lineId, quantity, sku, newLineId, reason } = data
  const known = order.lines.find((line) => line.lineId === newLineId)
  if (known !== undefined && known.sku === sku && known.quantity === quantity) return done([], order)
  if (known !== undefined) return refused('line_exists', { lineId: newLineId }, order)
  if (isEnded(order)) return refused('wrong_state', { status: order.status }, order)
  const problem = problemOfTaking(order, [{ lineId, quantity }])
  if (problem !== null) return problem
  const line = order.lines.find((each) => each.lineId === lineId) as OrderLine
  if (line.sku === sku) return refused('same_sku', { lineId, sku }, order)
  const unitPriceCents = data.unitPriceCents ?? line.unitPriceCents
  if (!Number.isSafeInteger(unitPriceCents) || unitPriceCents < 0) {
    return refused('price_negative', { lineId: newLineId }, order)
  }
  const substitute = { ...movedLine(order, { lineId, quantity }), lineId: newLineId, sku, unitPriceCents }
  const { launchAt: _, ...now } = substitute
  const substituted = event('LineSubstituted', { orderId, lineId, quantity, line: now, reason, at })
  return settled(state, order, [substituted], at)
}
