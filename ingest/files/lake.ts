// The raw part of the lake: where landed files, their rejects, manifests and mapping files lie, written so that they last.

import { open, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

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
  await sync(from)
  await rename(from, to)
  await sync(dirname(to))
}

/** Writes a small file so that it is there whole after a crash, or not at all. */
export async function settleText(text: string, to: string): Promise<void> {
  const part = `${to}.part`
  await writeFile(part, text)
  await settle(part, to)
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
