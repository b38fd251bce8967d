// Writes the sound records of an entity to where they can be compared: straight into its table when the provider
// has nothing there yet, else into a temporary table of the same shape. Copies within the load are settled here.

import { entities } from '#data/contracts'
import { quoteName, quoteText } from '#data/kernel'
import type { CompiledEntity } from '../entity/compile.ts'
import { collectBad, isPlain, type LoadJob } from './apply.ts'

/** Where the rows of an entity stand while a load is applied. */
export interface Target {
  entity: CompiledEntity
  /** SQL name of the table that has them. */
  table: string
  /** SQL condition that picks this provider's rows in it. */
  own: string
  /** Whether it is the entity's own table. */
  isDirect: boolean
  /** Records that were copies of a row in the same load. */
  copies: number
}

/** Fills the target of an entity. */
export async function fillTarget(job: LoadJob, entity: CompiledEntity): Promise<Target> {
  const { queries, load } = job
  const raw = `raw_file_${entity.name}`
  const provider = quoteText(load.provider)
  const known = await queries.all(`SELECT 1 FROM ${raw} WHERE provider = ${provider} LIMIT 1`)
  const isDirect = known.length === 0
  const table = isDirect ? raw : `temp.target_${entity.name}`
  if (!isDirect) await queries.run(`CREATE TEMP TABLE target_${entity.name} AS FROM ${raw} LIMIT 0`)
  const columns = entity.columns.map((column) => quoteName(column.name)).join(', ')
  const bad = await badCount(job, entity)
  const isCleared = entity.spec.group === true || bad === 0
  const clear = isCleared
    ? ''
    : 'WHERE (__file, __row) NOT IN (SELECT (file_no, row_number) FROM temp.load_bad)'
  const rows = await queries.run(
    `INSERT INTO ${table} BY NAME
     SELECT ${columns}, ${provider} AS provider, ${quoteText(load.market)} AS market,
       __file AS file_no, __row AS row_number, flags
     FROM (${entity.rows}) ${clear}`,
  )
  if (isPlain(job, entity) && rows < landedRecords(job, entity)) await collectBad(job, entity)
  const target: Target = { entity, table, own: `provider = ${provider}`, isDirect, copies: 0 }
  if (entity.spec.group !== true) target.copies = await settleCopies(job, target)
  return target
}

async function badCount(job: LoadJob, entity: CompiledEntity): Promise<number> {
  const { bad } = await job.queries.one<{ bad: number }>(
    `SELECT count(*) AS bad FROM temp.load_bad WHERE role = ${quoteText(entity.spec.from)}`,
  )
  return bad
}

function landedRecords(job: LoadJob, entity: CompiledEntity): number {
  const files = job.load.files.filter((file) => file.role === entity.spec.from)
  return files.reduce((sum, file) => sum + file.records - file.rejected, 0)
}

/** Columns of an entity that say what it is, as opposed to where it came from. */
export function contentColumns(entity: CompiledEntity): string[] {
  return [...entity.columns.map((column) => quoteName(column.name)), 'flags']
}

/** Columns that name a row of an entity within its provider. */
export function keyColumns(entity: CompiledEntity): string[] {
  return entities[entity.name].naturalKey.map(quoteName)
}

/**
 * One row per key: of several files the last one counts, within a file the first;
 * a record of the same file that says otherwise goes to quarantine, one that says the same is a copy.
 * @returns copies dropped
 */
async function settleCopies(job: LoadJob, target: Target): Promise<number> {
  const { queries } = job
  const { entity, table, own } = target
  const keys = keyColumns(entity).join(', ')
  const [repeated] = await queries.all(
    `SELECT 1 FROM ${table} WHERE ${own}
     GROUP BY hash(concat_ws(chr(31), ${keys})) HAVING count(*) > 1 LIMIT 1`,
  )
  if (repeated === undefined) return 0
  const content = contentColumns(entity).join(', ')
  await queries.run(
    `CREATE OR REPLACE TEMP TABLE load_stats AS
     WITH doubled AS (
       SELECT ${keys} FROM ${table} WHERE ${own} GROUP BY ALL HAVING count(*) > 1
     ), ranked AS (
       SELECT rowid AS row_id, ${keys}, file_no, row_number, row(${content}) AS content,
         row_number() OVER (PARTITION BY ${keys} ORDER BY file_no DESC, row_number, rowid) AS place
       FROM ${table} SEMI JOIN doubled USING (${keys}) WHERE ${own}
     )
     SELECT r.row_id, r.file_no, r.row_number,
       r.file_no = w.file_no AND r.content IS DISTINCT FROM w.content AS is_conflict
     FROM ranked r JOIN ranked w USING (${keys}) WHERE w.place = 1 AND r.place > 1`,
  )
  await queries.run(
    `INSERT INTO temp.load_bad
     SELECT DISTINCT file_no, row_number, ${quoteText(entity.spec.from)}, ${quoteText(entity.name)},
       ${quoteText(entities[entity.name].naturalKey.join(', '))}, 'duplicate_id',
       'another record of the file has the same id and other content'
     FROM temp.load_stats WHERE is_conflict`,
  )
  await queries.run(`DELETE FROM ${table} WHERE rowid IN (SELECT row_id FROM temp.load_stats)`)
  const { copies } = await queries.one<{ copies: number }>(
    'SELECT count(*) FILTER (NOT is_conflict) AS copies FROM temp.load_stats',
  )
  return copies
}
