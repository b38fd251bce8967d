// Door of the simulation: the core under faults, from one seed.

export type { CoreActor, CoreActorOptions } from './process.ts'
export { type Breach, promises } from './promises.ts'
export type { Act, Fate, Script, Step } from './script.ts'
export { type Outcome, playScript, simulateCore, usualWishes } from './simulate.ts'
export { type Parts, realParts } from './system.ts'
