// Door of verification: what always holds, and what does not.

export { Audit, type AuditFinding, auditOf, type EventRef } from './audit.ts'
export { invariants } from './invariants.ts'
export type { Drift, MarketChecked, VerifyReport } from './report.ts'
export { type Sampler, type SamplerParts, startSampler } from './sampler.ts'
export type { Invariant, Violation } from './shapes.ts'
export { type RuleStanding, windowSeconds } from './tallies.ts'
export { type VerifyParts, verify } from './verify.ts'
export { type Scope, violationsAround, violationsOf, violationsOfStep } from './violations.ts'
