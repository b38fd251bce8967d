// The raw part of the lake: where landed files, their rejects, manifests and mappings lie, written so that they last.
// It never reads what their records mean.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail, reasonOf } from '#data/kernel'
import { digest } from './digest.ts'

/** What a landed file is and where it came from; beside it as `<fileId>.json`. */
export interface Manifest {
  fileId: string
  provider: string
  role: string
  /** Where it was read. */
  path: string
  format: string
  bytes: number
  /** SHA-256 of the original bytes. */
  checksum: string
  mapping: string
  /** SHA-256 of the mapping file. */
  mappingVersion: string
  landedAt: string
  /** Records counted, the rejected ones included. */
  records: number
  rejected: number
  /** Column names; one called `document` when records are JSON. */
  columns: string[]
  shape: 'columns' | 'document' | 'replay'
  /** Whether no cell begins or ends with a blank. */
  isTrimmed: boolean
  /** SHA-256 of the Parquet files it became. */
  landed: { data: string; rejects: string | null }
}

/** Paths of a landed file in the lake. */
export function landedPaths(lake: string, provider: string, fileId: string) {
  const base = join(lake, 'raw', provider, fileId)
  return { data: `${base}.parquet`, rejects: `${base}.rejects.parquet`, manifest: `${base}.json` }
}

/** Path of a mapping file kept in the lake under its version. */
export function mappingPath(lake: string, version: string): string {
  return join(lake, 'mappings', `${version}.yaml`)
}

/** Moves a finished file to its place so that it is there whole after a crash, or not at all. */
export async function settle(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  await sync(from)
  await rename(from, to)
  await sync(dirname(to))
}

/**
 * Writes a small file so that it is there whole after a crash, or not at all.
 * @param directory folder on the same disk where it is made
 */
export async function settleText(text: string, to: string, directory: string): Promise<void> {
  const part = join(directory, basename(to))
  await writeFile(part, text)
  await settle(part, to)
}

/** Makes a folder and those above it so that they are there after a crash. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let at = path; at.length >= first.length; at = dirname(at)) await sync(dirname(at))
}

/** The manifest of a landed file, null when it cannot be read. */
export async function readManifest(lake: string, provider: string, fileId: string): Promise<Manifest | null> {
  const { manifest } = landedPaths(lake, provider, fileId)
  try {
    return JSON.parse(await readFile(manifest, 'utf8')) as Manifest
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** What of a landed file names it. */
type Kept = Pick<Manifest, 'fileId' | 'rejected'>

/**
 * Checks that the Parquet of a landed file is as it was written; its bytes, where its manifest is there.
 * @throws LAKE_FILE_MISSING, LAKE_FILE_DAMAGED
 */
export async function requireSound(lake: string, provider: string, file: Kept): Promise<void> {
  const { data, rejects } = landedPaths(lake, provider, file.fileId)
  const manifest = await readManifest(lake, provider, file.fileId)
  await requireBytes(data, manifest?.landed?.data ?? null)
  if (file.rejected > 0) await requireBytes(rejects, manifest?.landed?.rejects ?? null)
}

async function requireBytes(path: string, checksum: string | null): Promise<void> {
  if (!existsSync(path)) throw fail('LAKE_FILE_MISSING', { path })
  if (checksum === null) return
  const found = await digest(path)
  if (found.checksum === checksum) return
  throw fail('LAKE_FILE_DAMAGED', { path, reason: 'its bytes are not those that were written' })
}

/** Whether a landed file is there as it was written, so that it need not be landed again. */
export async function isSound(lake: string, provider: string, file: Kept): Promise<boolean> {
  return requireSound(lake, provider, file).then(
    () => true,
    () => false,
  )
}

/**
 * The text of a mapping file kept in the lake.
 * @throws LAKE_FILE_MISSING, LAKE_FILE_DAMAGED
 */
export async function readMappingText(lake: string, version: string): Promise<string> {
  const path = mappingPath(lake, version)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fail('LAKE_FILE_MISSING', { path, reason: reasonOf(error) }, { cause: error })
  })
  const found = createHash('sha256').update(text).digest('hex')
  if (found !== version) throw fail('LAKE_FILE_DAMAGED', { path, reason: `its checksum is ${found}` })
  return text
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
