// A stand-in for the engine with a real warehouse, a real log and a state made by hand; tests only.

import { join } from 'node:path'
import { orderIdOf } from '#data/contracts'
import { SimulatedClock, seededRandom } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import type { Warehouse } from '#data/warehouse'
import {
  type CoreState,
  emptyState,
  type FulfillmentOrder,
  freshLife,
  type Incident,
  isOpenWork,
  type Node,
  type Order,
  PersistentMap,
  PersistentSet,
} from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { Worlds } from '#orchestrator/sourcing'

/** What a stand-in is made from. */
export interface StandIn {
  warehouse: Warehouse
  /** Folder for its log. */
  folder: string
  /** Epoch ms of the market. */
  now: number
  mode?: 'wall' | 'watermark' | 'simulated'
  state?: Partial<CoreState>
  market?: string
}

/** An engine that can be read, its state to be replaced, and the log behind it. */
export type ReadableEngine = Engine & {
  setState(state: Partial<CoreState>): void
  /** Puts events behind what was projected. */
  append(events: { type: string; data: object }[]): Promise<void>
}

const unused = () => {
  throw new Error('a view must not do this')
}

/** A stand-in for the engine. */
export async function standIn(options: StandIn): Promise<ReadableEngine> {
  const { warehouse, folder, now, mode = 'watermark', market = 'main' } = options
  const effects = { clock: new SimulatedClock(now), random: seededRandom('views') } as never
  const log = await openSqliteLog(join(folder, 'log.sqlite'), effects)
  let state: CoreState = { ...emptyState(market), ...options.state }
  const stream = `core/${market}`
  let lastSeq = await log.tail(stream)
  const engine = {
    market,
    workspace: { warehouse, log, effects },
    core: {
      market,
      stream,
      get lastSeq() {
        return lastSeq
      },
      state: () => state,
      execute: unused,
    },
    now: () => now,
    clock: () => ({ mode, now: new Date(now).toISOString(), speed: 1, isPaused: false }),
    freshness: async () => ({
      state: 'current',
      cycledAt: null,
      cycleSeconds: null,
      dataTo: null,
      pendingEvents: 0,
      error: null,
    }),
    models: () => [],
    worlds: new Worlds(),
    close: () => log.close(),
    setState: (next: Partial<CoreState>) => {
      state = { ...state, ...next }
    },
    append: async (events: { type: string; data: object }[]) => {
      const named = events.map((event, i) => ({ ...event, eventId: `t${lastSeq}/${i}` }))
      lastSeq = (await log.append(stream, lastSeq, named)).lastSeq
    },
  }
  return engine as unknown as ReadableEngine
}

/** Epoch ms of an hour after the start of 1 March 2026. */
export const hour = (hours: number) => Date.UTC(2026, 2, 1) + hours * 3_600_000

/** An order of the core, released to a node unless told otherwise. */
export function liveOrder(externalId: string, change: Partial<Order> = {}, nodeId = 'shop:N1'): Order {
  const placedAt = change.placedAt ?? hour(0)
  const provider = change.provider ?? 'shop'
  const line = {
    lineId: '1',
    sku: 'SKU-1',
    quantity: 2,
    cancelled: 0,
    shipped: 0,
    delivered: 0,
    returnRequested: 0,
    returned: 0,
    backordered: 0,
    launchAt: null,
    hold: null,
    ownState: null,
    unitPriceCents: 1_500,
    discountCents: 0,
    taxCents: 0,
    freightCents: 0,
  }
  const order: Order = {
    orderId: orderIdOf('main', provider, externalId),
    market: 'main',
    provider,
    externalId,
    channel: 'web',
    method: 'delivery',
    currency: 'USD',
    customerRef: null,
    shipTo: { country: 'US', region: 'NV', city: 'Reno', postalCode: null, timeZone: null },
    placedAt,
    approvedAt: null,
    promisedAt: placedAt + 72 * 3_600_000,
    totalCents: null,
    freightCents: 500,
    taxCents: null,
    discountCents: null,
    flags: [],
    status: 'released',
    origin: 'api',
    version: 1,
    stage: 'validated',
    hold: null,
    parentOrderId: null,
    reservationId: null,
    retriedAt: null,
    lines: [line],
    work: [liveWork('W1', nodeId, placedAt)],
    shipments: [],
    shippedAt: null,
    deliveredAt: null,
    cancelledAt: null,
    cancelReason: null,
    moves: 0,
    declinedFor: [],
    isPinned: false,
    hasOwnSteps: false,
    waitingSince: null,
    contentHash: null,
    history: [placedAt, 'OrderCreated', null, null],
    updatedAt: placedAt,
  }
  return { ...order, ...change }
}

