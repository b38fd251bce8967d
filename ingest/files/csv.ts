// Lands delimited text: scanned once for checksum, count and broken records, then read by DuckDB's own reader.

import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, quoteText, reasonOf } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type Dialect, dialectOf, splitRecord } from './dialect.ts'
import { copyToParquet, type Landing, type LandingJob } from './landing.ts'
import { prepareText } from './prepare.ts'
import { byteOrderMark, cutMark, type ScanResult, scanRecords } from './scan.ts'

/** Lands a CSV file. */
export async function landCsv(job: LandingJob): Promise<Landing> {
  const { file, context, directory } = job
  const { spec } = file
  const dialect = dialectOf({ ...spec, maxRecordBytes: context.effects.config.maxRecordBytes })
  const text = await prepareText(file.path, dialect.encoding, directory)
  const scan = await scanText(text, dialect, directory)
  if (dialect.hasHeader && scan.headerFault !== null) {
    throw fail('INGEST_FILE_UNREADABLE', { path: file.path, format: 'CSV', reason: scan.headerFault })
  }
  const columns = columnNames(job, scan.header, dialect)
  await job.landedBefore(scan.checksum)
  const source = scan.isClean ? text : await cleanCopy(text, dialect, directory)
  return landRecords(job, source, dialect, columns, scan)
}

/** Scans a text, writing its broken records to `broken.ndjson` in the folder. */
export async function scanText(text: string, dialect: Dialect, directory: string): Promise<ScanResult> {
  return writing(join(directory, 'broken.ndjson'), (write) =>
    scanRecords(text, dialect, { broken: (record) => write(`${JSON.stringify(record)}\n`) }),
  )
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
        readerSql(source, dialect, columns, scan.isClean ? scan.newline : '\n'),
        join(directory, 'data.parquet'),
      )
      return { rows, rejected: await keepRejects(queries, dialect, scan, directory) }
    } catch (error) {
      if (!isUnreadable(error)) throw error
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
  return {
    bytes,
    checksum,
    records,
    rejected: read.rejected,
    columns,
    shape: 'columns',
    isTrimmed: scan.isTrimmed,
  }
}

function readerSql(
  path: string,
  dialect: Dialect,
  columns: string[],
  newline: ScanResult['newline'],
): string {
  const types = columns.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ')
  return `SELECT * FROM read_csv(${quoteText(path)}, columns = {${types}}, header = ${dialect.hasHeader},
    auto_detect = false, new_line = ${newline === '\n' ? `'\\n'` : `'\\r\\n'`},
    delim = ${quoteText(dialect.delimiter)}, quote = ${quoteText(dialect.quote)}, escape = ${quoteText(dialect.escape)},
    nullstr = '', max_line_size = ${Math.max(2_097_152, dialect.maxRecordBytes + 1)},
    store_rejects = true, rejects_limit = 0)`
}

async function dropRejects(queries: Queries): Promise<void> {
  for (const name of ['reject_errors', 'reject_scans', 'scan_broken', 'scan_shifts']) {
    await queries.run(`DROP TABLE IF EXISTS temp.${name}`)
  }
}

/** Whether the reader gave up on the file, as opposed to a warehouse or a disk that failed. */
function isUnreadable(error: unknown): boolean {
  return /^(Invalid Input|Conversion|Parser) Error/i.test(reasonOf((error as Error).cause))
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
  const shifts = join(directory, 'shifts.ndjson')
  await writing(shifts, async (write) => {
    for (const shift of scan.shifts) await write(`${JSON.stringify(shift)}\n`)
  })
  await queries.run(
    `CREATE TEMP TABLE scan_broken AS SELECT *, record - row_number() OVER (ORDER BY record) AS before
     FROM read_json(${quoteText(broken)}, format = 'newline_delimited',
       columns = {record: 'BIGINT', line: 'BIGINT', code: 'VARCHAR', reason: 'VARCHAR', raw: 'VARCHAR'})`,
  )
  await queries.run(
    `CREATE TEMP TABLE scan_shifts AS FROM read_json(${quoteText(shifts)},
       format = 'newline_delimited', columns = {record: 'BIGINT', extra: 'BIGINT'})`,
  )
  const raw = `ltrim(m.raw, chr(10))`
  return copyToParquet(
    queries,
    `WITH refused AS (
       SELECT line::BIGINT - ${header} AS place, arg_min(error_type::VARCHAR, byte_position) AS kind,
         arg_min(error_message, byte_position) AS reason, arg_min(csv_line, byte_position) AS raw
       FROM reject_errors GROUP BY line
     ), gaps AS (
       SELECT before, max(record - before) AS broken FROM scan_broken GROUP BY before
     ), moved AS (
       SELECT r.place + coalesce(g.broken, 0) AS record, r.* EXCLUDE (place)
       FROM refused r ASOF LEFT JOIN gaps g ON r.place > g.before
     ), placed AS (
       SELECT m.record, m.record + ${header} + coalesce(s.extra, 0) AS line,
         CASE m.kind WHEN 'MISSING COLUMNS' THEN 'columns_missing' WHEN 'TOO MANY COLUMNS' THEN 'columns_too_many'
           WHEN 'INVALID ENCODING' THEN 'encoding_invalid' WHEN 'LINE SIZE OVER MAXIMUM' THEN 'record_too_long'
           WHEN 'UNQUOTED VALUE' THEN 'quote_broken' ELSE 'structure_broken' END AS code,
         m.reason,
         CASE WHEN length(${raw}) > 2000 THEN left(${raw}, 2000) || ${quoteText(cutMark)} ELSE ${raw} END AS raw
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
  const newline = Buffer.from('\n')
  await writing(copy, async (write) => {
    // The reader takes one such mark away, and a record that begins with one must keep it.
    await write(byteOrderMark)
    await scanRecords(text, dialect, {
      readable: async (bytes) => {
        await write(bytes)
        await write(newline)
      },
    })
  })
  return copy
}

const writeBytes = 1 << 20

type Write = (data: string | Buffer) => void | Promise<void>

/** Writes a new file in large pieces; whatever goes wrong with the disk is thrown here. */
async function writing<T>(path: string, work: (write: Write) => Promise<T>): Promise<T> {
  const handle: FileHandle = await open(path, 'w')
  let pieces: Buffer[] = []
  let size = 0
  const flush = async () => {
    const all = Buffer.concat(pieces)
    pieces = []
    size = 0
    if (all.length > 0) await handle.writeFile(all)
  }
  try {
    const result = await work((data) => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      pieces.push(bytes)
      size += bytes.length
      if (size >= writeBytes) return flush()
    })
    await flush()
    return result
  } finally {
    await handle.close()
  }
}

/** Names the lake and the queries over it use themselves. */
const reservedColumns = ['file_row_number', '__file', '__row', '__order', '__record', '__quarantine_id']

/** Names of the columns: the header, trimmed and made unique, checked against what the mapping needs. */
function columnNames(job: LandingJob, header: string, dialect: Dialect): string[] {
  const { spec, path } = job.file
  if (!dialect.hasHeader) return spec.columns ?? []
  const seen = new Set<string>(reservedColumns)
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
