// Loads quarantined records again: as they are, after what they lacked has come or the mapping was mended,
// or from an exported file that a person corrected. It never changes the file they came from.

import { rm } from 'node:fs/promises'
import { fail } from '#data/kernel'
import type { IngestContext } from '../context.ts'
import { mappingPath, readMappingText } from '../files/lake.ts'
import { diskFull, workFolder } from '../files/land.ts'
import { acceptLoad } from '../load/accept.ts'
import { earlierFiles } from '../load/ingest.ts'
import { type IngestSummary, summarise } from '../load/summary.ts'
import { findMapping } from '../mapping/library.ts'
import { type Mapping, parseMapping } from '../mapping/read.ts'
import { type Edited, readEdited } from './edited.ts'
import { landReplay } from './land-replay.ts'
import { filterSql, type QuarantineFilter } from './list.ts'

/** What is to be tried again. */
export interface ReplayRequest extends QuarantineFilter {
  /** A file written by `export`, corrected. */
  file?: string | undefined
  /** Mapping to use; by default the one of the provider's last load. */
  mapping?: string | undefined
}

/** What came of it: of the records that were tried, how many are closed and how many are still open. */
export interface ReplaySummary {
  replayed: number
  stillOpen: number
  summaries: IngestSummary[]
}

/**
 * Tries open records again, one provider and part at a time. Those that are usable now are loaded and closed.
 * @throws INGEST_QUARANTINE_EMPTY when nothing open matches
 * @throws INGEST_FILE_* when the corrected file cannot be read; LAKE_FILE_MISSING, LAKE_FILE_DAMAGED
 */
export async function replayQuarantine(
  request: ReplayRequest,
  context: IngestContext,
): Promise<ReplaySummary> {
  const directory = await workFolder(context.paths.temporary, 'replay-')
  try {
    const edited =
      request.file === undefined ? null : await readEdited(request.file, request.ids, directory, context)
    const filter = { ...request, ids: edited?.ids ?? request.ids }
    return await replayParts(filter, edited, directory, context)
  } catch (error) {
    throw diskFull(error, context.paths.root)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function replayParts(
  request: ReplayRequest,
  edited: Edited | null,
  directory: string,
  context: IngestContext,
): Promise<ReplaySummary> {
  const { where, parameters } = filterSql({ ...request, status: 'open' })
  const parts = await context.warehouse.all<{ provider: string; role: string }>(
    `SELECT provider, role FROM quarantine WHERE ${where} GROUP BY ALL ORDER BY min(rowid)`,
    parameters,
  )
  if (parts.length === 0) throw fail('INGEST_QUARANTINE_EMPTY')
  const openCount = async () => {
    const sql = `SELECT count(*) AS n FROM quarantine WHERE ${where}`
    return (await context.warehouse.one<{ n: number }>(sql, parameters)).n
  }
  const before = await openCount()
  const summaries: IngestSummary[] = []
  for (const part of parts) {
    const summary = await replayPart({ ...request, ...part }, edited, directory, context)
    if (summary !== null) summaries.push(summary)
  }
  const stillOpen = await openCount()
  return { replayed: before - stillOpen, stillOpen, summaries }
}

async function replayPart(
  request: ReplayRequest & { provider: string; role: string },
  edited: Edited | null,
  directory: string,
  context: IngestContext,
): Promise<IngestSummary | null> {
  const started = context.effects.clock.now()
  const mapping = await mappingOf(request, context)
  const manifest = await landReplay(request, edited, mapping, directory, context)
  if (manifest === null) return null
  const files = [manifest]
  const earlier = await earlierFiles(mapping, files, context)
  const { isNew, load } = await acceptLoad(mapping, { files, earlier, isReplay: true }, context)
  const seconds = (context.effects.clock.now() - started) / 1000
  return summarise(load, { manifests: files, failed: [] }, [], { isNew, seconds }, context.warehouse)
}

async function mappingOf(
  request: ReplayRequest & { provider: string },
  context: IngestContext,
): Promise<Mapping> {
  const last = await context.warehouse.one<{ version: string; market: string }>(
    `SELECT data ->> 'mappingVersion' AS version, data ->> 'market' AS market FROM raw_log_events
     WHERE type = 'LoadAccepted' AND (data ->> 'provider') = $1 ORDER BY seq DESC LIMIT 1`,
    [request.provider],
  )
  const { lake } = context.paths
  const mapping =
    request.mapping === undefined
      ? parseMapping(await readMappingText(lake, last.version), mappingPath(lake, last.version))
      : await findMapping(request.mapping)
  return { ...mapping, provider: request.provider, market: last.market }
}
