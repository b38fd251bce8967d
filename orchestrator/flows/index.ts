// Door of the flow: the steps every order takes until a node has its work.

export { type BatchLimits, leastWaitMs, mayGather, sourceGathered } from './batch.ts'
export type { FlowContext } from './context.ts'
export { advance, defaultFlow, type Step } from './default-flow.ts'
export { launchDue } from './launch.ts'
