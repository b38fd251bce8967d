// The rules of the commands on incidents. Pure; who is told of what is decided elsewhere.

import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { RulesOf } from '../rules.ts'
import type { CoreState } from '../state.ts'
import { changesSince } from './changes.ts'
import type { IncidentCommands } from './commands.ts'
import { flapOf, hasStayedBack, isSteady, openingOf } from './flapping.ts'
import type { Impact, Incident } from './incident.ts'
import { isSameSlice, partsOfSlice, type Slice, sliceOfCause } from './slice.ts'

/** Longest snooze to a time; one that lasts until it changes has no end. */
const snoozeMostMs = 30 * 86_400_000

/** Rules of the commands on incidents. */
export const incidentRules: RulesOf<IncidentCommands> = {
  OpenIncident: (state, { data, at }) => open(state, data, at),
  UpdateIncident: onOpen<'UpdateIncident'>((incident, data, at) => update(incident, data, at)),
  ResolveIncident: onOpen<'ResolveIncident'>((incident, data, at, state) =>
    resolve(state, incident, data, at),
  ),
  ReopenIncident: onIncident<'ReopenIncident'>((incident, { incidentId, reason, by }, at, state) => {
    if (incident.status !== 'resolved') return said(incident, [])
    if (state.openIncidents.has(incident.key))
      return refused('constraint_has_another_incident', { incidentId })
    const data = { incidentId, finding: null, impact: null, reason, by, at }
    return said(incident, [event('IncidentReopened', data)])
  }),
  AcknowledgeIncident: onOpen<'AcknowledgeIncident'>((incident, { incidentId, by }, at) => {
    if (incident.acknowledgedBy === by && incident.status === 'acknowledged') return said(incident, [])
    return said(incident, [event('IncidentAcknowledged', { incidentId, by, ...noticed(incident), at })])
  }),
  AssignIncident: onIncident<'AssignIncident'>((incident, { incidentId, owner, by }, at) =>
    said(
      incident,
      incident.owner === owner ? [] : [event('IncidentAssigned', { incidentId, owner, by, at })],
    ),
  ),
  SnoozeIncident: onOpen<'SnoozeIncident'>((incident, { incidentId, until: asked, forMs, by }, at) => {
    const until = asked ?? (forMs === null ? null : at + forMs)
    if (until !== null && !(until > at)) return refused('snooze_is_over_already', { incidentId })
    if (until !== null && until - at > snoozeMostMs)
      return refused('snooze_too_long', { incidentId, days: 30 })
    return said(incident, [event('IncidentSnoozed', { incidentId, until, by, at })])
  }),
  WakeIncident: onOpen<'WakeIncident'>((incident, { by }, at) => {
    if (incident.snooze === null) return said(incident, [])
    const { until } = incident.snooze
    if (by === null && (until === null || until > at)) return said(incident, [])
    return said(incident, [woken(incident, by, by === null ? 'its time is over' : `by ${by}`, at)])
  }),
  SetIncidentSeverity: onOpen<'SetIncidentSeverity'>((incident, { incidentId, severity, by }, at) => {
    if (severity !== null && !(severity >= 0 && severity <= 1))
      return refused('severity_invalid', { incidentId })
    const isSame = severity === null ? incident.severitySetBy === null : isSetTo(incident, severity)
    return said(incident, isSame ? [] : [event('IncidentSeveritySet', { incidentId, severity, by, at })])
  }),
  CommentIncident: onIncident<'CommentIncident'>((incident, data, at) => {
    const isKnown = incident.comments.some(({ commentId }) => commentId === data.commentId)
    return said(incident, isKnown ? [] : [event('IncidentCommented', { ...data, at })])
  }),
  MergeIncident: onOpen<'MergeIncident'>((incident, data, at, state) => merge(state, incident, data, at)),
  SplitIncident: onOpen<'SplitIncident'>((incident, data, at, state) => split(state, incident, data, at)),
  SteadyIncident: onOpen<'SteadyIncident'>((incident, { incidentId }, at, state) =>
    said(incident, isSteady(state, incident, at) ? [event('IncidentSteady', { incidentId, at })] : []),
  ),
  NoteRollBack: onIncident<'NoteRollBack'>((incident, data, at) =>
    said(incident, data.returned + data.stayed === 0 ? [] : [event('IncidentRolledBack', { ...data, at })]),
  ),
  MarkSilenced: onOpen<'MarkSilenced'>((incident, { incidentId, silenceId }, at, state) => {
    const silence = silenceId === null ? undefined : state.alerting.silences.get(silenceId)
    if (silenceId !== null && silence === undefined) return refused('silence_unknown', { silenceId })
    const holdsReroutes = silence?.holdsReroutes ?? false
    if (incident.silencedBy === silenceId && incident.isRerouteHeld === holdsReroutes)
      return said(incident, [])
    return said(incident, [event('IncidentSilenced', { incidentId, silenceId, holdsReroutes, at })])
  }),
}

