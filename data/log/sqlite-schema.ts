// Opens the SQLite file of the log and brings its tables up to date. It never touches a file that is damaged,
// newer than this program or not a log at all.

import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DetourError, fail, reasonOf } from '#data/kernel'

/** Marks the file as a Detour log in its header ("DTUR"). */
const applicationId = 0x44545552

/** Files up to this size are checked whole when opened, bytes; larger ones when a bad page is met. */
const checkedBytes = 32 * 1024 * 1024

/** Small pages, and a checkpoint every 16 MB: random command ids touch an index page each. */
const pageBytes = 4096
const checkpointPages = 4000
const cacheKb = 65_536

/**
 * Statements per schema version; `PRAGMA user_version` counts those applied. Append only: tables for users,
 * keys and secrets join the same file as further versions.
 */
const versions: readonly string[] = [
  `create table events (
     stream text not null,
     seq integer not null,
     event_id text not null,
     type text not null,
     recorded_at integer not null,
     data text not null,
     primary key (stream, seq)
   ) strict, without rowid;
   create unique index events_by_id on events (stream, event_id);`,
]

/**
 * The log file, opened for writing with its tables in place: WAL, every commit synced.
 * @param path file, made (mode 0600) when it does not exist; its folder must exist
 * @throws LOG_DAMAGED when the file is no SQLite database, fails its check or belongs to another program
 * @throws LOG_NEWER when a newer Detour wrote it
 * @throws LOG_UNAVAILABLE when it cannot be opened or written
 */
export function openLogDatabase(path: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    const isEmpty = !existsSync(path) || statSync(path).size === 0
    if (isEmpty) closeSync(openSync(path, 'a', 0o600))
    else checkFile(path)
    db = new DatabaseSync(path, { timeout: 5000 })
    if (isEmpty) db.exec(`pragma page_size = ${pageBytes}; pragma application_id = ${applicationId}`)
    db.exec('pragma journal_mode = wal; pragma synchronous = full')
    db.exec(`pragma cache_size = -${cacheKb}; pragma wal_autocheckpoint = ${checkpointPages}`)
    upgrade(db, path)
    return db
  } catch (error) {
    db?.close()
    throw sqliteFailure(error, path)
  }
}

/**
 * What SQLite threw as an error of the table: LOG_DAMAGED for a corrupt file, else LOG_UNAVAILABLE.
 * @param path file of the log
 */
export function sqliteFailure(error: unknown, path: string): DetourError {
  if (error instanceof DetourError) return error
  const code = resultCode(error)
  if (code === corrupt || code === notADatabase) {
    return fail('LOG_DAMAGED', { path, reason: reasonOf(error) }, { cause: error })
  }
  return fail('LOG_UNAVAILABLE', { path, reason: reasonOf(error) }, { cause: error })
}

/** Whether a unique key refused the row. */
export function isConstraint(error: unknown): boolean {
  return resultCode(error) === constraint
}

const generic = 1
const corrupt = 11
const constraint = 19
const notADatabase = 26

function resultCode(error: unknown): number | null {
  const extended = (error as { errcode?: unknown } | null)?.errcode
  return typeof extended === 'number' ? extended & 0xff : null
}

function checkFile(path: string): void {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  try {
    checkDatabase(db, path)
  } catch (error) {
    // Statements this plain fail for a generic reason only where the header makes no sense.
    if (resultCode(error) !== generic) throw error
    throw fail('LOG_DAMAGED', { path, reason: reasonOf(error) }, { cause: error })
  } finally {
    db.close()
  }
}

function checkDatabase(db: DatabaseSync, path: string): void {
  const version = pragma(db, 'user_version')
  const owner = pragma(db, 'application_id')
  const { tables } = db.prepare('select count(*) as tables from sqlite_schema').get() as { tables: number }
  if (owner !== applicationId && (owner !== 0 || tables > 0)) {
    throw fail('LOG_DAMAGED', { path, reason: 'it is a database of another program' })
  }
  if (version > versions.length) {
    throw fail('LOG_NEWER', { path, found: version, known: versions.length })
  }
  if (statSync(path).size > checkedBytes) return
  const [finding] = Object.values(db.prepare('pragma quick_check(1)').get() ?? {})
  if (finding !== 'ok') throw fail('LOG_DAMAGED', { path, reason: String(finding).replaceAll('\n', ' ') })
}

function upgrade(db: DatabaseSync, path: string): void {
  if (pragma(db, 'user_version') === versions.length) return
  db.exec('begin immediate')
  try {
    const found = pragma(db, 'user_version')
    if (found > versions.length) throw fail('LOG_NEWER', { path, found, known: versions.length })
    for (const statements of versions.slice(found)) db.exec(statements)
    db.exec(`pragma application_id = ${applicationId}; pragma user_version = ${versions.length}; commit`)
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0])
}
