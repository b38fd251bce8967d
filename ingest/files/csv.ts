// Lands delimited text: scanned once for checksum, count and broken records, then read by DuckDB's own reader.

import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fail, quoteText, reasonOf } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type Dialect, dialectOf, splitRecord } from './dialect.ts'
import { copyToParquet, type Landing, type LandingJob } from './landing.ts'
import { prepareText } from './prepare.ts'
import { type RecordSink, type ScanResult, scanRecords } from './scan.ts'

/** Lands a CSV file. */
export async function landCsv(job: LandingJob): Promise<Landing> {
  const { file, context, directory } = job
  const { spec } = file
  const dialect = dialectOf({ ...spec, maxRecordBytes: context.effects.config.maxRecordBytes })
  const text = await prepareText(file.path, dialect.encoding, directory)
  const scan = await scanText(text, dialect, directory)
  await job.landedBefore(scan.checksum)
  const columns = columnNames(job, scan.header, dialect)
  const source = scan.isClean ? text : await cleanCopy(text, dialect, directory)
  return landRecords(job, source, dialect, columns, scan)
}

/** Scans a text, writing its broken records to `broken.ndjson` in the folder. */
export async function scanText(text: string, dialect: Dialect, directory: string): Promise<ScanResult> {
  const out = createWriteStream(join(directory, 'broken.ndjson'))
  const scan = await scanRecords(text, dialect, {
    broken: (record) => write(out, `${JSON.stringify(record)}\n`),
  })
  out.end()
  await finished(out)
  return scan
}

/**
 * Reads prepared records into `data.parquet` and what could not be read into `rejects.parquet`.
 * @param columns names of the columns, in order
 * @param scan what the scanner found in the original
 */
export async function landRecords(
  job: LandingJob,
  source: string,
  dialect: Dialect,
  columns: string[],
  scan: ScanResult,
): Promise<Landing> {
  const { context, directory, file } = job
  const read = await context.warehouse.exclusive(async (queries) => {
    await dropRejects(queries)
    try {
      const rows = await copyToParquet(
        queries,
        readerSql(source, dialect, columns),
        join(directory, 'data.parquet'),
      )
      return { rows, rejected: await keepRejects(queries, dialect, scan, directory) }
    } catch (error) {
      if (/no space left/i.test(reasonOf(error))) throw error
      throw fail(
        'INGEST_FILE_UNREADABLE',
        { path: file.path, format: 'CSV', reason: reasonOf(error) },
        { cause: error },
      )
    } finally {
      await dropRejects(queries)
    }
  })
  if (read.rows + read.rejected !== scan.records) {
    throw fail('INGEST_COUNT_MISMATCH', {
      path: file.path,
      counted: scan.records,
      read: read.rows + read.rejected,
    })
  }
  const { bytes, checksum, records } = scan
  return { bytes, checksum, records, rejected: read.rejected, columns, shape: 'columns' }
}

function readerSql(path: string, dialect: Dialect, columns: string[]): string {
  const types = columns.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ')
  return `SELECT * FROM read_csv(${quoteText(path)}, columns = {${types}}, header = ${dialect.hasHeader},
    auto_detect = false, delim = ${quoteText(dialect.delimiter)}, quote = ${quoteText(dialect.quote)},
    escape = ${quoteText(dialect.escape)}, nullstr = '', max_line_size = ${Math.max(2_097_152, dialect.maxRecordBytes + 1)},
    store_rejects = true, rejects_limit = 0)`
}

async function dropRejects(queries: Queries): Promise<void> {
  for (const name of ['reject_errors', 'reject_scans', 'scan_broken', 'scan_shifts']) {
    await queries.run(`DROP TABLE IF EXISTS temp.${name}`)
  }
}

/**
 * Joins what the scanner and the reader refused, numbered as in the original file.
 * The reader saw a copy without the scanner's broken records, so its numbers are moved back by those before.
 */
