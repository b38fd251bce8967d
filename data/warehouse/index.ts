// Door of the warehouse: the DuckDB file, its schema, and the projection of the log into it.

export { jsonText } from './json-text.ts'
export {
  type BatchHandler,
  type EventHandler,
  type EventHandlers,
  keepEvents,
  type ProjectionOptions,
  project,
  unprojected,
} from './projection.ts'
export { allTables, migrate, schemaDrift } from './schema.ts'
export {
  openWarehouse,
  type Queries,
  type Row,
  type SqlParameters,
  type Warehouse,
  type WarehouseLimits,
} from './warehouse.ts'
