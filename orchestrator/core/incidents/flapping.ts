// Whether an incident comes and goes, and what that asks of it. Pure.

import { defaultRouting } from '../alerting/alerting.ts'
import type { CoreState } from '../state.ts'
import type { Finding, Incident } from './incident.ts'

const minuteMs = 60_000
/** Ends and returns that are remembered at most. */
const turnsMost = 100
/** A person's word that an incident is over holds so long, ms ... */
const wordMs = 3_600_000
/** ... or until it is so much graver, of 0 to 1. */
const graver = 0.2

function settings({ alerting }: CoreState) {
  return alerting.routing ?? defaultRouting
}

/** The turns that still count at a time, with one more. */
export function turnsWith({ turns }: Pick<Incident, 'turns'>, at: number): number[] {
  return [...turns, at].slice(-turnsMost)
}

/** How much it comes and goes, 0 to 1, were it to turn at this time; from `isMuch` on it flaps. */
export function flapOf(
  state: CoreState,
  incident: Pick<Incident, 'turns'>,
  at: number,
): { score: number; isMuch: boolean } {
  const { flapTurns, flapMinutes } = settings(state)
  const since = at - flapMinutes * minuteMs
  const turns = turnsWith(incident, at).filter((turn) => turn > since).length
  return { score: Math.min(1, turns / (2 * flapTurns)), isMuch: turns >= flapTurns }
}

/** Whether an incident that flaps has stayed for so long that it does not any more. */
export function isSteady(
  state: CoreState,
  { isFlapping, recoveringSince, turns }: Pick<Incident, 'isFlapping' | 'recoveringSince' | 'turns'>,
  at: number,
): boolean {
  const last = turns.at(-1) ?? Number.NEGATIVE_INFINITY
  return isFlapping && recoveringSince === null && at - last >= settings(state).flapMinutes * minuteMs
}

/** Whether the values of an incident that flaps have been back for long enough. */
export function hasStayedBack(state: CoreState, { recoveringSince }: Incident, at: number): boolean {
  return recoveringSince !== null && at - recoveringSince >= settings(state).flapRecoveryMinutes * minuteMs
}

/**
 * What becomes of a constraint that is breaching and has no open incident: a new one, its last one again, or nothing
 * while the word of a person that it is over holds. Of what a rule tells it holds for what was told before alone.
 */
export function openingOf(
  state: CoreState,
  { key, severity, model }: Pick<Finding, 'key' | 'severity' | 'model'>,
  at: number,
): { kind: 'new' } | { kind: 'reopen'; incident: Incident } | { kind: 'rest'; incident: Incident } {
  const lastId = state.lastIncidents.get(key)
  const incident = lastId === undefined ? undefined : state.incidents.get(lastId)
  if (incident === undefined || incident.resolvedAt === null) return { kind: 'new' }
  const ago = at - incident.resolvedAt
  const isSaid = model !== 'rule' && incident.resolvedBy !== null
  if (isSaid && ago < wordMs && severity < incident.severityFound + graver) {
    return { kind: 'rest', incident }
  }
  return ago < settings(state).reopenMinutes * minuteMs ? { kind: 'reopen', incident } : { kind: 'new' }
}
