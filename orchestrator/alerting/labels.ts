// What an incident is known by, and whether conditions on that hold. Pure.

import type { api } from '#data/contracts'
import { type Incident, partsOfSlice } from '#orchestrator/core'

/** What of an incident labels are made of. */
export type Labelled = Pick<Incident, 'incidentId' | 'metric' | 'dimension' | 'dimensionValue' | 'severity'>

/** From which severity on an incident is called high, or medium. */
const [highFrom, mediumFrom] = [0.7, 0.4]

/** The word for a severity of 0 to 1. */
export function severityWord(severity: number): 'high' | 'medium' | 'low' {
  if (severity >= highFrom) return 'high'
  return severity >= mediumFrom ? 'medium' : 'low'
}

/** The labels of an incident; each dimension of its slice is one with its value. */
export function labelsOf(incident: Labelled): Record<string, string> {
  const { incidentId, metric, dimension, dimensionValue, severity } = incident
  return {
    ...Object.fromEntries(partsOfSlice(incident).map(({ dimension: name, value }) => [name, value])),
    incident: incidentId,
    kind: metric,
    dimension,
    value: dimensionValue,
    severity: severityWord(severity),
  }
}

/** Whether all conditions hold. One on a label that the incident lacks holds only as `is_not`. */
export function fits(matchers: readonly api.LabelMatcher[], incident: Labelled): boolean {
  const labels = labelsOf(incident)
  return matchers.every(({ label, op, value }) => {
    if (op === 'at_least') return incident.severity >= Number(value)
    if (op === 'below') return incident.severity < Number(value)
    const found = Object.hasOwn(labels, label) ? labels[label] : undefined
    if (op === 'is_not') return found !== value
    if (found === undefined) return false
    return op === 'is' ? found === value : isLike(found, value)
  })
}

/** Whether the text is like the pattern, in which * stands for any text; in one pass, whatever the pattern. */
function isLike(text: string, pattern: string): boolean {
  const parts = pattern.toLowerCase().split('*')
  const lower = text.toLowerCase()
  const [first = '', ...rest] = parts
  if (rest.length === 0) return lower === first
  if (!lower.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = lower.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return lower.length - last.length >= at && lower.endsWith(last)
}
