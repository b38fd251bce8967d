// The rules of the commands on alerting. Pure; which notice is due is worked out where they are made, not here.

import type { api } from '#data/contracts'
import { isTimeZone } from '#data/kernel'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { RulesOf } from '../rules.ts'
import type { CoreState } from '../state.ts'
import { endOf, type Silence, silencesMost } from './alerting.ts'
import type { AlertingCommands } from './commands.ts'

/** Longest silence that does not repeat, ms. */
const longestMs = 366 * 86_400_000

/** Rules of the commands on alerting. */
export const alertingRules: RulesOf<AlertingCommands> = {
  AddSilence: (state, { data: { silenceId, draft: asked, by }, at }) => {
    if (state.alerting.silences.has(silenceId)) return answered([], { silenceId })
    const draft = { startsAt: new Date(at).toISOString(), ...asked }
    const fault = faultOf(draft)
    if (fault !== null) return refused(fault)
    if (openSilences(state, at) >= silencesMost) return refused('too_many_silences', { limit: silencesMost })
    const createdAt = new Date(at).toISOString()
    const silence: Silence = { silenceId, ...written(draft), by, createdAt, endedAt: null, endedBy: null }
    return answered([event('SilenceAdded', { silence, at })], { silenceId })
  },
  ChangeSilence: (state, { data: { silenceId, draft, by }, at }) =>
    onSilence(state, silenceId, (known) => {
      const fault = known.endedAt === null ? faultOf(draft) : 'silence_ended'
      if (fault !== null) return refused(fault, { silenceId })
      const silence = { ...known, ...written(draft) }
      if (JSON.stringify(silence) === JSON.stringify(known)) return answered([], { silenceId })
      return answered([event('SilenceChanged', { silence, changedBy: by, at })], { silenceId })
    }),
  EndSilence: (state, { data: { silenceId, by }, at }) =>
    onSilence(state, silenceId, ({ endedAt }) =>
      answered(endedAt === null ? [event('SilenceEnded', { silenceId, by, at })] : [], { silenceId }),
    ),
  SetAlertRouting: (state, { data: { routing, by }, at }) => {
    const fault = faultOfRouting(routing)
    if (fault !== null) return refused(fault)
    const isSame = JSON.stringify(state.alerting.routing) === JSON.stringify(routing)
    return answered(isSame ? [] : [event('AlertRoutingSet', { routing, by, at })], null)
  },
  GiveNotice: (state, { data: { notice, after }, at }) => {
    if (state.alerting.notices !== after) return refused('notice_outdated')
    // What is over is over, also where nobody who was told of it is left.
    const isForNobody = notice.receivers.length === 0 && notice.kind !== 'recovered'
    if (notice.incidents.length === 0 || isForNobody || !isConsistent(state, notice))
      return refused('notice_invalid')
    return answered([event('NoticeGiven', { notice, at })], { noticeId: notice.noticeId })
  },
}

/** A first word is said to those who know nothing, every other one only of what somebody knows. */
function isConsistent(state: CoreState, notice: AlertingCommands['GiveNotice']['notice']): boolean {
  const told = state.alerting.groups.get(notice.groupKey)?.told ?? {}
  return notice.incidents.every(({ incidentId }) => {
    const known = Object.hasOwn(told, incidentId) ? told[incidentId] : undefined
    if (notice.kind === 'opened') return known === undefined
    if (notice.kind === 'flapping') return true
    if (known === undefined) return false
    const isToAll = notice.kind === 'recovered' || notice.kind === 'acknowledged'
    return !isToAll || notice.receivers.every((id) => known.receivers.includes(id))
  })
}

function openSilences(state: CoreState, at: number): number {
  let open = 0
  for (const silence of state.alerting.silences.values()) if (endOf(silence) > at) open++
  return open
}

function onSilence(state: CoreState, silenceId: string, rule: (known: Silence) => Verdict): Verdict {
  const known = state.alerting.silences.get(silenceId)
  return known === undefined ? refused('silence_unknown', { silenceId }) : rule(known)
}

/** As it is kept: an instant is written in one way. */
function written<T extends api.SilenceDraft>(draft: T): T {
  const iso = (text: string) => new Date(text).toISOString()
  const { startsAt, endsAt } = draft
  return { ...draft, startsAt: iso(startsAt), endsAt: endsAt === null ? null : iso(endsAt) }
}

function faultOf({ startsAt, endsAt, repeat, matchers }: api.SilenceDraft): string | null {
  const start = Date.parse(startsAt)
  const end = endsAt === null ? null : Date.parse(endsAt)
  if (Number.isNaN(start) || Number.isNaN(end ?? 0)) return 'time_invalid'
  if (end === null && repeat === null) return 'silence_without_end'
  if (end !== null && end <= start) return 'silence_ends_before_it_starts'
  if (repeat === null && end !== null && end - start > longestMs) return 'silence_too_long'
  if (repeat !== null && !isTimeZone(repeat.timeZone)) return 'time_zone_unknown'
  return faultOfMatchers(matchers)
}

function faultOfMatchers(matchers: readonly api.LabelMatcher[]): string | null {
  for (const { label, op, value } of matchers) {
    if (op !== 'at_least' && op !== 'below') continue
    const bound = Number(value)
    if (label !== 'severity' || value.trim() === '' || !(bound >= 0 && bound <= 1)) return 'matcher_invalid'
  }
  return null
}

function faultOfRouting({ routes }: api.AlertRouting): string | null {
  if (new Set(routes.map(({ routeId }) => routeId)).size < routes.length) return 'route_twice'
  for (const { matchers, escalation } of routes) {
    const fault = faultOfMatchers(matchers)
    if (fault !== null) return fault
    const waits = escalation.map(({ afterMinutes }) => afterMinutes)
    if (waits.some((wait, i) => wait <= (waits[i - 1] ?? 0))) return 'escalation_out_of_order'
  }
  return null
}
