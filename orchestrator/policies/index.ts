// Door of policies: what is asked of orders on their way, in CEL over typed facts, and what follows.

export {
  type ApplyContext,
  applyGiven,
  applyPolicies,
  type Gate,
  hasSomethingToSay,
  linesOf,
} from './apply.ts'
export { assertPolicy, checkInForce, checkPolicy, pairsBeside } from './check/check.ts'
export { alwaysHolds, canHold, follows } from './check/reason.ts'
export { Choices } from './choices.ts'
export { conditionIn, conditionOfPolicy, factsIn, subjectsIn } from './conditions.ts'
export { editOf } from './edits.ts'
export { type FactsContext, factsHere } from './facts/context.ts'
export { latelyMs } from './facts/customers.ts'
export { FactSet, OrderSubjects, type Part } from './facts/fact-set.ts'
export { signsFor } from './form/rows.ts'
export { formOfTree } from './form/to-form.ts'
export { viewsOfForm, viewsOfText } from './form/views.ts'
export { holdOfAction, holdOfCritical, holdsOf } from './holds.ts'
export {
  isTold,
  judge,
  nodesRefused,
  policiesAt,
  rerouteRefused,
  reroutesWanted,
  resultOf,
  type Said,
  textOf,
} from './judge.ts'
