// Lands Parquet: every column as text, nested ones as JSON, so that one way of mapping serves all formats.

import { join } from 'node:path'
import { fail, quoteName, quoteText, reasonOf } from '#data/kernel'
import { digest } from './digest.ts'
import { copyToParquet, type Landing, type LandingJob } from './landing.ts'

/** Lands a Parquet file. @throws INGEST_FILE_UNREADABLE, INGEST_COLUMN_MISSING */
export async function landParquet(job: LandingJob): Promise<Landing> {
  const { file, context, directory } = job
  const { bytes, checksum } = await digest(file.path).catch((error: unknown) => {
    throw fail('INGEST_PATH_UNREADABLE', { path: file.path, reason: reasonOf(error) }, { cause: error })
  })
  if (bytes === 0) throw fail('INGEST_FILE_EMPTY', { path: file.path })
  await job.landedBefore(checksum)
  return context.warehouse.exclusive(async (queries) => {
    const source = `read_parquet(${quoteText(file.path)})`
    const described = await queries
      .all<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${source}`)
      .catch((error: unknown) => {
        const reason = reasonOf(error)
        throw fail('INGEST_FILE_UNREADABLE', { path: file.path, format: 'Parquet', reason }, { cause: error })
      })
    const columns = described.map((column) => column.column_name.trim())
    const missing = (file.spec.columns ?? []).filter(
      (name) => !columns.includes(name) && !file.spec.optional?.includes(name),
    )
    if (missing.length > 0) {
      const details = { path: file.path, column: missing.join(', '), header: columns.join(', ') }
      throw fail('INGEST_COLUMN_MISSING', details)
    }
    const select = described.map(({ column_name: name, column_type: type }) => {
      const value = /^(STRUCT|MAP|UNION)|\[/.test(type) ? `to_json(${quoteName(name)})` : quoteName(name)
      return `${value}::VARCHAR AS ${quoteName(name.trim())}`
    })
    const path = join(directory, 'data.parquet')
    const rows = await copyToParquet(queries, `SELECT ${select.join(', ')} FROM ${source}`, path)
    return {
      bytes,
      checksum,
      records: rows,
      rejected: 0,
      columns,
      shape: 'columns' as const,
      isTrimmed: false,
    }
  })
}
