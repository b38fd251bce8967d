// Which notices are due now: what nobody was told yet, what changed since it was told, and what is over. Pure; the same
// state, receivers and time give the same notices.

import type { api } from '#data/contracts'
import {
  causeOf,
  changesSince,
  type Incident,
  type Notice,
  type NoticeKind,
  type Told,
} from '#orchestrator/core'
import { type Group, groupsOf, hushOf, type Moment } from './groups.ts'
import { noticed } from './noticed.ts'
import { receiversOf } from './routing.ts'
import { nextCutOff } from './tend.ts'

/** A notice without its number. */
export type NoticeDraft = Omit<Notice, 'noticeId'>

/** Incidents of one notice at most; the others come with the next. */
const incidentsMost = 50
const [secondMs, minuteMs] = [1_000, 60_000]

/** The notices that are due, at most one for each group: what it says may change what is due next. */
export function dueNotices(moment: Moment): NoticeDraft[] {
  return [...groupsOf(moment).values()].flatMap((group) => noticeOf(group, moment) ?? [])
}

function noticeOf(group: Group, moment: Moment): NoticeDraft | null {
  for (const make of [recovered, opened, flapping, acknowledged, escalated, changed, repeated]) {
    const notice = make(group, moment)
    if (notice !== null) return notice
  }
  return null
}

function draft(
  { key, route, known, labels }: Group,
  kind: NoticeKind,
  receivers: readonly string[],
  about: readonly { incident: Incident; reasons: readonly string[] }[],
  { state, now }: Moment,
  level: number | null = null,
): NoticeDraft | null {
  if (about.length === 0 || (receivers.length === 0 && kind !== 'recovered')) return null
  const gravest = about.toSorted((a, b) => byWeight(a.incident, b.incident))
  const incidents = gravest.slice(0, incidentsMost).map(({ incident, reasons }) => {
    const node = incident.dimension === 'node' ? state.nodes.get(incident.dimensionValue) : undefined
    return noticed(incident, nextCutOff(node, now), reasons)
  })
  const routeId = route?.routeId ?? known?.routeId ?? ''
  const named = new Set(incidents.map(({ incidentId }) => incidentId))
  const others = Object.keys(known?.told ?? {}).filter((id) => !named.has(id))
  const statuses = (kind === 'recovered' ? others : [...others, ...named]).map(
    (id) => state.incidents.get(id)?.status,
  )
  const stillOpen = statuses.filter((status) => status !== 'resolved').length
  const stillUnseen = statuses.filter((status) => status === 'open').length
  return { kind, groupKey: key, routeId, labels, receivers, incidents, level, stillOpen, stillUnseen }
}

/** The gravest first, then the oldest. */
function byWeight(a: Incident, b: Incident): number {
  return b.severity - a.severity || a.openedAt - b.openedAt || (a.incidentId < b.incidentId ? -1 : 1)
}

/** Whether the pause between two messages of the group is over. */
function mayFollow({ route, known }: Group, { now }: Moment): boolean {
  return known === undefined || now >= known.lastAt + (route?.groupIntervalSeconds ?? 0) * secondMs
}

function toldIn({ known }: Group): [string, Told][] {
  return Object.entries(known?.told ?? {})
}

/** To everybody who was told of them, also during a silence: nobody is left with an alarm that is over. */
function recovered(group: Group, moment: Moment): NoticeDraft | null {
  if (!mayFollow(group, moment)) return null
  const over = toldIn(group).flatMap(([id, told]) => {
    const incident = moment.state.incidents.get(id)
    return incident?.status === 'resolved' ? [{ incident, told, reasons: [] }] : []
  })
  return toThoseTold(group, 'recovered', over, moment)
}

function acknowledged(group: Group, moment: Moment): NoticeDraft | null {
  const taken = toldIn(group).flatMap(([id, told]) => {
    const incident = moment.state.incidents.get(id)
    if (incident === undefined) return []
    const isTold = told.isAcknowledged && !cameBack(incident, told)
    const isNew = incident.status === 'acknowledged' && !isTold
    return isNew ? [{ incident, told, reasons: [] }] : []
  })
  return toThoseTold(group, 'acknowledged', taken, moment)
}

/** One notice is about incidents that the same receivers know of. */
function toThoseTold(
  group: Group,
  kind: 'recovered' | 'acknowledged',
  about: readonly { incident: Incident; told: Told; reasons: readonly string[] }[],
  moment: Moment,
): NoticeDraft | null {
  const isHeard = ({ told }: { told: Told }) => receiversOf(told.receivers, moment.receivers).length > 0
  const first = about.find(isHeard) ?? (kind === 'recovered' ? about[0] : undefined)
  if (first === undefined) return null
  const same = about.filter(({ told }) => told.receivers.join() === first.told.receivers.join())
  const there = receiversOf(first.told.receivers, moment.receivers)
  return draft(group, kind, there, same, moment)
}

function opened(group: Group, moment: Moment): NoticeDraft | null {
  const { route, known, members } = group
  if (route === null) return null
  const fresh = members.filter((incident) => isFresh(group, incident, moment))
  if (fresh.length === 0) return null
  const waitsSince = Math.min(...fresh.map(({ openedAt, reopenedAt }) => reopenedAt ?? openedAt))
  const isDue =
    known === undefined
      ? moment.now >= waitsSince + route.groupWaitSeconds * secondMs
      : mayFollow(group, moment)
  if (!isDue) return null
  const about = fresh.map((incident) => ({ incident, reasons: firstReasons(incident) }))
  const first = receiversOf(route.receivers, moment.receivers)
  if (first.length > 0) return draft(group, 'opened', first, about, moment)
  const { receivers, level } = standIns(route, moment, waitsSince)
  return draft(group, 'opened', receivers, about, moment, level)
}

