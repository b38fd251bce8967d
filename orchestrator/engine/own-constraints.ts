// What constraints that no series tells have in common: they end by what told them, and heed what people set and said
// of earlier ones. It finds none.

import { alikeMetrics, type Judgement } from '#models'
import type { CoreState, Incident } from '#orchestrator/core'
import type { Constraint } from '#orchestrator/incidents'
import { saidExpected } from '#orchestrator/reroute'

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

/** By how much farther from what is usual a constraint has to be each time that one was said to be noise. */
const fartherEach = 0.5
const noiseFactor = 4

/**
 * Constraints without those that people do not want to hear of; open incidents of such ones end, and say why.
 * @param isOwn whether a model tells of constraints that no series tells
 */
export function withoutUnwanted(
  told: readonly Told[],
  { openIncidents, incidents }: CoreState,
  judgement: Judgement,
  isOwn: (model: string) => boolean,
): Told[] {
  return told.flatMap((one) => {
    const incident = incidents.get(openIncidents.get(one.key) ?? '')
    const seen = one.isBreaching ? one : incident
    if (seen !== undefined && isMuted(seen, judgement) && (!one.isBreaching || isOwn(one.model)))
      return incident === undefined ? [] : [{ ...endOf(incident), endedBecause: saidExpected }]
    if (!one.isBreaching || !isOwn(one.model) || isEnough(one, judgement)) return [one]
    return incident === undefined
      ? []
      : [{ ...endOf(incident), endedBecause: 'it is less than people ask for' }]
  })
}

/** What was said of a metric holds for those that tell of the same. */
function isMuted(
  { metric: of, dimension, dimensionValue }: Pick<Told, 'metric' | 'dimension' | 'dimensionValue'>,
  judgement: Judgement,
): boolean {
  return alikeMetrics(of).some((metric) => {
    const watched = { metric, leastChange: 0, leastShare: 0 }
    return judgement.of({ watched, dimension, dimensionValue }).isMuted
  })
}

/** Without p-values it is the distance from what is usual that strictness is about. */
function isEnough(one: Told, judgement: Judgement): boolean {
  const { metric, dimension, dimensionValue, value, expected, expectedHigh } = one
  const watched = { metric, leastChange: 0, leastShare: 0 }
  const { leastChange, leastShare, strictness } = judgement.of({ watched, dimension, dimensionValue })
  if (value === null || expected === null) return true
  const change = Math.abs(value - expected)
  const farther = Math.max(0, Math.log(strictness) / Math.log(noiseFactor)) * fartherEach
  const bound = Math.abs((expectedHigh ?? expected) - expected) * (1 + farther)
  return (
    change >= leastChange && change >= leastShare * Math.abs(expected) && (farther === 0 || change >= bound)
  )
}
