// What always holds in the core of a market, each rule with an id and a sentence. Pure functions over its state: they
// read, and never repair.

import {
  isEnded,
  isLiveWork,
  isOpenWork,
  isWaiting,
  type Order,
  openNodes,
  partsOf,
  statusOf,
  unitsAt,
  unitsHeld,
} from '#orchestrator/core'
import type { Invariant, OrderInvariant, StateInvariant } from './shapes.ts'
import { positionRules, stepRules, stockStateRules } from './stock-invariants.ts'

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0

/** Rules on orders. */
export const orderRules: readonly OrderInvariant[] = [
  {
    scope: 'order',
    id: 'line_units_add_up',
    says: 'Units ordered are cancelled, shipped, in live work or still without work, and no unit is two of them.',
    find: (order) => first(order.lines, (line) => unitsProblem(order, line)),
  },
  {
    scope: 'order',
    id: 'shipped_units_left_work',
    says: 'The shipped units of a line are those of the work that left its node.',
    find: (order) =>
      order.contentHash === null ? first(order.lines, (line) => sentProblem(order, line)) : null,
  },
  {
    scope: 'order',
    id: 'status_follows_from_parts',
    says: 'An order stands where the least advanced of its units stands.',
    find: (order) => {
      const status = order.contentHash === null ? statusOf(order) : order.status
      return status === order.status ? null : `${order.status}, but its units say ${status}`
    },
  },
  {
    scope: 'order',
    id: 'work_ids_are_unique',
    says: 'No two pieces of work of an order have the same id.',
    find: ({ work }) => {
      const ids = new Set(work.map((each) => each.fulfillmentOrderId))
      return ids.size === work.length ? null : `${work.length} pieces of work have ${ids.size} ids`
    },
  },
  {
    scope: 'order',
    id: 'only_open_work_holds_stock',
    says: 'Work that has left, was cancelled or was rejected holds no stock.',
    find: ({ work }) => {
      const odd = work.find((each) => each.isReserved && !isOpenWork(each))
      return odd === undefined ? null : `${odd.fulfillmentOrderId} is ${odd.status} and still holds stock`
    },
  },
  {
    scope: 'order',
    id: 'ended_orders_have_no_open_work',
    says: 'An order that has ended leaves no node with work to do.',
    find: (order) => {
      const open = isEnded(order) && order.contentHash === null ? order.work.find(isOpenWork) : undefined
      return open === undefined ? null : `${order.status}, but ${open.fulfillmentOrderId} is ${open.status}`
    },
  },
  {
    scope: 'order',
    id: 'open_work_is_indexed',
    says: 'Each node with open work of an order lists it.',
    find: (order, state) => {
      const missing = [...openNodes(order)].find(
        (id) => state.openByNode.get(id)?.has(order.orderId) !== true,
      )
      return missing === undefined ? null : `${missing} does not list it`
    },
  },
  {
    scope: 'order',
    id: 'waiting_is_indexed',
    says: 'An order waits for the flow exactly when its state says so.',
    find: (order, { waiting }) => {
      if (isWaiting(order) === waiting.has(order.orderId)) return null
      return isWaiting(order)
        ? `${order.status}, but not listed as waiting`
        : `${order.status}, but listed as waiting`
    },
  },
]

/** Rules on the whole. */
export const stateRules: readonly StateInvariant[] = [
  {
    scope: 'state',
    id: 'indexes_list_what_is_there',
    says: 'Nothing is listed as open at a node or as waiting that is not there.',
    *find({ orders, openByNode, waiting }) {
      for (const orderId of waiting) {
        if (!orders.has(orderId)) yield { subject: `order ${orderId}`, found: 'waits, but is not there' }
      }
      for (const [nodeId, ids] of openByNode) {
        for (const orderId of ids) {
          const order = orders.get(orderId)
          if (order === undefined || !openNodes(order).has(nodeId)) {
            yield { subject: `order ${orderId}`, found: `${nodeId} lists it without open work` }
          }
        }
      }
    },
  },
  {
    scope: 'state',
    id: 'runs_wait_for_another',
    says: 'Runs of an order wait only while one before them is under way, and begin in their turn.',
    *find({ orders, flows }) {
      for (const [orderId, waiting] of flows.queued) {
        const flow = orders.get(orderId)?.flow
        const isInTurn = waiting.every(({ run }, i) => run === (flow?.run ?? 0) + i + 1)
        if (flow?.state !== 'running' || !isInTurn)
          yield { subject: `order ${orderId}`, found: `${waiting.length} runs wait after ${flow?.state}` }
      }
    },
  },
  ...stockStateRules,
  {
    scope: 'state',
    id: 'open_incidents_are_indexed',
    says: 'Every incident that has not ended is the one of its constraint.',
    *find({ incidents, openIncidents }) {
      for (const [id, incident] of incidents) {
        if ((openIncidents.get(incident.key) === id) !== (incident.status !== 'resolved')) {
          yield { subject: `incident ${id}`, found: `${incident.status}, but the index disagrees` }
        }
      }
    },
  },
]

/** Every rule, for lists and for counting. */
export const invariants: readonly Invariant[] = [...orderRules, ...positionRules, ...stepRules, ...stateRules]

function first<T>(items: readonly T[], find: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = find(item)
    if (found !== null) return found
  }
  return null
}

type Line = Order['lines'][number]

function inLiveWork(order: Order, line: Line): number {
  return order.work.filter(isLiveWork).reduce((units, work) => units + unitsAt(work, line), 0)
}

function unitsProblem(order: Order, line: Line): string | null {
  const { lineId, quantity, cancelled, shipped, delivered, returnRequested, returned, backordered } = line
  const live = inLiveWork(order, line)
  const open = sumOf(order.work.filter(isOpenWork), line, unitsHeld)
  const parts = partsOf(order, line).reduce((units, part) => units + part.quantity, 0)
  const isWhole = [quantity, cancelled, shipped, delivered, returnRequested, returned, backordered].every(
    isCount,
  )
  const isWithin = cancelled + live <= quantity && cancelled + shipped + open <= quantity
  const isInOrder = delivered <= shipped && returnRequested + returned <= delivered
  if (isWhole && isWithin && isInOrder && parts === quantity) return null
  const far = `${shipped} shipped, ${delivered} delivered, ${returnRequested} asked back, ${returned} returned`
  return `line ${lineId}: ${quantity} ordered, ${cancelled} cancelled, ${live} in live work, ${far}, parts of ${parts}`
}

function sentProblem(order: Order, line: Line): string | null {
  const live = order.work.filter(isLiveWork)
  const sent = sumOf(live, line, (part) => part.shipped)
  const came = sumOf(live, line, (part) => part.delivered)
  if (sent === line.shipped && came === line.delivered) return null
  return `line ${line.lineId}: ${line.shipped} shipped and ${line.delivered} delivered, work says ${sent} and ${came}`
}

type WorkLine = Order['work'][number]['lines'][number]

function sumOf(work: Order['work'], line: Line, count: (part: WorkLine) => number): number {
  const parts = work.flatMap((each) => each.lines.filter(({ lineId }) => lineId === line.lineId))
  return parts.reduce((sum, part) => sum + count(part), 0)
}
