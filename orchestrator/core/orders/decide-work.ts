// What commands on the work of nodes lead to: accept, reject, pick, pack, ready, ship, deliver, collect. Pure.

import type { CommandData } from '../commands.ts'
import { done, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import { sendOff } from '../stock/take.ts'
import type { FulfillmentOrder, LineUnits, Order, WorkStatus } from './order.ts'
import { isSameParcel, namedShipment } from './parcels.ts'
import { after, blockOfWork, isUnits, settled } from './settle.ts'
import { movesOf, unitsHeld, unitsOf } from './standing.ts'
import { isCollected, unitsByLine } from './steps-of-work.ts'

type Found = { work: FulfillmentOrder } | { verdict: Verdict }

interface Wanted {
  /** States from which it may be done. */
  from: readonly WorkStatus[]
  /** States in which it was done already. */
  done: readonly WorkStatus[]
  /** Whether an own state may hold it back. Default true. */
  isForward?: boolean
}

function find(
  state: CoreState,
  order: Order,
  fulfillmentOrderId: string,
  { from, done: past, isForward = true }: Wanted,
): Found {
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  if (work === undefined) return { verdict: refused('work_unknown', { fulfillmentOrderId }, order) }
  if (past.includes(work.status)) return { verdict: done([], order) }
  const details = { fulfillmentOrderId, status: work.status }
  if (!from.includes(work.status)) return { verdict: refused('wrong_state', details, order) }
  if (work.releasedAt === null) return { verdict: refused('not_released', { fulfillmentOrderId }, order) }
  const ownState = isForward ? blockOfWork(state, work) : null
  if (ownState !== null) return { verdict: refused('own_state_blocks', { ...details, ownState }, order) }
  return { work }
}

/** The events, with what they lead to. */
function stepped(
  state: CoreState,
  order: Order,
  events: readonly CoreEvent[],
  stock: readonly CoreEvent[] = [],
): Verdict {
  return done([...stock, ...events], after(state, order, events))
}

/** The node took it on. */
export function acceptWork(
  order: Order,
  data: CommandData['AcceptWork'],
  at: number,
  state: CoreState,
): Verdict {
  const wanted: Wanted = { from: ['open'], done: ['accepted'] }
  const found = find(state, order, data.fulfillmentOrderId, wanted)
  if ('verdict' in found) return found.verdict
  return stepped(state, order, [event('WorkAccepted', { ...refOf(order, found.work), at })])
}

/** The node will not do it: its units look for another one. */
export function rejectWork(
  order: Order,
  data: CommandData['RejectWork'],
  at: number,
  state: CoreState,
): Verdict {
  const began = order.work.find(
    (work) => work.fulfillmentOrderId === data.fulfillmentOrderId && work.pickingAt !== null,
  )
  const wanted: Wanted = { from: ['open', 'accepted'], done: ['rejected'], isForward: false }
  const found = find(state, order, data.fulfillmentOrderId, wanted)
  if ('verdict' in found) {
    return began === undefined ? found.verdict : refused('picking_began', { status: began.status }, order)
  }
  const rejected = event('WorkRejected', { ...refOf(order, found.work), reason: data.reason, at })
  return settled(state, order, [rejected], at)
}

/** The node begins: from here on the work stays. */
export function startPicking(
  order: Order,
  data: CommandData['StartPicking'],
  at: number,
  state: CoreState,
): Verdict {
  const wanted: Wanted = { from: ['open', 'accepted'], done: ['picking'] }
  const found = find(state, order, data.fulfillmentOrderId, wanted)
  if ('verdict' in found) return found.verdict
  return stepped(state, order, [event('PickingStarted', { ...refOf(order, found.work), at })])
}

/** The units were taken off the shelf; those not found are written off, and cancelled or sought at another node. */
export function pickWork(order: Order, data: CommandData['PickWork'], at: number, state: CoreState): Verdict {
  const { fulfillmentOrderId, shortTo = 'source' } = data
  const known = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const missing = unitsByLine(data.short)
  if (known !== undefined && isPicked(known)) {
    return isShort(known, missing)
      ? done([], order)
      : refused('already_picked', { fulfillmentOrderId }, order)
  }
  const found = find(state, order, fulfillmentOrderId, {
    from: ['picking'],
    done: [],
    isForward: false,
  })
  if ('verdict' in found) return found.verdict
  const { work } = found
  for (const { lineId, quantity } of data.short) {
    const units = unitsOfLine(work, lineId, unitsOf)
    if (units === 0) return refused('line_unknown', { lineId, fulfillmentOrderId }, order)
    if (!isUnits(quantity)) return refused('quantity_invalid', { lineId, quantity }, order)
    if ((missing.get(lineId) ?? 0) > units) {
      return refused('more_than_allocated', { lineId, quantity, allocated: units }, order)
    }
  }
  const short = [...missing].map(([lineId, quantity]) => ({ lineId, quantity }))
  const told = short.length === 0 ? {} : { shortTo }
  const gone = work.isReserved ? movesOf([{ ...work, lines: linesOf(work, missing) }]) : []
  return stepped(
    state,
    order,
    [event('WorkPicked', { ...refOf(order, work), short, ...told, at })],
    sendOff(order.orderId, gone, at),
  )
}

function isPicked({ status, pickedAt }: FulfillmentOrder): boolean {
  return status === 'packed' || (status === 'picking' && pickedAt !== null)
}

/** Whether the units were told missing before; none at all asks for nothing that was not done. */
function isShort(work: FulfillmentOrder, missing: ReadonlyMap<string, number>): boolean {
  return [...missing].every(([lineId, units]) => unitsOfLine(work, lineId, ({ short }) => short) === units)
}

/** The parcel is closed. */
export function packWork(order: Order, data: CommandData['PackWork'], at: number, state: CoreState): Verdict {
  const found = find(state, order, data.fulfillmentOrderId, { from: ['picking'], done: ['packed'] })
  if ('verdict' in found) return found.verdict
  if (found.work.pickedAt === null) return refused('not_picked', undefined, order)
  return stepped(state, order, [event('WorkPacked', { ...refOf(order, found.work), at })])
}

/** Packed goods wait at the node for their customer; they have left the stock. */
export function readyWork(
  order: Order,
  data: CommandData['ReadyWork'],
  at: number,
  state: CoreState,
): Verdict {
  const wanted: Wanted = { from: ['packed'], done: ['ready_for_pickup'] }
  const found = find(state, order, data.fulfillmentOrderId, wanted)
  if ('verdict' in found) return found.verdict
  if (!isCollected(order)) return refused('method_ships', { method: order.method }, order)
  const ready = event('WorkReady', { ...refOf(order, found.work), at })
  return stepped(state, order, [ready], leaving(order, found.work, null, at))
}

/** A parcel left, with all that was there or with some of it; its units have left the stock. */
export function shipWork(order: Order, data: CommandData['ShipWork'], at: number, state: CoreState): Verdict {
  // Goods that are collected go nowhere: for these it means that they are ready.
  if (isCollected(order)) return readyWork(order, data, at, state)
  const { fulfillmentOrderId } = data
  const known = order.shipments.find((shipment) => shipment.shipmentId === data.shipment.shipmentId)
  if (known?.fulfillmentOrderId === fulfillmentOrderId && isSameParcel(known, data.lines)) {
    return done([], order)
  }
  if (known !== undefined) return refused('shipment_exists', { shipmentId: known.shipmentId }, order)
  // Without an id it may be the last parcel told again; with another one it is a parcel of nothing.
  const past: WorkStatus[] = data.shipment.shipmentId === '' ? ['shipped'] : []
  const found = find(state, order, fulfillmentOrderId, { from: ['packed'], done: past })
  if ('verdict' in found) return found.verdict
  const { work } = found
  const parcel = data.lines ?? null
  const problem = parcel === null ? null : problemOfParcel(order, work, parcel)
  if (problem !== null) return problem
  const lines =
    parcel === null && work.lines.every((line) => line.shipped === 0) ? null : partOf(work, parcel)
  const shipped = event('WorkShipped', {
    ...refOf(order, work),
    shipment: namedShipment(order, work, data.shipment, at),
    ...(lines === null ? {} : { lines }),
    at,
  })
  return stepped(state, order, [shipped], leaving(order, work, parcel, at))
}

function problemOfParcel(order: Order, work: FulfillmentOrder, parcel: readonly LineUnits[]): Verdict | null {
  if (parcel.length === 0) return refused('no_lines', undefined, order)
  const units = unitsByLine(parcel)
  for (const { lineId, quantity } of parcel) {
    if (!isUnits(quantity)) return refused('quantity_invalid', { lineId, quantity }, order)
    const allocated = unitsOfLine(work, lineId, unitsHeld)
    if ((units.get(lineId) ?? 0) > allocated) {
      return refused('more_than_allocated', { lineId, quantity, allocated }, order)
    }
  }
  return null
}

function leaving(
  order: Order,
  work: FulfillmentOrder,
  parcel: readonly LineUnits[] | null,
  at: number,
): CoreEvent[] {
  if (!work.isReserved) return []
  const lines = parcel === null ? work.lines : linesOf(work, unitsByLine(parcel))
  return sendOff(order.orderId, movesOf([{ ...work, lines }]), at)
}

/** One parcel, or every one that is on its way, has arrived. */
export function deliverWork(
  order: Order,
  data: CommandData['DeliverWork'],
  at: number,
  state: CoreState,
): Verdict {
  if (isCollected(order)) return collectWork(order, data, at, state)
  const { fulfillmentOrderId, shipmentId = null } = data
  const wanted: Wanted = { from: ['packed', 'shipped', 'ready_for_pickup'], done: ['delivered'] }
  const found = find(state, order, fulfillmentOrderId, wanted)
  if ('verdict' in found) return found.verdict
  const { work } = found
  const parcel = order.shipments.find(
    (each) => each.shipmentId === shipmentId && each.fulfillmentOrderId === fulfillmentOrderId,
  )
  if (shipmentId !== null && parcel === undefined) return refused('shipment_unknown', { shipmentId }, order)
  if (parcel !== undefined && parcel.deliveredAt !== null) return done([], order)
  if (!work.lines.some((line) => line.shipped > line.delivered)) {
    const isSome = work.lines.some((line) => line.delivered > 0)
    return isSome ? done([], order) : refused('wrong_state', { status: work.status }, order)
  }
  const told = shipmentId === null ? {} : { shipmentId }
  return stepped(state, order, [event('WorkDelivered', { ...refOf(order, work), ...told, at })])
}

/** The customer took the goods with them. */
export function collectWork(
  order: Order,
  data: CommandData['CollectWork'],
  at: number,
  state: CoreState,
): Verdict {
  const wanted: Wanted = { from: ['ready_for_pickup', 'shipped'], done: ['collected'] }
  const found = find(state, order, data.fulfillmentOrderId, wanted)
  if ('verdict' in found) return found.verdict
  if (!isCollected(order)) return refused('method_ships', { method: order.method }, order)
  return stepped(state, order, [event('WorkCollected', { ...refOf(order, found.work), at })])
}

function refOf(order: Order, work: FulfillmentOrder) {
  return { orderId: order.orderId, fulfillmentOrderId: work.fulfillmentOrderId }
}

function unitsOfLine(
  work: FulfillmentOrder,
  lineId: string,
  count: (line: FulfillmentOrder['lines'][number]) => number,
): number {
  return work.lines.reduce((units, line) => units + (line.lineId === lineId ? count(line) : 0), 0)
}

/** The lines of the work with just these units in them. */
function linesOf(work: FulfillmentOrder, units: ReadonlyMap<string, number>): FulfillmentOrder['lines'] {
  return work.lines.map((line) => ({
    ...line,
    quantity: units.get(line.lineId) ?? 0,
    short: 0,
    shipped: 0,
    delivered: 0,
  }))
}

/** The units of a parcel by line; of all that had not left where none are named. */
function partOf(work: FulfillmentOrder, parcel: readonly LineUnits[] | null): LineUnits[] {
  const left = work.lines.map((line) => ({ lineId: line.lineId, quantity: unitsHeld(line) }))
  const units = unitsByLine(parcel ?? left)
  return [...units].flatMap(([lineId, quantity]) => (quantity > 0 ? [{ lineId, quantity }] : []))
}
