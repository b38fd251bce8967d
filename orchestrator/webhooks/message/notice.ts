// The body of a message about incidents that alerting decided on: made of its notice, which says how they stood.

import type { api } from '#data/contracts'
import type { CoreState, Notice, NoticedIncident } from '#orchestrator/core'
import { instant, maybe, nameOf } from './views.ts'

/** Data of the message of a notice, by its kind; null where it names no incident. */
export function noticeData(notice: Notice, state: CoreState): Record<string, unknown> | null {
  const [first] = notice.incidents
  if (first === undefined) return null
  const about = { notice: noticeView(notice) }
  if (notice.kind === 'acknowledged') {
    return { ...course(notice, state), ...about, by: first.acknowledgedBy ?? 'somebody' }
  }
  if (notice.kind === 'recovered') {
    return {
      ...course(notice, state),
      ...about,
      reason: first.endedBecause ?? 'values are back in the expected range',
    }
  }
  const incidents = notice.incidents.map((one) => goingView(one, state))
  return { incident: incidents[0], incidents, ...about }
}

function course({ incidents: all }: Notice, state: CoreState) {
  const incidents = all.map((one) => endView(one, state))
  return { incident: incidents[0], incidents }
}

function noticeView({ stillUnseen = 0, ...notice }: Notice): api.HookNotice {
  const { noticeId, kind, routeId, groupKey, labels, level, stillOpen } = notice
  return { noticeId, kind, routeId, groupKey, labels, level, stillOpen, stillUnseen }
}

function nameView(incident: NoticedIncident, state: CoreState): api.HookIncidentName {
  const { incidentId, title, severity, metric, dimension, dimensionValue } = incident
  const dimensionName = nameOf(dimension, dimensionValue, state)
  return { incidentId, title, severity, metric, dimension, dimensionValue, dimensionName }
}

function careView({ owner, acknowledgedBy, isFlapping }: NoticedIncident) {
  return { owner, acknowledgedBy, isFlapping }
}

function goingView(incident: NoticedIncident, state: CoreState): api.HookIncident {
  const { status, value, expected, expectedLow, expectedHigh, pValue, model } = incident
  const { ordersAtRisk, centsAtRisk, currency } = incident
  return {
    ...nameView(incident, state),
    status,
    beganAt: instant(incident.beganAt),
    openedAt: instant(incident.openedAt),
    ...{ value, expected, expectedLow, expectedHigh, pValue, model },
    ...{ ordersAtRisk, centsAtRisk, currency },
    causes: incident.causes.map(({ dimension, value: slice, share }) => ({
      dimension,
      value: slice,
      name: nameOf(dimension, slice, state),
      share,
    })),
    ...careView(incident),
    cutOffAt: maybe(incident.cutOffAt),
    reasons: [...incident.reasons],
  }
}

function endView(incident: NoticedIncident, state: CoreState): api.HookIncidentEnd {
  const { status, ordersMoved, ordersNotMoved } = incident
  return {
    ...nameView(incident, state),
    status,
    beganAt: instant(incident.beganAt),
    openedAt: instant(incident.openedAt),
    resolvedAt: maybe(incident.resolvedAt),
    ...{ ordersMoved, ordersNotMoved },
    ...careView(incident),
  }
}
