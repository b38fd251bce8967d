// What events of whole orders and of lines change: holds, edits, cancelled, split, waiting and returned units. Pure.

import type { EventData } from '../events.ts'
import type { OrderChanges } from './commands.ts'
import { filledLine } from './filled.ts'
import type { LineUnits, Order, OrderLine } from './order.ts'
import { restOf } from './parts.ts'
import { placedHere, unitsWithoutWork, withFewerUnits } from './shrink.ts'
import { unitsByLine } from './steps-of-work.ts'

type Data<T extends keyof EventData> = EventData[T] & { at: number }

function withLines(
  order: Order,
  lineIds: readonly string[] | null,
  change: (line: OrderLine) => OrderLine,
): Order {
  const isMeant = (line: OrderLine) => lineIds === null || lineIds.includes(line.lineId)
  return { ...order, lines: order.lines.map((line) => (isMeant(line) ? change(line) : line)) }
}

/** Nothing of it moves on. */
export function held(order: Order, { reason, lineIds = null }: Data<'OrderHeld'>): Order {
  if (lineIds === null) return { ...order, hold: reason }
  return withLines(order, lineIds, (line) => ({ ...line, hold: reason }))
}

/** It goes on; the hold of the whole order, with those of all lines, or those of some lines. */
export function lifted(order: Order, data: Data<'HoldLifted'>): Order {
  const { lineIds } = data
  const next = withLines(order, lineIds, (line) =>
    isLiftedBy(data, line.hold) ? { ...line, hold: null } : line,
  )
  return lineIds === null && isLiftedBy(data, order.hold) ? { ...next, hold: null } : next
}

/** Whether there is a hold, and it is one of those that are lifted. */
export function isLiftedBy({ only }: { only?: string }, hold: string | null): boolean {
  return hold !== null && (only === undefined || hold === only)
}

/** The changes of an edit; units without work are checked anew. */
export function edited(order: Order, { changes }: Data<'OrderEdited'>): Order {
  const quantities = new Map((changes.quantities ?? []).map((each) => [each.lineId, each.quantity]))
  const prices = new Map((changes.prices ?? []).map((each) => [each.lineId, each.unitPriceCents]))
  const lines = order.lines.map((line) => {
    const quantity = quantities.get(line.lineId)
    const priced = { ...line, unitPriceCents: prices.get(line.lineId) ?? line.unitPriceCents }
    if (quantity === undefined) return priced
    // No units at all means that the line is cancelled, so that it can still be seen.
    return quantity === 0 ? { ...priced, cancelled: line.quantity - line.shipped } : { ...priced, quantity }
  })
  const added = (changes.add ?? []).map(filledLine)
  const next = {
    ...order,
    version: order.version + 1,
    stage: 'created' as const,
    lines: [...lines, ...added],
    ...headerChanges(order, changes),
  }
  return revalued(order, next)
}

function headerChanges(order: Order, { shipTo, method, promisedAt }: OrderChanges) {
  return {
    shipTo: shipTo ?? order.shipTo,
    method: method ?? order.method,
    promisedAt: promisedAt === undefined ? order.promisedAt : promisedAt,
  }
}

/** The total follows what its lines are worth. */
function revalued(before: Order, after: Order): Order {
  if (before.totalCents === null) return after
  return { ...after, totalCents: before.totalCents + worth(after) - worth(before) }
}

function worth({ lines }: Order): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0)
}

/** Units nobody will send. */
export function cancelled(order: Order, { lines, at }: Data<'LinesCancelled'>): Order {
  const units = unitsByLine(lines)
  const next = withFewerUnits(order, asUnits(units), unitsWithoutWork, at)
  return withLines(next, [...units.keys()], (line) => ({
    ...line,
    cancelled: line.cancelled + (units.get(line.lineId) ?? 0),
  }))
}

/** Units that belong to another order now. */
export function split(order: Order, { lines, at }: Data<'OrderSplit'>): Order {
  return withoutUnits(order, unitsByLine(lines), at)
}

/** Units that are another SKU now, in a line of their own. */
export function substituted(order: Order, { lineId, quantity, line, at }: Data<'LineSubstituted'>): Order {
  const next = withoutUnits(order, new Map([[lineId, quantity]]), at)
  const added = { ...next, lines: [...next.lines, filledLine(line)] }
  return next.totalCents === null
    ? added
    : { ...added, totalCents: next.totalCents + line.quantity * line.unitPriceCents }
}

