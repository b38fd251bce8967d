// Fulfillment orders as a list and one by one, from the state of the core alone. It changes nothing.

import { setImmediate } from 'node:timers/promises'
import { type api, fulfillmentOrderStatuses } from '#data/contracts'
import { type CoreState, type FulfillmentOrder, isOpenWork, type Order } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { cursorOf, pageLimit, placeOf } from './cursor.ts'
import { isoOrNull } from './figures.ts'
import { type Allowed, allowedOf } from './order-allowed.ts'
import { termOf } from './order-filter.ts'
import { shipmentViewOf, workLinesOf } from './order-live.ts'
import { type Places, placesOf } from './places.ts'

/** Filters of the list. */
export interface WorkQuery {
  q?: string
  node?: string
  status?: readonly string[]
  carrier?: string
  /** The node still has to do something. */
  open?: boolean
  /** Not left by its deadline. */
  late?: boolean
  ownState?: string
  cursor?: string
  limit?: number
}

interface Found {
  order: Order
  work: FulfillmentOrder
  /** Deadline, far away where there is none. */
  key: number
  id: string
}

const sort = 'shipBy.asc'
const never = 9_000_000_000_000_000
/** Orders that are looked at before others get their turn. */
const atOnce = 2_000
/** States of work that its node still has to do something about. */
const openStates: readonly string[] = fulfillmentOrderStatuses.filter((status) => isOpenWork({ status }))

/**
 * A page of fulfillment orders, the most pressing first. Cost: those of the node, of all open
 * work, with an own state, or of all orders in memory, a part at a time.
 * @throws HTTP_CURSOR_INVALID
 */
export async function listWork(
  engine: Engine,
  query: WorkQuery = {},
): Promise<api.Page<api.FulfillmentOrderSummary>> {
  const place = placeOf(query.cursor, sort, 'number')
  const limit = pageLimit(query.limit)
  const places = await placesOf(engine)
  const [state, now] = [engine.core.state(), engine.now()]
  const isMatch = matcherOf(query, now)
  const found: Found[] = []
  let total = 0
  let looked = 0
  for (const order of candidates(state, query)) {
    // What is ended has no index: others get their turn in between, and the state that is read stays as it is.
    if (++looked % atOnce === 0) await setImmediate()
    for (const work of order.work) {
      if (!isMatch(order, work)) continue
      total++
      const one = { order, work, key: work.shipBy ?? never, id: idOf(order, work) }
      if (place !== null && compare(one, { key: Number(place.key), id: place.id }) <= 0) continue
      keepFirst(found, one, limit + 1)
    }
  }
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(({ order, work }) => summaryOf(order, work, { places, state, now })),
    nextCursor:
      found.length <= limit || last === undefined ? null : cursorOf({ sort, key: last.key, id: last.id }),
    total,
  }
}

/** One fulfillment order with its parcels, also of an archived order; null where there is none. */
export async function getWork(
  engine: Engine,
  { orderId, fulfillmentOrderId }: { orderId: string; fulfillmentOrderId: string },
): Promise<api.FulfillmentOrderDetail | null> {
  const places = await placesOf(engine)
  await engine.core.restore(orderId, engine.now())
  const [state, now] = [engine.core.state(), engine.now()]
  const order = state.orders.get(orderId)
  const work = order?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  if (order === undefined || work === undefined) return null
  const parcels = order.shipments.filter((shipment) => shipment.fulfillmentOrderId === fulfillmentOrderId)
  return { ...summaryOf(order, work, { places, state, now }), shipments: parcels.map(shipmentViewOf) }
}

/** Orders that may have work that is asked for: by an index where there is one, else all. */
function* candidates(state: CoreState, { node, open, status = [], ownState }: WorkQuery): Iterable<Order> {
  if (ownState !== undefined) {
    for (const orderId of state.withOwnState) {
      const order = state.orders.get(orderId)
      if (order !== undefined) yield order
    }
    return
  }
  const isOpen = open === true || (status.length > 0 && status.every((each) => openStates.includes(each)))
  if (!isOpen) {
    yield* state.orders.values()
    return
  }
  const nodeIds = node === undefined ? state.openByNode.keys() : [node]
  const seen = new Set<string>()
  for (const nodeId of nodeIds) {
    for (const orderId of state.openByNode.get(nodeId) ?? []) {
      const order = seen.has(orderId) ? undefined : state.orders.get(orderId)
      seen.add(orderId)
      if (order !== undefined) yield order
    }
  }
}

