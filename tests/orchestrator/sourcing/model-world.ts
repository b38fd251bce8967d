// Small worlds to source in: a network from a draft, stock and load from tables, history from constants.

import type { api } from '#data/contracts'
import { blankNode } from '#orchestrator/core'
import {
  type CompiledNetwork,
  compileNetwork,
  type LearnedView,
  type SourcingOrder,
  type SourcingWorld,
} from '#orchestrator/sourcing'

/** A Monday, 15:00 UTC. */
export const monday = Date.UTC(2026, 10, 23, 15)
export const hourMs = 3_600_000

/** A node that is always open, free of cost and known to be nowhere, unless told. */
export function nodeOf(nodeId: string, told: Partial<api.NetworkNode> = {}): api.NetworkNode {
  const usual = { type: 'warehouse', timeZone: 'UTC', country: 'US' } as const
  const processing = { medianHours: 2, p90Hours: 4 }
  return { ...blankNode(nodeId), name: nodeId, ...usual, processing, ...told }
}

/** A band for every place and weight. */
export function bandOf(told: Partial<api.RateBand> = {}): api.RateBand {
  return {
    origin: '*',
    destination: '*',
    zone: null,
    weightFromG: 0,
    weightToG: null,
    distanceFromKm: 0,
    distanceToKm: null,
    baseCents: 500,
    perKgCents: 0,
    perKmCents: 0,
    minimumCents: 0,
    ...told,
  }
}

/** A service of a carrier of the same name with one rate card. */
export function serviceOf(serviceId: string, bands: api.RateBand[], told: Partial<api.CarrierService> = {}) {
  const service: api.CarrierService = {
    serviceId,
    carrierId: `carrier ${serviceId}`,
    name: serviceId,
    isActive: true,
    dimDivisor: null,
    maxWeightG: null,
    co2GramsPerTonneKm: 100,
    deliveryDays: [],
    transit: { medianHours: 24, p90Hours: 36 },
    ...told,
  }
  const card: api.RateCard = {
    rateCardId: `card ${serviceId}`,
    serviceId,
    factor: 1,
    validFrom: null,
    validUntil: null,
    freeFromCents: null,
    bands,
  }
  return { service, card }
}

/** A network of nodes and services. */
export function documentOf(
  nodes: api.NetworkNode[],
  services: ReturnType<typeof serviceOf>[] = [serviceOf('ground', [bandOf()])],
  calendars: api.WorkCalendar[] = [],
): api.NetworkDocument {
  const carriers = [...new Set(services.map(({ service }) => service.carrierId))]
  return {
    nodes,
    groups: [],
    calendars,
    carriers: carriers.map((carrierId) => ({ carrierId, name: carrierId, isActive: true })),
    services: services.map(({ service }) => service),
    lanes: [],
    rateCards: services.map(({ card }) => card),
  }
}

/** A compiled network. */
export function networkOf(document: api.NetworkDocument): CompiledNetwork {
  return compileNetwork({ document, version: 1, nodes: [] })
}

/** A strategy that counts carriage and processing, with a price for what is not served. */
export function strategyOf(told: Partial<api.Strategy> = {}): api.Strategy {
  return {
    strategyId: 'test',
    version: 1,
    publishedAt: '2026-11-01T00:00:00.000Z',
    publishedBy: 'test',
    name: 'Test',
    note: '',
    weights: {
      carriage: 1,
      processing: 1,
      split: 1,
      capacity: 1,
      lateness: 1,
      time: 1,
      stockOut: 1,
      co2: 1,
    },
    prices: {
      splitCents: 0,
      lateOrderCents: 0,
      lateDayCents: 0,
      hourCents: 0,
      fullNodeCents: 0,
      lastUnitCents: 0,
      co2KgCents: 0,
      unservedCents: 1_000_000,
      unservedOrderCents: 0,
    },
    constraints: [],
    sourceLists: [],
    fallbackId: null,
    batchMinutes: 0,
    daysAhead: 0,
    maxTries: 3,
    maxExtraCents: 1_000,
    ...told,
  }
}

/** A constraint. */
export function rule(
  name: api.ConstraintName,
  kind: 'hard' | 'soft',
  told: Partial<api.StrategyConstraint> = {},
): api.StrategyConstraint {
  return { name, kind, limit: null, priceCents: 0, values: [], ...told }
}

/** Units by SKU and node; null = no stock feed. */
export type StockTable = Record<string, Record<string, number | null>>

/** What differs from a plain world. */
export interface WorldParts {
  strategy?: Partial<api.Strategy>
  stock?: StockTable
  /** Safety stock of every position that `stock` leaves out. */
  keptBack?: number
  booked?: Record<string, { orders: number; lines: number; units: number }>
  refused?: Record<string, number>
  learned?: Partial<LearnedView>
  weights?: Record<string, number | null>
  now?: number
  rounding?: 'cents' | 'none'
}

const nothing = { orders: 0, lines: 0, units: 0 }

/** A world: `booked` counts on every day. */
export function worldOf(network: CompiledNetwork, parts: WorldParts = {}): SourcingWorld {
  const { stock = {}, booked = {}, refused = {}, weights = {} } = parts
  return {
    now: parts.now ?? monday,
    network,
    strategy: strategyOf(parts.strategy),
    stock: {
      available: (sku, nodeId) => stock[sku]?.[nodeId],
      keptBack: () => parts.keptBack ?? 0,
      onHand: (sku, nodeId) => stock[sku]?.[nodeId] ?? null,
      nodesOf: (sku) => Object.keys(stock[sku] ?? {}),
    },
    load: {
      booked: (nodeId) => booked[nodeId] ?? nothing,
      open: (nodeId) => booked[nodeId]?.orders ?? 0,
      refused: (nodeId) => refused[nodeId] ?? 0,
    },
    learned: {
      processing: () => null,
      transit: () => null,
      carriageCents: () => null,
      stretch: () => 1,
      carriers: () => [],
      ...parts.learned,
    },
    product: (sku) => {
      const weightG = sku in weights ? (weights[sku] ?? null) : 1_000
      return { weightG, lengthMm: null, widthMm: null, heightMm: null }
    },
    rounding: parts.rounding ?? 'cents',
  }
}

/** An order of SKUs, each a line of its own with a unit price of 10.00. */
export function orderOf(wanted: Record<string, number>, told: Partial<SourcingOrder> = {}): SourcingOrder {
  return {
    orderId: 'O-1',
    method: 'delivery',
    channel: null,
    currency: 'USD',
    customerRef: null,
    destination: {
      country: 'US',
      region: null,
      city: null,
      postalCode: null,
      zone: null,
      latitude: null,
      longitude: null,
      timeZone: null,
    },
    placedAt: monday,
    promisedAt: null,
    lines: Object.entries(wanted).map(([sku, quantity], i) => ({
      lineId: `L${i + 1}`,
      sku,
      quantity,
      unitPriceCents: 1_000,
      weightG: null,
    })),
    freight: 'prepaid',
    weightG: null,
    avoided: new Map(),
    held: () => 0,
    from: null,
    ...told,
  }
}

/** A destination at coordinates. */
export function at(latitude: number, longitude: number): SourcingOrder['destination'] {
  return { ...orderOf({}).destination, latitude, longitude }
}
