// The folder of run-time files: where each lies, and the lock that lets one process own it.

import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Effects, fail, reasonOf } from '#data/kernel'

/** Paths of a home. */
export interface HomePaths {
  root: string
  log: string
  /** Snapshots of what is folded from the log. */
  snapshots: string
  warehouse: string
  lake: string
  exports: string
  models: string
  /** Files of custom actions of flows. */
  actions: string
  /** What replays found, by market. */
  replays: string
  temporary: string
  server: string
}

/**
 * Where the files of a home lie.
 * @param lake folder of landed files, where it lies elsewhere (`Config.lake`); null = in the home
 */
export function homePaths(home: string, lake: string | null = null): HomePaths {
  const root = resolve(home)
  return {
    root,
    log: join(root, 'log.sqlite'),
    snapshots: join(root, 'snapshots'),
    warehouse: join(root, 'warehouse.duckdb'),
    lake: lake === null ? join(root, 'lake') : resolve(lake),
    exports: join(root, 'exports'),
    models: join(root, 'models'),
    actions: join(root, 'actions'),
    replays: join(root, 'replays'),
    temporary: join(root, 'tmp'),
    server: join(root, 'server.json'),
  }
}

/** Who owns a home, as `owner.json` says. */
export interface Owner {
  pid: number
  verb: string
}

/** The right to work on a home; given back by `release`, and by the system when the process ends in any way. */
export interface HomeLock {
  paths: HomePaths
  release(): Promise<void>
}

/**
 * Makes the home where it is not there and takes its lock: an exclusive SQLite lock on `home.lock`,
 * which the operating system drops with the process, so that no stale lock can stay behind.
 * @param verb what the process does, for the message others get
 * @throws HOME_BUSY when another process has it, HOME_UNWRITABLE
 */
export async function lockHome(home: string, verb: string, effects: Effects): Promise<HomeLock> {
  const paths = homePaths(home, effects.config.lake)
  const ownerFile = join(paths.root, 'owner.json')
  let database: DatabaseSync
  try {
    await mkdir(paths.root, { recursive: true })
    database = new DatabaseSync(join(paths.root, 'home.lock'))
  } catch (error) {
    throw fail('HOME_UNWRITABLE', { home: paths.root, reason: reasonOf(error) }, { cause: error })
  }
  try {
    database.exec('PRAGMA busy_timeout = 1500; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!/locked|busy/.test(reasonOf(error))) {
      throw fail('HOME_UNWRITABLE', { home: paths.root, reason: reasonOf(error) }, { cause: error })
    }
    const owner = readOwner(ownerFile)
    throw fail('HOME_BUSY', { home: paths.root, pid: owner?.pid, verb: owner?.verb ?? 'unknown' })
  }
  await rm(paths.temporary, { recursive: true, force: true })
  await mkdir(paths.temporary, { recursive: true })
  await writeFile(ownerFile, JSON.stringify({ pid: process.pid, verb, since: effects.clock.now() }))
  return {
    paths,
    release: async () => {
      await rm(ownerFile, { force: true })
      database.exec('ROLLBACK')
      database.close()
    },
  }
}

function readOwner(file: string): Owner | null {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Owner) : null
  } catch {
    return null
  }
}
