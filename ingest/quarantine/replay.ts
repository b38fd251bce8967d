// Loads quarantined records again: as they are, after what they lacked has come or the mapping was mended,
// or from an exported file that a person corrected.

import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fail, quoteName, quoteText, reasonOf } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { IngestContext } from '../context.ts'
import type { LandedFile } from '../entity/source.ts'
import { dialectOf, splitRecord } from '../files/dialect.ts'
import { digest } from '../files/documents.ts'
import { landedPaths, mappingPath, settle } from '../files/lake.ts'
import { acceptLoad, earlierFiles } from '../load/ingest.ts'
import { type IngestSummary, summarise } from '../load/summary.ts'
import { findMapping } from '../mapping/library.ts'
import { type Mapping, readMapping } from '../mapping/read.ts'
import { cellsSql, filterSql, type QuarantineFilter } from './list.ts'

/** What is to be tried again. */
export interface ReplayRequest extends QuarantineFilter {
  /** A file written by `export`, corrected. */
  file?: string | undefined
  /** Mapping to use; by default the one of the provider's last load. */
  mapping?: string | undefined
}

/** What came of it. */
export interface ReplaySummary {
  replayed: number
  stillOpen: number
  summaries: IngestSummary[]
}

/**
 * Tries open records again, one provider and part at a time. Those that are usable now are loaded and closed.
 * @throws INGEST_QUARANTINE_EMPTY when nothing open matches
 */
export async function replayQuarantine(
  request: ReplayRequest,
  context: IngestContext,
): Promise<ReplaySummary> {
  const { where, parameters } = filterSql({ ...request, status: 'open' })
  const parts = await context.warehouse.all<{ provider: string; role: string }>(
    `SELECT provider, role FROM quarantine WHERE ${where} GROUP BY ALL ORDER BY min(rowid)`,
    parameters,
  )
  if (parts.length === 0) throw fail('INGEST_QUARANTINE_EMPTY')
  const before = await openCount(context, where, parameters)
  const summaries: IngestSummary[] = []
  for (const part of parts) {
    const summary = await replayPart({ ...request, ...part }, context)
    if (summary !== null) summaries.push(summary)
  }
  const stillOpen = await openCount(context, where, parameters)
  return { replayed: before - stillOpen, stillOpen, summaries }
}

async function openCount(context: IngestContext, where: string, parameters: string[]): Promise<number> {
  return (
    await context.warehouse.one<{ n: number }>(
      `SELECT count(*) AS n FROM quarantine WHERE ${where}`,
      parameters,
    )
  ).n
}

