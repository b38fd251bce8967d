// Incidents of the core with names, what they hold now, and the series that shows them. It opens and ends none.

import type { api } from '#data/contracts'
import { severityWord, tellingOf } from '#orchestrator/alerting'
import { type CoreState, type Incident, snoozedUntil } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { cursorOf, pageLimit, placeOf } from './cursor.ts'
import { listDecisions } from './decisions.ts'
import { dayMs, hourMs, isoOf, isoOrNull, minutesUntil } from './figures.ts'
import { knownTo } from './period.ts'
import { infoOf, type Places, placesOf } from './places.ts'
import type { IncidentQuery } from './query.ts'
import { heldBy, worthOf } from './risk.ts'
import { ceilTo, chartOf, floorTo } from './series-view.ts'

const sortName = 'openedAt.desc'
const decisionsShown = 50
const longestSeries = 28 * dayMs

/**
 * A page of incidents, newest first.
 * @throws HTTP_CURSOR_INVALID
 */
export async function listIncidents(
  engine: Engine,
  query: IncidentQuery = {},
): Promise<api.Page<api.Incident>> {
  const place = placeOf(query.cursor, sortName, 'number')
  const limit = pageLimit(query.limit)
  const places = await placesOf(engine)
  const matches = [...engine.core.state().incidents.values()]
    .filter((incident) => isAsked(engine.core.state(), incident, query))
    .sort((a, b) => b.openedAt - a.openedAt || (a.incidentId < b.incidentId ? -1 : 1))
  const rest = matches.filter(
    ({ openedAt, incidentId }) =>
      place === null || openedAt < Number(place.key) || (openedAt === place.key && incidentId > place.id),
  )
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((incident) => incidentView(engine, places, incident)),
    nextCursor:
      rest.length <= limit || last === undefined
        ? null
        : cursorOf({ sort: sortName, key: last.openedAt, id: last.incidentId }),
    total: matches.length,
  }
}

function isAsked(state: CoreState, incident: Incident, query: IncidentQuery): boolean {
  const status = shownStatus(state, incident)
  const isStatus =
    query.status === undefined ||
    (query.status === 'active' ? status !== 'resolved' && status !== 'merged' : status === query.status)
  const owner = query.owner === 'nobody' ? null : query.owner
  return (
    isStatus &&
    (owner === undefined || incident.owner === owner) &&
    (query.severity === undefined || severityWord(incident.severity) === query.severity) &&
    (query.dimension === undefined || incident.dimension === query.dimension) &&
    (query.value === undefined || incident.dimensionValue === query.value) &&
    (query.metric === undefined || incident.metric === query.metric) &&
    (query.silenced === undefined || incident.isSilenced === query.silenced) &&
    (query.flapping === undefined || incident.isFlapping === query.flapping) &&
    (query.q === undefined || incident.title.toLowerCase().includes(query.q.toLowerCase()))
  )
}

/** How an incident stands for people: one that is told with another is merged while that goes on. */
function shownStatus(state: CoreState, { status, mergedInto }: Incident): api.Incident['status'] {
  if (status === 'resolved' || mergedInto === null) return status
  const parent = state.incidents.get(mergedInto)
  return parent === undefined || parent.status === 'resolved' ? status : 'merged'
}

/**
 * An incident with its evidence: the series from two days before it began, decisions, what happened, and who was told.
 * @param receivers ids of the webhooks that can be told of incidents
 */
export async function getIncident(
  engine: Engine,
  incidentId: string,
  receivers: readonly string[] = [],
): Promise<api.IncidentDetail | null> {
  const incident = engine.core.state().incidents.get(incidentId)
  if (incident === undefined) return null
  const places = await placesOf(engine)
  const [series, decisions] = await Promise.all([
    seriesOf(engine, places, incident),
    listDecisions(engine, { incident: incidentId, limit: decisionsShown }),
  ])
  return {
    ...incidentView(engine, places, incident),
    series,
    decisions: decisions.items,
    timeline: incident.history.map(({ at, ...line }) => ({ at: isoOf(at), ...line })),
    comments: incident.comments.map(({ at, ...comment }) => ({ at: isoOf(at), ...comment })),
    parts: partsOf(engine.core.state(), incidentId),
    telling: tellingOf({ state: engine.core.state(), receivers, now: engine.now() }, incident),
  }
}

/** Incidents that are told with this one. */
function partsOf(state: CoreState, incidentId: string): api.IncidentDetail['parts'] {
  return [...state.openIncidents.values()].flatMap((id) => {
    const part = state.incidents.get(id)
    if (part?.mergedInto !== incidentId) return []
    return [{ incidentId: id, title: part.title, status: part.status }]
  })
}

