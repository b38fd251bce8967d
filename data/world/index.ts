// Door of the demo world: a made-up retailer, Fabrikam, with a history that has known faults in it, and what comes
// after it.

export { type Continuation, continueAsTold, continueWorld, type WorkLineKind } from './continuation.ts'
export { type Fault, faultKinds } from './faults.ts'
export { networkDocumentOf, regionsOf, timeZonesOf } from './network-document.ts'
export type { WorldOptions } from './options.ts'
export { spareShare } from './queue.ts'
export { isCopy } from './script.ts'
export type { Sending } from './sending.ts'
export { type DrawnOrder, isLiveId } from './slot-orders.ts'
export { type Strain, sendingServices, strainKinds, strainNames } from './strains.ts'
export { headerOf } from './tables.ts'
export { answerKey, generateWorld, type WorldProgress, type WorldSummary } from './world.ts'
