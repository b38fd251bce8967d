// Door of reroutes: from incidents and orders at risk to moves within limits.

export { type AffectedWork, affectedBy } from './affected.ts'
export { rescueAll } from './at-risk.ts'
export { type ByHand, rerouteByHand } from './by-hand.ts'
export { noteBeforeReroutes, rerouteByPolicy } from './by-policy.ts'
export { carryOut, noteStaying, type Outcome } from './carry-out.ts'
export { type MoveContext, type PlanPlace, placeOf, type RerouteContext } from './context.ts'
export { decideByLink, decidePlan, type PlanAnswer } from './decide-plan.ts'
export { type Effect, effectOf, type MeasuredOrder } from './effect/estimate.ts'
export { effectRows, measureEffects } from './effect/measure.ts'
export { effectSentence } from './effect/sentence.ts'
export { isHeldOut } from './hold-out.ts'
export { type LinkClaim, linkSecret, linkToken, planLinks, readLink } from './links.ts'
export {
  type Ahead,
  type AheadContext,
  type Arrivals,
  type Breach,
  breachesOf,
  lookAhead,
} from './look-ahead.ts'
export { Memory } from './memory.ts'
export { type PlannedMove, type Purpose, planMoves, type ReroutePlan, type StayingWork } from './plan.ts'
export { approvalFor, movesInWords, propose } from './propose.ts'
export { type RolledBack, rollBack } from './roll-back.ts'
export { type RerouteRound, rerouteAll, saidExpected } from './round.ts'
export { settlePlans } from './settle.ts'
