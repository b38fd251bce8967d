// What sourcing is told: an order, and the world it is sourced in. Shapes only; the world is passed in, nothing is read
// from elsewhere.

import type { api } from '#data/contracts'
import type { DecisionRecord, Method } from '#orchestrator/core'
import type { CompiledNetwork } from './network/compiled.ts'
import type { DayShares, ParcelWay } from './parcels.ts'
import type { SolveOptions } from './solve/problem.ts'

/** Where an order goes, as far as it is known. */
export interface Destination {
  country: string | null
  region: string | null
  city: string | null
  postalCode: string | null
  /** Name of a zone that lanes and rates may use, where the order names one. */
  zone: string | null
  latitude: number | null
  longitude: number | null
  timeZone: string | null
}

/** Units of a line that want a node. */
export interface SourcingLine {
  lineId: string
  sku: string
  quantity: number
  unitPriceCents: number | null
  /** Of one unit; null = as the product says. */
  weightG: number | null
}

/** An order, or the part of one that wants nodes. */
export interface SourcingOrder {
  orderId: string
  method: Method
  channel: string | null
  currency: string
  customerRef: string | null
  destination: Destination
  placedAt: number
  promisedAt: number | null
  lines: readonly SourcingLine[]
  /** collect = the customer pays the carrier: carriage costs nothing and needs no rate. */
  freight: 'prepaid' | 'collect'
  /** Weight of the whole, where it is told; null = sum of the lines. */
  weightG: number | null
  /** Nodes that are not to be chosen, with the reason in words. */
  avoided: ReadonlyMap<string, string>
  /** The only node that it may go to; absent = any. */
  onlyNodeId?: string
  /** Strategy that a policy chose for it; absent or unknown = by the rules. */
  strategyId?: string
  /** Units that are held for this order already, by node and SKU: they count as available to it. */
  held(nodeId: string, sku: string): number
  /**
   * Where the work is now, null for new work; `bookedAt` = for when its node has it among its booked work, `since` =
   * since when it is there, epoch ms.
   */
  from: {
    nodeId: string
    carrier: string | null
    /** Service by its id in the network; absent = none was planned. */
    serviceId?: string
    bookedAt?: number
    since?: number
    /** Hours at work from now until it is packed there; absent = nobody knows. */
    work?: api.Spread
  } | null
}

/** Stock as sourcing sees it. */
export interface StockView {
  /** Units that a channel can have; null = the node has no stock feed: taken as available; undefined = not there. */
  available(sku: string, nodeId: string, channel: string | null): number | null | undefined
  /** Units of safety stock that `available` leaves out already. */
  keptBack(sku: string, nodeId: string): number
  /** On hand, for the stock rules of nodes; null = unknown. */
  onHand(sku: string, nodeId: string): number | null
  /** Nodes that may have a SKU; null = any node may. */
  nodesOf(sku: string): readonly string[] | null
}

/** Work that is there already. */
export interface LoadView {
  /** Work that leaves, or is to leave, a node on a local day (YYYY-MM-DD). */
  booked(nodeId: string, day: string): { orders: number; lines: number; units: number }
  /** Open work of a node in all. */
  open(nodeId: string): number
  /** Work that the node refused in the last 7 days. */
  refused(nodeId: string): number
}

/** What is known of a product for carriage; null = not known. */
export interface ProductFacts {
  weightG: number | null
  lengthMm: number | null
  widthMm: number | null
  heightMm: number | null
}

/** What history says of times and costs; null = nothing. */
export interface LearnedView {
  /** From release to leaving the node. */
  processing(nodeId: string): api.Spread | null
  /** From leaving to the customer. */
  transit(nodeId: string, carrierId: string | null, region: string | null): api.Spread | null
  /** Cents for carriage, where no rate card says it. */
  carriageCents(nodeId: string, region: string | null): number | null
  /** How many times longer things take now, by an open incident; 1 = as usual. */
  stretch(dimension: 'node' | 'carrier', id: string): number
  /** Whether a node has an open incident, of time or of anything else; absent = where it stretches. */
  hasIncident?(nodeId: string): boolean
  /** The same as `stretch` of ways alone, by incidents of lanes, regions or a carrier at a node; absent = none. */
  stretchOfWay?(nodeId: string, carrierId: string | null, region: string | null): number
  /** Carriers a node has used, the most used first. */
  carriers(nodeId: string): readonly string[]
  /** Hours at work from now until work that comes now is packed; null or absent = as `processing` says. */
  work?(nodeId: string): api.Spread | null
  /** Share of parcels that arrive within so many days of delivery, by days from 0; null or absent = as `transit`. */
  days?(way: ParcelWay): DayShares | null
  /** Days of delivery that a way takes more now; absent = none. */
  moreDays?(nodeId: string, carrierId: string | null, region: string | null): number
  /** How many times more than its rate cards say a carrier asks for now, 1 or more; absent = no more. */
  dearer?(carrierId: string | null): number
  /** Until when a carrier will probably collect nothing, epoch ms; null or absent = it does. */
  awayUntil?(carrierId: string | null): number | null
  /** Share of lines that a node does not find now, 0 to 1; absent = it finds all. */
  shortShare?(nodeId: string): number
}

