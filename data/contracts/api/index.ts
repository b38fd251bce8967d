// Door of the API's shapes: one value gives the type, the validation and the OpenAPI schema.

export * from './incidents.ts'
export * from './inventory.ts'
export * from './markets.ts'
export * from './orders.ts'
export * from './overview.ts'
export * from './series.ts'
export * from './session.ts'
export { type Page, pageOf } from './shape.ts'
export * from './sql.ts'
export * from './webhooks.ts'
