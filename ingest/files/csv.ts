// Lands delimited text: scanned once for checksum, count and broken records, then read by DuckDB's own reader.

import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, quoteText, reasonOf } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type Dialect, dialectOf, splitRecord } from './dialect.ts'
import { copyToParquet, type Landing, type LandingJob } from './landing.ts'
import { prepareText } from './prepare.ts'
import { byteOrderMark, cutMark, type ScanResult, scanHead, scanRecords } from './scan.ts'

/** Lands a CSV file. */
export async function landCsv(job: LandingJob): Promise<Landing> {
  const { file, context, directory } = job
  const dialect = dialectOf({ ...file.spec, maxRecordBytes: context.effects.config.maxRecordBytes })
  const text = await prepareText(file.path, dialect.encoding, directory)
  return landText(job, text, dialect, (header) => columnNames(job, header, dialect))
}

/** The text that DuckDB's reader is given. */
interface Reading {
  path: string
  dialect: Dialect
  columns: string[]
  newline: ScanResult['newline']
}

/** Says that the text cannot be read as it stands. */
class NeedsCopy extends Error {}

/**
 * Lands a text: its records in `data.parquet`, those that cannot be read in `rejects.parquet`.
 * It is read while it is still scanned; where the scan finds that the reader must not see it as it stands, that
 * reading is dropped, and a clean copy is read.
 * @param columnsOf names of the columns, in order, from the header
 */
export async function landText(
  job: LandingJob,
  text: string,
  dialect: Dialect,
  columnsOf: (header: string) => string[],
): Promise<Landing> {
  const { directory } = job
  const head = await scanHead(text, dialect)
  let scanning: Promise<ScanResult> | undefined
  const scanned = () => {
    scanning ??= scanText(job, text, dialect)
    return scanning
  }
  if (head !== null) {
    const { newline } = head
    const fitting = async () => {
      const scan = await scanned()
      if (!scan.isClean || scan.newline !== newline) throw new NeedsCopy()
      await job.landedBefore(scan.checksum)
      return scan
    }
    try {
      return await landRecords(
        job,
        { path: text, dialect, columns: columnsOf(head.header), newline },
        fitting,
      )
    } catch (error) {
      if (!(error instanceof NeedsCopy)) throw error
    }
  }
  const scan = await scanned()
  const columns = columnsOf(scan.header)
  await job.landedBefore(scan.checksum)
  const reading: Reading = scan.isClean
    ? { path: text, dialect, columns, newline: scan.newline }
    : { path: await cleanCopy(text, dialect, directory), dialect, columns, newline: '\n' }
  return landRecords(job, reading, scanned)
}

/** Scans a text, writing its broken records to `broken.ndjson`. */
async function scanText(
  { file, directory }: LandingJob,
  text: string,
  dialect: Dialect,
): Promise<ScanResult> {
  const scan = await writing(join(directory, 'broken.ndjson'), (write) =>
    scanRecords(text, dialect, { broken: (record) => write(`${JSON.stringify(record)}\n`) }),
  )
  if (!dialect.hasHeader || scan.headerFault === null) return scan
  throw fail('INGEST_FILE_UNREADABLE', { path: file.path, format: 'CSV', reason: scan.headerFault })
}

/**
 * Reads records into `data.parquet` and what could not be read into `rejects.parquet`.
 * @param scanned what the scanner finds in the original; when that throws, the reading is stopped and dropped
 */
async function landRecords(
  job: LandingJob,
  reading: Reading,
  scanned: () => Promise<ScanResult>,
): Promise<Landing> {
  const { context, directory, file } = job
  const { columns, dialect } = reading
  const { scan, rows, rejected } = await context.warehouse.exclusive(async (queries) => {
    await dropRejects(queries)
    const copying = copyToParquet(queries, readerSql(reading), join(directory, 'data.parquet'))
    // It may fail before the scan ends, which decides whether that matters.
    copying.catch(() => undefined)
    try {
      const scan = await scanned().catch(async (error: unknown) => {
        context.warehouse.interrupt()
        await copying.catch(() => undefined)
        throw error
      })
      const rows = await copying.catch((error: unknown) => {
        if (!isUnreadable(error)) throw error
        const details = { path: file.path, format: 'CSV', reason: reasonOf(error) }
        throw fail('INGEST_FILE_UNREADABLE', details, { cause: error })
      })
      return { scan, rows, rejected: await keepRejects(queries, dialect, scan, directory) }
    } finally {
      await dropRejects(queries)
    }
  })
  const { bytes, checksum, records, isTrimmed } = scan
  if (rows + rejected !== records) {
    throw fail('INGEST_COUNT_MISMATCH', { path: file.path, counted: records, read: rows + rejected })
  }
  return { bytes, checksum, records, rejected, columns, shape: 'columns', isTrimmed }
}

function readerSql({ path, dialect, columns, newline }: Reading): string {
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
async function cleanCopy(text: string, dialect: Dialect, directory: string): Promise<string> {
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