type Rule<T extends keyof IncidentCommands> = (
  incident: Incident,
  data: CommandData[T],
  at: number,
  state: CoreState,
) => Verdict

function onIncident<T extends keyof IncidentCommands>(rule: Rule<T>) {
  return (state: CoreState, { data, at }: { data: CommandData[T]; at: number }): Verdict => {
    const { incidentId } = data
    const incident = state.incidents.get(incidentId)
    return incident === undefined
      ? refused('incident_unknown', { incidentId })
      : rule(incident, data, at, state)
  }
}

/** Of an incident that is over nothing changes. */
function onOpen<T extends keyof IncidentCommands>(rule: Rule<T>) {
  return onIncident<T>((incident, data, at, state) =>
    incident.status === 'resolved' ? said(incident, []) : rule(incident, data, at, state),
  )
}

function said({ incidentId }: Pick<Incident, 'incidentId'>, events: readonly CoreEvent[]): Verdict {
  return answered(events, { incidentId })
}

const noticed = ({ isNoticed }: Incident) => (isNoticed ? { isNoticed } : {})
const isSetTo = ({ severity, severitySetBy }: Incident, set: number) =>
  severitySetBy !== null && severity === set

function woken({ incidentId }: Incident, by: string | null, reason: string, at: number): CoreEvent {
  return event('IncidentWoken', { incidentId, by, reason, at })
}

function open(state: CoreState, data: CommandData['OpenIncident'], at: number): Verdict {
  const { incidentId, finding, impact, isNoticed = false } = data
  if (state.incidents.has(incidentId) || state.openIncidents.has(finding.key)) return said(data, [])
  const opening = openingOf(state, finding, at)
  if (opening.kind === 'new') return said(data, [event('IncidentOpened', { ...data, at })])
  const { incident } = opening
  if (opening.kind === 'rest') return said(incident, [])
  const back = {
    ...{ incidentId: incident.incidentId, finding, impact, by: null, at },
    ...(isNoticed ? { isNoticed } : {}),
    ...((incident.snooze?.until ?? at) > at ? { isSnoozed: true as const } : {}),
  }
  const flap = flapOf(state, incident, at)
  return said(incident, [
    event('IncidentReopened', { ...back, reason: 'it came back' }),
    ...(flap.isMuch ? [flapping(incident, flap.score, at)] : []),
  ])
}

function flapping({ incidentId }: Incident, score: number, at: number): CoreEvent {
  return event('IncidentFlapping', { incidentId, score, at })
}

function update(incident: Incident, data: CommandData['UpdateIncident'], at: number): Verdict {
  const events = [event('IncidentUpdated', { ...data, ...noticed(incident), at })]
  const { finding, impact } = data
  const { snooze } = incident
  const isChanged = snooze !== null && changesSince(snooze.seen, { ...finding, ...impact }).length > 0
  if (snooze?.until === null && isChanged) events.push(woken(incident, null, 'it changed', at))
  return said(incident, events)
}

function resolve(
  state: CoreState,
  incident: Incident,
  data: CommandData['ResolveIncident'],
  at: number,
): Verdict {
  const { incidentId, recoveringSince } = incident
  const over = [
    event('IncidentResolved', { ...data, ...noticed(incident), at }),
    ...partsEnded(state, incident, at),
  ]
  // What a rule told of is over for certain.
  if (data.by !== undefined || incident.model === 'rule') return said(incident, over)
  if (incident.isFlapping) {
    if (recoveringSince === null) return said(incident, [event('IncidentRecovering', { incidentId, at })])
    return said(incident, hasStayedBack(state, incident, at) ? over : [])
  }
  const flap = flapOf(state, incident, at)
  if (!flap.isMuch) return said(incident, over)
  return said(incident, [flapping(incident, flap.score, at), event('IncidentRecovering', { incidentId, at })])
}

