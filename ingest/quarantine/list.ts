// Shows quarantined records and writes them to a file a person can mend. It changes nothing.

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { camelRow, fail, quoteText } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { IngestContext } from '../context.ts'
import { landedPaths, requireSound } from '../files/lake.ts'
import { diskFull } from '../files/land.ts'

/** Which quarantined records are meant. */
export interface QuarantineFilter {
  provider?: string | undefined
  code?: string | undefined
  /** Part of the mapping the file plays. */
  role?: string | undefined
  ids?: string[] | undefined
  status?: 'open' | 'replayed' | undefined
}

/** A quarantined record as it is shown. */
export interface QuarantinedRecord {
  quarantineId: string
  provider: string
  path: string
  role: string
  fileId: string
  /** Physical line, where the structure is broken. */
  line: number | null
  /** Number of the record in its file, from 1. */
  rowNumber: number | null
  entity: string | null
  field: string | null
  code: string
  reason: string
  raw: string
  status: string
}

/** SQL condition of a filter and its parameters. */
export function filterSql(filter: QuarantineFilter): { where: string; parameters: string[] } {
  const parameters: string[] = []
  const tests = ['provider', 'code', 'role', 'status'].flatMap((name) => {
    const value = filter[name as 'provider']
    if (value === undefined) return []
    parameters.push(value)
    return [`${name} = $${parameters.length}`]
  })
  if (filter.ids !== undefined) {
    parameters.push(JSON.stringify(filter.ids))
    tests.push(`quarantine_id IN (SELECT unnest(from_json($${parameters.length}::JSON, '["VARCHAR"]')))`)
  }
  return { where: tests.length === 0 ? 'true' : tests.join(' AND '), parameters }
}

/**
 * Quarantined records in the order of their files.
 * @param filter which; open ones when no status is given
 */
export async function listQuarantine(
  filter: QuarantineFilter & { limit?: number | undefined },
  context: Pick<IngestContext, 'warehouse'>,
): Promise<{ total: number; rows: QuarantinedRecord[] }> {
  const { where, parameters } = filterSql({ ...filter, status: filter.status ?? 'open' })
  const { total } = await context.warehouse.one<{ total: number }>(
    `SELECT count(*) AS total FROM quarantine WHERE ${where}`,
    parameters,
  )
  const rows = await context.warehouse.all(
    `SELECT quarantine_id, provider, path, role, file_id, line, row_number, entity, field, code, reason, raw, status
     FROM quarantine WHERE ${where} ORDER BY provider, path, row_number, quarantine_id
     LIMIT ${Math.max(0, filter.limit ?? 100)}`,
    parameters,
  )
  return { total, rows: rows.map((row) => camelRow<QuarantinedRecord>(row)) }
}

/** The file one part of a mapping was exported to. */
export interface ExportedFile {
  file: string
  role: string
  records: number
}

/**
 * Writes open records as CSV with the columns they came with, and in front `detour_quarantine_id`, `detour_reason`:
 * to be mended and given to `replay`. Records whose structure is broken have their text in `detour_raw`.
 * Several parts of a mapping go to several files, the part's name before the ending.
 * @throws INGEST_QUARANTINE_EMPTY when nothing matches
 */
export async function exportQuarantine(
  request: QuarantineFilter & { file: string },
  context: IngestContext,
): Promise<{ files: ExportedFile[]; records: number }> {
  const { where, parameters } = filterSql({ ...request, status: 'open' })
  return context.warehouse.exclusive(async (queries) => {
    const parts = await queries.all<{ provider: string; role: string; records: number }>(
      `SELECT provider, role, count(*) AS records FROM quarantine WHERE ${where} GROUP BY ALL ORDER BY ALL`,
      parameters,
    )
    if (parts.length === 0) throw fail('INGEST_QUARANTINE_EMPTY')
    const files: ExportedFile[] = []
    for (const part of parts) {
      const path = resolve(
        parts.length === 1 ? request.file : withPart(request.file, `${part.provider}-${part.role}`),
      )
      await mkdir(dirname(path), { recursive: true })
      const own = `${where} AND provider = ${quoteText(part.provider)} AND role = ${quoteText(part.role)}`
      const select = await cellsSql(queries, own, parameters, context.paths.lake)
      await queries
        .run(`COPY (${select}) TO ${quoteText(path)} (FORMAT csv, HEADER)`, parameters)
        .catch((error: unknown) => {
          throw diskFull(error, path)
        })
      files.push({ file: path, role: part.role, records: part.records })
    }
    return { files, records: files.reduce((sum, file) => sum + file.records, 0) }
  })
}

function withPart(file: string, part: string): string {
  const dot = file.lastIndexOf('.')
  return dot > file.lastIndexOf('/') + 1
    ? `${file.slice(0, dot)}-${part}${file.slice(dot)}`
    : `${file}-${part}`
}

/**
 * The query of records with their cells, found again in the lake by file and place.
 * @throws LAKE_FILE_MISSING, LAKE_FILE_DAMAGED
 */
export async function cellsSql(
  queries: Queries,
  where: string,
  parameters: string[],
  lake: string,
): Promise<string> {
  const files = await queries.all<{ provider: string; file_id: string }>(
    `SELECT DISTINCT provider, file_id FROM quarantine WHERE ${where} ORDER BY ALL`,
    parameters,
  )
  const cells: string[] = []
  const gaps = [`SELECT '' AS file_id, 0::BIGINT AS record, 0::BIGINT AS broken WHERE false`]
  for (const { provider, file_id: fileId } of files) {
    const { data, rejects } = landedPaths(lake, provider, fileId)
    const hasRejects = existsSync(rejects)
    await requireSound(lake, provider, { fileId, rejected: hasRejects ? 1 : 0 })
    cells.push(
      `SELECT ${quoteText(fileId)} AS __file, file_row_number + 1 AS __row, * EXCLUDE (file_row_number)
       FROM read_parquet(${quoteText(data)}, file_row_number = true)`,
    )
    if (!hasRejects) continue
    gaps.push(
      `SELECT ${quoteText(fileId)}, record, row_number() OVER (ORDER BY record)
       FROM read_parquet(${quoteText(rejects)})`,
    )
  }
  return `SELECT q.quarantine_id AS detour_quarantine_id, q.reason AS detour_reason,
      CASE WHEN q.line IS NOT NULL THEN q.raw END AS detour_raw, c.* EXCLUDE (__file, __row)
    FROM (
      SELECT q.*, CASE WHEN q.line IS NULL THEN q.row_number - coalesce(g.broken, 0) END AS landed
      FROM (SELECT * FROM quarantine WHERE ${where}) AS q
      ASOF LEFT JOIN (${gaps.join(' UNION ALL ')}) AS g ON q.file_id = g.file_id AND q.row_number > g.record
    ) AS q
    LEFT JOIN (${cells.join(' UNION ALL BY NAME ')}) AS c
      ON c.__file = q.file_id AND c.__row = q.landed
    ORDER BY q.path, q.row_number, q.quarantine_id`
}
