// Turns an accepted load into rows of the warehouse, inside the transaction that moves the log's cursor.
// Everything it reads is in the event and in the lake, so that a rebuild gives the same tables.

import type { EntityName } from '#data/contracts'
import type { Effects } from '#data/kernel'
import type { StoredEvent } from '#data/log'
import type { EventHandlers, Queries } from '#data/warehouse'
import { compileEntity } from '../entity/compile.ts'
import { type LandedFile, type LandedFiles, SourceSql } from '../entity/source.ts'
import { mappingPath, readMappingText, requireSound } from '../files/lake.ts'
import { type Mapping, parseMapping } from '../mapping/read.ts'
import { recordChanges } from './changes.ts'
import type { LoadAccepted } from './event.ts'
import { dropCopies, openTarget, type Target } from './fill.ts'
import { closeScratch, collectBad, isPlain, type LoadJob, openScratch } from './job.ts'
import { mergeTarget } from './merge.ts'
import { keepQuarantine } from './quarantine.ts'
import { noteUnreferenced } from './references.ts'
import { setAside } from './set-aside.ts'

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
 * Handlers of the ingest's events, for `project`. They throw LAKE_FILE_MISSING and LAKE_FILE_DAMAGED.
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

/**
 * The compiled entities of a load, in the order they are written, and its files with their numbers.
 * @param load its files become rows, its earlier files are only joined
 * @param first number of the first file
 */
export function compileLoad(
  mapping: Mapping,
  load: Pick<LoadAccepted, 'files' | 'earlier'>,
  first: number,
  lake: string,
) {
  const number = (files: LandedFile[], from: number) =>
    files.map((file, i) => ({ ...file, fileNo: from + i }))
  const files = number(load.files, first)
  const roles: LandedFiles = {}
  for (const file of [...files, ...number(load.earlier, first + files.length)]) {
    roles[file.role] = [...(roles[file.role] ?? []), file]
  }
  const source = new SourceSql(lake, mapping.provider, roles, mapping.file.files)
  const names = order.filter((name) => {
    const spec = mapping.file.entities[name]
    return spec !== undefined && files.some((file) => file.role === spec.from)
  })
  return { files, entities: names.map((name) => compileEntity(name, mapping, source)) }
}

/**
 * Writes the rows of a load, its changes, counts and quarantine, inside a transaction of the caller.
 * @throws LAKE_FILE_MISSING, LAKE_FILE_DAMAGED, WAREHOUSE_QUERY
 */
export async function applyLoad(queries: Queries, load: LoadAccepted, lake: string): Promise<void> {
  for (const file of [...load.files, ...load.earlier]) await requireSound(lake, load.provider, file)
  const text = await readMappingText(lake, load.mappingVersion)
  const parsed = parseMapping(text, mappingPath(lake, load.mappingVersion))
  const mapping = { ...parsed, provider: load.provider, market: load.market }
  const { first } = await queries.one<{ first: number }>(
    'SELECT coalesce(max(file_no), 0) + 1 AS first FROM load_files',
  )
  const job: LoadJob = { load, mapping, lake, queries, ...compileLoad(mapping, load, first, lake) }
  await openScratch(queries)
  // A record that fails in one entity must not appear in another: shared files are judged before any row is written.
  for (const entity of job.entities) if (!isPlain(job, entity)) await collectBad(job, entity)
  const targets: Target[] = []
  for (const entity of job.entities) {
    targets.push(await openTarget(job, entity, (target) => noteUnreferenced(job, target, targets, false)))
  }
  await setAside(job, targets)
  for (const target of targets) await dropCopies(job, target)
  for (const target of targets) await recordChanges(job, target, await mergeTarget(job, target))
  await keepQuarantine(job)
  await closeScratch(queries)
}
