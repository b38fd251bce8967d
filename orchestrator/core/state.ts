// Everything the core of one market knows, in maps that share structure: a state that was handed out never changes.

import type { api } from '#data/contracts'
import { type AlertingState, emptyAlerting } from './alerting/alerting.ts'
import { type FlowsState, noFlows } from './flows/flow-run.ts'
import type { Incident } from './incidents/incident.ts'
import type { MarketClock, Node } from './market.ts'
import { defaultStrategy } from './network/default-strategy.ts'
import { emptyNetwork, type NetworkState, type StrategiesState } from './network/network.ts'
import type { Order } from './orders/order.ts'
import type { OwnState } from './orders/own-states.ts'
import { PersistentMap } from './persistent/map.ts'
import { PersistentSet } from './persistent/set.ts'
import { emptyPolicyBook, type PolicyBook } from './policies/policy-book.ts'
import { emptyReroutes, type RerouteState } from './reroute/ledger.ts'
import type { CalculatedMeasure, Product } from './stock/commands.ts'
import type { Expiries, ExpiryNode } from './stock/expiries.ts'
import type { EndedReservation, Reservation, ScheduleEntry, Stock } from './stock/stock.ts'
import type { OpenTransfer } from './transfer/open-transfer.ts'

/** The core of one market. */
export interface CoreState {
  market: string
  orders: PersistentMap<string, Order>
  /** By `stockKey`. */
  stock: PersistentMap<string, Stock>
  /** Keys of the positions of a SKU, as they came. */
  stockOfSku: PersistentMap<string, readonly string[]>
  /** Nodes with a stock feed: what they do not list, they do not have. */
  trackedNodes: PersistentSet<string>
  /** Soft reservations that have not ended, by id. */
  reservations: PersistentMap<string, Reservation>
  /** The same, by their end. */
  expiries: Expiries
  /** The same by the `stockKey` of what they hold. */
  expiriesAt: PersistentMap<string, ExpiryNode>
  /** Units that reservations hold where no stock is tracked, by `stockKey`. */
  untrackedReserved: PersistentMap<string, number>
  /** Those that ended last, by id: the newest 5,000 to 10,000, in two ages. */
  endedReservations: {
    recent: PersistentMap<string, EndedReservation>
    before: PersistentMap<string, EndedReservation>
  }
  /** Expected supply and demand, by id. */
  schedule: PersistentMap<string, ScheduleEntry>
  /** The same by `stockKey`, by the time they are due. */
  scheduleAt: PersistentMap<string, readonly ScheduleEntry[]>
  /** When goods of suppliers came, epoch ms, by node; the oldest first. */
  deliveries: PersistentMap<string, readonly number[]>
  /** Units that open work of an order took out of a ring fence, by order and `stockKey`. */
  fenced: PersistentMap<string, { channel: string; units: number }>
  /** Backorder limits, by `ruleKey`. */
  stockRules: PersistentMap<string, number>
  measures: readonly CalculatedMeasure[]
  /** By SKU. */
  products: PersistentMap<string, Product>
  nodes: PersistentMap<string, Node>
  /** `changes` when a node was defined last, or the network, a strategy or the rules changed. */
  nodesVersion: number
  /** Counts changes of stock, nodes, the network and strategies. */
  changes: number
  /** Orders with open work, by node. */
  openByNode: PersistentMap<string, PersistentSet<string>>
  /** Orders that wait for a step of the flow: not yet released, nor ended. */
  waiting: PersistentSet<string>
  /** Orders with lines that wait for their day. */
  preordered: PersistentSet<string>
  /** Orders of which a part is in an own state. */
  withOwnState: PersistentSet<string>
  ownStates: readonly OwnState[]
  /** Transfers between markets that have no end yet here, by id. */
  transfers: PersistentMap<string, OpenTransfer>
  incidents: PersistentMap<string, Incident>
  /** Ids of the incidents that have not ended, by the key of their finding. */
  openIncidents: PersistentMap<string, string>
  /** Ids of the incidents that were the last of the key of their finding. */
  lastIncidents: PersistentMap<string, string>
  /** Limits of reroutes. */
  policy: api.ReroutePolicy
  /** How often those were set, and when and by whom last; null = nobody did, or it was not said. */
  policySet: { version: number; at: number | null; by: string | null }
  /** Policies that orders are asked by on their way. */
  policyBook: PolicyBook
  /** What reroutes did lately, and plans that wait for a person. */
  reroutes: RerouteState
  /** Silences, who is told of what, and what was said of which incident. */
  alerting: AlertingState
  /** What people set and said of detection; null = as Detour starts. Feedback oldest first. */
  detection: { settings: api.DetectionSettings | null; feedback: readonly api.Feedback[] }
  network: NetworkState
  strategies: StrategiesState
  flows: FlowsState
  clock: MarketClock
  /** Latest business time of any event, epoch ms, 0 = none. */
  latestAt: number
  /** Orders created over the API. */
  liveOrders: number
  isDemo: boolean
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
    reservations: PersistentMap(),
    expiries: null,
    expiriesAt: PersistentMap(),
    untrackedReserved: PersistentMap(),
    endedReservations: { recent: PersistentMap(), before: PersistentMap() },
    schedule: PersistentMap(),
    scheduleAt: PersistentMap(),
    deliveries: PersistentMap(),
    fenced: PersistentMap(),
    stockRules: PersistentMap(),
    measures: [],
    products: PersistentMap(),
    nodes: PersistentMap(),
    nodesVersion: 0,
    changes: 0,
    openByNode: PersistentMap(),
    waiting: PersistentSet(),
    preordered: PersistentSet(),
    withOwnState: PersistentSet(),
    ownStates: [],
    transfers: PersistentMap(),
    incidents: PersistentMap(),
    openIncidents: PersistentMap(),
    lastIncidents: PersistentMap(),
    alerting: emptyAlerting,
    policy: defaultPolicy,
    policySet: { version: 0, at: null, by: null },
    policyBook: emptyPolicyBook,
    reroutes: emptyReroutes(),
    detection: { settings: null, feedback: [] },
    network: { version: 0, document: emptyNetwork },
    strategies: { strategies: [defaultStrategy], rules: [] },
    flows: noFlows,
    clock: { mode: 'auto', speed: 1, isPaused: false },
    latestAt: 0,
    liveOrders: 0,
    isDemo: false,
  }
}
