// Door of verification: what always holds, and what does not.

export { invariants } from './invariants.ts'
export type { Invariant, Violation } from './shapes.ts'
export { type Scope, violationsAround, violationsOf, violationsOfStep } from './violations.ts'
