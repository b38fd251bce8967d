// Door of replays: past orders by a draft beside what is in force.

export { flowSides } from './flow-sides.ts'
export { policySides } from './policy-sides.ts'
export { assertFlowPublishable, assertPublishable } from './publish.ts'
export { type ReplayFiles, replayFiles } from './replay-files.ts'
export { Replays, type ReplayTask } from './replays.ts'
export type { FlowPath, ReplayRun, ReplaySides } from './run.ts'
export { type ReplayMarket, startReplay } from './start.ts'
