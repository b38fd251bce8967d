// Door of sourcing: which node gets which work, and why.

export { incidentAt, type Question, type Want, weigh } from './candidates.ts'
export { type Lanes, noLanes, readLanes } from './lanes.ts'
export { type Plan, planReroute, planSourcing, type RerouteLimits } from './plan.ts'