/** Open work at a node. */
export function liveWork(
  id: string,
  nodeId: string,
  at: number,
  change: Partial<FulfillmentOrder> = {},
): FulfillmentOrder {
  return {
    fulfillmentOrderId: id,
    nodeId,
    carrier: 'SwiftPost',
    status: 'open',
    attempt: 1,
    replaces: null,
    decisionId: null,
    lines: [{ lineId: '1', sku: 'SKU-1', quantity: 2, short: 0, shipped: 0, delivered: 0 }],
    isReserved: true,
    sourcedAt: at,
    releasedAt: at,
    acceptedAt: null,
    rejectedAt: null,
    rejectReason: null,
    pickingAt: null,
    pickedAt: null,
    packedAt: null,
    shippedAt: null,
    deliveredAt: null,
    cancelledAt: null,
    shipBy: at + 24 * 3_600_000,
    processingCostCents: null,
    ownState: null,
    ...change,
  }
}

/** A node of the core. */
export function liveNode(nodeId: string, name: string, change: Partial<Node> = {}): Node {
  return {
    nodeId,
    provider: 'shop',
    externalId: nodeId,
    name,
    type: 'warehouse',
    timeZone: 'America/Los_Angeles',
    country: 'US',
    region: 'NV',
    city: null,
    postalCode: null,
    latitude: null,
    longitude: null,
    dailyCapacity: 200,
    cutOff: '15:00',
    processingCostCents: null,
    isActive: true,
    carriers: ['SwiftPost'],
    ...change,
  }
}

/** The maps of a state that has these orders, nodes and incidents. */
export function stateOf(parts: {
  orders?: readonly Order[]
  nodes?: readonly Node[]
  incidents?: readonly Incident[]
}): Partial<CoreState> {
  const { orders = [], nodes = [], incidents = [] } = parts
  const openByNode = new Map<string, string[]>()
  for (const order of orders) {
    for (const work of order.work.filter(isOpenWork)) {
      openByNode.set(work.nodeId, [...(openByNode.get(work.nodeId) ?? []), order.orderId])
    }
  }
  const open = incidents.filter((incident) => incident.status !== 'resolved')
  return {
    orders: PersistentMap(orders.map((order) => [order.orderId, order])),
    nodes: PersistentMap(nodes.map((node) => [node.nodeId, node])),
    incidents: PersistentMap(incidents.map((incident) => [incident.incidentId, incident])),
    openIncidents: PersistentMap(open.map((incident) => [incident.key, incident.incidentId])),
    openByNode: PersistentMap([...openByNode].map(([nodeId, ids]) => [nodeId, PersistentSet(ids)])),
  }
}

/** An open incident: the backlog of a node. */
export function liveIncident(incidentId: string, change: Partial<Incident> = {}): Incident {
  const dimensionValue = change.dimensionValue ?? 'shop:N1'
  return {
    incidentId,
    key: `node/${dimensionValue}`,
    metric: 'backlog',
    dimension: 'node',
    dimensionValue,
    severity: 0.8,
    title: 'Reno is falling behind: 340 orders wait where 120 to 160 are normal',
    beganAt: hour(17 + 40 / 60),
    value: 340,
    expected: 140,
    expectedLow: 120,
    expectedHigh: 160,
    pValue: 0.0001,
    model: 'seasonal-baseline-1',
    causes: [],
    ...freshLife,
    severityFound: 0.8,
    cutOffAt: null,
    status: 'open',
    openedAt: hour(18),
    updatedAt: hour(18),
    resolvedAt: null,
    acknowledgedBy: null,
    ordersAtRisk: 222,
    centsAtRisk: 1_000_000,
    currency: 'USD',
    ordersMoved: 0,
    ordersNotMoved: 0,
    history: [{ at: hour(18), text: 'Opened' }],
    ...change,
  }
}
