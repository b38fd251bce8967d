// Reads an exported file that a person corrected. Every record in it must be readable, else nothing is tried.

import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fail, quoteText } from '#data/kernel'
import type { IngestContext } from '../context.ts'
import { landCsv } from '../files/csv.ts'

/** A corrected file, read. */
export interface Edited {
  /** Where it lies. */
  path: string
  /** Parquet of its records. */
  data: string
  columns: string[]
  /** Quarantined records it has. */
  ids: string[]
}

/**
 * The records of a corrected file.
 * @param only ids to take, all when not given
 * @param directory folder for work in progress
 * @throws INGEST_FILE_*, INGEST_PATH_UNREADABLE, INGEST_COLUMN_MISSING
 */
export async function readEdited(
  file: string,
  only: string[] | undefined,
  directory: string,
  context: IngestContext,
): Promise<Edited> {
  const path = resolve(file)
  const own = join(directory, 'edited')
  await mkdir(own)
  const landing = await landCsv({
    file: { path, role: 'quarantine', spec: { match: '*', columns: ['detour_quarantine_id'] } },
    context,
    directory: own,
    landedBefore: async () => false,
  })
  if (landing.rejected > 0) await refuseFirst(path, join(own, 'rejects.parquet'), context)
  const data = join(own, 'data.parquet')
  const rows = await context.warehouse.all<{ id: string | null }>(
    `SELECT DISTINCT trim(detour_quarantine_id) AS id FROM read_parquet(${quoteText(data)}) ORDER BY 1`,
  )
  const ids = rows.flatMap(({ id }) => (id === null || only?.includes(id) === false ? [] : [id]))
  return { path, data, columns: landing.columns, ids }
}

async function refuseFirst(path: string, rejects: string, context: IngestContext): Promise<never> {
  const { line, reason } = await context.warehouse.one<{ line: number; reason: string }>(
    `SELECT line, reason FROM read_parquet(${quoteText(rejects)}) ORDER BY record LIMIT 1`,
  )
  const [first] = reason.split('\n')
  throw fail('INGEST_FILE_UNREADABLE', { path, format: 'CSV', reason: `line ${line}: ${first}` })
}
