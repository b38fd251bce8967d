// Whether a move is worth the trouble it makes at two nodes: only where work will more likely than not be late as it
// is, and clearly less so elsewhere. It weighs no costs.

import type { DecisionRecord, Refusal } from '#orchestrator/core'

/** How much smaller the probability of being late has to be elsewhere, where it is not half of what it was. */
const clearlyLess = 0.25

/**
 * Refuses moves that would hardly make anything more punctual; work without a promise is judged by cost alone.
 * @param riskLeast probability of missing the promise from which on work may move, 0 to 1
 */
export function clearlySooner(riskLeast: number): (decision: DecisionRecord) => Refusal | null {
  return ({ riskBefore, riskAfter }) => {
    if (riskBefore == null) return null
    const isAtRisk = riskBefore >= riskLeast
    const after = riskAfter ?? 1
    return isAtRisk && after <= Math.max(riskBefore - clearlyLess, riskBefore / 2) ? null : hardlyLess
  }
}

const hardlyLess: Refusal = { code: 'hardly_less', text: 'it would hardly be more punctual elsewhere' }
