// A load while it is being applied: what it works on, and the temporary tables it works with.

import { entities } from '#data/contracts'
import { quoteText } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { CompiledEntity } from '../entity/compile.ts'
import type { NumberedFile } from '../entity/source.ts'
import type { Mapping } from '../mapping/read.ts'
import type { LoadAccepted } from './event.ts'

/** A load while it is being applied. */
export interface LoadJob {
  load: LoadAccepted
  mapping: Mapping
  lake: string
  /** The load's files with the numbers rows know them by. */
  files: NumberedFile[]
  entities: CompiledEntity[]
  queries: Queries
}

const scratch = [
  'load_bad',
  'load_left_out',
  'load_settled',
  ...Object.keys(entities).map((name) => `target_${name}`),
]

/** What a load did to an entity. */
export interface EntityCounts {
  added: number
  changed: number
  unchanged: number
}

/**
 * Makes the temporary tables a load works with: `load_bad` has each record that is set aside once, `load_left_out`
 * the records that were found to have made no row.
 */
export async function openScratch(queries: Queries): Promise<void> {
  await closeScratch(queries)
  await queries.run(`CREATE TEMP TABLE load_bad (file_no INTEGER, row_number BIGINT, role VARCHAR, entity VARCHAR,
    field VARCHAR, code VARCHAR, reason VARCHAR)`)
  await queries.run('CREATE TEMP TABLE load_left_out (file_no INTEGER, row_number BIGINT)')
}

/** Drops them. */
export async function closeScratch(queries: Queries): Promise<void> {
  for (const name of scratch) await queries.run(`DROP TABLE IF EXISTS temp.${name}`)
}

/** SQL that leaves out what is set aside already. @param file @param row SQL of a record's file and place */
export function notBad(file: string, row: string): string {
  return `ANTI JOIN temp.load_bad AS bad ON bad.file_no = ${file} AND bad.row_number = ${row}`
}

/** Whether each record of the entity's file becomes one row of it alone: then bad ones can be found afterwards. */
export function isPlain(job: Pick<LoadJob, 'entities'>, entity: CompiledEntity): boolean {
  const { from, group, where, each } = entity.spec
  const isShared = job.entities.some((other) => other !== entity && other.spec.from === from)
  return !isShared && group !== true && where === undefined && each === undefined
}

/**
 * Notes the records of an entity that have a problem, each once with its first.
 * @param records SQL of the records that are looked at
 */
export async function collectBad(
  job: LoadJob,
  entity: CompiledEntity,
  records: string = entity.records,
): Promise<void> {
  const places = entity.problems.map((problem, i) => [i + 1, problem.field, problem.code] as const)
  const pick = (at: 1 | 2) =>
    `CASE __problem ${places.map((place) => `WHEN ${place[0]} THEN ${quoteText(place[at])}`).join(' ')} END`
  await job.queries.run(
    `INSERT INTO temp.load_bad
     SELECT DISTINCT ON (__file, __row) __file, __row, ${quoteText(entity.spec.from)}, ${quoteText(entity.name)},
       ${pick(1)}, ${pick(2)}, ${entity.reasons} AS reason
     FROM (${records}) AS r ${notBad('r.__file', 'r.__row')}
     WHERE __problem IS NOT NULL
     ORDER BY __file, __row, __problem, reason`,
  )
}
