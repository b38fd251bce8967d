// What can be asked of stock and reservations, made from a state so that most of it is possible there. It decides
// nothing.

import { availableOf, type CommandData, type Stock, stockKey } from '#orchestrator/core'
import { reservationIds } from './order-wishes.ts'
import { anyNode, anySku, chance, channels, nodeIds, oneOf, skus, type View, type Wish } from './view.ts'

const reason = 'simulated'
const sources = ['erp', 'wms'] as const

function anyPosition(view: View): Stock | null {
  return oneOf(view, [...view.state.stock.values()])
}

/** Units that may be asked for at a position: mostly what there is, sometimes one too many. */
function askedAt(view: View, sku: string, nodeId: string): number {
  const stock = view.state.stock.get(stockKey(sku, nodeId))
  const available = stock === undefined ? 3 : availableOf(stock)
  if (chance(view, 20)) return Math.max(1, available + view.random.int(0, 1))
  return view.random.int(1, Math.max(1, Math.min(4, available)))
}

function place(view: View): { sku: string; nodeId: string } {
  return { sku: anySku(view), nodeId: anyNode(view) }
}

const adjustStock: Wish<'AdjustStock'> = (view) => {
  const items = Array.from({ length: chance(view, 80) ? 1 : 3 }, () => {
    const { sku, nodeId } = place(view)
    const onHand = view.state.stock.get(stockKey(sku, nodeId))?.onHand ?? 0
    const isSet = chance(view, 15)
    const delta = isSet ? null : view.random.int(-Math.min(3, onHand), 4)
    return { sku, nodeId, delta, onHand: isSet ? view.random.int(0, 12) : null, reason }
  })
  return { items }
}

/** Figures of the past, so that what moved since still counts. */
const countStock: Wish<'CountStock'> = (view) => ({
  items: [
    {
      ...place(view),
      onHand: view.random.int(0, 15),
      safetyStock: chance(view, 20) ? 2 : 0,
      inbound: 0,
      countedAt: view.now - view.random.int(0, 2_000),
    },
  ],
})

const setOnHand: Wish<'SetOnHand'> = (view) => ({
  source: view.random.pick(sources),
  items: [
    {
      ...place(view),
      measures: { on_hand: view.random.int(0, 12), damaged: view.random.int(0, 2) },
      countedAt: view.now - view.random.int(0, 2_000),
    },
  ],
})

const scheduleStock: Wish<'ScheduleStock'> = (view) => ({
  entries: [
    {
      scheduleId: `p${chance(view, 60) ? view.fresh() : view.random.int(0, 9)}`,
      kind: chance(view, 70) ? 'supply' : 'demand',
      ...place(view),
      quantity: view.random.int(0, 6),
      dueAt: view.now + view.random.int(-1, 5) * 86_400_000,
    },
  ],
})

const receiveSupply: Wish<'ReceiveSupply'> = (view) => {
  const scheduleId = oneOf(view, [...view.state.schedule.keys()])
  return { scheduleId: scheduleId ?? `p${view.random.int(0, 9)}`, quantity: view.random.int(1, 4), reason }
}

function unitsOfChannel(view: View) {
  const at = place(view)
  const channel = view.random.pick(channels)
  return { items: [{ ...at, channel, quantity: view.random.int(1, 3) }], reason }
}

/** Units that are set apart, or any where none are. */
function ringFenced(view: View): { sku: string; nodeId: string; channel: string; quantity: number } {
  const held = [...view.state.stock.values()].filter((stock) => stock.ringFenced > 0)
  const at = oneOf(view, held)
  const channel = oneOf(view, Object.keys(at?.more?.channels ?? {})) ?? view.random.pick(channels)
  const { sku, nodeId } = at ?? place(view)
  return { sku, nodeId, channel, quantity: view.random.int(1, Math.max(1, at?.ringFenced ?? 2)) }
}

const ofRingFence = (view: View) => ({ items: [ringFenced(view)], reason })

