// Door of verification: what always holds, and what does not.

export { type Invariant, invariants, type Violation } from './invariants.ts'
export { type Scope, violationsAround, violationsOf, violationsOfStep } from './violations.ts'
