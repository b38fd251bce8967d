// Who was told of an incident, and in words why nobody is told more now. It tells nobody.

import type { api } from '#data/contracts'
import type { Incident } from '#orchestrator/core'
import { dueNotices } from './due.ts'
import { asTold, groupsTold, hushOf, type Moment, placeOf } from './groups.ts'
import { receiversOf, routesFor, routingOf } from './routing.ts'
import { silenceFor } from './tend.ts'

type Why = api.IncidentTelling['why']

/** What there is to say of the messages about an incident. */
export function tellingOf(moment: Moment, incident: Incident): api.IncidentTelling {
  const told = [...moment.state.alerting.groups.values()].flatMap(({ routeId, told: all }) => {
    const one = Object.hasOwn(all, incident.incidentId) ? all[incident.incidentId] : undefined
    if (one === undefined) return []
    const [firstAt, lastAt] = [isoOf(one.firstAt), isoOf(one.at)]
    return [{ route: routeId, receivers: [...one.receivers], firstAt, lastAt }]
  })
  const { why, nextAt } = whyOf(moment, incident, told.length > 0)
  return {
    told,
    why,
    sentence: sentenceOf(why, moment, incident),
    nextAt: nextAt === null ? null : isoOf(nextAt),
  }
}

function whyOf(moment: Moment, incident: Incident, isTold: boolean): { why: Why; nextAt: number | null } {
  const plain = (why: Why) => ({ why, nextAt: null })
  if (!incident.isNoticed) return plain('before_notices')
  const isDue = dueNotices(moment).some(({ incidents }) =>
    incidents.some(({ incidentId }) => incidentId === incident.incidentId),
  )
  if (isDue) return { why: 'due', nextAt: moment.now }
  if (incident.status === 'resolved') return isTold ? waiting(moment, incident) : plain('over')
  const hush = hushOf(moment, incident)
  if (hush !== null) return plain(hush)
  const routes = routesFor(routingOf(moment.state), asTold(moment.state, incident))
  if (routes.length === 0) return plain('no_rule')
  if (incident.isFlapping && isTold) return plain('flapping')
  if (isTold) return plain('told')
  if (incident.isFlapping) return plain('flapping')
  const isHeard = routes.some((route) => waitOf(route, moment.receivers) !== null)
  if (!isHeard) return plain('no_receiver')
  // Somebody looks after it who was not told by a message.
  return incident.status === 'acknowledged' ? plain('told') : waiting(moment, incident)
}

/** How long a rule waits before somebody is told first, ms; null where nobody of it is there. */
function waitOf({ receivers, groupWaitSeconds, escalation }: api.AlertRoute, there: readonly string[]) {
  if (receiversOf(receivers, there).length > 0) return groupWaitSeconds * 1_000
  const step = escalation.find((each) => receiversOf(each.receivers, there).length > 0)
  return step === undefined ? null : step.afterMinutes * 60_000
}

function waiting({ state, now, receivers }: Moment, incident: Incident): { why: Why; nextAt: number | null } {
  const toldIn = groupsTold(state)
  const times = routesFor(routingOf(state), asTold(state, incident)).map((route) => {
    const group = state.alerting.groups.get(placeOf(toldIn, route, incident).key)
    if (group !== undefined) return group.lastAt + route.groupIntervalSeconds * 1_000
    const wait = waitOf(route, receivers)
    return wait === null ? Number.POSITIVE_INFINITY : (incident.reopenedAt ?? incident.openedAt) + wait
  })
  const next = Math.min(...times)
  return { why: 'waiting', nextAt: Number.isFinite(next) ? Math.max(now, next) : null }
}

function sentenceOf(why: Why, { state, now }: Moment, incident: Incident): string {
  switch (why) {
    case 'told':
      return 'Everybody who is to know was told; the next message comes when it changes or ends.'
    case 'due':
      return 'A message is about to be sent.'
    case 'waiting':
      return 'A message waits, so that what belongs together is told together.'
    case 'no_rule':
      return 'No rule of alerting fits it, so nobody is told.'
    case 'no_receiver':
      return 'No webhook that is meant is enabled and wants such messages, so nobody is told.'
    case 'silenced': {
      const silence = silenceFor(state, incident, now)
      const name = silence?.kind === 'maintenance' ? 'A maintenance window' : 'A silence'
      return silence === null ? 'It is silenced.' : `${name} of ${silence.by} holds: ${silence.why}`
    }
    case 'snoozed':
      return incident.snooze === null ? 'It is snoozed.' : `${incident.snooze.by} snoozed it.`
    case 'merged':
      return 'It was merged into another incident, which is told for it.'
    case 'flapping':
      return 'It comes and goes: that was told once, and the next message comes when it stays, or has stayed away.'
    case 'over':
      return 'It ended before anybody was told of it, so nobody is told of its end.'
    case 'before_notices':
      return 'It is of an earlier version, in which every webhook was told of everything.'
  }
}

function isoOf(at: number): string {
  return new Date(at).toISOString()
}