const reserveStock: Wish<'ReserveStock'> = (view) => {
  const count = chance(view, 60) ? 1 : view.random.int(2, 4)
  const lines = Array.from({ length: count }, () => {
    const at = place(view)
    return { ...at, quantity: askedAt(view, at.sku, at.nodeId) }
  })
  return {
    reservationId: `r${chance(view, 90) ? view.fresh() : view.random.int(0, 20)}`,
    lines: chance(view, 20) ? [...lines, ...lines] : lines,
    ttlMs: view.random.int(1, 60) * 1_000,
    channel: chance(view, 60) ? view.random.pick(channels) : null,
    reference: null,
  }
}

function onReservation<R extends object>(more: (view: View) => R) {
  return (view: View): ({ reservationId: string } & R) | null => {
    const reservationId = oneOf(view, reservationIds(view)) ?? `r${view.random.int(0, 20)}`
    return { reservationId, ...more(view) }
  }
}

const countCycle: Wish<'CountCycle'> = (view) => {
  const at = anyPosition(view)
  if (at === null) return null
  const quantity = Math.max(0, at.onHand + view.random.int(-1, 1))
  const items = [{ sku: at.sku, quantity }]
  return {
    countId: `c${view.fresh()}`,
    nodeId: at.nodeId,
    items,
    countedAt: view.now - view.random.int(0, 500),
    by: 'x',
  }
}

const defineNodes = (view: View): CommandData['DefineNodes'] => ({
  nodes: nodeIds.map((nodeId) => nodeNamed(nodeId, chance(view, 90))),
})

/** A node by its id. */
export function nodeNamed(nodeId: string, isActive = true): CommandData['DefineNodes']['nodes'][number] {
  return {
    nodeId,
    provider: 'fab',
    externalId: nodeId.slice(4),
    name: nodeId,
    type: 'warehouse',
    timeZone: 'UTC',
    country: 'US',
    region: 'NV',
    city: null,
    postalCode: null,
    latitude: null,
    longitude: null,
    dailyCapacity: 100,
    cutOff: null,
    processingCostCents: 100,
    isActive,
    carriers: ['SwiftPost'],
  }
}

/** Makers of the commands on stock and places. */
export const stockWishes = {
  AdjustStock: adjustStock,
  CountStock: countStock,
  SetOnHand: setOnHand,
  SetSafetyStock: (view: View) => ({ items: [{ ...place(view), quantity: view.random.int(0, 3) }], reason }),
  SetStockRules: (view: View) => ({
    rules: [
      {
        sku: chance(view, 50) ? anySku(view) : null,
        nodeId: chance(view, 50) ? anyNode(view) : null,
        backorderLimit: chance(view, 60) ? 0 : view.random.int(1, 4),
      },
    ],
  }),
  ScheduleStock: scheduleStock,
  ReceiveSupply: receiveSupply,
  AllocateChannel: unitsOfChannel,
  UnallocateChannel: ofRingFence,
  ReallocateChannel: (view: View) => {
    const { channel: from, ...at } = ringFenced(view)
    return { ...at, from, to: from === 'web' ? 'shop' : 'web', reason }
  },
  ConsumeChannel: ofRingFence,
  ReserveStock: reserveStock,
  RenewReservation: onReservation((view) => ({ ttlMs: view.random.int(1, 60) * 1_000 })),
  ReleaseReservation: onReservation(() => ({ reason })),
  ExpireReservations: () => ({}),
  CountCycle: countCycle,
  DefineMeasures: (view: View) => ({
    measures: chance(view, 50)
      ? [{ name: 'on_hand', terms: sources.map((source) => ({ source, measure: 'on_hand', factor: 1 })) }]
      : [],
  }),
  DefineProducts: (view: View) => ({
    products: skus.map((sku) => ({
      ...{ sku, name: sku, skuClass: null },
      ...(chance(view, 50) ? { weightG: view.random.int(0, 900) } : {}),
    })),
  }),
  DefineNodes: defineNodes,
}