async function seriesOf(
  engine: Engine,
  places: Places,
  incident: Incident,
): Promise<api.MetricSeries | null> {
  const known = knownTo(engine, places.tables)
  const end = Math.min(known, (incident.resolvedAt ?? known) + 12 * hourMs)
  const start = Math.max(incident.beganAt - 2 * dayMs, end - longestSeries)
  const request = (grain: 'hour' | 'day') => {
    const from = floorTo(grain === 'hour' ? start : start - 26 * dayMs, grain)
    const to = Math.max(ceilTo(end, grain), from + 1)
    const { dimension, dimensionValue: value } = incident
    const metric = infoOf(places, incident.metric)
    return { metric, dimension, value, grain, from, to, previousFrom: from - 7 * dayMs, knownTo: known }
  }
  return (await chartOf(engine, places, request('hour'))) ?? chartOf(engine, places, request('day'))
}

/** An incident of the core as the API shows it; while it lasts, what it holds is counted anew. */
export function incidentView(engine: Engine, places: Places, incident: Incident): api.Incident {
  const state = engine.core.state()
  const info = infoOf(places, incident.metric)
  const isOver = incident.status === 'resolved'
  const held = isOver ? [] : heldBy(state, incident)
  const isCounted = !isOver && (incident.dimension === 'node' || incident.dimension === 'carrier')
  const place = incident.dimension === 'node' ? places.nodes.get(incident.dimensionValue) : undefined
  return {
    incidentId: incident.incidentId,
    market: engine.market,
    status: shownStatus(state, incident),
    severity: incident.severity,
    ...lifeOf(incident),
    title: incident.title,
    metric: incident.metric,
    metricTitle: info.title,
    unit: info.unit,
    dimension: incident.dimension,
    dimensionValue: incident.dimensionValue,
    dimensionTitle: places.titleOf(incident.dimension, incident.dimensionValue),
    openedAt: isoOf(incident.openedAt),
    beganAt: isoOf(incident.beganAt),
    updatedAt: isoOf(incident.updatedAt),
    resolvedAt: isoOrNull(incident.resolvedAt),
    acknowledgedBy: incident.acknowledgedBy,
    value: incident.value,
    expected: incident.expected,
    expectedLow: incident.expectedLow,
    expectedHigh: incident.expectedHigh,
    pValue: incident.pValue,
    model: incident.model,
    ordersAtRisk: isCounted ? held.length : incident.ordersAtRisk,
    centsAtRisk: isCounted ? held.reduce((sum, order) => sum + worthOf(order), 0) : incident.centsAtRisk,
    currency: incident.currency,
    ordersMoved: incident.ordersMoved,
    ordersNotMoved: incident.ordersNotMoved,
    minutesToCutOff:
      isOver || place === undefined ? null : minutesUntil(place.cutOff, place.timeZone, engine.now()),
    causes: incident.causes.map(({ dimension, value, share, slice }) => ({
      dimension,
      value,
      share,
      ...(slice === undefined ? {} : { slice: [...slice] }),
    })),
  }
}

function lifeOf(incident: Incident) {
  const { severityFound, severitySetBy, owner, resolvedBy, reopened, isFlapping } = incident
  const { flapScore, mergedInto, splitFrom, isSilenced, silencedBy, isRerouteHeld } = incident
  return {
    ...{ severityFound, severitySetBy, owner, resolvedBy, reopened, isFlapping },
    ...{ flapScore, mergedInto, splitFrom, isSilenced, silencedBy, isRerouteHeld },
    snoozedUntil: isoOrNull(snoozedUntil(incident)),
    isSnoozed: incident.status !== 'resolved' && incident.snooze !== null,
    isRecovering: incident.recoveringSince !== null,
    commentCount: incident.comments.length,
  }
}

/** Open incidents that stand by themselves, by money at risk, then the last that ended, at most `most` of those. */
export function incidentQueue(engine: Engine, places: Places, most = 5): api.Incident[] {
  const views = [...engine.core.state().incidents.values()].map((incident) =>
    incidentView(engine, places, incident),
  )
  const open = views
    .filter((view) => view.status !== 'resolved' && view.status !== 'merged')
    .sort(
      (a, b) => b.centsAtRisk - a.centsAtRisk || b.severity - a.severity || byTime(b.openedAt, a.openedAt),
    )
  const over = views
    .filter((view) => view.status === 'resolved')
    .sort((a, b) => byTime(b.resolvedAt ?? '', a.resolvedAt ?? ''))
  return [...open, ...over.slice(0, most)]
}

function byTime(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