/** Orders that are worth more in time than their strategy says. */
export interface Urgency {
  /** What being late costs such an order at least, cents; never above what a person lets a move cost. */
  lateOrderCents: number
  isUrgent(order: SourcingOrder): boolean
}

/** The world that orders are sourced in. */
export interface SourcingWorld {
  /** Epoch ms of the market. */
  now: number
  network: CompiledNetwork
  strategy: api.Strategy
  stock: StockView
  load: LoadView
  learned: LearnedView
  /** Null or absent = all orders are priced as the strategy says. */
  urgency?: Urgency | null
  product(sku: string): ProductFacts | null
  /** Amounts in whole cents for what is decided; as they come for files. */
  rounding: 'cents' | 'none'
}

/** Work of one node, as planned. */
export interface PlannedWork {
  nodeId: string
  carrierId: string | null
  serviceId: string | null
  /** Epoch ms of the market. */
  dispatchAt: number
  arrivesAt: number
  lines: readonly { lineId: string; quantity: number }[]
  terms: readonly { name: api.CostTerm; cents: number }[]
  costCents: number
  /** Probability of missing the promise, null without one. */
  lateRisk: number | null
  distanceKm: number | null
  co2Grams: number | null
}

/** Units that found no node. */
export interface UnservedLine {
  lineId: string
  quantity: number
  /** e.g. no_stock, no_capacity, no_rate, too_far, constraints_contradict. */
  code: string
  /** In words, naming the constraints that cannot hold together. */
  reason: string
}

/** How one order goes. */
export interface SourcingPlan {
  orderId: string
  work: readonly PlannedWork[]
  unserved: readonly UnservedLine[]
  /** All terms of all work, with splits. */
  costCents: number
}

/**
 * A plan with the record of why. `decision.status` is `refused` where nothing is to be done: no node for any unit, or
 * a reroute that is not worth it; `work` is empty then.
 */
export interface ExplainedPlan extends SourcingPlan {
  decision: DecisionRecord
  /** What decided: the strategy of the world, or its fallback. */
  strategy: api.Strategy
}

/** How one order is sourced. */
export interface SourceOptions {
  /** Deterministic, so that the same command can be sent again. */
  decisionId: string
  incidentId?: string | null
  /** Only this node, where a person chose it: a reroute goes there even where it is dearer. */
  toNodeId?: string | null
  /** Of a reroute: what it may cost more than to stay, in cents that are really paid. */
  maxExtraCents?: number
  /** Of a reroute: by how many cents it must be better than to stay. Default 0. */
  minGainCents?: number
  /** A strategy by its id, for the fallback of the one in the world; null = there is none. */
  strategyOf?(strategyId: string): api.Strategy | null
  /** cost (default) = what the runner-up lacks in cents; all = cut-offs, stock, capacity and distance too. */
  counterfactuals?: 'none' | 'cost' | 'all'
}

/** How a batch is sourced. */
export interface BatchOptions extends SolveOptions {
  /** Where it is given, every order gets a decision record under this id. */
  decisionIdOf?(order: SourcingOrder): string
}

/** How a batch goes. */
export interface BatchPlan {
  /** As the orders; with decisions where they were asked for. */
  plans: readonly (SourcingPlan & { decision?: DecisionRecord })[]
  /** With the price of what has no node, as the bound. */
  costCents: number
  /** No plan costs less; where orders had to be sourced one after the other, none that leaves those as they are. */
  boundCents: number
  gap: number
  seconds: number
  method: string
  stopped: 'time' | 'cancelled' | 'gap' | null
}
