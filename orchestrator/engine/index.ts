// Door of the engine: the running system over one open home.

export type { CycleReport, Engine } from './engine.ts'
export { keepTables } from './keep-tables.ts'
export { defaultMarketOf, marketsOf } from './markets.ts'
export { type EngineOptions, openEngine } from './open-engine.ts'
export { openShared, type Shared } from './shared.ts'
export { createTurns, type Turns } from './turns.ts'
