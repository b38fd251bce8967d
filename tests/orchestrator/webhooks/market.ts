// A market for tests of webhooks: real events in a real log, folded by the core's own rules, without its commands.

import type { Effects } from '#data/kernel'
import { type EventLog, type NewEvent, openSqliteLog } from '#data/log'
import { openVault, type Vault } from '#data/vault'
import {
  type CoreEvent,
  type CoreState,
  coreEvent,
  coreStream,
  emptyState,
  evolve,
  type FulfillmentOrder,
} from '#orchestrator/core'
import type { WatchedCore, WebhookAttempted } from '#orchestrator/webhooks'

/** 2026-03-02T08:00:00Z, time of the market. */
export const start = Date.UTC(2026, 2, 2, 8)
const hour = 3_600_000

/** A core that only follows events appended by hand. */
export interface Market extends WatchedCore {
  log: EventLog
  vault: Vault
  /** Seq of the last of the events, once they are durable. */
  append(...events: CoreEvent[]): Promise<number>
  close(): Promise<void>
}

/** The market whose log lies at the path. */
export async function openMarket(path: string, effects: Effects): Promise<Market> {
  const log = await openSqliteLog(path, effects)
  const vault = await openVault({ log: path }, effects)
  const stream = coreStream('main')
  const listeners = new Set<() => void>()
  let state: CoreState = emptyState('main')
  let lastSeq = 0
  for (const stored of await log.read(stream, 0, 1_000_000)) {
    state = evolve(state, coreEvent(stored))
    lastSeq = stored.seq
  }
  return {
    market: 'main',
    stream,
    log,
    vault,
    get lastSeq() {
      return lastSeq
    },
    state: () => state,
    onChange: (listener) => {
      const call = () => listener({ kind: 'order', ids: [], at: start })
      listeners.add(call)
      return () => listeners.delete(call)
    },
    append: async (...events) => {
      const named = events.map((event, i) => ({ eventId: `t${lastSeq + i}/0`, ...event }))
      await log.append(stream, lastSeq, named)
      for (const event of events) state = evolve(state, event)
      lastSeq += events.length
      for (const call of listeners) call()
      return lastSeq
    },
    close: async () => {
      await vault.close()
      await log.close()
    },
  }
}

const nodeOf = (nodeId: string, name: string): CoreEvent => ({
  type: 'NodeDefined',
  data: {
    at: start,
    node: {
      nodeId,
      provider: 'shop',
      externalId: nodeId,
      name,
      type: 'warehouse',
      timeZone: 'UTC',
      country: 'US',
      region: 'NV',
      city: null,
      postalCode: null,
      latitude: null,
      longitude: null,
      dailyCapacity: null,
      cutOff: null,
      processingCostCents: null,
      isActive: true,
      carriers: [],
    },
  },
})

/** Two nodes with names. */
export const nodes: CoreEvent[] = [nodeOf('shop:reno', 'Reno'), nodeOf('shop:austin', 'Austin')]

/** A new order with one line. */
export function created(number: number): CoreEvent {
  const lines = [
    {
      lineId: '1',
      sku: 'MUG-BLUE',
      quantity: 2,
      cancelled: 0,
      shipped: 0,
      unitPriceCents: 1_250,
      discountCents: 0,
      taxCents: 0,
      freightCents: 0,
    },
  ]
  const order = {
    orderId: `order-${number}`,
    market: 'main',
    provider: 'shop',
    externalId: `A-${number}`,
    channel: 'web',
    method: 'delivery' as const,
    currency: 'USD',
    customerRef: 'c-1',
    shipTo: { country: 'US', region: 'CA', city: 'Fresno', postalCode: '93701', timeZone: null },
    placedAt: start,
    approvedAt: start,
    promisedAt: start + 72 * hour,
    totalCents: null,
    freightCents: null,
    taxCents: null,
    discountCents: null,
    flags: [],
  }
  return { type: 'OrderCreated', data: { order, lines, at: start } }
}

