// One query of a person on a locked-down, read-only instance. It never sees a file, a setting or another process.

import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  StatementType,
} from '@duckdb/node-api'
import { type Clock, DetourError, fail, quoteName, quoteText, reasonOf } from '#data/kernel'
import type { SqlJob, SqlResult } from './protocol.ts'
import { jsonValue } from './values.ts'

/** JSON characters of an answer at most; a longer one is cut and says so. */
const answerCharacters = 50_000_000

/**
 * Runs the job's query: one statement, SELECT or EXPLAIN, in a read-only transaction that is rolled back.
 * @throws SQL_SEVERAL_STATEMENTS, SQL_NOT_READ_ONLY, SQL_FAILED, SQL_TIMEOUT, SQL_MEMORY, SQL_EXPORT_FAILED
 */
export async function runSandboxed(job: SqlJob, clock: Clock): Promise<SqlResult> {
  const open: { closeSync(): void }[] = []
  let late = false
  let cancel = () => {}
  try {
    const instance = await DuckDBInstance.create(job.snapshot, lockedSettings(job))
    open.unshift(instance)
    const connection = await instance.connect()
    open.unshift(connection)
    await connection.run("SET TimeZone = 'UTC'; SET lock_configuration = true")
    const interrupt = () => {
      late = true
      connection.interrupt()
      cancel = clock.after(100, interrupt)
    }
    cancel = clock.after(job.timeoutMs, interrupt)
    await connection.run('BEGIN TRANSACTION READ ONLY')
    try {
      const statement = await onlyStatement(connection, job.query)
      const result = await statement.stream()
      return job.file === undefined ? await collect(result, job.limit) : await writeFile(result, job, open)
    } finally {
      await connection.run('ROLLBACK').catch(() => undefined)
    }
  } catch (error) {
    throw late ? fail('SQL_TIMEOUT', { limitMs: job.timeoutMs }) : asSqlError(error, job)
  } finally {
    cancel()
    for (const part of open) part.closeSync()
  }
}

function lockedSettings(job: SqlJob): Record<string, string> {
  return {
    access_mode: 'READ_ONLY',
    threads: String(job.threads),
    memory_limit: `${job.memoryMb}MB`,
    temp_directory: job.temporary,
    max_temp_directory_size: `${job.memoryMb * 4}MB`,
    enable_external_access: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
  }
}

async function onlyStatement(connection: DuckDBConnection, query: string): Promise<DuckDBPreparedStatement> {
  if (query.includes('\0')) throw fail('SQL_FAILED', { reason: 'the text holds a NUL character' })
  if (bare(query) === '') throw fail('SQL_FAILED', { reason: 'the text holds no statement' })
  const statements = await connection.extractStatements(query)
  if (statements.count !== 1) throw fail('SQL_SEVERAL_STATEMENTS', { count: statements.count })
  const statement = await statements.prepare(0)
  const type = statement.statementType
  if (type === StatementType.SELECT || type === StatementType.EXPLAIN) return statement
  throw fail('SQL_NOT_READ_ONLY', { reason: `this is ${StatementType[type] ?? 'another statement'}` })
}

/** The text without comments, blanks and semicolons: DuckDB's parser gives no message for nothing at all. */
function bare(query: string): string {
  return query.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').replace(/[\s;]/g, '')
}

async function collect(result: DuckDBResult, limit: number): Promise<SqlResult> {
  const names = result.deduplicatedColumnNames()
  const rows: Record<string, unknown>[] = []
  let characters = 0
  let truncated = false
  for (
    let chunk = await result.fetchChunk();
    chunk !== null && !truncated;
    chunk = await result.fetchChunk()
  ) {
    if (chunk.rowCount === 0) break
    for (let i = 0; i < chunk.rowCount; i++) {
      const values = chunk.convertRowValues(i, jsonValue)
      const row = Object.fromEntries(names.map((name, column) => [name, values[column] ?? null]))
      characters += JSON.stringify(row).length
      truncated = rows.length >= limit || characters > answerCharacters
      if (truncated) break
      rows.push(row)
    }
  }
  return { columns: columnsOf(result), rows, rowCount: rows.length, truncated }
}

function columnsOf(result: DuckDBResult) {
  const types = result.columnTypes()
  return result.deduplicatedColumnNames().map((name, i) => ({ name, type: String(types[i]) }))
}

/**
 * Writes the result to a file that we chose: its chunks go to a table of a second instance, which may touch files
 * but never sees the person's text.
 */
async function writeFile(
  result: DuckDBResult,
  job: SqlJob,
  open: { closeSync(): void }[],
): Promise<SqlResult> {
  const { path, format } = job.file ?? { path: '', format: 'csv' }
  const writer = await DuckDBInstance.create(':memory:', {
    threads: String(job.threads),
    memory_limit: `${job.memoryMb}MB`,
    temp_directory: job.temporary,
  })
  open.unshift(writer)
  const connection = await writer.connect()
  open.unshift(connection)
  const columns = columnsOf(result)
  const list = columns.map((column) => `${quoteName(column.name)} ${column.type}`).join(', ')
  await connection.run(`SET TimeZone = 'UTC'; CREATE TABLE result (${list})`)
  const appender = await connection.createAppender('result')
  let rowCount = 0
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) break
    appender.appendDataChunk(chunk)
    rowCount += chunk.rowCount
  }
  appender.closeSync()
  const options = format === 'csv' ? 'FORMAT csv, HEADER' : 'FORMAT parquet, COMPRESSION zstd'
  try {
    await connection.run(`COPY result TO ${quoteText(path)} (${options})`)
  } catch (error) {
    throw fail('SQL_EXPORT_FAILED', { file: path, reason: reasonOf(error) }, { cause: error })
  }
  return { columns, rows: [], rowCount, truncated: false }
}

function asSqlError(error: unknown, job: SqlJob): DetourError {
  if (error instanceof DetourError) return error
  const reason = error instanceof Error ? error.message : String(error)
  if (/out of memory|invalid string length|array buffer allocation/i.test(reason)) {
    return fail('SQL_MEMORY', { limitMb: job.memoryMb }, { cause: error })
  }
  if (/^Permission Error|read-only|configuration has been locked/i.test(reason)) {
    return fail('SQL_NOT_READ_ONLY', { reason: reasonOf(error) }, { cause: error })
  }
  return fail('SQL_FAILED', { reason }, { cause: error })
}
