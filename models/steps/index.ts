// Door of the steps: what holds work up, told from what waits and what moves on.

export { constraintsOfSteps, stepsModel } from './constraints.ts'
export { alikeMetrics } from './kinds.ts'
export { type StepNews, StepWatch } from './watch.ts'
