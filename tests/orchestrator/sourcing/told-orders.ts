// Orders at one node as it told of them, for tests of what a market's own state says of now.

import {
  type CoreState,
  emptyState,
  type FulfillmentOrder,
  type Order,
  PersistentMap,
  PersistentSet,
  untouchedWork,
} from '#orchestrator/core'
import { compileNetwork } from '#orchestrator/sourcing'
import { networkDocument, networkNode, weekCalendar } from './network-draft.ts'

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs
/** A Wednesday. */
export const noon = Date.UTC(2026, 4, 6, 12)
const capacity = { ordersPerDay: 160, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
export const network = compileNetwork({
  document: networkDocument({
    nodes: [networkNode('N', { timeZone: 'UTC', calendarId: 'day', capacity })],
    calendars: [weekCalendar('day', [1, 2, 3, 4, 5, 6, 7], '06:00', '22:00')],
  }),
  version: 1,
  nodes: [],
})

export type Told = Partial<FulfillmentOrder>

export function orderOf(i: number, work: Told): Order {
  const id = `o${i}`
  const shipTo = { country: 'US', region: 'NY', city: null, postalCode: '10001', timeZone: 'UTC' }
  const own = { ...untouchedWork, fulfillmentOrderId: `${id}-F1`, nodeId: 'N', carrier: 'C', lines: [] }
  const rest = { lines: [], shipments: [] }
  return { orderId: id, shipTo, ...rest, work: [{ ...own, sourcedAt: 0, ...work }] } as unknown as Order
}

export function stateOf(works: readonly Told[]): CoreState {
  const orders = works.map((work, i) => orderOf(i, work))
  const open = orders.filter(({ work: [first] }) => first?.shippedAt == null)
  return {
    ...emptyState('main'),
    orders: PersistentMap(orders.map((order) => [order.orderId, order])),
    openByNode: PersistentMap([['N', PersistentSet(open.map(({ orderId }) => orderId))]]),
  }
}

/** The same, with more that went into a region. */
export function stateWith(works: readonly Told[], more: readonly Told[], region: string): CoreState {
  const state = stateOf([...works, ...more])
  const orders = more.map((_, i) => state.orders.get(`o${works.length + i}`) as Order)
  const moved = orders.map((order) => ({ ...order, shipTo: { ...order.shipTo, region, postalCode: null } }))
  return { ...state, orders: moved.reduce((all, order) => all.set(order.orderId, order), state.orders) }
}

export function withoutOpen({ openByNode }: CoreState, orderId: string): CoreState['openByNode'] {
  const ids = [...(openByNode.get('N') ?? [])].filter((id) => id !== orderId)
  return openByNode.set('N', PersistentSet(ids))
}

/** Pieces packed one every six minutes of the days before, ten in an hour, as the node usually can. */
export const history = Array.from({ length: 300 }, (_, i): Told => {
  const packedAt = noon - 2 * dayMs - (i % 60) * 360_000 - Math.floor(i / 60) * dayMs
  return { status: 'shipped', releasedAt: packedAt - 1_800_000, packedAt, shippedAt: packedAt + 60_000 }
})
export const waiting = (count: number, since: number): Told[] =>
  Array.from({ length: count }, (_, i) => ({ status: 'open', releasedAt: since + i * 1000 }))
export const packed = (count: number, from: number, to: number): Told[] =>
  Array.from({ length: count }, (_, i) => {
    const packedAt = from + ((i + 0.5) * (to - from)) / count
    return { status: 'packed', releasedAt: from - dayMs, packedAt }
  })
