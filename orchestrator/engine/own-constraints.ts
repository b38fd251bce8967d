// What constraints that no series tells have in common: they end by what told them. It finds none.

import type { Incident } from '#orchestrator/core'
import type { Constraint } from '#orchestrator/incidents'

/** A constraint before it is said in words. */
export type Told = Omit<Constraint, 'title'>

/** The end of an incident whose cause is gone: what was seen of it is what is usual again. */
export function endOf(incident: Incident): Told {
  const { key, metric, dimension, dimensionValue, beganAt, causes, severity, model, pValue } = incident
  const { expected, expectedLow, expectedHigh } = incident
  return {
    ...{ key, metric, dimension, dimensionValue, beganAt, causes, severity, model, pValue },
    ...{ value: expected, expected, expectedLow, expectedHigh, isBreaching: false, hasRecovered: true },
  }
}
