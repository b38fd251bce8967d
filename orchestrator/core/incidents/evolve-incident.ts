// How incidents follow from events, and how their tallies follow from reroutes.

import type { CoreEvent, EventData } from '../events.ts'
import type { HandlersOf } from '../handlers.ts'
import type { CoreState } from '../state.ts'
import { causeOf, type Said } from './changes.ts'
import type { IncidentEvents } from './events.ts'
import { turnsWith } from './flapping.ts'
import { freshLife, type Incident } from './incident.ts'
import { incidentWordsOf } from './words.ts'

const historyKept = 100
const commentsKept = 200

/** What events of incidents do. */
export const incidentHandlers: HandlersOf<IncidentEvents> = {
  IncidentOpened: opened,
  IncidentReopened: (state, data) => reopened(state, data),
  IncidentUpdated: (state, data) => updated(state, data),
  // Every turn of an incident that flaps would push out what people said.
  IncidentRecovering: (state, data) =>
    changed(
      state,
      'IncidentRecovering',
      data,
      () => ({ recoveringSince: data.at }),
      () => null,
    ),
  IncidentFlapping: (state, data) =>
    changed(state, 'IncidentFlapping', data, (incident) => ({
      isFlapping: true,
      flapScore: data.score,
      // It was about to end: that counts as a turn although it stays open.
      turns: incident.status === 'resolved' ? incident.turns : turnsOnce(incident, data.at),
    })),
  IncidentSteady: (state, data) =>
    changed(state, 'IncidentSteady', data, () => ({ isFlapping: false, flapScore: 0 })),
  IncidentResolved: (state, data) => resolved(state, data),
  IncidentAcknowledged: (state, data) =>
    changed(state, 'IncidentAcknowledged', data, (incident) => ({
      status: 'acknowledged',
      acknowledgedBy: data.by,
      takenAs: seenOf(incident),
      owner: incident.owner ?? data.by,
      snooze: null,
    })),
  IncidentAssigned: (state, data) => changed(state, 'IncidentAssigned', data, () => ({ owner: data.owner })),
  IncidentSnoozed: (state, data) =>
    changed(state, 'IncidentSnoozed', data, (incident) => ({
      status: 'snoozed',
      snooze: { until: data.until, by: data.by, at: data.at, seen: seenOf(incident) },
    })),
  IncidentWoken: (state, data) =>
    changed(state, 'IncidentWoken', data, (incident) => ({
      ...awake(incident),
      wokenAt: data.at,
    })),
  IncidentSeveritySet: (state, data) =>
    changed(state, 'IncidentSeveritySet', data, ({ severityFound }) =>
      data.severity === null
        ? { severity: severityFound, severitySetBy: null }
        : { severity: data.severity, severitySetBy: data.by },
    ),
  IncidentCommented: (state, data) =>
    changed(state, 'IncidentCommented', data, ({ comments }) => {
      const { commentId, at, by, text } = data
      return { comments: [...comments, { commentId, at, by, text }].slice(-commentsKept) }
    }),
  IncidentMerged: (state, data) => changed(state, 'IncidentMerged', data, () => ({ mergedInto: data.into })),
  IncidentSplit: (state, data) =>
    changed(state, 'IncidentSplit', data, () => ({ mergedInto: null, tellableAt: data.at })),
  IncidentRolledBack: (state, data) => changed(state, 'IncidentRolledBack', data, () => ({})),
  IncidentSilenced: (state, data) =>
    changed(state, 'IncidentSilenced', data, () => ({
      isSilenced: data.silenceId !== null,
      silencedBy: data.silenceId,
      ...(data.silenceId === null ? { tellableAt: data.at } : {}),
      isRerouteHeld: data.holdsReroutes,
    })),
}

/** State after a constraint was confirmed. */
function opened(state: CoreState, data: EventData['IncidentOpened'] & { at: number }): CoreState {
  const { incidentId, finding, impact, splitFrom = null, isNoticed = false, at } = data
  const incident: Incident = {
    ...finding,
    ...impact,
    ...freshLife,
    severityFound: finding.severity,
    splitFrom,
    isNoticed,
    incidentId,
    status: 'open',
    openedAt: at,
    updatedAt: at,
    resolvedAt: null,
    acknowledgedBy: null,
    cutOffAt: impact.cutOffAt ?? null,
    ordersMoved: 0,
    ordersNotMoved: 0,
    history: [{ at, text: `Opened: ${finding.title}` }],
  }
  return {
    ...state,
    incidents: state.incidents.set(incidentId, incident),
    openIncidents: state.openIncidents.set(finding.key, incidentId),
    lastIncidents: state.lastIncidents.set(finding.key, incidentId),
  }
}

