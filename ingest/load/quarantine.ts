// Writes the records a load could not use to quarantine, with their place and their text, and closes those it could.

import { quoteName, quoteText } from '#data/kernel'
import type { NumberedFile } from '../entity/source.ts'
import { landedPaths } from '../files/lake.ts'
import type { LoadJob } from './job.ts'

/** Text of a record for people: the cells as they stand, or the document. */
function rawSql(columns: string[], delimiter: string): string {
  if (columns.length === 1 && columns[0] === 'document') return 'left(document, 4000)'
  const d = quoteText(delimiter)
  const cells = columns.map((name) => {
    const cell = `coalesce(${quoteName(name)}, '')`
    return `CASE WHEN regexp_matches(${cell}, '["\\r\\n]') OR contains(${cell}, ${d})
      THEN '"' || replace(${cell}, '"', '""') || '"' ELSE ${cell} END`
  })
  return `left(concat_ws(${d}, ${cells.join(', ')}), 4000)`
}

/** Id of a quarantined record as SQL: the same whenever this record of this file fails. */
function idSql(fileId: string, record: string): string {
  return `md5(${fileId} || chr(31) || ${record}::VARCHAR)`
}

/** Keeps the bad and broken records of a load, and its counts by file. */
export async function keepQuarantine(job: LoadJob): Promise<void> {
  const { queries } = job
  for (const file of job.files) {
    if (file.shape === 'replay') {
      await settleReplayed(job, file)
      continue
    }
    await queries.run(`DELETE FROM quarantine WHERE status = 'open' AND file_id = ${quoteText(file.fileId)}`)
    await keepBad(job, file)
    if (file.rejected > 0) await keepBroken(job, file)
  }
  await countRecords(job)
}

async function countRecords(job: LoadJob): Promise<void> {
  const { queries, load } = job
  const id = quoteText(load.loadId)
  const files = job.files.map(
    (file) =>
      `(${quoteText(file.fileId)}, ${file.fileNo}, ${quoteText(file.role)}, ${quoteText(file.path)},
         ${file.records}, ${file.rejected})`,
  )
  await queries.run(
    `INSERT INTO load_files BY NAME
     SELECT ${id} AS load_id, f.file_id, f.file_no, f.role, f.path, f.records,
       f.records - f.rejected - coalesce(b.bad, 0) AS accepted, f.rejected + coalesce(b.bad, 0) AS quarantined
     FROM (VALUES ${files.join(', ')}) AS f(file_id, file_no, role, path, records, rejected)
     LEFT JOIN (
       SELECT file_no, count(DISTINCT row_number) AS bad FROM temp.load_bad GROUP BY ALL
     ) AS b USING (file_no)`,
  )
  await queries.run(
    `INSERT INTO loads BY NAME
     SELECT ${id} AS load_id, $1 AS provider, $2 AS market, $3 AS mapping, $4 AS mapping_version,
       $5::TIMESTAMPTZ AS loaded_at, sum(records)::BIGINT AS records, sum(accepted)::BIGINT AS accepted,
       sum(quarantined)::BIGINT AS quarantined
     FROM load_files WHERE load_id = ${id}`,
    [load.provider, load.market, load.mapping, load.mappingVersion, load.loadedAt],
  )
}

