// Door of sourcing: which node gets which work, and why.

export { incidentAt, type Question, type Want, weigh } from './candidates.ts'
export {
  assertRead,
  changeFrom,
  type ImportMode,
  type NetworkPreview,
  type NetworkSource,
  previewChange,
  readSource,
} from './documents/change.ts'
export { checkNetwork } from './documents/check-network.ts'
export { type CsvText, decodeText, parseCsv, readCsv } from './documents/csv.ts'
export { type FileFault, faultsMost } from './documents/faults.ts'
export { networkSourceAt, writeNetworkAt } from './documents/folder.ts'
export { type ReadNetwork, type ReadOptions, readNetworkFiles, tableNamed } from './documents/read-files.ts'
export { writeNetworkFiles } from './documents/write-files.ts'
export { readNetworkYaml, writeNetworkYaml } from './documents/yaml.ts'
export { type Lanes, noLanes, readLanes } from './lanes.ts'
export { readCentroids } from './network/centroid-files.ts'
export { Centroids } from './network/centroids.ts'
export { compileNetwork, type NetworkInput } from './network/compile.ts'
export type {
  CompiledNetwork,
  CompiledNode,
  Departure,
  LanePlace,
  Parcel,
  Rate,
  ServiceLane,
} from './network/compiled.ts'
export { co2Grams } from './network/rates.ts'
export { type Plan, planReroute, planSourcing, type RerouteLimits } from './plan.ts'
export type {
  BatchSolution,
  Place,
  Problem,
  SolveOptions,
  SolverCapacity,
  SolverOrder,
  Way,
} from './solve/problem.ts'
export { assertStrategy, type CheckContext, type CheckedNode, checkStrategy } from './strategy/checks.ts'
export {
  assertRules,
  fallbackOf,
  ruleFaults,
  type StrategyChoice,
  strategyFor,
} from './strategy/choice.ts'
