// What can be said of conditions by their rows: whether one always or never holds, follows from another, or can hold
// with it. Pure. It sees rows and groups alone, takes facts as independent, and says null where it cannot tell.

import type { api } from '#data/contracts'
import type { NamedFact } from '#orchestrator/conditions'
import { clausesOf, negated } from './clauses.ts'
import { isPossible } from './possible.ts'

type Facts = ReadonlyMap<string, NamedFact>

/** Whether the form can hold; null = cannot be told. */
export function canHold(form: api.FormGroup, facts: Facts): boolean | null {
  const clauses = clausesOf(form)
  return clauses === null ? null : clauses.some((clause) => isPossible(clause, facts))
}

/** Whether the form holds whatever the facts are. */
export function alwaysHolds(form: api.FormGroup, facts: Facts): boolean | null {
  const other = canHold(negated(form), facts)
  return other === null ? null : !other
}

/** Whether both can hold of the same. */
export function canHoldTogether(a: api.FormGroup, b: api.FormGroup, facts: Facts): boolean | null {
  return canHold({ join: 'and', items: [a, b] }, facts)
}

/** Whether `b` holds wherever `a` does. */
export function follows(a: api.FormGroup, b: api.FormGroup, facts: Facts): boolean | null {
  const other = canHold({ join: 'and', items: [a, negated(b)] }, facts)
  return other === null ? null : !other
}