function matcherOf(query: WorkQuery, now: number): (order: Order, work: FulfillmentOrder) => boolean {
  const { node, status, carrier, open, late, ownState } = query
  const term = termOf(query.q)
  return (order, work) =>
    (node === undefined || work.nodeId === node) &&
    (status === undefined || status.length === 0 || status.includes(work.status)) &&
    (carrier === undefined || work.carrier === carrier) &&
    (open === undefined || isOpenWork(work) === open) &&
    (late === undefined || isLate(work, now) === late) &&
    (ownState === undefined || work.ownState === ownState) &&
    (term === null || isFound(order, work, term))
}

function isFound(order: Order, work: FulfillmentOrder, term: string): boolean {
  const has = (text: string | null) => text?.toLowerCase().includes(term) ?? false
  return (
    has(order.externalId) ||
    has(work.fulfillmentOrderId) ||
    work.lines.some((line) => has(line.sku)) ||
    order.shipments.some(
      (shipment) => shipment.fulfillmentOrderId === work.fulfillmentOrderId && has(shipment.trackingNumber),
    )
  )
}

/** Whether it left, or is still to leave, after its deadline; what ended otherwise is not late. */
function isLate(work: FulfillmentOrder, now: number): boolean {
  if (work.shipBy === null) return false
  if (work.shippedAt !== null) return work.shippedAt > work.shipBy
  return isOpenWork(work) && work.shipBy < now
}

function idOf(order: Order, work: FulfillmentOrder): string {
  return `${order.orderId}/${work.fulfillmentOrderId}`
}

function compare(a: { key: number; id: string }, b: { key: number; id: string }): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Keeps the first `most` in their order. */
function keepFirst(found: Found[], one: Found, most: number): void {
  const last = found[most - 1]
  if (last !== undefined && compare(one, last) > 0) return
  let [low, high] = [0, found.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(found[middle] as Found, one) < 0) low = middle + 1
    else high = middle
  }
  found.splice(low, 0, one)
  if (found.length > most) found.pop()
}

interface Around {
  places: Places
  state: CoreState
  now: number
}

function summaryOf(
  order: Order,
  work: FulfillmentOrder,
  { places, state, now }: Around,
): api.FulfillmentOrderSummary {
  const sumOf = (count: (line: FulfillmentOrder['lines'][number]) => number) =>
    work.lines.reduce((sum, line) => sum + count(line), 0)
  const names = new Map(
    work.lines.flatMap(({ sku }): [string, string][] => {
      const name = state.products.get(sku)?.name ?? null
      return name === null ? [] : [[sku, name]]
    }),
  )
  const can: Allowed = allowedOf(state, order, now)
  return {
    orderId: order.orderId,
    externalId: order.externalId,
    fulfillmentOrderId: work.fulfillmentOrderId,
    nodeId: work.nodeId,
    nodeName: places.nodeName(work.nodeId),
    carrier: work.carrier,
    method: order.method,
    status: work.status,
    ownState: work.ownState,
    orderStatus: order.status,
    attempt: work.attempt,
    isReleased: work.releasedAt !== null,
    isOpen: isOpenWork(work),
    isLate: isLate(work, now),
    quantity: sumOf((line) => line.quantity),
    shortQuantity: sumOf((line) => line.short),
    shippedQuantity: sumOf((line) => line.shipped),
    deliveredQuantity: sumOf((line) => line.delivered),
    shipBy: isoOrNull(work.shipBy),
    releasedAt: isoOrNull(work.releasedAt),
    acceptedAt: isoOrNull(work.acceptedAt),
    pickingAt: isoOrNull(work.pickingAt),
    rejectedAt: isoOrNull(work.rejectedAt),
    rejectReason: work.rejectReason,
    pickedAt: isoOrNull(work.pickedAt),
    packedAt: isoOrNull(work.packedAt),
    shippedAt: isoOrNull(work.shippedAt),
    deliveredAt: isoOrNull(work.deliveredAt),
    cancelledAt: isoOrNull(work.cancelledAt),
    lines: workLinesOf(work, names),
    actions: can.work(work),
  }
}
