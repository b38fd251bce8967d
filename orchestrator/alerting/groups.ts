// Incidents as they are told: in groups by the rules they go by, with what was merged into them, and whether anybody
// may be told of them now. Pure.

import type { api } from '#data/contracts'
import type { CoreState, Incident, NoticeGroup } from '#orchestrator/core'
import { groupKeyOf, groupLabels, routesFor, routingOf } from './routing.ts'
import { silenceFor } from './tend.ts'

/** Why nobody is told of an incident that is not over. */
export type Hush = 'silenced' | 'snoozed' | 'merged' | null

/** What a notice is made with. */
export interface Moment {
  state: CoreState
  /** Ids of the webhooks that can be told of incidents. */
  receivers: readonly string[]
  /** Epoch ms of the market. */
  now: number
}

/** Why nobody is told of it now. */
export function hushOf({ state, now }: Pick<Moment, 'state' | 'now'>, incident: Incident): Hush {
  const parent = incident.mergedInto === null ? undefined : state.incidents.get(incident.mergedInto)
  if (parent !== undefined && parent.status !== 'resolved') return 'merged'
  if (incident.status === 'snoozed') return 'snoozed'
  return silenceFor(state, incident, now) === null ? null : 'silenced'
}

/** Incidents that are told together. */
export interface Group {
  key: string
  /** Null where the rule is gone. */
  route: api.AlertRoute | null
  labels: Record<string, string>
  /** What was said in it. */
  known: NoticeGroup | undefined
  /** Incidents that belong to it and are not over. */
  members: Incident[]
}

/** Every group that may have something to say, by its key. */
export function groupsOf({ state }: Moment): Map<string, Group> {
  const routing = routingOf(state)
  const toldIn = groupsTold(state)
  const groups = new Map<string, Group>()
  const merged = mergedOf(state)
  for (const incidentId of state.openIncidents.values()) {
    const incident = state.incidents.get(incidentId)
    if (incident === undefined || !incident.isNoticed) continue
    const member = withMerged(incident, merged.get(incidentId) ?? [])
    for (const route of routesFor(routing, member)) {
      const { key, labels } = placeOf(toldIn, route, member)
      const group = groups.get(key)
      if (group !== undefined) group.members.push(member)
      else groups.set(key, { key, route, labels, known: state.alerting.groups.get(key), members: [member] })
    }
  }
  for (const [key, known] of state.alerting.groups) {
    if (groups.has(key)) continue
    const route = routing.routes.find(({ routeId }) => routeId === known.routeId) ?? null
    groups.set(key, { key, route, labels: { ...known.labels }, known, members: [] })
  }
  return groups
}

/** Groups in which somebody was told of an incident, by rule and incident. */
export type GroupsTold = ReadonlyMap<string, ReadonlyMap<string, NoticeGroup>>

/** Of each incident and rule the group in which it was told first. */
export function groupsTold({ alerting }: CoreState): GroupsTold {
  const all = new Map<string, Map<string, NoticeGroup>>()
  for (const group of alerting.groups.values()) {
    const ofRoute = all.get(group.routeId) ?? new Map<string, NoticeGroup>()
    all.set(group.routeId, ofRoute)
    for (const [incidentId, { firstAt }] of Object.entries(group.told)) {
      const other = ofRoute.get(incidentId)?.told[incidentId]
      if (other === undefined || firstAt < other.firstAt) ofRoute.set(incidentId, group)
    }
  }
  return all
}

/**
 * The group in which an incident is told by a rule: where somebody knows of it the one in which that was told, also
 * when its labels have changed, so that it has one beginning and one end.
 */
export function placeOf(
  told: GroupsTold,
  route: api.AlertRoute,
  incident: Incident,
): { key: string; labels: Record<string, string> } {
  const known = told.get(route.routeId)?.get(incident.incidentId)
  if (known !== undefined) return { key: known.groupKey, labels: { ...known.labels } }
  const labels = groupLabels(route, incident)
  return { key: groupKeyOf(route, labels), labels }
}

/** An incident as it is told, with what was merged into it. */
export function asTold(state: CoreState, incident: Incident): Incident {
  return withMerged(incident, mergedOf(state).get(incident.incidentId) ?? [])
}

/** Open incidents that were merged into others, by those. */
function mergedOf({ openIncidents, incidents }: CoreState): Map<string, Incident[]> {
  const all = [...openIncidents.values()].flatMap((id) => incidents.get(id) ?? [])
  const merged = all.filter(({ mergedInto }) => mergedInto !== null)
  return Map.groupBy(merged, ({ mergedInto }) => mergedInto ?? '')
}

/** An incident as it is told: as grave as the gravest that was merged into it, for nobody is told of those. */
function withMerged(incident: Incident, merged: readonly Incident[]): Incident {
  if (merged.length === 0) return incident
  const all = [incident, ...merged]
  const severity = Math.max(...all.map((each) => each.severity))
  return { ...incident, severity, ordersAtRisk: Math.max(...all.map(({ ordersAtRisk }) => ordersAtRisk)) }
}
