// Door of the simulation: the core under faults, from one seed.

export type { CoreActor, CoreActorOptions } from './process.ts'
export { type Breach, promises } from './promises.ts'
export { type Failure, type Report, simulateSeeds } from './report.ts'
export type { Act, Fate, Script, Step } from './script.ts'
export { type Outcome, playScript, type SimulationOptions, simulateCore } from './simulate.ts'
export { type Parts, realParts } from './system.ts'