/** A piece of work of such an order. */
export function work(number: number, part: number, nodeId: string): FulfillmentOrder {
  return {
    fulfillmentOrderId: `A-${number}-F${part}`,
    nodeId,
    carrier: 'ups',
    status: 'open',
    attempt: part,
    replaces: null,
    decisionId: null,
    lines: [{ lineId: '1', sku: 'MUG-BLUE', quantity: 2, short: 0, shipped: 0, delivered: 0 }],
    isReserved: true,
    sourcedAt: start,
    releasedAt: null,
    acceptedAt: null,
    rejectedAt: null,
    rejectReason: null,
    pickingAt: null,
    pickedAt: null,
    packedAt: null,
    shippedAt: null,
    deliveredAt: null,
    cancelledAt: null,
    shipBy: start + 8 * hour,
    processingCostCents: null,
    ownState: null,
  }
}

/** Why the order goes where it goes. */
export function decision(number: number, status: 'done' | 'refused' | 'held_out' = 'done') {
  return {
    decisionId: `d-${number}`,
    kind: 'reroute' as const,
    incidentId: 'inc-1',
    fromNodeId: 'shop:reno',
    toNodeId: status === 'done' ? 'shop:austin' : null,
    status,
    reason: status === 'done' ? 'Austin has stock and is 9 h faster' : 'no_candidate',
    costCents: status === 'done' ? 420 : null,
    hoursSaved: status === 'done' ? 9.5 : null,
    candidates: [],
  }
}

/** The end of an order, the simplest event that is a message. */
export function cancelled(number: number): CoreEvent {
  return {
    type: 'OrderCancelled',
    data: { orderId: `order-${number}`, reason: 'customer_asked', at: start + hour },
  }
}

/** An order that is sourced at Reno, moved to Austin by a decision of its own, and cancelled: two messages. */
export function moved(number: number): CoreEvent[] {
  const orderId = `order-${number}`
  const first = work(number, 1, 'shop:reno')
  const second = {
    ...work(number, 2, 'shop:austin'),
    replaces: first.fulfillmentOrderId,
    decisionId: `d-${number}`,
  }
  const source = { ...decision(number), decisionId: `s-${number}`, kind: 'source' as const }
  const rerouted = { orderId, fulfillmentOrderId: first.fulfillmentOrderId, work: [second] }
  return [
    created(number),
    { type: 'OrderSourced', data: { orderId, work: [first], decision: source, at: start } },
    { type: 'OrderRerouted', data: { ...rerouted, decision: decision(number), at: start + hour } },
    cancelled(number),
  ]
}

/** What detection says of Reno. */
export function finding(severity: number) {
  return {
    key: 'node/shop:reno',
    metric: 'pick_to_ship_hours',
    dimension: 'node',
    dimensionValue: 'shop:reno',
    severity,
    title: 'Reno takes 31 h from pick to ship, expected 6 to 11',
    beganAt: start - 3 * hour,
    value: 31,
    expected: 8,
    expectedLow: 6,
    expectedHigh: 11,
    pValue: 0.0004,
    model: 'baseline/1',
    causes: [{ dimension: 'carrier', value: 'ups', share: 0.78 }],
  }
}

/** An incident at Reno, opened or updated. */
export function incident(
  type: 'IncidentOpened' | 'IncidentUpdated',
  severity: number,
  ordersAtRisk: number,
): CoreEvent {
  const impact = { ordersAtRisk, centsAtRisk: ordersAtRisk * 2_500, currency: 'USD' }
  return { type, data: { incidentId: 'inc-1', finding: finding(severity), impact, at: start } }
}

/** An attempt as the stream of deliveries holds it. */
export function attempted(seq: number, webhookId: string): NewEvent {
  const data: WebhookAttempted = {
    deliveryId: `msg_main_${seq}.${webhookId}.1.1`,
    messageId: `msg_main_${seq}`,
    webhookId,
    eventType: 'order.cancelled',
    attempt: 1,
    status: 'delivered',
    httpStatus: 200,
    attemptedAt: start + seq,
    durationMs: 3,
    nextAttemptAt: null,
    notes: [],
    payload: { type: 'order.cancelled' },
    seq,
    round: 1,
  }
  return { eventId: `${data.deliveryId}/0`, type: 'WebhookAttempted', data }
}
