// Door of sourcing: which node gets which work, and why.

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
export { type CsvText, decodeText, parseCsv } from './documents/csv.ts'
export { type FileFault, faultsMost } from './documents/faults.ts'
export { networkSourceAt, writeNetworkAt } from './documents/folder.ts'
export { type ReadNetwork, type ReadOptions, readNetworkFiles, tableNamed } from './documents/read-files.ts'
export { writeNetworkFiles } from './documents/write-files.ts'
export { readNetworkYaml, writeNetworkYaml } from './documents/yaml.ts'
export {
  fromBrunel,
  ordersOfFiles,
  readProblem,
  readSheets,
  type SourceReport,
  type SourcingFiles,
  solveFiles,
  worldOfFiles,
  writeAssignments,
  writeProblem,
} from './files/index.ts'
export { type BuildOptions, buildProblem, type Model, type OrderModel } from './model/build.ts'
export { openSession, type SourcingSession } from './model/session.ts'
export { type MovedPlan, type MoveTogetherOptions, moveTogether } from './move-together.ts'
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
export { weekdayOf, ZoneClock, zoneClock } from './network/zone-clock.ts'
export { type Promised, Promises } from './promise/promise.ts'
export { solveBatch } from './solve/batch.ts'
export { greedyNearest } from './solve/greedy.ts'
export type {
  BatchSolution,
  Place,
  Problem,
  SolveOptions,
  SolverCapacity,
  SolverOrder,
  Way,
} from './solve/problem.ts'
export { sourceBatch } from './source-batch.ts'
export { type NearestPlan, sourceNearest } from './source-nearest.ts'
export { sourceOrder } from './source-order.ts'
export { checkContextOf } from './strategy/check-context.ts'
export { assertStrategy, type CheckContext, type CheckedNode, checkStrategy } from './strategy/checks.ts'
export {
  assertRules,
  ruleFaults,
  type StrategyChoice,
  strategyFor,
} from './strategy/choice.ts'
export { hourAndDay, nowFacts, orderFacts } from './strategy/facts.ts'
export { askedFor, askedForMove, assignmentOf, type Want } from './views/asked.ts'
export type { CarrierPrice } from './views/carrier-costs.ts'
export { type DayRoom, dayRooms } from './views/day-room.ts'
export { type History, noHistory, readHistory } from './views/history.ts'
export { incidentAt, isOfSpeed } from './views/learned.ts'
export { type Outlook, riskOfOrder, wayKey } from './views/outlook.ts'
export { Queues } from './views/queue-risk.ts'
export type { SlowCarrier, SlowWays } from './views/slow-ways.ts'
export { type Here, sourceHere, sourceTogether, strategyHere } from './views/source-here.ts'
export { riskOfStaying } from './views/stay-risk.ts'
export { Worlds } from './views/worlds.ts'
export type { AskedOrder } from './what-if/asked-order.ts'
export { askedOrders, type Reading } from './what-if/asked-orders.ts'
export { riskOf } from './what-if/figures.ts'
export { runInTurn } from './what-if/run-in-turn.ts'
export { baselineOf, type Scene } from './what-if/scene.ts'
export { simulateSourcing, type WhatIfPlace } from './what-if/simulate.ts'
export type {
  BatchOptions,
  BatchPlan,
  ExplainedPlan,
  LearnedView,
  LoadView,
  PlannedWork,
  ProductFacts,
  SourceOptions,
  SourcingOrder,
  SourcingPlan,
  SourcingWorld,
  StockView,
} from './world.ts'
