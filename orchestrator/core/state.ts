// Everything the core of one market knows, in maps that share structure: a state that was handed out never changes.

import { Map as PersistentMap, Set as PersistentSet } from 'immutable'
import type { api, nodeTypes } from '#data/contracts'
import type { Order } from './order.ts'

/** A place that fulfils. */
export interface Node {
  nodeId: string
  provider: string
  externalId: string
  name: string
  type: (typeof nodeTypes)[number]
  timeZone: string
  country: string | null
  region: string | null
  city: string | null
  postalCode: string | null
  latitude: number | null
  longitude: number | null
  /** Orders a day. */
  dailyCapacity: number | null
  /** HH:MM local. */
  cutOff: string | null
  processingCostCents: number | null
  isActive: boolean
  /** Carriers it hands over to, the most used first. */
  carriers: readonly string[]
}

/** Stock of a SKU at a node. A pair that is not in the state, at a node without any, is untracked. */
export interface Stock {
  sku: string
  nodeId: string
  onHand: number
  /** Hard allocated to orders. */
  allocated: number
  safetyStock: number
  inbound: number
  /** Epoch ms of the last count. */
  countedAt: number
  /** What moved since that count, oldest first, at most the newest 500. */
  moved: readonly { at: number; delta: number }[]
  updatedAt: number
  /** `CoreState.changes` at its last change. */
  version: number
}

/** How an incident stands. */
export type IncidentStatus = 'open' | 'acknowledged' | 'resolved'

/** What detection says of a constraint; what an incident is made of. */
export interface Finding {
  /** The same for the same constraint: `${dimension}/${dimensionValue}`. */
  key: string
  metric: string
  dimension: string
  dimensionValue: string
  severity: number
  /** One sentence. */
  title: string
  /** First bucket out of the expected range, epoch ms of the market. */
  beganAt: number
  value: number | null
  expected: number | null
  expectedLow: number | null
  expectedHigh: number | null
  pValue: number | null
  model: string
  causes: readonly { dimension: string; value: string; share: number }[]
}

/** A constraint from its confirmation to its end. */
export interface Incident extends Finding {
  incidentId: string
  status: IncidentStatus
  openedAt: number
  updatedAt: number
  resolvedAt: number | null
  acknowledgedBy: string | null
  ordersAtRisk: number
  centsAtRisk: number
  currency: string
  ordersMoved: number
  ordersNotMoved: number
  history: readonly { at: number; text: string }[]
}

/** How the market's time goes. */
export interface MarketClock {
  /** auto: simulated where a demo set it, wall where orders came over the API, else the watermark. */
  mode: 'auto' | 'wall' | 'watermark' | 'simulated'
  /** Simulated ms in one real ms. */
  speed: number
  isPaused: boolean
}

/** The core of one market. */
export interface CoreState {
  market: string
  orders: PersistentMap<string, Order>
  /** By `stockKey`. */
  stock: PersistentMap<string, Stock>
  /** Keys of the positions of a SKU. */
  stockOfSku: PersistentMap<string, PersistentSet<string>>
  /** Nodes with a stock feed: what they do not list, they do not have. */
  trackedNodes: PersistentSet<string>
  nodes: PersistentMap<string, Node>
  /** `changes` when a node was defined last. */
  nodesVersion: number
  /** Counts changes of stock and nodes. */
  changes: number
  /** Orders with open work, by node. */
  openByNode: PersistentMap<string, PersistentSet<string>>
  /** Orders that wait for a step of the flow: not yet released, nor ended. */
  waiting: PersistentSet<string>
  incidents: PersistentMap<string, Incident>
  /** Ids of the incidents that have not ended, by the key of their finding. */
  openIncidents: PersistentMap<string, string>
  policy: api.ReroutePolicy
  clock: MarketClock
  /** Latest business time of any event, epoch ms, 0 = none. */
  latestAt: number
  /** Orders created over the API. */
  liveOrders: number
  isDemo: boolean
}

/** Key of a stock position. */
export function stockKey(sku: string, nodeId: string): string {
  return `${sku}\u001f${nodeId}`
}

/** Units that can be promised. */
export function availableOf(stock: Stock): number {
  return stock.onHand - stock.allocated - stock.safetyStock
}

/** The limits of reroutes until a person sets others. */
export const defaultPolicy: api.ReroutePolicy = {
  mode: 'on',
  minSeverity: 0.3,
  maxMovesPerOrder: 2,
  maxOrdersPerIncident: 500,
  maxExtraCostCents: 2_500,
  holdOutShare: 0.05,
}

/** The state before any event. */
export function emptyState(market: string): CoreState {
  return {
    market,
    orders: PersistentMap(),
    stock: PersistentMap(),
    stockOfSku: PersistentMap(),
    trackedNodes: PersistentSet(),
    nodes: PersistentMap(),
    nodesVersion: 0,
    changes: 0,
    openByNode: PersistentMap(),
    waiting: PersistentSet(),
    incidents: PersistentMap(),
    openIncidents: PersistentMap(),
    policy: defaultPolicy,
    clock: { mode: 'auto', speed: 1, isPaused: false },
    latestAt: 0,
    liveOrders: 0,
    isDemo: false,
  }
}