/** What was split from an incident ends with it. */
function partsEnded(state: CoreState, { incidentId }: Incident, at: number): CoreEvent[] {
  const reason = 'the incident it was split from is over'
  return [...state.openIncidents.values()].flatMap((id) => {
    const part = state.incidents.get(id)
    if (part?.splitFrom !== incidentId) return []
    return [event('IncidentResolved', { incidentId: id, reason, ...noticed(part), at })]
  })
}

function merge(
  state: CoreState,
  incident: Incident,
  { incidentId, into, by }: CommandData['MergeIncident'],
  at: number,
): Verdict {
  const parent = state.incidents.get(into)
  if (parent === undefined) return refused('incident_unknown', { incidentId: into })
  if (into === incidentId) return refused('merge_into_itself', { incidentId })
  if (parent.status === 'resolved') return refused('merge_into_resolved', { incidentId: into })
  if (parent.mergedInto !== null) return refused('merge_into_merged', { incidentId: into })
  if (incident.mergedInto === into) return said(incident, [])
  for (const other of state.openIncidents.values()) {
    if (state.incidents.get(other)?.mergedInto === incidentId)
      return refused('merge_has_parts', { incidentId })
  }
  return said(incident, [event('IncidentMerged', { incidentId, into, by, at })])
}

function split(
  state: CoreState,
  incident: Incident,
  { incidentId, cause, by }: CommandData['SplitIncident'],
  at: number,
): Verdict {
  if (cause === null) {
    const { mergedInto: from } = incident
    if (from === null) return refused('not_merged', { incidentId })
    return said(incident, [event('IncidentSplit', { incidentId, from, by, at })])
  }
  const { newId, dimension, value } = cause
  const found = incident.causes.find((one) => one.dimension === dimension && one.value === value)
  if (found === undefined) return refused('cause_unknown', { incidentId, dimension, value })
  if (state.incidents.has(newId)) return answered([], { incidentId: newId })
  const slice = sliceOfCause(incident, found)
  if (slice === null) return refused('cause_is_the_incident', { incidentId, dimension, value })
  const known = openOf(state, slice)
  if (known !== null) return refused('constraint_has_another_incident', { incidentId: known })
  const finding = {
    ...seenOf(incident),
    ...slice,
    key: `${slice.dimension}/${slice.dimensionValue}`,
    title: `${nameOf(state, slice)}: ${Math.round(found.share * 100)} % of "${incident.title}"`,
    causes: [],
  }
  const impact = impactOf(incident)
  const opened = { incidentId: newId, finding, impact, splitFrom: incidentId, by, ...noticed(incident) }
  return answered([event('IncidentOpened', { ...opened, at })], { incidentId: newId })
}

/** At most what is at stake of the whole, until it is counted. */
function impactOf({ ordersAtRisk, centsAtRisk, currency }: Incident): Impact {
  return { ordersAtRisk, centsAtRisk, currency }
}

/** What was seen of an incident, as detection said it. */
function seenOf(incident: Incident) {
  const { metric, severityFound: severity, beganAt, value, expected, expectedLow, expectedHigh } = incident
  const { pValue, model } = incident
  return { metric, severity, beganAt, value, expected, expectedLow, expectedHigh, pValue, model }
}

/** The open incident of a slice, null where it has none. */
function openOf({ openIncidents, incidents }: CoreState, slice: Slice): string | null {
  for (const id of openIncidents.values()) {
    const incident = incidents.get(id)
    if (incident !== undefined && isSameSlice(incident, slice)) return id
  }
  return null
}

function nameOf({ nodes }: CoreState, slice: Slice): string {
  const names = partsOfSlice(slice).map(({ dimension, value }) =>
    dimension === 'node' ? (nodes.get(value)?.name ?? value) : value,
  )
  return names.join(', ')
}
