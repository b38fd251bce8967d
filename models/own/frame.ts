// Rows of a query as columns in memory, from a Parquet file. It learns nothing from them.

import { fail, quoteName, quoteText } from '#data/kernel'
import { openWarehouse, type Queries } from '#data/warehouse'

/** A column: numbers, words, or instants (epoch ms). */
export interface FrameColumn {
  name: string
  kind: 'number' | 'word' | 'time'
  /** null where missing; numbers are finite. */
  values: (number | string | null)[]
}

/** Rows by column, in the order of time. */
export interface Frame {
  rows: number
  columns: Map<string, FrameColumn>
  /** Columns that cannot be used, and why. */
  left: { name: string; reason: string }[]
  /** Rows that the file has beyond those taken. */
  older: number
}

/** Rows taken at most: the newest. */
export const rowsMost = 100_000
const columnsMost = 2_000
/** Columns of rows read by one statement. */
const columnsAtOnce = 20

/**
 * The rows of a Parquet file, the newest where they are too many.
 * @param timeColumn orders the rows; they must have it
 * @throws MODELS_DATA_UNUSABLE where there are too many columns, or the time column is not there or no time
 */
export async function readFrame(path: string, timeColumn: string): Promise<Frame> {
  const warehouse = await openWarehouse(':memory:', { memoryMb: 1_000, threads: 1 })
  try {
    return await read(warehouse, path, timeColumn)
  } finally {
    await warehouse.close()
  }
}

async function read(queries: Queries, path: string, timeColumn: string): Promise<Frame> {
  const file = `read_parquet(${quoteText(path)})`
  const described = await queries.all<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${file}`,
  )
  if (described.length > columnsMost) {
    throw fail('MODELS_DATA_UNUSABLE', { reason: `${described.length} columns, at most ${columnsMost}` })
  }
  const types = new Map(described.map(({ column_name, column_type }) => [column_name, kindOf(column_type)]))
  if (types.get(timeColumn) !== 'time') {
    const reason = types.has(timeColumn) ? 'is no time or date' : 'is not in the query'
    throw fail('MODELS_DATA_UNUSABLE', { reason: `the time column ${timeColumn} ${reason}` })
  }
  const time = quoteName(timeColumn)
  const { total } = await queries.one<{ total: number }>(
    `SELECT count(*) FILTER (${time} IS NOT NULL AND isfinite(${time})) AS total FROM ${file}`,
  )
  await queries.run(
    `CREATE TABLE newest AS SELECT * FROM (
       SELECT *, row_number() OVER () AS "detour row" FROM ${file}
       WHERE ${time} IS NOT NULL AND isfinite(${time})
       ORDER BY ${time} DESC, "detour row" DESC LIMIT ${rowsMost}
     ) ORDER BY ${time}, "detour row"`,
  )
  const columns = new Map<string, FrameColumn>()
  const usable = [...types].filter(([, kind]) => kind !== null) as [string, FrameColumn['kind']][]
  for (let at = 0; at < usable.length; at += columnsAtOnce) {
    for (const column of await readColumns(queries, usable.slice(at, at + columnsAtOnce))) {
      columns.set(column.name, column)
    }
  }
  const left = described.flatMap(({ column_name: name, column_type: type }) =>
    types.get(name) === null ? [{ name, reason: `a column of type ${type} is not read` }] : [],
  )
  const rows = Math.min(total, rowsMost)
  return { rows, columns, left, older: total - rows }
}

async function readColumns(
  queries: Queries,
  wanted: readonly [string, FrameColumn['kind']][],
): Promise<FrameColumn[]> {
  const lists = wanted.map(([name, kind], i) => {
    return `to_json(list(${valueSql(quoteName(name), kind)} ORDER BY rowid))::VARCHAR AS c${i}`
  })
  const row = await queries.one<Record<string, string | null>>(`SELECT ${lists.join(', ')} FROM newest`)
  return wanted.map(([name, kind], i) => ({
    name,
    kind,
    values: JSON.parse(row[`c${i}`] ?? '[]') as (number | string | null)[],
  }))
}

function valueSql(column: string, kind: FrameColumn['kind']): string {
  if (kind === 'number') return `CASE WHEN isfinite(${column}::DOUBLE) THEN ${column}::DOUBLE END`
  if (kind === 'word') return `left(${column}::VARCHAR, 200)`
  return `CASE WHEN isfinite(${column}) THEN epoch_ms(${column})::DOUBLE END`
}

function kindOf(type: string): FrameColumn['kind'] | null {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?(INTEGER|INT)|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return 'number'
  if (/^(VARCHAR|BOOLEAN|UUID|ENUM\(.*\))$/s.test(type)) return 'word'
  return /^(DATE|TIMESTAMP.*)$/.test(type) ? 'time' : null
}