/** The order without units that were never cancelled; lines without any left go. */
function withoutUnits(order: Order, units: ReadonlyMap<string, number>, at: number): Order {
  const next = withFewerUnits(order, asUnits(units), unitsWithoutWork, at)
  const lines = next.lines
    .map((line) => {
      const gone = units.get(line.lineId) ?? 0
      return gone === 0 ? line : { ...line, quantity: line.quantity - gone, ...moneyLeft(line, gone) }
    })
    .filter((line) => line.quantity > 0)
  return revalued(order, { ...next, lines })
}

/** Money of a line once some of its units are gone: theirs is rounded down, so that no cent is lost or made. */
function moneyLeft(line: OrderLine, gone: number) {
  const left = (cents: number) => cents - shareOf(cents, gone, line.quantity)
  return {
    discountCents: left(line.discountCents),
    taxCents: left(line.taxCents),
    freightCents: left(line.freightCents),
  }
}

/** Cents of `cents` that belong to some of the units. */
export function shareOf(cents: number, units: number, of: number): number {
  return of === 0 ? 0 : Math.trunc((cents * units) / of)
}

/** Units wait for stock; those that had work lose it. */
export function backordered(order: Order, { lines, at }: Data<'LinesBackordered'>, changes: number): Order {
  const units = unitsByLine(lines)
  const next = placedHere(withFewerUnits(order, asUnits(units), freshUnits, at))
  const waiting = withLines(next, [...units.keys()], (line) => ({
    ...line,
    backordered: line.backordered + (units.get(line.lineId) ?? 0),
  }))
  return { ...waiting, waitingSince: changes }
}

function freshUnits(order: Order, lineId: string): number {
  const line = order.lines.find((each) => each.lineId === lineId)
  return line === undefined ? 0 : restOf(order, line).fresh
}

/** All that has no work waits for stock. */
export function allBackordered(order: Order, _: Data<'OrderBackordered'>, changes: number): Order {
  const next = placedHere(order)
  return {
    ...withLines(next, null, (line) => {
      const { fresh } = restOf(next, line)
      return fresh === 0 ? line : { ...line, backordered: line.backordered + fresh }
    }),
    waitingSince: changes,
  }
}

/** Lines wait for their day. */
export function preordered(order: Order, { lineIds, launchAt }: Data<'LinesPreordered'>): Order {
  return withLines(placedHere(order), lineIds, (line) => ({ ...line, launchAt, backordered: 0 }))
}

/** Their day has come. */
export function launched(order: Order, { lineIds }: Data<'PreorderLaunched'>): Order {
  return withLines(order, lineIds, (line) => ({ ...line, launchAt: null }))
}

/** What the checks held, what waits for stock and what every node refused is looked at again. */
export function retried(order: Order, { at }: Data<'OrderRetried'>): Order {
  const next = withLines(order, null, (line) =>
    line.backordered === 0 && !isHeldByChecks(line.hold)
      ? line
      : { ...line, backordered: 0, hold: isHeldByChecks(line.hold) ? null : line.hold },
  )
  return { ...next, hold: isHeldByChecks(order.hold) ? null : order.hold, retriedAt: at }
}

const heldByChecks: ReadonlySet<string> = new Set([
  'currency_unknown',
  'quantity_invalid',
  'price_negative',
  'refused_everywhere',
  'sourcing_again_too_dear',
])

/** Whether no person put the hold. */
export function isHeldByChecks(hold: string | null): boolean {
  return hold !== null && heldByChecks.has(hold)
}

/** Own state of a line's units without work, or of a piece of work. */
export function ownStateSet(order: Order, { lineId, fulfillmentOrderId, state }: Data<'OwnStateSet'>): Order {
  if (fulfillmentOrderId !== null) {
    const work = order.work.map((each) =>
      each.fulfillmentOrderId === fulfillmentOrderId ? { ...each, ownState: state } : each,
    )
    return { ...order, work }
  }
  return withLines(order, lineId === null ? null : [lineId], (line) => ({ ...line, ownState: state }))
}

/** Delivered units that are to come back. */
export function returnRequested(order: Order, { lines }: Data<'ReturnRequested'>): Order {
  const units = unitsByLine(lines)
  return withLines(order, [...units.keys()], (line) => ({
    ...line,
    returnRequested: line.returnRequested + (units.get(line.lineId) ?? 0),
  }))
}

/** They came back. */
export function returned(order: Order, { lines }: Data<'ReturnReceived'>): Order {
  const units = unitsByLine(lines)
  return withLines(order, [...units.keys()], (line) => {
    const here = units.get(line.lineId) ?? 0
    return { ...line, returnRequested: line.returnRequested - here, returned: line.returned + here }
  })
}

function asUnits(units: ReadonlyMap<string, number>): LineUnits[] {
  return [...units].map(([lineId, quantity]) => ({ lineId, quantity }))
}
