// Makes a load part of the log and of the warehouse. Its rows are made before the log gets it, so that a load the
// warehouse cannot take is refused and never blocks those after it.

import { mkdir } from 'node:fs/promises'
import { fail, reasonOf } from '#data/kernel'
import { keepEvents, project, type Queries } from '#data/warehouse'
import type { IngestContext } from '../context.ts'
import type { CompiledEntity } from '../entity/compile.ts'
import type { LandedFile } from '../entity/source.ts'
import { mappingPath, settleText } from '../files/lake.ts'
import { diskFull } from '../files/land.ts'
import type { Mapping } from '../mapping/read.ts'
import { applyLoad, compileLoad, loadHandlers } from './apply.ts'
import { type LoadAccepted, loadIdOf, loadStream } from './event.ts'
import { closeScratch, openScratch } from './job.ts'
import { openRegistry, standingOf } from './registry.ts'

/** A load, and whether the warehouse had it before. */
export interface AcceptedLoad {
  load: LoadAccepted
  isNew: boolean
}

/**
 * Accepts landed files: their rows are in the warehouse and the load is in the log when this resolves.
 * @throws INGEST_MAPPING_INVALID when the query of an entity cannot be built, INGEST_PROVIDER_MARKET,
 *   INGEST_DISK_FULL, WAREHOUSE_QUERY when a query fails: the load is not accepted then
 * @throws LOG_UNAVAILABLE when it may or may not be accepted: loading again tells, and completes it
 */
export async function acceptLoad(
  mapping: Mapping,
  given: Pick<LoadAccepted, 'files' | 'earlier' | 'isReplay'>,
  context: IngestContext,
): Promise<AcceptedLoad> {
  const { lake, temporary } = context.paths
  const files = given.files.map(eventFile)
  const earlier = given.earlier.map(eventFile)
  await bindAll(mapping, compileLoad(mapping, { files, earlier }, 1, lake).entities, context)
  const load: LoadAccepted = {
    loadId: loadIdOf(mapping.provider, mapping.version, { files, earlier }),
    provider: mapping.provider,
    market: mapping.market,
    mapping: mapping.name,
    mappingVersion: mapping.version,
    loadedAt: new Date(context.effects.clock.now()).toISOString(),
    files,
    earlier,
    isReplay: given.isReplay,
  }
  try {
    await mkdir(temporary, { recursive: true })
    await settleText(mapping.text, mappingPath(lake, mapping.version), temporary)
    return { load, isNew: await enter(load, context) }
  } catch (error) {
    throw diskFull(error, context.paths.root)
  }
}

/** What of a landed file the log keeps. */
function eventFile({
  fileId,
  role,
  path,
  records,
  rejected,
  columns,
  shape,
  isTrimmed,
}: LandedFile): LandedFile {
  return { fileId, role, path, records, rejected, columns, shape, isTrimmed }
}

/** Brings the load into log and warehouse. @returns whether the warehouse did not have it before */
async function enter(load: LoadAccepted, context: IngestContext): Promise<boolean> {
  const { log, warehouse, effects, paths } = context
  const registry = await openRegistry(log, effects)
  try {
    const had = await warehouse.all('SELECT 1 FROM loads WHERE load_id = $1', [load.loadId])
    const streams = (stream: string) => stream === loadStream
    await project(log, warehouse, loadHandlers(paths.lake), effects, { streams })
    const standing = standingOf(registry.state(), load)
    if (typeof standing === 'object') {
      const { provider, market: asked } = load
      throw fail('INGEST_PROVIDER_MARKET', { provider, market: standing.market, asked })
    }
    if (standing === 'known') return had.length === 0
    const before = registry.lastSeq
    await warehouse.transaction(async (queries) => {
      await applyLoad(queries, load, paths.lake)
      const commandId = `load/${load.loadId}/${before}`
      const { seq } = await registry.execute({ commandId, type: 'AcceptLoad', data: load })
      await keepOwn(queries, before, seq, context)
    })
    return true
  } finally {
    await registry.close()
  }
}

/** Keeps the events that the load became, as a projection would. */
async function keepOwn(queries: Queries, before: number, seq: number, { log }: IngestContext) {
  const events = await log.read(loadStream, before, seq - before)
  const loads = events.filter((event) => event.type === 'LoadAccepted').length
  if (loads !== 1) throw fail('INTERNAL', { reason: `one load became ${loads} events` })
  await keepEvents(queries, events)
}

/** Lets DuckDB bind every query before anything is accepted, so that no load in the log can be impossible. */
async function bindAll(mapping: Mapping, compiled: CompiledEntity[], context: IngestContext): Promise<void> {
  await context.warehouse.exclusive(async (queries) => {
    await openScratch(queries)
    for (const entity of compiled) {
      await queries.all(`EXPLAIN ${entity.rows}`).catch((error: unknown) => {
        throw mapping.fault(['entities', entity.name], reasonOf(error))
      })
    }
    await closeScratch(queries)
  })
}
