// Door of the flow: the steps every order takes until a node has its work.

export { advance, defaultFlow, type FlowContext, type Step } from './default-flow.ts'
export { launchDue } from './launch.ts'
