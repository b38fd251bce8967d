// What alerting remembers: silences, who is told of what, and what was said of which incident. Shapes and defaults
// only.

import type { api } from '#data/contracts'
import { PersistentMap } from '../persistent/map.ts'

/** A silence or a maintenance window. Times are ISO 8601. */
export interface Silence extends api.SilenceDraft {
  silenceId: string
  by: string
  createdAt: string
  endedAt: string | null
  endedBy: string | null
}

/** What a notice says. */
export type NoticeKind =
  | 'opened'
  | 'changed'
  | 'flapping'
  | 'acknowledged'
  | 'escalated'
  | 'repeated'
  | 'recovered'

/** An incident as a notice tells it: as it stood then. Times are epoch ms of the market. */
export interface NoticedIncident {
  incidentId: string
  title: string
  status: string
  severity: number
  metric: string
  dimension: string
  dimensionValue: string
  beganAt: number
  openedAt: number
  resolvedAt: number | null
  value: number | null
  expected: number | null
  expectedLow: number | null
  expectedHigh: number | null
  pValue: number | null
  model: string
  ordersAtRisk: number
  centsAtRisk: number
  currency: string
  /** Next cut-off of its node, epoch ms; null where it has none. */
  cutOffAt: number | null
  causes: readonly { dimension: string; value: string; share: number }[]
  owner: string | null
  acknowledgedBy: string | null
  isFlapping: boolean
  ordersMoved: number
  ordersNotMoved: number
  /** Why it ended, in words; null while it goes on. */
  endedBecause: string | null
  /** Why it is told again: severity_up, cause_changed, impact_doubled, snooze_ended, came_back ... */
  reasons: readonly string[]
}

/** One message to some receivers about the incidents of a group. */
export interface Notice {
  noticeId: string
  kind: NoticeKind
  /** The same for all messages of the group. */
  groupKey: string
  routeId: string
  /** What the incidents of the group had in common when they were first told. */
  labels: Record<string, string>
  /** Ids of webhooks. */
  receivers: readonly string[]
  /** At most 50. */
  incidents: readonly NoticedIncident[]
  /** Step of the escalation, from 1; null for everything else. */
  level: number | null
  /** Incidents of the group that somebody was told of and that are not over, after this notice. */
  stillOpen: number
  /** Of these, those that nobody has acknowledged or snoozed; absent in notices of earlier versions. */
  stillUnseen?: number
}

/** What was last said of an incident in a group. Times are epoch ms of the market. */
export interface Told {
  /** Everybody who was told of it. */
  receivers: readonly string[]
  firstAt: number
  at: number
  severity: number
  ordersAtRisk: number
  /** `dimension=value` of the slice that explained most. */
  cause: string | null
  isAcknowledged: boolean
  isFlapping: boolean
  /** Steps of the escalation that were taken. */
  level: number
}

/** Incidents that are told together, while somebody knows of one of them. */
export interface NoticeGroup {
  groupKey: string
  routeId: string
  /** What its incidents had in common when they were first told. */
  labels: Readonly<Record<string, string>>
  lastAt: number
  /** By incident id. */
  told: Readonly<Record<string, Told>>
}

/** What the core of a market knows of alerting. */
export interface AlertingState {
  /** By id; those that ended stay for a while. */
  silences: PersistentMap<string, Silence>
  /** Null = as Detour starts. */
  routing: api.AlertRouting | null
  /** By key. */
  groups: PersistentMap<string, NoticeGroup>
  /** Notices that were given. */
  notices: number
}

/** The state before anybody said anything. */
export const emptyAlerting: AlertingState = {
  silences: PersistentMap(),
  routing: null,
  groups: PersistentMap(),
  notices: 0,
}

/** Everybody is told of each incident by itself, at once. */
export const defaultRouting: api.AlertRouting = {
  routes: [
    {
      routeId: 'everything',
      name: 'Everything',
      matchers: [],
      receivers: ['all'],
      groupBy: ['incident'],
      groupWaitSeconds: 0,
      groupIntervalSeconds: 0,
      repeatMinutes: null,
      goesOn: false,
      escalation: [],
    },
  ],
  flapTurns: 3,
  flapMinutes: 360,
  flapRecoveryMinutes: 120,
  reopenMinutes: 360,
}

/** When a silence ends for good, by its time or by a person, epoch ms; Infinity = never. */
export function endOf({ endsAt, endedAt }: Pick<Silence, 'endsAt' | 'endedAt'>): number {
  const ends = [endsAt, endedAt].map((each) => (each === null ? Number.POSITIVE_INFINITY : Date.parse(each)))
  return Math.min(...ends)
}

/** Silences that are kept at hand at most. */
export const silencesMost = 500

/** Type of the message of each kind of notice. */
export const noticeTypes = {
  opened: 'incident.opened',
  changed: 'incident.updated',
  flapping: 'incident.updated',
  repeated: 'incident.updated',
  acknowledged: 'incident.acknowledged',
  escalated: 'incident.escalated',
  recovered: 'incident.resolved',
} as const satisfies Record<NoticeKind, string>
/** Type of a message that a notice becomes. */
export type NoticeType = (typeof noticeTypes)[NoticeKind]
