// Door of user SQL: one query in, one bounded answer out.

export type { SqlColumn } from './protocol.ts'
export { querySql, type SqlAnswer, type SqlRequest } from './query.ts'
export { freshSnapshot, readableTables, type Snapshot, type SqlContext } from './snapshot.ts'
