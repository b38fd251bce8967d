// Door of the closed loop: the whole product on a made-up world with faults at known times, beside doing nothing and
// knowing everything.

export {
  type ByPolicy,
  costPerLateOrderAvoided,
  isLookedFor,
  type Moves,
  type SeedReport,
} from './judge.ts'
export type { JudgedFault } from './judge-incidents.ts'
export { type Policy, policies } from './play.ts'
export { checkScenario, readScenario, type ScenarioFile } from './scenario.ts'
export { type OnStep, type SimulationRequest, simulateSeed } from './seed.ts'
export {
  type SeedsReport,
  type SeedsRequest,
  type Spread,
  type Summary,
  simulateSeveral,
  summaryOf,
} from './seeds.ts'
