// Whether a move is worth the trouble it makes at two nodes: only where work will probably be late as it is, and
// clearly less so elsewhere. It weighs no costs.

import type { DecisionRecord, Incident, Refusal, RerouteLimits } from '#orchestrator/core'
import { isOfSpeed } from '#orchestrator/sourcing'

/** Whether an incident moves work by itself: it goes on, is grave enough, and says that things take longer. */
export function movesWork(incident: Incident, { minSeverity }: Pick<RerouteLimits, 'minSeverity'>): boolean {
  const { severity, isRerouteHeld, recoveringSince } = incident
  // Where its values are back there is nothing to leave, if they stay.
  return severity >= minSeverity && !isRerouteHeld && recoveringSince === null && isOfSpeed(incident)
}

/** What is known of a move's risks. */
export type Risks = Pick<DecisionRecord, 'riskBefore' | 'riskAfter'>

/** Probability of missing the promise from which on work moves, and the share of it that may be left elsewhere. */
interface Bar {
  riskLeast: number
  leftMost: number
}

/** Where the queue of the node is known, so are risks: at most one piece in twenty may move needlessly. */
const ofQueue: Bar = { riskLeast: 0.995, leftMost: 0.3 }
const ofHistory: Bar = { riskLeast: 0.5, leftMost: 0.5 }

/** Why a move should not be made, null where it should. @param isQueue whether the queue of its node is known */
export type Judge = (risks: Risks, isQueue: boolean) => Refusal | null

/** Limits that say how surely work must be late before it moves. */
type Sureness = Pick<RerouteLimits, 'minLateRisk'>

/** From which probability of missing its promise on work may move. @param isQueue whether its queue is known */
export function riskLeast({ minLateRisk }: Sureness, isQueue: boolean): number {
  return minLateRisk ?? (isQueue ? ofQueue : ofHistory).riskLeast
}

/** Refuses moves that would hardly make anything more punctual; work without a promise is judged by cost alone. */
export function clearlySooner(limits: Sureness): Judge {
  return ({ riskBefore, riskAfter }, isQueue) => {
    if (riskBefore == null) return null
    if (riskBefore < riskLeast(limits, isQueue)) return notSure
    const { leftMost } = isQueue ? ofQueue : ofHistory
    const after = riskAfter ?? 1
    const most = isQueue ? leftMost * riskBefore : Math.max(riskBefore - clearlyLess, leftMost * riskBefore)
    return after <= most ? null : hardlyLess
  }
}

/** From that probability on, being late was accepted when work was sourced: its strategy would not pay for less. */
export const acceptedLeast = 0.5

/** By history alone a difference of that much counts as well. */
const clearlyLess = 0.25

/** Why such work stays. */
export const lateByPlan: Refusal = {
  code: 'late_by_plan',
  text: 'it was sourced knowing that it would be late',
}

const notSure: Refusal = { code: 'not_sure', text: 'it may still be in time where it is' }
const hardlyLess: Refusal = { code: 'hardly_less', text: 'it would hardly be more punctual elsewhere' }

/**
 * Refuses moves back that would make the promise less certain; that they pay is enough where they leave it as it is.
 */
export function noLater({ riskBefore, riskAfter }: Risks): Refusal | null {
  return riskBefore == null || (riskAfter ?? 1) <= riskBefore ? null : laterThere
}

/** A move back must be better by so much: two moves in a row are a nuisance to those who work there. */
export const backGainCents = 100

const laterThere: Refusal = { code: 'promise_worse', text: 'its promise would be less certain there' }
