// Shapes of the analysis of data that is sent along: series in, what is said about each row out. Nothing is kept.

import { Type } from 'typebox'
import { type Of, orNull, shape } from './shape.ts'

const rowsAtMost = 100_000
const name = () => Type.String({ minLength: 1, maxLength: 200 })
const perRow = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Array(item, { maxItems: rowsAtMost })

/** Rows of series to judge, `POST /api/v1/analysis/detect`; lists have an entry per row. */
export const detectRequest = Type.Object(
  {
    times: Type.Array(
      Type.Union([Type.String({ maxLength: 40 }), Type.Number()], {
        description: 'ISO 8601, or milliseconds since 1970',
      }),
      { minItems: 1, maxItems: rowsAtMost },
    ),
    ids: Type.Optional(
      Type.Array(orNull(Type.String({ maxLength: 200 })), {
        maxItems: rowsAtMost,
        description: 'which series a row belongs to',
      }),
    ),
    columns: Type.Array(
      Type.Object({ name: name(), values: perRow(orNull(Type.Number())) }, { additionalProperties: false }),
      { minItems: 1, maxItems: 20 },
    ),
  },
  { additionalProperties: false },
)
export type DetectRequest = Of<typeof detectRequest>

const judged = shape({
  name: Type.String(),
  expected: perRow(orNull(Type.Number())),
  lower: perRow(orNull(Type.Number())),
  upper: perRow(orNull(Type.Number())),
  score: perRow(Type.Number({ minimum: 0, maximum: 1 })),
  pValue: perRow(Type.Number({ minimum: 0, maximum: 1 })),
  anomaly: perRow(Type.Boolean()),
  reason: perRow(orNull(Type.String())),
})
const warning = shape({
  code: Type.String(),
  column: orNull(Type.String()),
  count: Type.Integer(),
  text: Type.String(),
})

/** What is said about each row, judged by itself and the rows before it in time. */
export const detectAnswer = shape({
  series: Type.Integer(),
  columns: Type.Array(judged),
  warnings: Type.Array(warning),
})
export type DetectAnswer = Of<typeof detectAnswer>
