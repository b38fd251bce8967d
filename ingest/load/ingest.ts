// Loads files: found, landed, checked against the mapping, accepted in the log, then turned into rows.

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asDetourError, fail, reasonOf } from '#data/kernel'
import { project } from '#data/warehouse'
import type { IngestContext } from '../context.ts'
import type { CompiledEntity } from '../entity/compile.ts'
import type { LandedFile } from '../entity/source.ts'
import { type Manifest, mappingPath, settleText } from '../files/lake.ts'
import { diskFull, landFile } from '../files/land.ts'
import { type MatchedFiles, matchFiles } from '../files/match.ts'
import { checkExpression } from '../mapping/expression.ts'
import { findMapping } from '../mapping/library.ts'
import type { Mapping } from '../mapping/read.ts'
import { byRole, closeScratch, compileLoad, loadHandlers, openScratch } from './apply.ts'
import { type LoadAccepted, loadIdOf } from './event.ts'
import { openRegistry } from './registry.ts'
import { type FileSummary, type IngestSummary, summarise } from './summary.ts'

/** What is to be loaded. */
export interface IngestRequest {
  /** Name of a shipped mapping, or path of a mapping file. */
  provider: string
  /** Files and folders. */
  paths: string[]
  market?: string | undefined
  /** Provider id, when it is not the mapping's. */
  as?: string | undefined
}

/**
 * Loads files of a provider. Files that cannot be read are reported in the summary; the others are loaded all the same.
 * What was accepted is in the log before it is in the warehouse: after a crash the next start completes it.
 * @throws INGEST_PROVIDER_UNKNOWN, INGEST_MAPPING_INVALID, INGEST_NO_FILES, INGEST_FILE_MISSING, ...;
 *   also the error of the only file, when it cannot be read
 */
export async function ingest(request: IngestRequest, context: IngestContext): Promise<IngestSummary> {
  const started = context.effects.clock.now()
  const mapping = await findMapping(request.provider, { provider: request.as, market: request.market })
  await checkMapping(mapping, context)
  const matched = await matchFiles(request.paths, mapping)
  const landed = await landAll(matched, mapping, context)
  const files = [...landed.manifests, ...(await earlierFiles(mapping, landed.manifests, context))]
  const { isNew, load } = await acceptLoad(mapping, files, false, context)
  const seconds = (context.effects.clock.now() - started) / 1000
  return summarise(load, landed, matched.ignored, { isNew, seconds }, context.warehouse)
}

/** What landing gave: the manifests, and the files that could not be read. */
export interface LandedAll {
  manifests: Manifest[]
  failed: FileSummary[]
}

async function landAll(matched: MatchedFiles, mapping: Mapping, context: IngestContext): Promise<LandedAll> {
  const manifests: Manifest[] = []
  const failed: FileSummary[] = []
  let done = 0
  for (const file of matched.files) {
    context.onProgress?.({ step: `landing ${file.role}`, done: done++, total: matched.files.length + 1 })
    try {
      const manifest = await landFile(file, mapping, context)
      if (!manifests.some((other) => other.fileId === manifest.fileId)) manifests.push(manifest)
    } catch (error) {
      const known = asDetourError(error)
      if (matched.files.length === 1 || known.code === 'INGEST_DISK_FULL') throw known
      failed.push({ path: file.path, role: file.role, error: { code: known.code, message: known.message } })
    }
  }
  if (manifests.length === 0) {
    const [first] = failed
    throw fail('INGEST_NO_FILES', {
      reason: `none could be read, the first because ${first?.error?.message}`,
      mapping: mapping.name,
      patterns: 'them',
      files: failed,
    })
  }
  context.onProgress?.({ step: 'loading', done, total: matched.files.length + 1 })
  return { manifests, failed }
}

