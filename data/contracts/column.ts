// How a contract is written: columns as TypeBox schemas that also know their DuckDB type, tables of columns.

import { type Static, type TProperties, type TSchema, Type } from 'typebox'
import { quoteName, snakeCase } from '#data/kernel'

/** What a column schema carries beside its TypeBox shape. */
interface ColumnNotes {
  /** DuckDB type as DESCRIBE prints it. */
  duckdb: string
  nullable: boolean
  description: string
  /** The only values allowed, where they are listed. */
  words?: readonly string[]
}

const notes = <T extends TSchema>(schema: T, duckdb: string, description: string) =>
  ({ ...schema, duckdb, description, nullable: false }) as T & ColumnNotes

/** Text. */
export const text = (description: string) => notes(Type.String(), 'VARCHAR', description)
/** One of the given words. */
export const word = <const T extends readonly string[]>(words: T, description: string) => ({
  ...notes(Type.Unsafe<T[number]>({ type: 'string', enum: [...words] }), 'VARCHAR', description),
  words,
})
/** Whole number, 64 bit. */
export const integer = (description: string) => notes(Type.Integer(), 'BIGINT', description)
/** Money in minor units ("cents") of the row's currency. */
export const cents = (description: string) => notes(Type.Integer(), 'BIGINT', description)
/** Measured number, double precision. */
export const number = (description: string) => notes(Type.Number(), 'DOUBLE', description)
/** Yes or no. */
export const truth = (description: string) => notes(Type.Boolean(), 'BOOLEAN', description)
/** Instant, UTC. */
export const instant = (description: string) =>
  notes(Type.String({ format: 'date-time' }), 'TIMESTAMP WITH TIME ZONE', description)
/** Calendar day. */
export const day = (description: string) => notes(Type.String({ format: 'date' }), 'DATE', description)
/** 128-bit id. */
export const uuid = (description: string) => notes(Type.String({ format: 'uuid' }), 'UUID', description)
/** List of texts. */
export const texts = (description: string) => notes(Type.Array(Type.String()), 'VARCHAR[]', description)
/** JSON document kept as text. */
export const json = (description: string) => notes(Type.String(), 'JSON', description)

/** The same column, but it may be null. */
export function optional<T extends TSchema & ColumnNotes>(column: T) {
  const schema = Type.Union([column, Type.Null()])
  return {
    ...schema,
    duckdb: column.duckdb,
    description: column.description,
    nullable: true,
  } as typeof schema & ColumnNotes
}

/** A table of the warehouse: its columns are the type, the validation, the OpenAPI schema and the DDL. */
export interface TableContract<P extends TProperties = TProperties> {
  name: string
  /** What one row is. */
  grain: string
  /** Columns (snake_case) that name a row. */
  key: string[]
  schema: ReturnType<typeof Type.Object<P>>
}

/** The row type of a contract, camelCase. */
export type RowOf<T extends TableContract> = Static<T['schema']>

/** One column of a table as the warehouse sees it. */
export interface Column {
  /** snake_case */
  name: string
  /** camelCase, as in the contract */
  field: string
  type: string
  nullable: boolean
  description: string
  /** The only values allowed, where they are listed. */
  words: readonly string[] | null
}

/** A contract from its name, grain, key and columns (camelCase). */
export function table<P extends TProperties>(
  name: string,
  grain: string,
  key: string[],
  columns: P,
): TableContract<P> {
  const schema = Type.Object(columns, { additionalProperties: false }) as TableContract<P>['schema']
  return Object.freeze({ name, grain, key, schema })
}

/** The columns of a contract in order. */
export function columnsOf(contract: TableContract): Column[] {
  return Object.entries(contract.schema.properties).map(([field, schema]) => {
    const { duckdb, nullable, description, words } = schema as TSchema & ColumnNotes
    return { name: snakeCase(field), field, type: duckdb, nullable, description, words: words ?? null }
  })
}

/** `CREATE TABLE` of a contract; not null where the contract says so, no index (bulk loads stay fast). */
export function createTableSql(contract: TableContract): string {
  const columns = columnsOf(contract).map(
    ({ name, type, nullable }) => `  ${quoteName(name)} ${type}${nullable ? '' : ' NOT NULL'}`,
  )
  return `CREATE TABLE IF NOT EXISTS ${quoteName(contract.name)} (\n${columns.join(',\n')}\n)`
}
