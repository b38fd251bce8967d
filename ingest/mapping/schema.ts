// What a mapping file may say. The mapping guide explains each word; unknown words are refused.

import { type Static, Type } from 'typebox'

const strict = { additionalProperties: false }
const textOrTexts = Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })])

const fileSchema = Type.Object(
  {
    match: textOrTexts,
    format: Type.Optional(
      Type.Union([
        Type.Literal('csv'),
        Type.Literal('parquet'),
        Type.Literal('json'),
        Type.Literal('ndjson'),
      ]),
    ),
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    quote: Type.Optional(Type.String({ maxLength: 1 })),
    escape: Type.Optional(Type.String({ maxLength: 1 })),
    encoding: Type.Optional(Type.String()),
    header: Type.Optional(Type.Boolean()),
    columns: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    optional: Type.Optional(Type.Array(Type.String())),
    records: Type.Optional(Type.String()),
    nulls: Type.Optional(Type.Array(Type.String())),
  },
  strict,
)

const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])

const fieldObject = Type.Object(
  {
    column: Type.Optional(Type.String()),
    firstOf: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    value: Type.Optional(scalar),
    expr: Type.Optional(Type.String()),
    nulls: Type.Optional(Type.Array(Type.String())),
    default: Type.Optional(scalar),
    format: Type.Optional(textOrTexts),
    timeZone: Type.Optional(Type.String()),
    endOf: Type.Optional(Type.Literal('day')),
    unit: Type.Optional(Type.String()),
    decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
    map: Type.Optional(Type.Record(Type.String(), scalar)),
    otherwise: Type.Optional(
      Type.Union([Type.Literal('quarantine'), Type.Literal('empty'), Type.Literal('keep')]),
    ),
    unreadable: Type.Optional(Type.Union([Type.Literal('quarantine'), Type.Literal('empty')])),
    combine: Type.Optional(
      Type.Union([
        Type.Literal('first'),
        Type.Literal('last'),
        Type.Literal('min'),
        Type.Literal('max'),
        Type.Literal('sum'),
      ]),
    ),
  },
  strict,
)

const fieldSchema = Type.Union([Type.String(), fieldObject])

const joinSchema = Type.Object(
  {
    file: Type.String(),
    on: Type.Record(Type.String(), Type.String(), { minProperties: 1 }),
    take: Type.Optional(Type.Record(Type.String(), Type.String())),
    optional: Type.Optional(Type.Boolean()),
  },
  strict,
)

const entitySchema = Type.Object(
  {
    from: Type.String(),
    each: Type.Optional(Type.String()),
    where: Type.Optional(Type.String()),
    group: Type.Optional(Type.Boolean()),
    join: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]*$' }), joinSchema, strict)),
    currency: Type.Optional(fieldSchema),
    references: Type.Optional(Type.Union([Type.Literal('check'), Type.Literal('ignore')])),
    fields: Type.Record(Type.String(), fieldSchema),
    flags: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  strict,
)

/** The schema of a whole mapping file. */
export const mappingSchema = Type.Object(
  {
    mapping: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }),
    provider: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' })),
    market: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' })),
    timeZone: Type.Optional(Type.String()),
    currency: Type.Optional(Type.String()),
    nulls: Type.Optional(Type.Array(Type.String())),
    files: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]*$' }), fileSchema, {
      minProperties: 1,
      ...strict,
    }),
    entities: Type.Record(Type.String(), entitySchema, { minProperties: 1 }),
  },
  strict,
)

/** A mapping file's content. */
export type MappingFile = Static<typeof mappingSchema>
/** How a file is recognised and read. */
export type FileSpec = Static<typeof fileSchema>
/** How an entity is filled. */
export type EntitySpec = Static<typeof entitySchema>
/** How one field is filled, long form. */
export type FieldSpec = Static<typeof fieldObject>