/** Files of former loads that a join needs and this load does not bring. */
export async function earlierFiles(
  mapping: Mapping,
  landed: LandedFile[],
  context: IngestContext,
): Promise<LandedFile[]> {
  const found: LandedFile[] = []
  for (const [entity, spec] of Object.entries(mapping.file.entities)) {
    if (!landed.some((file) => file.role === spec.from)) continue
    for (const join of Object.values(spec.join ?? {})) {
      if ([...landed, ...found].some((file) => file.role === join.file)) continue
      const [row] = await context.warehouse.all<{ file: string }>(
        `SELECT to_json(f.file)::VARCHAR AS file FROM (
           SELECT unnest(from_json(data -> 'files', '["JSON"]')) AS file, seq FROM raw_log_events
           WHERE type = 'LoadAccepted' AND data ->> 'provider' = $1
         ) AS f WHERE f.file ->> 'role' = $2 AND f.file ->> 'shape' <> 'replay' ORDER BY f.seq DESC LIMIT 1`,
        [mapping.provider, join.file],
      )
      if (row !== undefined) found.push(JSON.parse(row.file) as LandedFile)
      else if (join.optional !== true) {
        throw fail('INGEST_FILE_MISSING', { entity, role: join.file, mapping: mapping.name })
      }
    }
  }
  return found
}

/**
 * Accepts landed files in the log and brings them into the warehouse.
 * @throws INGEST_MAPPING_INVALID when the query of an entity cannot be built: nothing is accepted then
 */
export async function acceptLoad(
  mapping: Mapping,
  files: LandedFile[],
  isReplay: boolean,
  context: IngestContext,
): Promise<{ isNew: boolean; load: LoadAccepted }> {
  const { lake } = context.paths
  await bindAll(mapping, compileLoad(mapping, byRole(files, 1), lake).entities, context)
  const kept = mappingPath(lake, mapping.version)
  await mkdir(dirname(kept), { recursive: true })
  await settleText(mapping.text, kept)
  const load: LoadAccepted = {
    loadId: loadIdOf(mapping.provider, mapping.version, files),
    provider: mapping.provider,
    market: mapping.market,
    mapping: mapping.name,
    mappingVersion: mapping.version,
    loadedAt: new Date(context.effects.clock.now()).toISOString(),
    files: files.map(({ fileId, role, path, records, rejected, columns, shape }) => {
      return { fileId, role, path, records, rejected, columns, shape }
    }),
    isReplay,
  }
  const registry = await openRegistry(context.log, context.effects)
  try {
    const commandId = `load/${load.loadId}/${registry.lastSeq}`
    const { status, answer } = await registry.execute({ commandId, type: 'AcceptLoad', data: load })
    if (status === 'refused') {
      const { provider, market } = load
      throw fail('INGEST_PROVIDER_MARKET', { provider, market: answer.market, asked: market })
    }
    await project(context.log, context.warehouse, loadHandlers(lake), context.effects)
    return { isNew: answer.isNew, load }
  } catch (error) {
    throw diskFull(error, context.paths.root)
  } finally {
    await registry.close()
  }
}

/** Checks every SQL expression of a mapping. @throws INGEST_MAPPING_INVALID */
async function checkMapping(mapping: Mapping, context: IngestContext): Promise<void> {
  const { warehouse } = context
  const check = (expression: string, at: string[], isAggregate = false) =>
    checkExpression(warehouse, expression, (reason) => mapping.fault(at, reason), isAggregate)
  for (const [name, spec] of Object.entries(mapping.file.entities)) {
    const at = ['entities', name]
    if (spec.where !== undefined) await check(spec.where, [...at, 'where'])
    for (const [flag, test] of Object.entries(spec.flags ?? {})) await check(test, [...at, 'flags', flag])
    for (const [field, value] of Object.entries(spec.fields)) {
      if (typeof value === 'object' && value.expr !== undefined)
        await check(value.expr, [...at, 'fields', field])
    }
    for (const [alias, join] of Object.entries(spec.join ?? {})) {
      for (const [column, taken] of Object.entries(join.take ?? {})) {
        await check(taken, [...at, 'join', alias, 'take', column], true)
      }
    }
  }
}

/** Lets DuckDB bind every query before anything is accepted, so that no load in the log can be impossible. */
async function bindAll(mapping: Mapping, compiled: CompiledEntity[], context: IngestContext): Promise<void> {
  await context.warehouse.exclusive(async (queries) => {
    await openScratch(queries)
    for (const entity of compiled) {
      for (const sql of [entity.records, entity.rows]) {
        await queries.all(`EXPLAIN ${sql}`).catch((error: unknown) => {
          throw mapping.fault(['entities', entity.name], reasonOf(error))
        })
      }
    }
    await closeScratch(queries)
  })
}
