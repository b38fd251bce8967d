// Door of the demo world: a made-up retailer, Fabrikam, with a history that has known faults in it.

export { type Fault, faultKinds } from './faults.ts'
export type { WorldOptions } from './options.ts'
export { headerOf } from './tables.ts'
export { answerKey, generateWorld, type WorldProgress, type WorldSummary } from './world.ts'
