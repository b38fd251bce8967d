// Shapes of the analysis of data that is sent along: series, a table or leaves in, what is said about them out. Nothing
// is kept.

import { Type } from 'typebox'
import { type Of, oneOf, orNull, shape } from './shape.ts'

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

const cell = () => Type.Union([Type.Number(), Type.String({ maxLength: 1000 }), Type.Boolean(), Type.Null()])
const columnsOfCells = (description: string) =>
  Type.Array(Type.Object({ name: name(), values: perRow(cell()) }, { additionalProperties: false }), {
    minItems: 1,
    maxItems: 2000,
    description,
  })

/** A table to score, `POST /api/v1/analysis/score`; each column has an entry per row. */
export const scoreRequest = Type.Object(
  {
    columns: columnsOfCells('cells of each column, one per row'),
    clean: Type.Optional(
      columnsOfCells('rows known to be usual; without them the table is held against itself'),
    ),
    ignore: Type.Optional(Type.Array(name(), { maxItems: 2000, description: 'columns to leave out' })),
    seed: Type.Optional(Type.String({ maxLength: 100 })),
  },
  { additionalProperties: false },
)
export type ScoreRequest = Of<typeof scoreRequest>

const value = () => orNull(Type.Union([Type.Number(), Type.String()]))
const cellReason = shape({
  column: Type.String(),
  observed: value(),
  expected: value(),
  deviation: Type.Number(),
  share: orNull(Type.Number()),
})

/** How odd each row is, and why the oddest are. */
export const scoreAnswer = shape({
  columns: Type.Array(Type.String()),
  notes: Type.Array(Type.String()),
  scores: perRow(Type.Number({ minimum: 0, maximum: 1 })),
  pValues: perRow(Type.Number({ minimum: 0, maximum: 1 })),
  odd: Type.Array(
    shape({ row: Type.Integer({ minimum: 1 }), reasons: Type.Array(cellReason), text: Type.String() }),
  ),
})
export type ScoreAnswer = Of<typeof scoreAnswer>

const figures = () => perRow(orNull(Type.Number()))

/** Leaf rows whose deviation is to be explained, `POST /api/v1/analysis/explain`; lists have an entry per row. */
export const explainRequest = Type.Object(
  {
    dimensions: Type.Array(
      Type.Object(
        { name: name(), values: perRow(orNull(Type.String({ maxLength: 200 }))) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 32 },
    ),
    actual: figures(),
    expected: figures(),
    weight: Type.Optional(
      Type.Array(orNull(Type.Number()), {
        maxItems: rowsAtMost,
        description: 'what each ratio is among; actual and expected are ratios then',
      }),
    ),
    measure: Type.Optional(oneOf(['additive', 'ratio'] as const)),
  },
  { additionalProperties: false },
)
export type ExplainRequest = Of<typeof explainRequest>

const rootCause = shape({
  slice: Type.Record(Type.String(), Type.String(), { description: 'value by dimension' }),
  share: Type.Number({ minimum: 0, maximum: 1, description: 'part of the deviation' }),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  actual: Type.Number(),
  expected: Type.Number(),
  leaves: Type.Integer(),
})

/** The smallest set of slices that explains the deviation, the surest first; none where nothing stands out. */
export const explainAnswer = shape({
  causes: Type.Array(rootCause),
  reason: orNull(oneOf(['NO_LEAVES', 'NO_DEVIATION', 'NOTHING_STANDS_OUT'] as const)),
  measure: oneOf(['change', 'count', 'ratio'] as const),
  actual: Type.Number(),
  expected: Type.Number(),
  leaves: Type.Integer(),
  repeated: Type.Integer({ description: 'rows that were added to another one of the same leaf' }),
  notes: Type.Array(Type.String()),
})
export type ExplainAnswer = Of<typeof explainAnswer>
