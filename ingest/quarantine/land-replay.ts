// Lands quarantined records, as the lake or a corrected file has them, as a file of their own that a load can use.

import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quoteName, quoteText } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { IngestContext } from '../context.ts'
import { dialectOf, wholeRecord } from '../files/dialect.ts'
import { digest } from '../files/digest.ts'
import { landedPaths, type Manifest, readManifest, settle, settleText } from '../files/lake.ts'
import { copyToParquet } from '../files/landing.ts'
import { cutMark } from '../files/scan.ts'
import { loadStream } from '../load/event.ts'
import type { Mapping } from '../mapping/read.ts'
import type { Edited } from './edited.ts'
import { cellsSql, filterSql, type QuarantineFilter } from './list.ts'

type Part = QuarantineFilter & { provider: string; role: string }

/** Columns of an exported file that are not the source's. */
const ownColumns = ['detour_quarantine_id', 'detour_reason', 'detour_raw']

/**
 * Lands the open records of one provider and part.
 * @param directory folder for work in progress
 * @returns the manifest, null when none of them can be read
 * @throws LAKE_FILE_MISSING, LAKE_FILE_DAMAGED
 */
export async function landReplay(
  part: Part,
  edited: Edited | null,
  mapping: Mapping,
  directory: string,
  context: IngestContext,
): Promise<Manifest | null> {
  const { lake } = context.paths
  const data = join(directory, 'data.parquet')
  const landed = await context.warehouse.exclusive(async (queries) => {
    const { where, parameters } = filterSql({ ...part, status: 'open' })
    const chosen =
      edited === null ? await cellsSql(queries, where, parameters, lake) : editedSql(edited, where)
    await queries.run(`CREATE OR REPLACE TEMP TABLE replay AS ${chosen}`, parameters)
    const mended = await readBroken(queries, part, mapping, directory, context)
    const columns = await sourceColumns(queries)
    const names = columns.map((name) => `, ${quoteName(name)}`).join('')
    const select = `SELECT r.* FROM (
        SELECT detour_quarantine_id AS __quarantine_id${names} FROM temp.replay WHERE detour_raw IS NULL ${mended}
      ) AS r JOIN quarantine AS q ON q.quarantine_id = r.__quarantine_id
      ORDER BY q.path, q.row_number, q.quarantine_id`
    const records = await copyToParquet(queries, select, data)
    await queries.run('DROP TABLE temp.replay; DROP TABLE IF EXISTS temp.replay_broken')
    return { records, columns }
  })
  if (landed.records === 0) return null
  const { bytes, checksum } = await digest(data)
  const stamp = `${checksum} ${mapping.version} ${await context.log.tail(loadStream)}`
  const fileId = createHash('sha256').update(stamp).digest('hex').slice(0, 32)
  const manifest: Manifest = {
    fileId,
    provider: part.provider,
    role: part.role,
    path: edited?.path ?? 'quarantine',
    format: 'replay',
    bytes,
    checksum,
    mapping: mapping.name,
    mappingVersion: mapping.version,
    landedAt: new Date(context.effects.clock.now()).toISOString(),
    ...landed,
    rejected: 0,
    shape: 'replay',
    isTrimmed: false,
    landed: { data: checksum, rejects: null },
  }
  const paths = landedPaths(lake, part.provider, fileId)
  await settle(data, paths.data)
  await settleText(`${JSON.stringify(manifest, null, 2)}\n`, paths.manifest, directory)
  return manifest
}

/** The records of a corrected file that are still open. */
function editedSql({ data, columns }: Edited, where: string): string {
  const raw = columns.includes('detour_raw') ? '' : ', NULL::VARCHAR AS detour_raw'
  return `SELECT * EXCLUDE (detour_quarantine_id)${raw}, trim(detour_quarantine_id) AS detour_quarantine_id
    FROM read_parquet(${quoteText(data)})
    WHERE trim(detour_quarantine_id) IN (SELECT quarantine_id FROM quarantine WHERE ${where})`
}

async function sourceColumns(queries: Queries): Promise<string[]> {
  const named = await queries.all<{ column_name: string }>('DESCRIBE temp.replay')
  return named.map((row) => row.column_name).filter((name) => !ownColumns.includes(name))
}

interface BrokenText {
  id: string
  fileId: string
  code: string
  raw: string
  before: string
}

/**
 * Reads records whose structure was broken with the mapping's dialect of today, by the columns of their own file.
 * @returns SQL to add to the others, empty when there are none
 */
async function readBroken(
  queries: Queries,
  part: Part,
  mapping: Mapping,
  directory: string,
  context: IngestContext,
): Promise<string> {
  const spec = mapping.file.files[part.role]
  const rows = await queries.all<Record<string, unknown> & BrokenText>(
    `SELECT q.quarantine_id AS id, q.file_id AS "fileId", q.code, r.detour_raw AS raw, q.raw AS before
     FROM temp.replay AS r JOIN quarantine AS q ON q.quarantine_id = r.detour_quarantine_id
     WHERE r.detour_raw IS NOT NULL`,
  )
  if (rows.length === 0 || spec === undefined) return ''
  const dialect = dialectOf({ ...spec, maxRecordBytes: context.effects.config.maxRecordBytes })
  const columnsOf = new Map<string, string[]>()
  for (const fileId of new Set(rows.map((row) => row.fileId))) {
    const manifest = await readManifest(context.paths.lake, part.provider, fileId)
    columnsOf.set(fileId, (dialect.hasHeader ? null : spec.columns) ?? manifest?.columns ?? [])
  }
  const readable = rows.filter(isText).flatMap(({ id, fileId, raw }) => {
    const names = columnsOf.get(fileId) ?? []
    const cells = names.length === 1 && names[0] === 'document' ? [raw] : wholeRecord(raw, dialect)
    return cells?.length === names.length ? [{ id, fileId, cells }] : []
  })
  const file = join(directory, `broken-${part.role}.ndjson`)
  await writeFile(file, readable.map((row) => `${JSON.stringify(row)}\n`).join(''))
  await queries.run(
    `CREATE OR REPLACE TEMP TABLE replay_broken AS SELECT * FROM read_json(${quoteText(file)},
       format = 'newline_delimited', columns = {id: 'VARCHAR', "fileId": 'VARCHAR', cells: 'VARCHAR[]'})`,
  )
  for (const name of new Set([...columnsOf.values()].flat())) {
    await queries.run(`ALTER TABLE temp.replay ADD COLUMN IF NOT EXISTS ${quoteName(name)} VARCHAR`)
  }
  const perFile = [...columnsOf].map(([fileId, names]) => {
    const cells = names.map((name, i) => `, nullif(cells[${i + 1}], '') AS ${quoteName(name)}`)
    return `UNION ALL BY NAME SELECT id AS __quarantine_id${cells.join('')} FROM temp.replay_broken
      WHERE "fileId" = ${quoteText(fileId)}`
  })
  return perFile.join('\n')
}

/** Whether the text is the record: what the warehouse keeps of a cut or wrongly encoded one is not. */
function isText({ code, raw, before }: BrokenText): boolean {
  if (raw !== before) return true
  return !raw.endsWith(cutMark) && code !== 'encoding_invalid' && code !== 'record_too_long'
}
