// Door of sourcing: which node gets which work, and why.

export { incidentAt, type Question, type Want, weigh } from './candidates.ts'
export { type CsvText, decodeText, parseCsv, readCsv } from './documents/csv.ts'
export { type FileFault, faultsMost } from './documents/faults.ts'
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
