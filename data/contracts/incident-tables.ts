// Tables of incidents: how they stand, what happened to them, what was said of them and to whom, and silences.

import { cents, instant, integer, json, number, optional, table, text, texts, truth, word } from './column.ts'

/** Constraints, from their first sign to their end. */
export const incidents = table('incidents', 'one row per incident', ['incident_id'], {
  incidentId: text('id'),
  market: text('market'),
  status: text('open, acknowledged, snoozed or resolved'),
  severity: number('0 to 1'),
  title: text('what is going on, in one sentence'),
  metric: text('metric that shows it'),
  dimension: text('dimension'),
  dimensionValue: text('value of the dimension'),
  openedAt: instant('when it was confirmed'),
  resolvedAt: optional(instant('when it ended')),
  ordersAtRisk: integer('open orders it touches'),
  centsAtRisk: cents('their value'),
  causes: optional(json('slices that explain it, with shares')),
  ordersMoved: optional(integer('orders whose work was moved because of it')),
  ordersNotMoved: optional(
    integer('orders whose work stayed, by a limit, for want of a node, or as hold-out'),
  ),
  owner: optional(text('who looks after it')),
  acknowledgedBy: optional(text('who took note of it')),
  snoozedUntil: optional(
    instant('until when nobody is told; null also where it is snoozed until it changes'),
  ),
  severityFound: optional(number('severity as detection sees it, where a person set another')),
  resolvedBy: optional(text('the person who ended it; null = values are back')),
  reopened: optional(integer('how often it came back')),
  isFlapping: optional(truth('whether it comes and goes')),
  flapScore: optional(number('how much it comes and goes, 0 to 1')),
  mergedInto: optional(text('incident it is told and shown with')),
  splitFrom: optional(text('incident it was a cause of')),
  silencedBy: optional(text('silence that holds for it')),
})

/** What happened to incidents, event by event. */
export const incidentHistory = table(
  'incident_history',
  'one row per event of an incident',
  ['market', 'seq'],
  {
    market: text('market'),
    seq: integer('place of the event in the stream of the market'),
    incidentId: text('incident'),
    happenedAt: instant('when, in the time of the market'),
    event: text('name of the event'),
    saidBy: optional(text('person or key; null = detection or time')),
    text: text('in words'),
    severity: optional(number('0 to 1, where the event tells it')),
    ordersAtRisk: optional(integer('open orders it touched, where the event tells it')),
    centsAtRisk: optional(cents('their value')),
  },
)

/** What people said about incidents. */
export const incidentComments = table('incident_comments', 'one row per comment', ['comment_id'], {
  commentId: text('id'),
  market: text('market'),
  incidentId: text('incident'),
  saidAt: instant('when, in the time of the market'),
  saidBy: text('person or key'),
  text: text('what was said'),
})

/** Messages about incidents that were due: to whom, and why. */
export const incidentNotices = table(
  'incident_notices',
  'one row per notice and incident it is about',
  ['notice_id', 'incident_id'],
  {
    noticeId: text('notice'),
    market: text('market'),
    incidentId: text('incident'),
    seq: integer('place of its event in the stream of the market; its message is msg_<market>_<seq>'),
    kind: text('opened, changed, flapping, acknowledged, escalated, repeated or recovered'),
    givenAt: instant('when, in the time of the market'),
    routeId: text('rule that named the receivers'),
    groupKey: text('the same for incidents that are told together'),
    receivers: texts('ids of the webhooks'),
    reasons: texts('why it was told again'),
    level: optional(integer('step of the escalation, from 1')),
    severity: number('0 to 1, as it was told'),
    ordersAtRisk: integer('open orders it touched, as it was told'),
  },
)

/** Silences and maintenance windows. */
export const silences = table('silences', 'one row per silence or maintenance window', ['silence_id'], {
  silenceId: text('id'),
  market: text('market'),
  kind: word(['silence', 'maintenance'] as const, 'what it is'),
  why: text('reason that was given'),
  matchers: json('conditions on the labels of incidents'),
  startsAt: instant('from when on it holds'),
  endsAt: optional(instant('until when; null = until it is ended')),
  repeat: optional(json('days of the week, start, length and zone, where it comes back')),
  holdsReroutes: truth('whether nothing is rerouted meanwhile'),
  createdBy: text('person or key'),
  createdAt: instant('when it was made, in the time of the market'),
  endedAt: optional(instant('when it was ended before its time')),
  endedBy: optional(text('who ended it')),
})
