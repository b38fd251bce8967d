// Turns an accepted load into rows of the warehouse, inside the transaction that moves the log's cursor.
// Everything it reads is in the event and in the lake, so that a rebuild gives the same tables.

import { readFile } from 'node:fs/promises'
import { type EntityName, entities } from '#data/contracts'
import { type Effects, quoteText } from '#data/kernel'
import type { StoredEvent } from '#data/log'
import type { EventHandlers, Queries } from '#data/warehouse'
import { type CompiledEntity, compileEntity } from '../entity/compile.ts'
import { type LandedFiles, type NumberedFile, SourceSql } from '../entity/source.ts'
import { mappingPath } from '../files/lake.ts'
import { type Mapping, parseMapping } from '../mapping/read.ts'
import { recordChanges } from './changes.ts'
import type { LoadAccepted } from './event.ts'
import { fillTarget } from './fill.ts'
import { mergeTarget } from './merge.ts'
import { keepQuarantine } from './quarantine.ts'
import { removeUnreferenced } from './references.ts'

/** A load while it is being applied. */
export interface LoadJob {
  load: LoadAccepted
  mapping: Mapping
  source: SourceSql
  lake: string
  /** The load's files with the numbers rows know them by. */
  files: NumberedFile[]
  entities: CompiledEntity[]
  queries: Queries
}

/** Order in which entities are written: what is referred to comes first. */
const order = Object.keys({
  nodes: 0,
  products: 0,
  orders: 0,
  order_lines: 0,
  fulfillment_orders: 0,
  shipments: 0,
  inventory: 0,
  inventory_movements: 0,
  returns: 0,
} satisfies Record<EntityName, 0>) as EntityName[]

/**
 * Handlers of the ingest's events, for `project`.
 * @param lake folder of the lake
 */
export function loadHandlers(lake: string): EventHandlers {
  return {
    LoadAccepted: async (queries: Queries, event: StoredEvent, effects: Effects) => {
      const load = event.data as LoadAccepted
      const started = effects.clock.now()
      await applyLoad(queries, load, lake)
      effects.logger.info({ load: load.loadId, ms: effects.clock.now() - started }, 'load applied')
    },
  }
}

/** The compiled entities of a load, in the order they are written. */
export function compileLoad(mapping: Mapping, files: LandedFiles, lake: string) {
  const source = new SourceSql(lake, mapping.provider, files, mapping.file.files)
  const names = order.filter((name) => {
    const spec = mapping.file.entities[name]
    return spec !== undefined && source.has(spec.from)
  })
  return { source, entities: names.map((name) => compileEntity(name, mapping, source)) }
}

/** Landed files by role, numbered from `first`. */
export function byRole(files: LoadAccepted['files'], first: number): LandedFiles {
  const roles: LandedFiles = {}
  for (const [i, file] of files.entries()) {
    roles[file.role] = [...(roles[file.role] ?? []), { ...file, fileNo: first + i }]
  }
  return roles
}

async function applyLoad(queries: Queries, load: LoadAccepted, lake: string): Promise<void> {
  const path = mappingPath(lake, load.mappingVersion)
  const parsed = parseMapping(await readFile(path, 'utf8'), path)
  const mapping = { ...parsed, provider: load.provider, market: load.market }
  const { first } = await queries.one<{ first: number }>(
    'SELECT coalesce(max(file_no), 0) + 1 AS first FROM load_files',
  )
  const files = byRole(load.files, first)
  const job: LoadJob = {
    load,
    mapping,
    lake,
    queries,
    files: Object.values(files).flat(),
    ...compileLoad(mapping, files, lake),
  }
  await openScratch(queries)
  try {
    await findBadRecords(job)
    const targets = []
    for (const entity of job.entities) targets.push(await fillTarget(job, entity))
    for (const target of targets) await removeUnreferenced(job, target, targets)
    for (const target of targets) await recordChanges(job, target, await mergeTarget(job, target))
    await keepQuarantine(job)
  } finally {
    await closeScratch(queries)
  }
}

const scratch = ['load_bad', 'load_stats', ...Object.keys(entities).map((name) => `target_${name}`)]

/** Makes the temporary tables a load works with. */
export async function openScratch(queries: Queries): Promise<void> {
  await closeScratch(queries)
  await queries.run(`CREATE TEMP TABLE load_bad (file_no INTEGER, row_number BIGINT, role VARCHAR, entity VARCHAR,
    field VARCHAR, code VARCHAR, reason VARCHAR)`)
}

/** Drops them. */
export async function closeScratch(queries: Queries): Promise<void> {
  for (const name of scratch) await queries.run(`DROP TABLE IF EXISTS temp.${name}`)
}

/** Whether all records of the entity's file become one row of it alone: then bad ones can be found afterwards. */
export function isPlain(job: Pick<LoadJob, 'entities'>, entity: CompiledEntity): boolean {
  const { from, group, where, each } = entity.spec
  const isShared = job.entities.some((other) => other !== entity && other.spec.from === from)
  return !isShared && group !== true && where === undefined && each === undefined
}

/** A record that fails in one entity must not appear in another: so shared files are judged before any row is written. */
async function findBadRecords(job: LoadJob): Promise<void> {
  for (const entity of job.entities) if (!isPlain(job, entity)) await collectBad(job, entity)
}

/** Notes the records of an entity that have a problem, each once with its first. */
export async function collectBad(job: Pick<LoadJob, 'queries'>, entity: CompiledEntity): Promise<void> {
  const places = entity.problems.map((problem, i) => [i + 1, problem.field, problem.code] as const)
  const pick = (at: 1 | 2) =>
    `CASE __problem ${places.map((place) => `WHEN ${place[0]} THEN ${quoteText(place[at])}`).join(' ')} END`
  await job.queries.run(
    `INSERT INTO temp.load_bad
     SELECT __file, __row, ${quoteText(entity.spec.from)}, ${quoteText(entity.name)},
       arg_min(${pick(1)}, __problem), arg_min(${pick(2)}, __problem), arg_min(${entity.reasons}, __problem)
     FROM (${entity.records}) WHERE __problem IS NOT NULL
       AND (__file, __row) NOT IN (SELECT (file_no, row_number) FROM temp.load_bad)
     GROUP BY ALL`,
  )
}
