// How the state follows from events of alerting. Pure.

import type { HandlersOf } from '../handlers.ts'
import { causeOf } from '../incidents/changes.ts'
import type { CoreState } from '../state.ts'
import type { AlertingState, Notice, NoticeGroup, Silence, Told } from './alerting.ts'
import { endOf, silencesMost } from './alerting.ts'
import type { AlertingEvents } from './events.ts'

/** What events of alerting do. */
export const alertingHandlers: HandlersOf<AlertingEvents> = {
  SilenceAdded: (state, { silence, at }) => withAlerting(state, { silences: kept(state, silence, at) }),
  SilenceChanged: (state, { silence, at }) => withAlerting(state, { silences: kept(state, silence, at) }),
  SilenceEnded: (state, { silenceId, by, at }) => {
    const silence = state.alerting.silences.get(silenceId)
    if (silence === undefined) return state
    const ended = { ...silence, endedAt: new Date(at).toISOString(), endedBy: by }
    return withAlerting(state, { silences: state.alerting.silences.set(silenceId, ended) })
  },
  AlertRoutingSet: (state, { routing }) => withAlerting(state, { routing }),
  NoticeGiven: (state, { notice, at }) => {
    const { groups, notices } = state.alerting
    const group = toldBy(groups.get(notice.groupKey), notice, at, state)
    const isOver = Object.keys(group.told).length === 0
    return withAlerting(state, {
      groups: isOver ? groups.delete(notice.groupKey) : groups.set(notice.groupKey, group),
      notices: notices + 1,
    })
  },
}

function withAlerting(state: CoreState, change: Partial<AlertingState>): CoreState {
  return { ...state, alerting: { ...state.alerting, ...change } }
}

/** With the silence; of too many, the one that ended first goes. */
function kept(state: CoreState, silence: Silence, at: number): AlertingState['silences'] {
  const all = state.alerting.silences.set(silence.silenceId, silence)
  if (all.size <= silencesMost) return all
  const ended = [...all.values()].filter((each) => endOf(each) <= at)
  const [first] = ended.sort((a, b) => endOf(a) - endOf(b) || (a.silenceId < b.silenceId ? -1 : 1))
  return first === undefined ? all : all.delete(first.silenceId)
}

function toldBy(
  before: NoticeGroup | undefined,
  notice: Notice,
  at: number,
  { incidents }: CoreState,
): NoticeGroup {
  const { groupKey, routeId, kind, receivers, level } = notice
  const told: Record<string, Told> = { ...before?.told }
  for (const incident of notice.incidents) {
    const { incidentId, severity, ordersAtRisk } = incident
    const known = told[incidentId]
    if (kind === 'recovered') {
      delete told[incidentId]
      continue
    }
    // It was over and came back to stay before anybody was told of its end.
    const isAnew = !incident.isFlapping && (incidents.get(incidentId)?.reopenedAt ?? 0) > (known?.at ?? at)
    const isNews = kind !== 'acknowledged' && kind !== 'escalated'
    told[incidentId] = {
      receivers: [...new Set([...(known?.receivers ?? []), ...receivers])].sort(),
      firstAt: isAnew ? at : (known?.firstAt ?? at),
      at: isNews ? at : (known?.at ?? at),
      severity: isNews ? severity : (known?.severity ?? severity),
      ordersAtRisk: isNews ? ordersAtRisk : (known?.ordersAtRisk ?? ordersAtRisk),
      cause: isNews ? causeOf(incident) : (known?.cause ?? causeOf(incident)),
      isAcknowledged: incident.acknowledgedBy !== null,
      isFlapping: incident.isFlapping,
      level: level ?? (isAnew ? 0 : (known?.level ?? 0)),
    }
  }
  return { groupKey, routeId, labels: before?.labels ?? notice.labels, lastAt: at, told }
}
