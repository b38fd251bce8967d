// What a backup holds, file by file. It is written last: a folder without it is a backup that was not finished.

import { readFile } from 'node:fs/promises'
import { isAbsolute, join, normalize } from 'node:path'
import { fail, reasonOf } from '#data/kernel'

/** A file of a backup. */
export interface BackedUpFile {
  /** From the folder of the backup, with `/`. */
  path: string
  bytes: number
  /** Hexadecimal. */
  sha256: string
}

/** What a backup is of. */
export interface BackupManifest {
  format: 'detour backup 1'
  /** ISO 8601, UTC. */
  takenAt: string
  /** Last event of each stream that it holds; null where the log is elsewhere. */
  streams: Record<string, number> | null
  files: BackedUpFile[]
}

/** Name of the manifest in the folder of a backup. */
export const manifestName = 'backup.json'
/** Name of the file that is there until a backup is finished. */
export const unfinishedName = 'UNFINISHED'

/** The manifest of a backup. @throws BACKUP_UNUSABLE where it is not one, or was not finished */
export async function readManifest(folder: string): Promise<BackupManifest> {
  let manifest: Partial<BackupManifest>
  try {
    manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Partial<BackupManifest>
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = isMissing ? `it has no ${manifestName}: it was not finished, or is none` : reasonOf(error)
    throw fail('BACKUP_UNUSABLE', { folder, reason }, { cause: error })
  }
  const { format, files, streams, takenAt } = manifest
  const isWhole = format === 'detour backup 1' && Array.isArray(files) && files.every(isFile)
  if (!isWhole || streams === undefined || takenAt === undefined) {
    throw fail('BACKUP_UNUSABLE', { folder, reason: `${manifestName} is not as Detour writes it` })
  }
  return { format, files, streams, takenAt }
}

function isFile(file: Partial<BackedUpFile>): boolean {
  const { path, bytes, sha256 } = file
  const isInside =
    typeof path === 'string' &&
    !isAbsolute(path) &&
    !normalize(path).startsWith('..') &&
    path !== manifestName
  return isInside && Number.isSafeInteger(bytes) && typeof sha256 === 'string'
}
