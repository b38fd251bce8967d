// Backs up a home that is open, also while it is being worked on: the log at one point, and every file that it names.
// It changes nothing in the home.

import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { backup as copyDatabase, DatabaseSync } from 'node:sqlite'
import type { HomePaths } from '#data/home'
import { DetourError, type Effects, fail, reasonOf } from '#data/kernel'
import { contentsOf, copyDurably, filesBelow, isVacant, syncFolders, syncPath } from './copy.ts'
import { type BackedUpFile, type BackupManifest, manifestName, unfinishedName } from './manifest.ts'

/** What is backed up, and where to. */
export interface BackupParts {
  paths: HomePaths
  effects: Effects
  /** Folder that is empty or does not exist. */
  folder: string
  /** Whether only what is beside the log is backed up. */
  withoutLog: boolean
  onProgress(step: string, done: number, total: number): void
}

/** What a backup holds. */
export interface BackupSummary extends Omit<BackupManifest, 'files' | 'format'> {
  folder: string
  files: number
  bytes: number
  seconds: number
}

/** Pages of one step of the copy: all, so that it is one reading of the log that writers do not start anew. */
const allPages = 2_147_483_647

/**
 * Writes a backup. A crash leaves a folder that says of itself that it is unfinished.
 * @throws BACKUP_TARGET_NOT_EMPTY, BACKUP_LOG_ELSEWHERE, BACKUP_FAILED
 */
export async function backUp(parts: BackupParts): Promise<BackupSummary> {
  const { effects, folder, withoutLog } = parts
  const started = effects.clock.now()
  if (effects.config.logUrl !== null && !withoutLog) throw fail('BACKUP_LOG_ELSEWHERE')
  if (!(await isVacant(folder))) throw fail('BACKUP_TARGET_NOT_EMPTY', { folder })
  try {
    const { streams, files } = await copyAll(parts)
    const takenAt = new Date(started).toISOString()
    await finish(folder, { format: 'detour backup 1', takenAt, streams, files })
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    const seconds = (effects.clock.now() - started) / 1000
    return { folder, takenAt, streams, files: files.length, bytes, seconds }
  } catch (error) {
    if (error instanceof DetourError) throw error
    throw fail('BACKUP_FAILED', { folder, reason: reasonOf(error) }, { cause: error })
  }
}

async function copyAll({ paths, folder, withoutLog, onProgress }: BackupParts) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, unfinishedName), 'This backup was not finished: it cannot be restored.\n')
  const files: BackedUpFile[] = []
  onProgress('log', 0, 1)
  // The log first: files are complete before an event names them, so those copied later are all that it names.
  const log = withoutLog ? null : await copyLog(paths.log, join(folder, 'log.sqlite'))
  if (log !== null) files.push({ path: 'log.sqlite', ...log.contents })
  for (const part of ['lake', 'models'] as const) {
    const names = await filesBelow(paths[part])
    for (const [done, name] of names.entries()) {
      onProgress(part, done, names.length)
      const from = join(paths[part], name)
      // A model may be replaced by a newer one meanwhile; what is landed stays.
      if (part === 'models' && !existsSync(from)) continue
      files.push({ path: `${part}/${name}`, ...(await copyDurably(from, join(folder, part, name))) })
    }
  }
  const names = new Set(files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)))
  const missing = (log?.landed ?? []).find((fileId) => !names.has(`${fileId}.parquet`))
  if (missing !== undefined) throw fail('LAKE_FILE_MISSING', { path: `${missing}.parquet` })
  return { streams: log?.streams ?? null, files }
}

/** The log at one point, with what it holds. Appends go on meanwhile. */
async function copyLog(from: string, to: string) {
  const source = new DatabaseSync(from, { readOnly: true })
  try {
    await copyDatabase(source, to, { rate: allPages })
  } finally {
    source.close()
  }
  await chmod(to, 0o600)
  const copy = new DatabaseSync(to)
  try {
    // One file, without a journal beside it that could be forgotten.
    copy.exec('PRAGMA journal_mode = delete')
    const tails = copy
      .prepare('SELECT stream, max(seq) AS seq FROM events GROUP BY stream ORDER BY stream')
      .all()
    const streams = Object.fromEntries(tails.map(({ stream, seq }) => [String(stream), Number(seq)]))
    const loads = copy
      .prepare(
        `SELECT DISTINCT f.value ->> '$.fileId' AS id
         FROM events, json_each(events.data, '$.files') f
         WHERE events.stream = 'loads' AND events.type = 'LoadAccepted'`,
      )
      .all()
    copy.close()
    await syncPath(to)
    return { streams, landed: loads.map(({ id }) => String(id)), contents: await contentsOf(to) }
  } finally {
    if (copy.isOpen) copy.close()
  }
}

async function finish(folder: string, manifest: BackupManifest): Promise<void> {
  const path = join(folder, manifestName)
  await writeFile(`${path}.tmp`, `${JSON.stringify(manifest, null, 1)}\n`, { mode: 0o600 })
  await syncPath(`${path}.tmp`)
  await syncFolders(folder)
  await rm(join(folder, unfinishedName))
  await rename(`${path}.tmp`, path)
  await syncPath(folder)
}
