// Door of incidents: from confirmed constraints to incidents, and from incidents to reroutes within limits.

export { rescueAll } from './at-risk.ts'
export { applyFindings, type Constraint, type IncidentChanges, impactOf, touched } from './findings.ts'
export { type MoveContext, planMove } from './move.ts'
export { isHeldOut, type RerouteContext, type RerouteRound, rerouteAll } from './reroute.ts'
export { type Observation, sentenceOf } from './words.ts'