/** Records that were read but cannot be used; their number counts the broken records before them. */
async function keepBad(job: LoadJob, file: NumberedFile): Promise<void> {
  const { queries, load, lake, mapping } = job
  const { data, rejects } = landedPaths(lake, load.provider, file.fileId)
  const delimiter = mapping.file.files[file.role]?.delimiter ?? ','
  const id = idSql(quoteText(file.fileId), 'b.record')
  const gaps =
    file.rejected === 0
      ? 'SELECT NULL::BIGINT AS landed, 0 AS broken WHERE false'
      : `SELECT landed, max(record - landed) AS broken FROM (
           SELECT record, record - row_number() OVER (ORDER BY record) AS landed
           FROM read_parquet(${quoteText(rejects)})
         ) GROUP BY landed`
  await queries.run(
    `INSERT INTO quarantine BY NAME
     WITH gaps AS (${gaps}),
     bad AS (
       SELECT b.*, b.row_number + coalesce(g.broken, 0) AS record
       FROM (FROM temp.load_bad WHERE file_no = ${file.fileNo}) AS b ASOF LEFT JOIN gaps AS g ON b.row_number > g.landed
     ),
     texts AS (
       SELECT file_row_number + 1 AS row_number, ${rawSql(file.columns, delimiter)} AS raw
       FROM read_parquet(${quoteText(data)}, file_row_number = true)
       WHERE file_row_number IN (SELECT row_number - 1 FROM bad)
     )
     SELECT ${id} AS quarantine_id, ${quoteText(load.provider)} AS provider,
       ${quoteText(load.loadId)} AS load_id, ${quoteText(file.fileId)} AS file_id, b.role,
       ${quoteText(file.path)} AS path, NULL AS line,
       b.record AS row_number, b.entity, b.field, b.code, b.reason, coalesce(t.raw, '') AS raw, 'open' AS status
     FROM bad b LEFT JOIN texts t USING (row_number)
     WHERE ${id} NOT IN (SELECT quarantine_id FROM quarantine)`,
  )
}

/** Records whose structure is broken. */
async function keepBroken(job: LoadJob, file: NumberedFile): Promise<void> {
  const { queries, load, lake } = job
  const { rejects } = landedPaths(lake, load.provider, file.fileId)
  const id = quoteText(file.fileId)
  await queries.run(
    `INSERT INTO quarantine BY NAME
     SELECT ${idSql(id, 'record')} AS quarantine_id, ${quoteText(load.provider)} AS provider,
       ${quoteText(load.loadId)} AS load_id, ${id} AS file_id, ${quoteText(file.role)} AS role,
       ${quoteText(file.path)} AS path, line, record AS row_number, NULL AS entity, NULL AS field, code, reason, raw,
       'open' AS status
     FROM read_parquet(${quoteText(rejects)})
     WHERE ${idSql(id, 'record')} NOT IN (SELECT quarantine_id FROM quarantine)`,
  )
}

/** Replayed records: those that still fail stay open with their new reason, the others are closed. */
async function settleReplayed(job: LoadJob, file: NumberedFile): Promise<void> {
  const { queries, load, lake } = job
  const { data } = landedPaths(lake, load.provider, file.fileId)
  const replayed = `SELECT __quarantine_id, file_row_number + 1 AS row_number
    FROM read_parquet(${quoteText(data)}, file_row_number = true)`
  const bad = `SELECT * FROM temp.load_bad WHERE file_no = ${file.fileNo}`
  await queries.run(
    `CREATE OR REPLACE TEMP TABLE load_settled AS
     SELECT q.* REPLACE (
       coalesce(s.entity, q.entity) AS entity, CASE WHEN s.code IS NULL THEN q.field ELSE s.field END AS field,
       coalesce(s.code, q.code) AS code, coalesce(s.reason, q.reason) AS reason,
       CASE WHEN s.code IS NULL THEN 'replayed' ELSE q.status END AS status)
     FROM quarantine AS q JOIN (
       SELECT DISTINCT ON (__quarantine_id) * FROM (${replayed}) LEFT JOIN (${bad}) USING (row_number)
       ORDER BY __quarantine_id, code IS NULL, row_number
     ) AS s ON q.quarantine_id = s.__quarantine_id
     WHERE s.code IS NULL
       OR (q.entity, q.field, q.code, q.reason) IS DISTINCT FROM (s.entity, s.field, s.code, s.reason)`,
  )
  // Rows are replaced: UPDATE of 100,000 texts took 26 s where this takes 1.
  await queries.run(
    'DELETE FROM quarantine WHERE quarantine_id IN (SELECT quarantine_id FROM temp.load_settled)',
  )
  await queries.run('INSERT INTO quarantine FROM temp.load_settled')
}
