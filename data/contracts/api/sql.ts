// Shapes of questions in SQL over the API: the query, its answer, and the tables that can be asked.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

/** A question, `POST /api/v1/sql`. */
export const sqlQuestion = Type.Object(
  {
    query: Type.String({ minLength: 1, maxLength: 1_000_000, description: 'one SELECT or EXPLAIN' }),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: 'rows at most, default 1,000' }),
    ),
    format: Type.Optional(oneOf(['rows', 'csv', 'parquet'] as const)),
  },
  { additionalProperties: false },
)
export type SqlQuestion = Of<typeof sqlQuestion>

/** An answer; numbers that a double cannot hold come as text. */
export const sqlResult = shape({
  columns: Type.Array(shape({ name: Type.String(), type: Type.String({ description: 'DuckDB type' }) })),
  rows: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  rowCount: Type.Integer(),
  truncated: Type.Boolean({ description: 'the query has more rows than were given back' }),
  seconds: Type.Number(),
  snapshotAt: instantText,
  snapshotAgeMs: Type.Number(),
  snapshotVersion: Type.String(),
})
export type SqlResult = Of<typeof sqlResult>

/** A table that can be asked. */
export const sqlTable = shape({
  name: Type.String(),
  grain: Type.String({ description: 'what one row is' }),
  group: oneOf(['marts', 'operations'] as const),
  columns: Type.Array(
    shape({
      name: Type.String(),
      type: Type.String(),
      isNullable: Type.Boolean(),
      description: orNull(Type.String()),
    }),
  ),
})
export type SqlTable = Of<typeof sqlTable>
