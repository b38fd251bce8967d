// The parts of a line: which of its units stand where. Everything that is said of the state of a line or an order
// follows from here. Pure; it changes nothing.

import { orderStatuses } from '#data/contracts'
import { type FulfillmentOrder, isLiveWork, type Order, type OrderLine, type OrderStatus } from './order.ts'

/** Units of a line in one state. */
export interface LinePart {
  state: OrderStatus
  /** Own state within it, null = none. */
  ownState: string | null
  quantity: number
  /** Work that has them, null = none. */
  fulfillmentOrderId: string | null
  nodeId: string | null
}

/** Place of each state in the order of advance. */
export const rankOf: Readonly<Record<OrderStatus, number>> = Object.freeze(
  Object.fromEntries(orderStatuses.map((state, rank) => [state, rank])) as Record<OrderStatus, number>,
)

type Visit = (state: OrderStatus, quantity: number, work: FulfillmentOrder | null) => void

/** The parts of a line: those of its work in their order, those without work, and what was cancelled. */
export function partsOf(order: Order, line: OrderLine): LinePart[] {
  const parts: LinePart[] = []
  visitParts(order, line, (state, quantity, work) => {
    const ownState = work === null ? ownStateOfRest(state, line) : ownStateIn(work, state)
    const fulfillmentOrderId = work?.fulfillmentOrderId ?? null
    parts.push({ state, ownState, quantity, fulfillmentOrderId, nodeId: work?.nodeId ?? null })
  })
  return parts
}

/** Calls `visit` for each part of a line with units in it. Cost: the lines of the order's work. */
export function visitParts(order: Order, line: OrderLine, visit: Visit): void {
  let rest = line.quantity - line.cancelled
  let [shipped, delivered] = [line.shipped, line.delivered]
  const back = { returned: line.returned, requested: line.returnRequested }
  for (const work of order.work) {
    if (!isLiveWork(work)) continue
    for (const part of work.lines) {
      if (part.lineId !== line.lineId) continue
      const live = part.quantity - part.short
      rest -= live
      shipped -= part.shipped
      delivered -= part.delivered
      if (live > part.shipped) visit(stateAtNode(order, line, work), live - part.shipped, work)
      if (part.shipped > part.delivered) {
        const isReady = work.status === 'ready_for_pickup'
        visit(isReady ? 'ready_for_pickup' : 'shipped', part.shipped - part.delivered, work)
      }
      const end = work.status === 'collected' ? 'collected' : 'delivered'
      if (part.delivered > 0) visitArrived(end, part.delivered, back, work, visit)
    }
  }
  // What a file says has left although it names no work.
  if (shipped > 0) {
    const arrived = Math.min(shipped, Math.max(0, delivered))
    if (shipped > arrived) visit('shipped', shipped - arrived, null)
    visitArrived(order.stage === 'collected' ? 'collected' : 'delivered', arrived, back, null, visit)
    rest -= shipped
  }
  if (rest > 0) visitWithoutWork(order, line, rest, visit)
  if (line.cancelled > 0) visit('cancelled', line.cancelled, null)
}

function visitArrived(
  end: OrderStatus,
  quantity: number,
  back: { returned: number; requested: number },
  work: FulfillmentOrder | null,
  visit: Visit,
): void {
  const returned = Math.min(quantity, back.returned)
  const requested = Math.min(quantity - returned, back.requested)
  back.returned -= returned
  back.requested -= requested
  if (quantity > returned + requested) visit(end, quantity - returned - requested, work)
  if (requested > 0) visit('return_requested', requested, work)
  if (returned > 0) visit('returned', returned, work)
}

function visitWithoutWork(order: Order, line: OrderLine, quantity: number, visit: Visit): void {
  const kept = stateOfKept(order, line)
  if (kept !== null) {
    visit(kept, quantity, null)
    return
  }
  const waiting = Math.min(line.backordered, quantity)
  if (quantity > waiting) visit(isOurs(order) ? order.stage : stateAsTold(order), quantity - waiting, null)
  if (waiting > 0) visit('backordered', waiting, null)
}

function stateOfKept(order: Order, line: OrderLine): OrderStatus | null {
  if (order.hold !== null || line.hold !== null) return 'on_hold'
  return line.launchAt === null ? null : 'preordered'
}

/** Whether units without work are placed here: not where a file told that the order is further. */
export function isOurs({ stage }: Order): boolean {
  return stage === 'created' || stage === 'validated'
}

/** Units for which a file names no work go along with the rest of their order. */
function stateAsTold(order: Order): OrderStatus {
  let least: OrderStatus | null = null
  for (const work of order.work) {
    if (!isLiveWork(work)) continue
    const state = stateOfWork(work)
    if (least === null || rankOf[state] < rankOf[least]) least = state
  }
  return least ?? order.stage
}

/** State that work gives to what has not left it. */
export function stateOfWork({ status, releasedAt }: FulfillmentOrder): OrderStatus {
  if (status === 'open' || status === 'accepted') return releasedAt === null ? 'sourced' : 'released'
  return status as OrderStatus
}

function stateAtNode(order: Order, line: OrderLine, work: FulfillmentOrder): OrderStatus {
  const state = stateOfWork(work)
  const isHeld = state === 'sourced' && (order.hold !== null || line.hold !== null)
  return isHeld ? 'on_hold' : state
}

/** The own state of work, for its part that is in the state of the work. */
function ownStateIn(work: FulfillmentOrder, state: OrderStatus): string | null {
  return work.ownState !== null && state === stateOfWork(work) ? work.ownState : null
}

const withoutWork: ReadonlySet<OrderStatus> = new Set([
  'created',
  'validated',
  'on_hold',
  'backordered',
  'preordered',
])

function ownStateOfRest(state: OrderStatus, line: OrderLine): string | null {
  return withoutWork.has(state) ? line.ownState : null
}

/** State of the units of a line that have no work, null where there are none; waiting for stock counts first. */
export function stateOfRest(order: Order, line: OrderLine): OrderStatus | null {
  let found: OrderStatus | null = null
  visitParts(order, line, (state, _, work) => {
    if (work === null && withoutWork.has(state)) found = state
  })
  return found
}

/** Units of a line that have no work, by what they wait for. */
export interface Rest {
  /** Units that the flow can place: neither held nor preordered nor waiting for stock. */
  fresh: number
  backordered: number
  /** Units held or preordered. */
  kept: number
}

/** The units of a line that no work has. */
export function restOf(order: Order, line: OrderLine): Rest {
  const rest = { fresh: 0, backordered: 0, kept: 0 }
  visitParts(order, line, (state, quantity, work) => {
    if (work !== null) return
    if (state === 'created' || state === 'validated') rest.fresh += quantity
    else if (state === 'backordered') rest.backordered += quantity
    else if (state === 'on_hold' || state === 'preordered') rest.kept += quantity
    else if (!isOurs(order) && rankOf[state] < rankOf.picking) rest.fresh += quantity
  })
  return rest
}
