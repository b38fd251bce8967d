// What can happen in the core. Events are kept forever: fields are added, never renamed.

import type { api } from '#data/contracts'
import type { AlertingEvents } from './alerting/events.ts'
import type { ArchiveEvents } from './archive/events.ts'
import type { DetectionEvents } from './detection/events.ts'
import type { FlowEvents } from './flows/events.ts'
import type { IncidentEvents } from './incidents/events.ts'
import type { MarketClock, Node } from './market.ts'
import type { NetworkEvents } from './network/events.ts'
import type { OrderEvents } from './orders/events.ts'
import type { PolicyEvents } from './policies/events.ts'
import type { RerouteEvents } from './reroute/plan.ts'
import type { StockEvents } from './stock/events.ts'
import type { TransferEvents } from './transfer/events.ts'

/** Data of each event of the market itself. */
export interface MarketEvents {
  NodeDefined: { node: Node }
  PolicySet: { policy: api.ReroutePolicy; by?: string }
  ClockSet: { clock: Partial<MarketClock>; isDemo: boolean }
}

/**
 * Data of each event, by its type; every event has `at`, epoch ms of the market. Events named Stock, Channel or
 * Reservation change stock alone, those named Order, Work and so on change orders alone.
 */
export interface EventData
  extends OrderEvents,
    StockEvents,
    TransferEvents,
    MarketEvents,
    NetworkEvents,
    DetectionEvents,
    IncidentEvents,
    AlertingEvents,
    FlowEvents,
    PolicyEvents,
    RerouteEvents,
    ArchiveEvents {}

/** Name of an event. */
export type EventType = keyof EventData

/** An event of the core. */
export type CoreEvent = { [T in EventType]: { type: T; data: EventData[T] & { at: number } } }[EventType]
