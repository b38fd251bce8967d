// Door of the projection: what the core, detection and webhooks put into the log, as rows of the warehouse.

export { type FoldParts, foldMarket, type MarketFold } from './fold.ts'
export { driftOfRows, type RowDrift, type RowScope } from './market-rows.ts'
export { type MarketStates, openProjector, type Projector } from './projector.ts'
export { detectionStream, type ScoresRecorded } from './records.ts'
export { insertRows } from './write.ts'
