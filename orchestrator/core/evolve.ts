// The state after an event. Pure: what was handed out before never changes.

import { domainEvent } from '#data/log'
import { alertingHandlers } from './alerting/handlers.ts'
import { archiveHandlers } from './archive/handlers.ts'
import { detectionHandlers } from './detection/handlers.ts'
import type { CoreEvent, EventType, MarketEvents } from './events.ts'
import { flowHandlers } from './flows/handlers.ts'
import type { HandlersOf } from './handlers.ts'
import { incidentHandlers } from './incidents/evolve-incident.ts'
import { networkHandlers } from './network/handlers.ts'
import { orderHandlers } from './orders/handlers.ts'
import { policyHandlers } from './policies/handlers.ts'
import { rerouteHandlers } from './reroute/handlers.ts'
import type { CoreState } from './state.ts'
import { stockHandlers } from './stock/handlers.ts'
import { transferHandlers } from './transfer/handlers.ts'

const marketHandlers: HandlersOf<MarketEvents> = {
  NodeDefined: (state, { node }) => ({
    ...state,
    nodes: state.nodes.set(node.nodeId, node),
    changes: state.changes + 1,
    nodesVersion: state.changes + 1,
  }),
  PolicySet: (state, { policy, by = null, at }) => ({
    ...state,
    policy,
    policySet: { version: state.policySet.version + 1, at, by },
  }),
  ClockSet: (state, { clock, isDemo }) => ({ ...state, clock: { ...state.clock, ...clock }, isDemo }),
}

const handlers: HandlersOf<Record<EventType, unknown>> = {
  ...orderHandlers,
  ...stockHandlers,
  ...transferHandlers,
  ...archiveHandlers,
  ...networkHandlers,
  ...detectionHandlers,
  ...incidentHandlers,
  ...alertingHandlers,
  ...flowHandlers,
  ...policyHandlers,
  ...rerouteHandlers,
  ...marketHandlers,
}

/** The state after the event; types it does not know (of a newer Detour) change nothing. */
export function evolve(state: CoreState, event: CoreEvent): CoreState {
  const handler = handlers[event.type] as ((state: CoreState, data: unknown) => CoreState) | undefined
  if (handler === undefined) return state
  const next = handler(state, event.data)
  const { at } = event.data
  return at > next.latestAt && event.type !== 'ClockSet' ? { ...next, latestAt: at } : next
}

/** The event of the core in a stored event. */
export function coreEvent(stored: Parameters<typeof domainEvent>[0]): CoreEvent {
  return domainEvent(stored) as CoreEvent
}
