// Puts the files of a backup into a home that nobody owns. It checks all of them first, and never deletes anything.

import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { homePaths, lockHome } from '#data/home'
import { type Effects, fail } from '#data/kernel'
import { contentsOf, copyDurably, isVacant, syncFolders } from './copy.ts'
import { type BackupManifest, readManifest } from './manifest.ts'

/** What is restored, and where to. */
export interface RestoreParts {
  /** Folder of the backup. */
  folder: string
  home: string
  /** Whether a home that is not empty is moved aside. */
  isForced: boolean
  effects: Effects
  onProgress(step: string, done: number, total: number): void
}

/** What was put in place. */
export interface Restored {
  home: string
  manifest: BackupManifest
  /** Where the home of before is now, null where there was none. */
  movedTo: string | null
}

/**
 * Puts the files in place, the log last.
 * @throws BACKUP_UNUSABLE where a file is not as it was backed up; nothing was changed then
 * @throws RESTORE_HOME_NOT_EMPTY, HOME_BUSY, HOME_UNWRITABLE
 */
export async function putBack(parts: RestoreParts): Promise<Restored> {
  const { folder, effects, onProgress } = parts
  const home = resolve(parts.home)
  const manifest = await readManifest(folder)
  await check(folder, manifest, onProgress)
  const isLogElsewhere = effects.config.logUrl !== null
  if (manifest.streams === null && !isLogElsewhere) {
    const reason = 'it is of what lies beside a log in PostgreSQL; set DETOUR_LOG to where that is'
    throw fail('BACKUP_UNUSABLE', { folder, reason })
  }
  const movedTo = await makeRoom(home, parts.isForced, effects)
  const paths = homePaths(home, effects.config.lake)
  const lock = await lockHome(home, 'restore', effects)
  try {
    const files = manifest.files.toSorted(
      (a, b) => Number(a.path === 'log.sqlite') - Number(b.path === 'log.sqlite'),
    )
    for (const [done, { path }] of files.entries()) {
      onProgress('copying', done, files.length)
      const to = path.startsWith('lake/') ? join(paths.lake, path.slice('lake/'.length)) : join(home, path)
      // A lake that lies elsewhere may have it already: what is landed never changes.
      if (to.startsWith(home) || !existsSync(to)) await copyDurably(join(folder, path), to)
    }
    await syncFolders(home)
  } finally {
    await lock.release()
  }
  return { home, manifest, movedTo }
}

async function check(
  folder: string,
  { files }: BackupManifest,
  onProgress: RestoreParts['onProgress'],
): Promise<void> {
  for (const [done, { path, bytes, sha256 }] of files.entries()) {
    onProgress('checking', done, files.length)
    const found = await contentsOf(join(folder, path)).catch(() => null)
    if (found?.bytes === bytes && found.sha256 === sha256) continue
    const reason = found === null ? `${path} is missing` : `${path} is not as it was backed up`
    throw fail('BACKUP_UNUSABLE', { folder, reason })
  }
}

/** An empty place for the home; what was there is moved aside as it is. */
async function makeRoom(home: string, isForced: boolean, effects: Effects): Promise<string | null> {
  if (await isVacant(home)) {
    await mkdir(home, { recursive: true })
    return null
  }
  if (!isForced) throw fail('RESTORE_HOME_NOT_EMPTY', { home })
  // Whoever works on it must stop first.
  const lock = await lockHome(home, 'restore', effects)
  await lock.release()
  const day = new Date(effects.clock.now()).toISOString().replaceAll(/[:.]/g, '-')
  const movedTo = `${home}.before-${day}`
  await rename(home, movedTo)
  await mkdir(home)
  return movedTo
}