async function keepRejects(
  queries: Queries,
  dialect: Dialect,
  scan: ScanResult,
  directory: string,
): Promise<number> {
  const { found } = await queries.one<{ found: number }>(
    'SELECT count(DISTINCT line) AS found FROM reject_errors',
  )
  if (scan.broken + found === 0) return 0
  const header = dialect.hasHeader ? 1 : 0
  const broken = join(directory, 'broken.ndjson')
  const shifts = join(directory, 'shifts.csv')
  await writeFile(shifts, `record\n${scan.shifts.map((record) => Math.max(0, record)).join('\n')}\n`)
  await queries.run(
    `CREATE TEMP TABLE scan_broken AS SELECT *, record - row_number() OVER (ORDER BY record) AS before
     FROM read_json(${quoteText(broken)}, format = 'newline_delimited',
       columns = {record: 'BIGINT', line: 'BIGINT', code: 'VARCHAR', reason: 'VARCHAR', raw: 'VARCHAR'})`,
  )
  await queries.run(
    `CREATE TEMP TABLE scan_shifts AS SELECT record, max(extra) AS extra FROM (
       SELECT record, row_number() OVER (ORDER BY record) AS extra FROM read_csv(${quoteText(shifts)}, columns = {record: 'BIGINT'}, header = true, auto_detect = false))
     GROUP BY record`,
  )
  return copyToParquet(
    queries,
    `WITH refused AS (
       SELECT line::BIGINT - ${header} AS place, arg_min(error_type::VARCHAR, byte_position) AS kind,
         arg_min(error_message, byte_position) AS reason, arg_min(csv_line, byte_position) AS raw
       FROM reject_errors GROUP BY line
     ), moved AS (
       SELECT place + (SELECT count(*) FROM scan_broken WHERE before < place) AS record, * EXCLUDE (place) FROM refused
     ), placed AS (
       SELECT m.record, m.record + ${header} + coalesce(s.extra, 0) AS line,
         CASE m.kind WHEN 'MISSING COLUMNS' THEN 'columns_missing' WHEN 'TOO MANY COLUMNS' THEN 'columns_too_many'
           WHEN 'INVALID ENCODING' THEN 'encoding_invalid' WHEN 'LINE SIZE OVER MAXIMUM' THEN 'record_too_long'
           WHEN 'UNQUOTED VALUE' THEN 'quote_broken' ELSE 'structure_broken' END AS code,
         m.reason, left(ltrim(m.raw, chr(10)), 2000) AS raw
       FROM moved m ASOF LEFT JOIN scan_shifts s ON m.record > s.record
     )
     SELECT record, line, code, reason, raw FROM (
       SELECT * FROM placed UNION ALL BY NAME SELECT record, line, code, reason, raw FROM scan_broken
     ) ORDER BY record`,
    join(directory, 'rejects.parquet'),
  )
}

/** A copy of the readable records with one kind of newline and no blank lines. */
export async function cleanCopy(text: string, dialect: Dialect, directory: string): Promise<string> {
  const copy = join(directory, 'clean.csv')
  const out = createWriteStream(copy)
  const newline = Buffer.from('\n')
  const sink: RecordSink = { readable: (bytes) => write(out, Buffer.concat([bytes, newline])) }
  await scanRecords(text, dialect, sink)
  out.end()
  await finished(out)
  return copy
}

async function write(out: NodeJS.WritableStream, data: string | Buffer): Promise<void> {
  if (!out.write(data)) await new Promise((resolve) => out.once('drain', resolve))
}

/** Names of the columns: the header, trimmed and made unique, checked against what the mapping needs. */
function columnNames(job: LandingJob, header: string, dialect: Dialect): string[] {
  const { spec, path } = job.file
  if (!dialect.hasHeader) return spec.columns ?? []
  const seen = new Set<string>()
  const names = splitRecord(header, dialect).map((cell, i) => {
    const name = cell.trim() || `column_${i + 1}`
    let unique = name
    for (let n = 2; seen.has(unique.toLowerCase()); n++) unique = `${name}_${n}`
    seen.add(unique.toLowerCase())
    return unique
  })
  const missing = (spec.columns ?? []).filter(
    (name) => !names.includes(name) && !spec.optional?.includes(name),
  )
  if (missing.length > 0) {
    const hint = names.length === 1 ? otherDelimiter(header, dialect) : ''
    throw fail('INGEST_COLUMN_MISSING', { path, column: missing.join(', '), header: names.join(', ') + hint })
  }
  return names
}

function otherDelimiter(header: string, dialect: Dialect): string {
  const found = [';', '\t', '|', ','].find((other) => other !== dialect.delimiter && header.includes(other))
  return found === undefined ? '' : ` (it seems to be delimited by ${JSON.stringify(found)}: set "delimiter")`
}
