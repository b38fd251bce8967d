// Writes the sound records of an entity to where they can be compared: straight into its table when the provider
// has nothing there yet, else into a temporary table of the same shape.

import { entities } from '#data/contracts'
import { quoteName, quoteText } from '#data/kernel'
import type { CompiledEntity } from '../entity/compile.ts'
import type { NumberedFile } from '../entity/source.ts'
import { collectBad, isPlain, type LoadJob, notBad } from './job.ts'

/** Where the rows of an entity stand while a load is applied. */
export interface Target {
  entity: CompiledEntity
  /** SQL name of the table that has them. */
  table: string
  /** SQL condition that picks this load's rows in it. */
  own: string
  /** Whether it is the entity's own table. */
  isDirect: boolean
  /** Whether its references were checked before it was filled. */
  isChecked: boolean
  /** Whether several rows had the same key when it was filled. */
  hasRepeats: boolean
  /** Records that were copies of a row in the same load. */
  copies: number
}

/**
 * Makes and fills the target of an entity.
 * @param check notes records with unknown references. Before a direct target is filled: rows that leave a table again
 *   in the transaction that wrote them make DuckDB write all of them a second time at its commit
 */
export async function openTarget(
  job: LoadJob,
  entity: CompiledEntity,
  check: (target: Target) => Promise<number>,
): Promise<Target> {
  const { queries, load } = job
  const raw = `raw_file_${entity.name}`
  const provider = quoteText(load.provider)
  const known = await queries.all(`SELECT 1 FROM ${raw} WHERE provider = ${provider} LIMIT 1`)
  const isDirect = known.length === 0
  const table = isDirect ? raw : `temp.target_${entity.name}`
  if (!isDirect) await queries.run(`CREATE TEMP TABLE target_${entity.name} AS FROM ${raw} LIMIT 0`)
  const target: Target = {
    entity,
    table,
    own: `provider = ${provider}`,
    isDirect,
    isChecked: isDirect && isPlain(job, entity),
    hasRepeats: false,
    copies: 0,
  }
  const unknown = target.isChecked ? await check(target) : 0
  const rows = await fillTarget(job, target)
  if (isPlain(job, entity) && rows + unknown < landedRecords(job, entity)) {
    await findLeftOut(job, target)
    await collectBad(job, entity, entity.leftOut)
  }
  if (entity.spec.group !== true) target.hasRepeats = await repeats(job, target)
  return target
}

/** Writes the rows of all records that are not set aside. @returns rows written */
export async function fillTarget(job: LoadJob, { entity, table }: Target): Promise<number> {
  const { queries, load } = job
  const columns = entity.columns.map((column) => quoteName(column.name)).join(', ')
  return queries.run(
    `INSERT INTO ${table} BY NAME
     SELECT ${columns}, ${quoteText(load.provider)} AS provider, ${quoteText(load.market)} AS market,
       __file AS file_no, __row AS row_number, flags
     FROM (${entity.rows}) AS r ${entity.spec.group === true ? '' : notBad('r.__file', 'r.__row')}`,
  )
}

function landedRecords(job: LoadJob, entity: CompiledEntity): number {
  return filesOf(job, entity).reduce((sum, file) => sum + landed(file), 0)
}

function filesOf(job: LoadJob, entity: CompiledEntity): NumberedFile[] {
  return job.files.filter((file) => file.role === entity.spec.from)
}

function landed({ records, rejected }: NumberedFile): number {
  return records - rejected
}

/**
 * Notes the records that made no row in `load_left_out`: the rows that are there mark their places, 64 to a number.
 * With that, telling why takes a third of the time that computing every record again would.
 */
async function findLeftOut(job: LoadJob, { entity, table }: Target): Promise<void> {
  for (const file of filesOf(job, entity)) {
    await job.queries.run(
      `INSERT INTO temp.load_left_out
       WITH blocks AS (
         SELECT row_number >> 6 AS block, bit_or(1::UBIGINT << (row_number & 63)::UBIGINT) AS marks
         FROM ${table} WHERE file_no = ${file.fileNo} GROUP BY ALL
       )
       SELECT ${file.fileNo}, block * 64 + place
       FROM range(${landed(file)} // 64 + 1) AS b(block) LEFT JOIN blocks USING (block), range(64) AS p(place)
       WHERE marks IS DISTINCT FROM ~0::UBIGINT AND (coalesce(marks, 0) >> place::UBIGINT) & 1 = 0
         AND block * 64 + place BETWEEN 1 AND ${landed(file)}`,
    )
  }
}

/**
 * Whether any key stands twice. Keys of several columns are grouped by the first alone: the others are marked in
 * 64 bits, and only where fewer bits are set than there are rows can one stand twice. That takes half as long.
 */
async function repeats({ queries }: LoadJob, { entity, table, own }: Target): Promise<boolean> {
  const [first, ...others] = keyColumns(entity)
  const keys = keyColumns(entity).join(', ')
  const rest = others.length === 1 ? `${others[0]}` : `concat_ws(chr(31), ${others.join(', ')})`
  const mark = `1::UBIGINT << (coalesce(try_cast(${rest} AS UTINYINT)::UBIGINT, hash(${rest})) & 63::UBIGINT)`
  const suspect = `SELECT ${first} FROM ${table} WHERE ${own}
    GROUP BY ${first} HAVING count(*) <> bit_count(bit_or(${mark}))`
  const repeated = await queries.all(
    others.length === 0
      ? `SELECT 1 FROM ${table} WHERE ${own} GROUP BY hash(${keys}) HAVING count(*) > 1 LIMIT 1`
      : `SELECT 1 FROM ${table} SEMI JOIN (${suspect}) AS suspect USING (${first})
         WHERE ${own} GROUP BY ${keys} HAVING count(*) > 1 LIMIT 1`,
  )
  return repeated.length > 0
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
 * SQL of the rows whose key several rows have, with their `place`: 1 is the row that counts.
 * Of several files the last one counts, within a file the first record.
 */
export function rankedSql({ entity, table, own }: Target): string {
  const keys = keyColumns(entity).join(', ')
  return `WITH doubled AS (
      SELECT ${keys} FROM ${table} WHERE ${own} GROUP BY ALL HAVING count(*) > 1
    ), ranked AS (
      SELECT rowid AS row_id, ${keys}, file_no, row_number, row(${contentColumns(entity).join(', ')}) AS content,
        row_number() OVER (PARTITION BY ${keys} ORDER BY file_no DESC, row_number, rowid) AS place
      FROM ${table} SEMI JOIN doubled USING (${keys}) WHERE ${own}
    )`
}

/** Leaves one row per key; once no two records of a file contradict each other, the others are copies or older. */
export async function dropCopies({ queries }: LoadJob, target: Target): Promise<void> {
  if (!target.hasRepeats) return
  target.copies = await queries.run(
    `DELETE FROM ${target.table} WHERE rowid IN (
       ${rankedSql(target)} SELECT row_id FROM ranked WHERE place > 1)`,
  )
}
