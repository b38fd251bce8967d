// Loads files: found, landed, checked against the mapping, accepted in the log, then turned into rows.

import { basename } from 'node:path'
import { asDetourError, type ErrorCode, fail } from '#data/kernel'
import type { IngestContext } from '../context.ts'
import type { LandedFile } from '../entity/source.ts'
import type { Manifest } from '../files/lake.ts'
import { landFile } from '../files/land.ts'
import type { SourceFile } from '../files/landing.ts'
import { type MatchedFiles, matchFiles } from '../files/match.ts'
import { checkExpression } from '../mapping/expression.ts'
import { findMapping } from '../mapping/library.ts'
import type { Mapping } from '../mapping/read.ts'
import { acceptLoad } from './accept.ts'
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
  const files = landed.manifests
  const earlier = await earlierFiles(mapping, files, context)
  const { isNew, load } = await acceptLoad(mapping, { files, earlier, isReplay: false }, context)
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
  for (const file of inOrder(matched.files)) {
    context.onProgress?.({ step: `landing ${file.role}`, done: done++, total: matched.files.length + 1 })
    try {
      const manifest = await landFile(file, mapping, context)
      const before = manifests.findIndex((other) => other.fileId === manifest.fileId)
      if (before >= 0) manifests.splice(before, 1)
      manifests.push(manifest)
    } catch (error) {
      const known = asDetourError(error)
      if (matched.files.length === 1 || isForAll(known.code)) throw known
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

/** Files in the natural order of their names, so that of two the later name wins however they were given. */
function inOrder(files: SourceFile[]): SourceFile[] {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return files.toSorted((a, b) => compare(basename(a.path), basename(b.path)) || compare(a.path, b.path))
}

/** Whether an error says that no other file could be landed either. */
function isForAll(code: ErrorCode): boolean {
  return code === 'INGEST_DISK_FULL' || /^(WAREHOUSE|LAKE|LOG|INTERNAL)/.test(code)
}

/** Files of the newest former load that has a part which a join needs and this load does not bring. */
export async function earlierFiles(
  mapping: Mapping,
  landed: LandedFile[],
  context: IngestContext,
): Promise<LandedFile[]> {
  const found: LandedFile[] = []
  for (const [entity, spec] of Object.entries(mapping.file.entities)) {
    if (!landed.some((file) => file.role === spec.from)) continue
    for (const { file: role, optional } of Object.values(spec.join ?? {})) {
      if ([...landed, ...found].some((file) => file.role === role)) continue
      const [row] = await context.warehouse.all<{ files: string }>(
        `SELECT data ->> 'files' AS files FROM raw_log_events
         WHERE type = 'LoadAccepted' AND (data ->> 'provider') = $1 AND NOT (data -> 'isReplay')::BOOLEAN
           AND list_contains(from_json(data -> 'files' -> '$[*].role', '["VARCHAR"]'), $2)
         ORDER BY seq DESC LIMIT 1`,
        [mapping.provider, role],
      )
      const files = row === undefined ? [] : (JSON.parse(row.files) as LandedFile[])
      found.push(...files.filter((file) => file.role === role))
      if (row === undefined && optional !== true) {
        throw fail('INGEST_FILE_MISSING', { entity, role, mapping: mapping.name })
      }
    }
  }
  return found
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