/** Where none of those who are to hear of it first is there: those of the steps that are due. */
function standIns({ escalation }: api.AlertRoute, { receivers: there, now }: Moment, since: number) {
  for (const [i, { afterMinutes, receivers: meant }] of escalation.entries()) {
    const receivers = receiversOf(meant, there)
    if (receivers.length > 0 && now >= since + afterMinutes * minuteMs) return { receivers, level: i + 1 }
  }
  return { receivers: [], level: null }
}

/** Whether nobody of the group was told of it, and somebody should be. */
function isFresh({ known }: Group, incident: Incident, moment: Moment): boolean {
  const isTold = known !== undefined && Object.hasOwn(known.told, incident.incidentId)
  if (isTold || incident.recoveringSince !== null) return false
  // Whoever looks after it knows of it as it was then.
  const { status, takenAs } = incident
  const isOther = status === 'acknowledged' && takenAs !== null && changesSince(takenAs, incident).length > 0
  return (status === 'open' || isOther) && hushOf(moment, incident) === null
}

/** Whether it was over and came back to stay before anybody was told of its end: it begins anew. */
function cameBack({ reopenedAt, isFlapping }: Incident, { at }: Told): boolean {
  return !isFlapping && reopenedAt !== null && reopenedAt > at
}

function firstReasons({ isFlapping, reopened }: Incident): string[] {
  return [...(reopened > 0 ? ['came_back'] : []), ...(isFlapping ? ['flapping'] : [])]
}

/** Members that somebody was told of, and of which may be spoken. */
function spoken({ known, members }: Group, moment: Moment): { incident: Incident; told: Told }[] {
  return members.flatMap((incident) => {
    const told = known === undefined ? undefined : known.told[incident.incidentId]
    if (told === undefined || hushOf(moment, incident) !== null) return []
    return [{ incident, told: cameBack(incident, told) ? { ...told, level: 0, firstAt: moment.now } : told }]
  })
}

/** Once for each time that it begins to come and go; until it stays or ends nothing of its course is told. */
function flapping(group: Group, moment: Moment): NoticeDraft | null {
  const about = spoken(group, moment)
    .filter(({ incident, told }) => incident.isFlapping && !told.isFlapping)
    .map(({ incident }) => ({ incident, reasons: ['flapping'] }))
  return toRoute(group, 'flapping', about, moment)
}

function changed(group: Group, moment: Moment): NoticeDraft | null {
  if (!mayFollow(group, moment)) return null
  const about = spoken(group, moment)
    .filter(({ incident }) => !incident.isFlapping)
    .map(({ incident, told }) => ({ incident, reasons: reasonsOf(incident, told) }))
    .filter(({ reasons }) => reasons.length > 0)
  return toRoute(group, 'changed', about, moment)
}

function reasonsOf(incident: Incident, told: Told): string[] {
  if (cameBack(incident, told)) return ['came_back']
  const reasons = changesSince({ ...told, cause: told.cause ?? causeOf(incident) }, incident)
  if (incident.wokenAt !== null && incident.wokenAt > told.at) reasons.push('snooze_ended')
  if (told.isFlapping) reasons.push('stays')
  return reasons
}

function repeated(group: Group, moment: Moment): NoticeDraft | null {
  const { route, known } = group
  if (known === undefined || route === null || route.repeatMinutes === null) return null
  if (moment.now < known.lastAt + route.repeatMinutes * minuteMs) return null
  const about = spoken(group, moment)
    .filter(({ incident }) => incident.status === 'open' && !incident.isFlapping)
    .map(({ incident }) => ({ incident, reasons: ['goes_on'] }))
  return toRoute(group, 'repeated', about, moment)
}

function toRoute(
  group: Group,
  kind: NoticeKind,
  about: readonly { incident: Incident; reasons: readonly string[] }[],
  moment: Moment,
): NoticeDraft | null {
  const meant = receiversOf(group.route?.receivers ?? [], moment.receivers)
  // Those who stood in for them hear how it goes on.
  const told = about.flatMap(({ incident }) => group.known?.told[incident.incidentId]?.receivers ?? [])
  return draft(group, kind, meant.length > 0 ? meant : receiversOf(told, moment.receivers), about, moment)
}

/** Whether it goes on and nobody took note. */
function isUnseen({ status, recoveringSince }: Incident): boolean {
  return status === 'open' && recoveringSince === null
}

/** Since when somebody could have taken note: anew when a snooze, a silence or the incident it was told with ends. */
function heardSince(
  { wokenAt, tellableAt, mergedInto }: Incident,
  { firstAt }: Told,
  { state }: Moment,
): number {
  const whole = mergedInto === null ? undefined : state.incidents.get(mergedInto)
  return Math.max(firstAt, wokenAt ?? firstAt, tellableAt ?? firstAt, whole?.resolvedAt ?? firstAt)
}

/** To those of the next step, when nobody took note in time. */
function escalated(group: Group, moment: Moment): NoticeDraft | null {
  const steps = group.route?.escalation ?? []
  for (const [i, { afterMinutes, receivers }] of steps.entries()) {
    const about = spoken(group, moment)
      .filter(({ incident, told }) => isUnseen(incident) && told.level <= i)
      .filter(
        ({ incident, told }) => moment.now >= heardSince(incident, told, moment) + afterMinutes * minuteMs,
      )
      .map(({ incident }) => ({ incident, reasons: ['not_acknowledged'] }))
    const meant = receiversOf(receivers, moment.receivers)
    const notice = draft(group, 'escalated', meant, about, moment, i + 1)
    if (notice !== null) return notice
  }
  return null
}