async function replayPart(
  request: ReplayRequest & { provider: string; role: string },
  context: IngestContext,
): Promise<IngestSummary | null> {
  const started = context.effects.clock.now()
  const mapping = await mappingOf(request, context)
  await mkdir(context.paths.temporary, { recursive: true })
  const directory = await mkdtemp(join(context.paths.temporary, 'replay-'))
  try {
    const file = await landReplay(request, mapping, context, directory)
    if (file === null) return null
    const files = [file, ...(await earlierFiles(mapping, [file], context))]
    const { isNew, load } = await acceptLoad(mapping, files, true, context)
    const seconds = (context.effects.clock.now() - started) / 1000
    const manifest = { ...file, format: 'replay', bytes: 0 }
    return summarise(load, { manifests: [manifest], failed: [] }, [], { isNew, seconds }, context.warehouse)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function mappingOf(
  request: ReplayRequest & { provider: string },
  context: IngestContext,
): Promise<Mapping> {
  const last = await context.warehouse.one<{ version: string; market: string }>(
    `SELECT data ->> 'mappingVersion' AS version, data ->> 'market' AS market FROM raw_log_events
     WHERE type = 'LoadAccepted' AND data ->> 'provider' = $1 ORDER BY seq DESC LIMIT 1`,
    [request.provider],
  )
  const mapping =
    request.mapping === undefined
      ? await readMapping(mappingPath(context.paths.lake, last.version))
      : await findMapping(request.mapping)
  return { ...mapping, provider: request.provider, market: last.market }
}

/** Lands the records to try as a file of their own. @returns null when none of them can be read */
async function landReplay(
  request: ReplayRequest & { provider: string; role: string },
  mapping: Mapping,
  context: IngestContext,
  directory: string,
): Promise<LandedFile | null> {
  const { lake } = context.paths
  const data = join(directory, 'data.parquet')
  const landed = await context.warehouse.exclusive(async (queries) => {
    const { where, parameters } = filterSql({ ...request, status: 'open' })
    const cells = await cellsSql(queries, where, parameters, lake)
    await queries.run(
      `CREATE OR REPLACE TEMP TABLE replay AS ${await chosen(queries, cells, request)}`,
      parameters,
    )
    const mended = await readBroken(queries, request.role, mapping, context, directory)
    const names = await queries.all<{ column_name: string }>('DESCRIBE temp.replay')
    const columns = names.map((row) => row.column_name).filter((name) => !name.startsWith('detour_'))
    const select = `SELECT detour_quarantine_id AS __quarantine_id, ${columns.map(quoteName).join(', ')} FROM temp.replay
      WHERE detour_raw IS NULL`
    const rows = await queries.run(
      `COPY (SELECT * FROM (${select}${mended}) ORDER BY 1) TO ${quoteText(data)} (FORMAT parquet)`,
    )
    await queries.run('DROP TABLE temp.replay; DROP TABLE IF EXISTS temp.replay_broken')
    return { rows, columns }
  })
  if (landed.rows === 0) return null
  const { checksum } = await digest(data)
  const stamp = `${checksum} ${mapping.version} ${await context.log.tail('loads')}`
  const fileId = createHash('sha256').update(stamp).digest('hex').slice(0, 32)
  const paths = landedPaths(lake, request.provider, fileId)
  await mkdir(dirname(paths.data), { recursive: true })
  await settle(data, paths.data)
  const path = request.file === undefined ? 'quarantine' : resolve(request.file)
  return {
    fileId,
    role: request.role,
    path,
    records: landed.rows,
    rejected: 0,
    columns: landed.columns,
    shape: 'replay',
  }
}

/** The records as the lake has them, or as the corrected file says. */
async function chosen(queries: Queries, cells: string, request: ReplayRequest): Promise<string> {
  if (request.file === undefined) return cells
  const path = resolve(request.file)
  const source = `read_csv(${quoteText(path)}, all_varchar = true, header = true, delim = ',', quote = '"', nullstr = '')`
  const columns = await queries
    .all<{ column_name: string }>(`DESCRIBE SELECT * FROM ${source}`)
    .catch((error: unknown) => {
      throw fail('INGEST_PATH_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
    })
  if (!columns.some((column) => column.column_name === 'detour_quarantine_id')) {
    const header = columns.map((column) => column.column_name).join(', ')
    throw fail('INGEST_COLUMN_MISSING', { path, column: 'detour_quarantine_id', header })
  }
  const hasRaw = columns.some((column) => column.column_name === 'detour_raw')
  return `SELECT ${hasRaw ? 'f.*' : 'f.*, NULL::VARCHAR AS detour_raw'} FROM ${source} AS f
    SEMI JOIN (${cells}) AS q USING (detour_quarantine_id)`
}

/**
 * Reads records whose structure was broken with the mapping's dialect of today.
 * @returns SQL to add to the others, empty when there are none
 */
async function readBroken(
  queries: Queries,
  role: string,
  mapping: Mapping,
  context: IngestContext,
  directory: string,
): Promise<string> {
  const spec = mapping.file.files[role]
  const rows = await queries.all<{ id: string; raw: string }>(
    'SELECT detour_quarantine_id AS id, detour_raw AS raw FROM temp.replay WHERE detour_raw IS NOT NULL',
  )
  const named = await queries.all<{ column_name: string }>('DESCRIBE temp.replay')
  const columns = named.map((row) => row.column_name).filter((name) => !name.startsWith('detour_'))
  const names = columns.length > 0 ? columns : (spec?.columns ?? [])
  if (rows.length === 0 || spec === undefined) return ''
  const dialect = dialectOf({ ...spec, maxRecordBytes: context.effects.config.maxRecordBytes })
  const readable = rows.flatMap(({ id, raw }) => {
    const cells = splitRecord(raw, dialect)
    return cells.length === names.length ? [{ id, cells }] : []
  })
  const file = join(directory, 'broken.ndjson')
  await writeFile(file, readable.map((row) => `${JSON.stringify(row)}\n`).join(''))
  for (const name of names.filter((each) => !columns.includes(each))) {
    await queries.run(`ALTER TABLE temp.replay ADD COLUMN ${quoteName(name)} VARCHAR`)
  }
  await queries.run(
    `CREATE OR REPLACE TEMP TABLE replay_broken AS SELECT * FROM read_json(${quoteText(file)},
       format = 'newline_delimited', columns = {id: 'VARCHAR', cells: 'VARCHAR[]'})`,
  )
  const cells = names.map((name, i) => `nullif(cells[${i + 1}], '') AS ${quoteName(name)}`)
  return ` UNION ALL BY NAME SELECT id AS __quarantine_id, ${cells.join(', ')} FROM temp.replay_broken`
}
