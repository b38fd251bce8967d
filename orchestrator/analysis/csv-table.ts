// A CSV file as columns in the order of its rows, and the same rows written back with more columns. Cells are kept as
// the texts they are; it never guesses what a column means.

import { mkdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api'
import { fail, quoteName, quoteText, reasonOf } from '#data/kernel'
import { type Header, readHeader } from './header.ts'

/** A column that is added to a file: numbers (NaN = empty cell) or texts (null = empty cell). */
export interface AddedColumn {
  name: string
  values: Float64Array | readonly (string | null)[]
}

/** An open CSV file. Columns are asked for by name. */
export interface CsvTable {
  readonly path: string
  /** Name of the file without its folder. */
  readonly name: string
  /** Names of the columns, all different. */
  readonly header: readonly string[]
  readonly rows: number
  /** Cells as texts, one array per column; null for an empty cell. @throws ANALYSIS_COLUMN_UNKNOWN */
  texts(columns: readonly string[]): Promise<(string | null)[][]>
  /**
   * Cells as numbers, one array per column; NaN where a cell is empty or no number, infinities kept.
   * @throws ANALYSIS_COLUMN_UNKNOWN
   */
  numbers(columns: readonly string[]): Promise<Float64Array[]>
  /**
   * Cells as milliseconds since 1970 in UTC; NaN where a cell is no time. ISO 8601 and usual written forms.
   * @throws ANALYSIS_COLUMN_UNKNOWN
   */
  instants(columns: readonly string[]): Promise<Float64Array[]>
  /** Rows of a SELECT over the table `t`; `column(name)` is how a column is written in it. */
  query(sql: string): Promise<Record<string, DuckDBValue>[]>
  /** How a column is written in SQL; a text. @throws ANALYSIS_COLUMN_UNKNOWN */
  column(name: string): string
  /**
   * Writes the same rows in the same order with more columns; a name that is taken gets `detour_` before it.
   * @throws ANALYSIS_OUTPUT_FAILED
   */
  write(out: string, added: readonly AddedColumn[]): Promise<void>
  close(): void
}

/** Texts that stand for no value, in lower case. */
const missing = ['', 'na', 'n/a', 'nan', 'null', 'none', 'nil', '?', '-', '#n/a']
const timeForms = [
  '%Y/%m/%d %H:%M:%S',
  '%Y/%m/%d %H:%M',
  '%Y/%m/%d',
  '%m/%d/%Y %H:%M:%S',
  '%m/%d/%Y %H:%M',
  '%m/%d/%Y',
  '%d.%m.%Y %H:%M:%S',
  '%d.%m.%Y %H:%M',
  '%d.%m.%Y',
  '%d/%m/%Y',
  '%Y-%m-%d %H:%M',
  '%Y%m%d',
]
/** Bytes of the longest record. */
const longestRecord = 16 * 2 ** 20
/** Rows of a chunk of DuckDB. */
const chunkRows = 2048

/**
 * Opens a CSV file: UTF-8, a header, delimiter `,` `;` tab or `|`, quotes `"`.
 * @throws ANALYSIS_FILE_UNREADABLE, ANALYSIS_FILE_EMPTY
 */
export async function openCsv(path: string): Promise<CsvTable> {
  const header = await readHeader(path)
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  try {
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    const columns = header.names.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ')
    await connection.run(
      `CREATE TABLE t AS FROM read_csv(${quoteText(path)}, auto_detect = false, header = true, columns = {${columns}},
        delim = ${quoteText(header.delimiter)}, quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false,
        max_line_size = ${longestRecord}, null_padding = false, strict_mode = true)`,
    )
    const [counted] = (await connection.runAndReadAll('SELECT count(*)::INTEGER AS n FROM t')).getRowObjects()
    const rows = Number(counted?.n ?? 0)
    if (rows === 0) throw fail('ANALYSIS_FILE_EMPTY', { path, reason: 'it has a header and no rows' })
    return new OpenTable(path, header, rows, instance, connection)
  } catch (error) {
    instance.closeSync()
    if (error instanceof Error && 'code' in error) throw error
    throw fail('ANALYSIS_FILE_UNREADABLE', { path, reason: readingFault(error) }, { cause: error })
  }
}

class OpenTable implements CsvTable {
  readonly path: string
  readonly name: string
  readonly header: readonly string[]
  readonly rows: number
  readonly #delimiter: string
  readonly #places: Map<string, number>
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  constructor(
    path: string,
    { names, delimiter }: Header,
    rows: number,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
  ) {
    this.path = path
    this.name = basename(path)
    this.header = names
    this.rows = rows
    this.#delimiter = delimiter
    this.#places = new Map(names.map((name, i) => [name, i]))
    this.#instance = instance
    this.#connection = connection
  }

  column(name: string): string {
    const place = this.#places.get(name)
    if (place === undefined) {
      const shown = this.header.slice(0, 50).join(', ')
      throw fail('ANALYSIS_COLUMN_UNKNOWN', { path: this.path, column: name, header: shown })
    }
    return `c${place}`
  }

  async texts(columns: readonly string[]): Promise<(string | null)[][]> {
    const found = columns.map(() => [] as (string | null)[])
    await this.#visit(
      columns.map((name) => this.column(name)),
      (value, _, column) => found[column]?.push(value as string | null),
    )
    return found
  }

  numbers(columns: readonly string[]): Promise<Float64Array[]> {
    return this.#figures(columns.map((name) => numberSql(this.column(name), this.#delimiter)))
  }

  instants(columns: readonly string[]): Promise<Float64Array[]> {
    return this.#figures(columns.map((name) => instantSql(this.column(name))))
  }

  async query(sql: string): Promise<Record<string, DuckDBValue>[]> {
    return (await this.#connection.runAndReadAll(sql)).getRowObjects()
  }

  async write(out: string, added: readonly AddedColumn[]): Promise<void> {
    try {
      await mkdir(dirname(out), { recursive: true })
      await this.#keep(added)
      const names = this.header.map((name, i) => `t.c${i} AS ${quoteName(name)}`)
      const more = added.map(({ name }, i) => `a.a${i} AS ${quoteName(this.#free(name))}`)
      await this.#connection.run(
        `COPY (SELECT ${[...names, ...more].join(', ')} FROM t POSITIONAL JOIN a)
         TO ${quoteText(out)} (FORMAT csv, HEADER, DELIMITER ${quoteText(this.#delimiter)})`,
      )
    } catch (error) {
      throw fail('ANALYSIS_OUTPUT_FAILED', { path: out, reason: reasonOf(error) }, { cause: error })
    }
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  #free(name: string): string {
    return this.#places.has(name) ? this.#free(`detour_${name}`) : name
  }

  async #figures(expressions: string[]): Promise<Float64Array[]> {
    const found = expressions.map(() => new Float64Array(this.rows).fill(Number.NaN))
    await this.#visit(expressions, (value, row, column) => {
      if (typeof value === 'number') (found[column] as Float64Array)[row] = value
    })
    return found
  }

  async #visit(
    expressions: string[],
    take: (value: DuckDBValue, row: number, column: number) => void,
  ): Promise<void> {
    if (expressions.length === 0) return
    const result = await this.#connection.stream(`SELECT ${expressions.join(', ')} FROM t`)
    let before = 0
    for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
      if (chunk.rowCount === 0) break
      for (let i = 0; i < expressions.length; i++) {
        chunk.visitColumnValues(i, (value, row) => take(value, before + row, i))
      }
      before += chunk.rowCount
    }
  }

  /** Puts the added columns into the table `a`, row by row beside `t`. */
  async #keep(added: readonly AddedColumn[]): Promise<void> {
    const types = added.map(({ values }) => (values instanceof Float64Array ? DOUBLE : VARCHAR))
    const list = types.map((type, i) => `a${i} ${type}`).join(', ')
    await this.#connection.run(`CREATE OR REPLACE TABLE a (${list})`)
    const appender = await this.#connection.createAppender('a')
    for (let from = 0; from < this.rows; from += chunkRows) {
      const count = Math.min(chunkRows, this.rows - from)
      const chunk = DuckDBDataChunk.create(types, count)
      for (const [i, { values }] of added.entries()) {
        const part = Array.from({ length: count }, (_, row) => values[from + row] ?? null)
        chunk.setColumnValues(
          i,
          part.map((value) => (typeof value === 'number' && !Number.isFinite(value) ? null : value)),
        )
      }
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }
}

function numberSql(column: string, delimiter: string): string {
  const value = `TRY_CAST(${column} AS DOUBLE)`
  return delimiter === ',' ? value : `COALESCE(${value}, TRY_CAST(replace(${column}, ',', '.') AS DOUBLE))`
}

function instantSql(column: string): string {
  const forms = timeForms.map(quoteText).join(', ')
  const time = `COALESCE(TRY_CAST(${column} AS TIMESTAMPTZ), try_strptime(${column}, [${forms}])::TIMESTAMPTZ)`
  return `CASE WHEN isfinite(${time}) THEN epoch_ms(${time})::DOUBLE END`
}

/** Whether a text stands for no value. */
export function isMissing(text: string | null): boolean {
  return text === null || (text.length <= 5 && missing.includes(text.trim().toLowerCase()))
}

/** The first sentence that says what is wrong with a file, with its line. */
function readingFault(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = /Line: (\d+)/.exec(text)?.[1]
  const words = text
    .split('\n')
    .slice(0, line === undefined ? 1 : 3)
    .join(' ')
  return words.replace(/^[A-Za-z ]*Error: /, '').trim()
}
