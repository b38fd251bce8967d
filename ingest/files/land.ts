// Lands a file: its records as text columns in Parquet, its broken records beside it, a manifest with its checksum.
// What the columns mean is decided later; here nothing is cast and nothing is lost.

import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DetourError, fail, reasonOf } from '#data/kernel'
import type { IngestContext } from '../context.ts'
import type { Mapping } from '../mapping/read.ts'
import { landCsv } from './csv.ts'
import { digest } from './digest.ts'
import { landDocuments, landLines } from './documents.ts'
import { isSound, landedPaths, type Manifest, readManifest, settle, settleText } from './lake.ts'
import type { Landing, LandingJob, SourceFile } from './landing.ts'
import { landParquet } from './parquet.ts'

class AlreadyLanded extends Error {
  readonly manifest: Manifest
  constructor(manifest: Manifest) {
    super('landed before')
    this.manifest = manifest
  }
}

/** The format of a file: as the mapping says, else by its ending. */
export function formatOf(file: SourceFile): string {
  if (file.spec.format !== undefined) return file.spec.format
  const ending = /\.(csv|tsv|txt|parquet|json|ndjson|jsonl)(\.gz)?$/i.exec(file.path)?.[1]?.toLowerCase()
  if (ending === 'parquet' || ending === 'json') return ending
  return ending === 'ndjson' || ending === 'jsonl' ? 'ndjson' : 'csv'
}

const landers: Record<string, (job: LandingJob) => Promise<Landing>> = {
  csv: landCsv,
  ndjson: landLines,
  json: landDocuments,
  parquet: landParquet,
}

/**
 * Lands one file; the same bytes read the same way are landed once.
 * @returns its manifest, after the Parquet is durable
 * @throws INGEST_FILE_*, INGEST_COLUMN_MISSING, INGEST_COUNT_MISMATCH, INGEST_DISK_FULL
 */
export async function landFile(
  file: SourceFile,
  mapping: Mapping,
  context: IngestContext,
): Promise<Manifest> {
  const format = formatOf(file)
  const lander = landers[format]
  if (lander === undefined) throw fail('INTERNAL', { reason: `no lander for ${format}` })
  const { lake, temporary } = context.paths
  const directory = await workFolder(temporary, 'land-')
  const fileIdOf = (checksum: string) => fileId(checksum, format, file)
  const landedBefore = async (checksum: string) => {
    const manifest = await readManifest(lake, mapping.provider, fileIdOf(checksum))
    if (manifest !== null && (await isSound(lake, mapping.provider, manifest))) {
      throw new AlreadyLanded(manifest)
    }
    return false
  }
  try {
    const landing = await lander({ file, context, directory, landedBefore })
    return await keep(landing, file, mapping, context, directory, fileIdOf(landing.checksum))
  } catch (error) {
    if (error instanceof AlreadyLanded) return { ...error.manifest, path: file.path }
    throw diskFull(error, lake)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A new folder for work in progress. @throws INGEST_DISK_FULL */
export async function workFolder(temporary: string, prefix: string): Promise<string> {
  try {
    await mkdir(temporary, { recursive: true })
    return await mkdtemp(join(temporary, prefix))
  } catch (error) {
    throw diskFull(error, temporary)
  }
}

async function keep(
  landing: Landing,
  file: SourceFile,
  mapping: Mapping,
  context: IngestContext,
  directory: string,
  id: string,
): Promise<Manifest> {
  const paths = landedPaths(context.paths.lake, mapping.provider, id)
  const data = join(directory, 'data.parquet')
  const rejects = landing.rejected > 0 ? join(directory, 'rejects.parquet') : null
  const manifest: Manifest = {
    fileId: id,
    provider: mapping.provider,
    role: file.role,
    path: file.path,
    format: formatOf(file),
    mapping: mapping.name,
    mappingVersion: mapping.version,
    landedAt: new Date(context.effects.clock.now()).toISOString(),
    ...landing,
    landed: {
      data: (await digest(data)).checksum,
      rejects: rejects === null ? null : (await digest(rejects)).checksum,
    },
  }
  if (rejects !== null) await settle(rejects, paths.rejects)
  await settle(data, paths.data)
  await settleText(`${JSON.stringify(manifest, null, 2)}\n`, paths.manifest, directory)
  return manifest
}

/** Names a landed file by its bytes, by its part in the mapping, and by how it was read. */
function fileId(checksum: string, format: string, { role, spec }: SourceFile): string {
  const { delimiter, quote, escape: escapeWith, encoding, header, columns, records } = spec
  const reading = JSON.stringify([
    role,
    format,
    delimiter,
    quote,
    escapeWith,
    encoding,
    header,
    header === false ? columns : null,
    records,
  ])
  return createHash('sha256').update(`${checksum} ${reading}`).digest('hex').slice(0, 32)
}

/** The error as INGEST_DISK_FULL when that is what it says. */
export function diskFull(error: unknown, path: string): unknown {
  const text = `${reasonOf(error)} ${error instanceof Error ? reasonOf(error.cause) : ''}`
  const isFull = /no space left|ENOSPC|disk full|EDQUOT|EFBIG|file too large/i.test(text)
  if (!isFull || (error instanceof DetourError && error.code === 'INGEST_DISK_FULL')) return error
  return fail('INGEST_DISK_FULL', { path }, { cause: error })
}