function reopened(state: CoreState, data: EventData['IncidentReopened'] & { at: number }): CoreState {
  const { incidentId, finding, impact, by, at, isNoticed = false, isSnoozed = false } = data
  const next = changed(state, 'IncidentReopened', data, (before) => ({
    ...found(before, finding ?? undefined, impact ?? undefined),
    status: isSnoozed ? 'snoozed' : 'open',
    acknowledgedBy: null,
    snooze: isSnoozed ? before.snooze : null,
    resolvedAt: null,
    resolvedBy: null,
    endedBecause: null,
    reopenedAt: at,
    reopened: before.reopened + 1,
    isKept: by !== null,
    // It ends with what it was split from only as long as that lasts.
    splitFrom: isThere(state, before.splitFrom) ? before.splitFrom : null,
    recoveringSince: null,
    turns: by === null ? turnsWith(before, at) : before.turns,
    isNoticed: before.isNoticed || isNoticed,
  }))
  const key = state.incidents.get(incidentId)?.key
  return key === undefined ? next : { ...next, openIncidents: next.openIncidents.set(key, incidentId) }
}

function isThere({ incidents }: CoreState, incidentId: string | null): boolean {
  const incident = incidentId === null ? undefined : incidents.get(incidentId)
  return incident !== undefined && incident.status !== 'resolved'
}

function updated(state: CoreState, data: EventData['IncidentUpdated'] & { at: number }): CoreState {
  const { finding, impact, isRecount = false, at } = data
  return changed(
    state,
    'IncidentUpdated',
    data,
    (before) => ({
      ...found(before, finding, impact),
      isKept: isRecount && before.isKept,
      ...(before.recoveringSince === null ? {} : { recoveringSince: null, turns: turnsOnce(before, at) }),
    }),
    (before) => (before.recoveringSince === null ? wordsOfUpdate(before, data) : null),
  )
}

function resolved(state: CoreState, data: EventData['IncidentResolved'] & { at: number }): CoreState {
  const { incidentId, by = null, at } = data
  const before = state.incidents.get(incidentId)
  if (before === undefined) return state
  const next = changed(state, 'IncidentResolved', data, () => ({
    status: 'resolved',
    resolvedAt: at,
    resolvedBy: by,
    endedBecause: data.reason,
    snooze: by === null && before.snooze?.until != null ? before.snooze : null,
    isKept: false,
    isFlapping: false,
    recoveringSince: null,
    isSilenced: false,
    silencedBy: null,
    isRerouteHeld: false,
    turns: by === null ? turnsOnce(before, at) : before.turns,
  }))
  return { ...next, openIncidents: next.openIncidents.delete(before.key) }
}

/** The turns with this one, where the same event was not counted already. */
function turnsOnce({ turns }: Incident, at: number): readonly number[] {
  return turns.at(-1) === at ? turns : turnsWith({ turns }, at)
}

/** What detection says, beside which what a person set stays. */
function found(
  before: Incident,
  finding: EventData['IncidentUpdated']['finding'] | undefined,
  impact: EventData['IncidentUpdated']['impact'] | undefined,
): Partial<Incident> {
  return {
    ...finding,
    ...impact,
    cutOffAt: impact?.cutOffAt === undefined ? before.cutOffAt : impact.cutOffAt,
    beganAt: before.beganAt,
    severityFound: finding?.severity ?? before.severityFound,
    severity: before.severitySetBy === null ? (finding?.severity ?? before.severity) : before.severity,
  }
}

function seenOf(incident: Incident): Said {
  const { severityFound: severity, ordersAtRisk } = incident
  return { severity, ordersAtRisk, cause: causeOf(incident) }
}

function awake({ acknowledgedBy }: Incident): Partial<Incident> {
  return { snooze: null, status: acknowledgedBy === null ? 'open' : 'acknowledged' }
}

/** State after an event changed an incident that is there; the history gets a line. */
function changed<T extends keyof IncidentEvents>(
  state: CoreState,
  type: T,
  data: IncidentEvents[T] & { at: number },
  change: (before: Incident) => Partial<Incident>,
  words?: (before: Incident) => string | null,
): CoreState {
  const before = state.incidents.get(data.incidentId)
  if (before === undefined) return state
  const { at } = data
  const said = incidentWordsOf({ type, data } as unknown as CoreEvent)
  const text = words === undefined ? (said?.text ?? type) : words(before)
  const line = said?.by == null ? { at, text: text ?? '' } : { at, text: text ?? '', by: said.by }
  const history = text === null ? before.history : [...before.history, line].slice(-historyKept)
  const next: Incident = { ...before, ...change(before), updatedAt: at, history }
  return { ...state, incidents: state.incidents.set(data.incidentId, next) }
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

/** State after somebody said what an incident was worth: its history tells. */
export function judged(state: CoreState, data: EventData['FeedbackGiven'] & { at: number }): CoreState {
  const said = incidentWordsOf({ type: 'FeedbackGiven', data })
  const before = said === null ? undefined : state.incidents.get(said.incidentId)
  if (said === null || before === undefined) return state
  const line = { at: data.at, text: said.text, ...(said.by === null ? {} : { by: said.by }) }
  const history = [...before.history, line].slice(-historyKept)
  return { ...state, incidents: state.incidents.set(before.incidentId, { ...before, history }) }
}

/** Null where a person would see nothing new. */
function wordsOfUpdate(before: Incident, { finding, impact }: EventData['IncidentUpdated']): string | null {
  if (finding.title !== before.title) return finding.title
  const orders = impact.ordersAtRisk
  if (orders === before.ordersAtRisk && finding.severity === before.severityFound) return null
  return `${orders === 1 ? '1 order' : `${orders} orders`} at risk, severity ${finding.severity.toFixed(2)}`
}
