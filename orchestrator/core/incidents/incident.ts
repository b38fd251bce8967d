// What an incident is, and how its shape is read.

import type { Said } from './changes.ts'

/** How an incident stands. */
export type IncidentStatus = 'open' | 'acknowledged' | 'snoozed' | 'resolved'

/** What detection says of a constraint; what an incident is made of. */
export interface Finding {
  /** The same for the same constraint: `${dimension}/${dimensionValue}`. */
  key: string
  metric: string
  dimension: string
  dimensionValue: string
  severity: number
  /** One sentence. */
  title: string
  /** First bucket out of the expected range, epoch ms of the market. */
  beganAt: number
  value: number | null
  expected: number | null
  expectedLow: number | null
  expectedHigh: number | null
  pValue: number | null
  model: string
  /** Slices that hold a part of it; `slice` tells the dimensions of each one by one. */
  causes: readonly {
    dimension: string
    value: string
    share: number
    slice?: readonly { dimension: string; value: string }[]
  }[]
}

/** A remark of a person. */
export interface IncidentComment {
  commentId: string
  at: number
  by: string
  text: string
}

/** What people and time did to an incident beside detection. */
export interface IncidentLife {
  /** Who looks after it. */
  owner: string | null
  /** Severity as detection saw it last; `severity` is that, or what a person set. */
  severityFound: number
  severitySetBy: string | null
  /**
   * Until when nobody is told, epoch ms of the market, null = until it is another than `seen`. Null = it is not
   * snoozed. Over an end that came by itself one to a time stays, so that it goes on where the incident comes back.
   */
  snooze: { until: number | null; by: string; at: number; seen: Said } | null
  /** When its last snooze ended. */
  wokenAt: number | null
  /** The person who ended it; null = values are back. */
  resolvedBy: string | null
  /** Why it ended, in words. */
  endedBecause: string | null
  /** When it came back last, and how often that was. */
  reopenedAt: number | null
  reopened: number
  /** A person took it up again: it stays until a person ends it or detection sees it. */
  isKept: boolean
  /** When it ended and came back by itself, the newest last. */
  turns: readonly number[]
  /** It comes and goes: it is told once until it stays, and ends only when values stay back. */
  isFlapping: boolean
  flapScore: number
  /** Since when the values of an incident that flaps are back. */
  recoveringSince: number | null
  /** Incident it is told and shown with. */
  mergedInto: string | null
  /** Incident it was a cause of. */
  splitFrom: string | null
  /** Nobody is told of it now. */
  isSilenced: boolean
  silencedBy: string | null
  /** When a silence, or its part in another incident, ended last. */
  tellableAt: number | null
  /** What was seen of it when somebody took it last. */
  takenAs: Said | null
  /** By a silence nothing is to be rerouted for it now. */
  isRerouteHeld: boolean
  /** Messages about it come from notices alone. */
  isNoticed: boolean
  comments: readonly IncidentComment[]
}

/** The life of an incident that nobody has touched. */
export const freshLife: IncidentLife = {
  owner: null,
  severityFound: 0,
  severitySetBy: null,
  snooze: null,
  wokenAt: null,
  resolvedBy: null,
  endedBecause: null,
  reopenedAt: null,
  reopened: 0,
  isKept: false,
  turns: [],
  isFlapping: false,
  flapScore: 0,
  recoveringSince: null,
  mergedInto: null,
  splitFrom: null,
  isSilenced: false,
  silencedBy: null,
  tellableAt: null,
  takenAs: null,
  isRerouteHeld: false,
  isNoticed: false,
  comments: [],
}

/** A constraint from its confirmation to its end. */
export interface Incident extends Finding, IncidentLife {
  incidentId: string
  status: IncidentStatus
  openedAt: number
  updatedAt: number
  resolvedAt: number | null
  acknowledgedBy: string | null
  ordersAtRisk: number
  centsAtRisk: number
  currency: string
  /** Next cut-off of its node when it was last told, epoch ms; null where it has none. */
  cutOffAt: number | null
  ordersMoved: number
  ordersNotMoved: number
  history: readonly { at: number; text: string; by?: string }[]
}

/** Until when nobody is told, epoch ms; null where nothing is snoozed, or until it changes. */
export function snoozedUntil({ status, snooze }: Pick<Incident, 'status' | 'snooze'>): number | null {
  return status === 'resolved' ? null : (snooze?.until ?? null)
}

/** What an incident touches now. */
export interface Impact {
  ordersAtRisk: number
  centsAtRisk: number
  currency: string
  /** Next cut-off of its node, epoch ms; null where it has none, absent = as before. */
  cutOffAt?: number | null
}
