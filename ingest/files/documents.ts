// Lands JSON: one record per line, or a document with records inside. Records stay JSON in one column `document`.

import { join } from 'node:path'
import { fail, quoteText, reasonOf } from '#data/kernel'
import { listPath } from '../entity/source.ts'
import { landText } from './csv.ts'
import { dialectOf } from './dialect.ts'
import { digest } from './digest.ts'
import { copyToParquet, type Landing, type LandingJob } from './landing.ts'
import { prepareText } from './prepare.ts'

/** A character that valid JSON never contains unescaped: as "delimiter" it keeps each line in one column. */
const unitSeparator = '\u001f'

/** Lands newline-delimited JSON; a line that is not JSON is caught when its fields are read. */
export async function landLines(job: LandingJob): Promise<Landing> {
  const { file, context, directory } = job
  const dialect = dialectOf({
    delimiter: unitSeparator,
    quote: '',
    encoding: file.spec.encoding ?? 'utf-8',
    header: false,
    maxRecordBytes: context.effects.config.maxRecordBytes,
  })
  const text = await prepareText(file.path, dialect.encoding, directory)
  const landing = await landText(job, text, dialect, () => ['document'])
  return { ...landing, shape: 'document' }
}

/**
 * Lands a JSON file: an array of records, one record, or records at the mapping's `records` path.
 * @throws INGEST_FILE_UNREADABLE when it is not JSON as a whole, or has nothing where its records should be
 */
export async function landDocuments(job: LandingJob): Promise<Landing> {
  const { file, context, directory } = job
  const text = await prepareText(file.path, file.spec.encoding ?? 'utf-8', directory)
  const { bytes, checksum } = await digest(text)
  await job.landedBefore(checksum)
  const records = file.spec.records
  const documents = `SELECT json FROM read_json_objects(${quoteText(text)}, format = 'auto',
    maximum_object_size = 268435456)`
  const select =
    records === undefined
      ? `SELECT json::VARCHAR AS document FROM (${documents})`
      : `SELECT unnest(json_extract(json, ${quoteText(listPath(records))}))::VARCHAR AS document FROM (${documents})`
  let rows: number
  try {
    rows = await context.warehouse.exclusive((queries) =>
      copyToParquet(queries, select, join(directory, 'data.parquet')),
    )
  } catch (error) {
    throw fail(
      'INGEST_FILE_UNREADABLE',
      { path: file.path, format: 'JSON', reason: reasonOf(error) },
      { cause: error },
    )
  }
  if (rows === 0 && records !== undefined) await checkRecords(job, documents, records)
  return {
    bytes,
    checksum,
    records: rows,
    rejected: 0,
    columns: ['document'],
    shape: 'document',
    isTrimmed: false,
  }
}

/** An empty list is fine; no list at all is a path that leads nowhere. */
async function checkRecords(job: LandingJob, documents: string, records: string): Promise<void> {
  const path = listPath(records).replace(/\[\*\]$/, '')
  if (path.includes('*')) return
  const { found } = await job.context.warehouse.one<{ found: boolean }>(
    `SELECT coalesce(bool_or(json_exists(json, ${quoteText(path)})), false) AS found FROM (${documents})`,
  )
  if (found) return
  const reason = `there is nothing at ${path}, where "records" of the mapping looks`
  throw fail('INGEST_FILE_UNREADABLE', { path: job.file.path, format: 'JSON', reason })
}
