// Door of the contracts: the one source of types, validation, OpenAPI and warehouse columns.

export * as api from './api/index.ts'
export { type Column, columnsOf, createTableSql, type RowOf, type TableContract } from './column.ts'
export { type EntityName, entities } from './entities.ts'
export { nodeIdOf, orderIdOf } from './identity.ts'
export * as logTables from './log.ts'
export * as marts from './marts.ts'
export * as operations from './operations.ts'
export { fulfillmentOrderStatuses, methods, movementKinds, nodeTypes, orderStatuses } from './status.ts'
