// Door of incidents: from confirmed constraints to incidents that open, change and end.

export { applyFindings, type Constraint, type IncidentChanges, impactOf } from './findings.ts'
export { type Observation, ownMetrics, sentenceOf } from './words.ts'
