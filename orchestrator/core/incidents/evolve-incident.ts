// How incidents follow from events, and how their tallies follow from reroutes.

import type { EventData } from '../events.ts'
import type { CoreState } from '../state.ts'
import type { Finding, Impact, Incident } from './incident.ts'

const historyKept = 100

/** State after a constraint was confirmed. */
export function opened(state: CoreState, data: EventData['IncidentOpened'] & { at: number }): CoreState {
  const { incidentId, finding, impact, at } = data
  const incident: Incident = {
    ...finding,
    ...impact,
    incidentId,
    status: 'open',
    openedAt: at,
    updatedAt: at,
    resolvedAt: null,
    acknowledgedBy: null,
    ordersMoved: 0,
    ordersNotMoved: 0,
    history: [{ at, text: `Opened: ${finding.title}` }],
  }
  return {
    ...state,
    incidents: state.incidents.set(incidentId, incident),
    openIncidents: state.openIncidents.set(finding.key, incidentId),
  }
}

/** What an event says of an incident that is there. */
export interface IncidentChange {
  finding?: Finding
  impact?: Impact
  /** Why it ended. */
  resolved?: string
  /** Who took note. */
  acknowledged?: string
}

/** State after something was said of an incident. */
export function updated(state: CoreState, incidentId: string, at: number, change: IncidentChange): CoreState {
  const before = state.incidents.get(incidentId)
  if (before === undefined) return state
  const { finding, impact, resolved, acknowledged } = change
  const next: Incident = {
    ...before,
    ...finding,
    ...impact,
    ...(resolved === undefined ? {} : { status: 'resolved' as const, resolvedAt: at }),
    ...(acknowledged === undefined ? {} : { status: 'acknowledged' as const, acknowledgedBy: acknowledged }),
    beganAt: before.beganAt,
    updatedAt: at,
    history: [...before.history, { at, text: wordsOf(change, before) }].slice(-historyKept),
  }
  const openIncidents = resolved === undefined ? state.openIncidents : state.openIncidents.delete(before.key)
  return { ...state, incidents: state.incidents.set(incidentId, next), openIncidents }
}

/**
 * State after an order was moved, or was not, because of an incident.
 * @param wasTold whether it was counted as not moved before
 */
export function tallied(
  state: CoreState,
  incidentId: string | null,
  { isMoved, wasTold }: { isMoved: boolean; wasTold: boolean },
): CoreState {
  const before = incidentId === null ? undefined : state.incidents.get(incidentId)
  if (before === undefined) return state
  const next = {
    ...before,
    ordersMoved: before.ordersMoved + (isMoved ? 1 : 0),
    ordersNotMoved: before.ordersNotMoved + (isMoved ? 0 : 1) - (wasTold ? 1 : 0),
  }
  return { ...state, incidents: state.incidents.set(before.incidentId, next) }
}

function wordsOf({ finding, impact, resolved, acknowledged }: IncidentChange, before: Incident): string {
  if (resolved !== undefined) return `Resolved: ${resolved}`
  if (acknowledged !== undefined) return `Acknowledged by ${acknowledged}`
  if (finding === undefined) return 'Updated'
  if (finding.title !== before.title) return finding.title
  const orders = impact?.ordersAtRisk ?? before.ordersAtRisk
  return `${orders === 1 ? '1 order' : `${orders} orders`} at risk, severity ${finding.severity.toFixed(2)}`
}
