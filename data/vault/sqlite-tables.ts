// The tables of the vault in the SQLite file of the log, on a connection of their own. It never touches a vault that a
// newer program wrote.

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { fail, reasonOf } from '#data/kernel'
import { openLogDatabase } from '#data/log'
import type { VaultTables } from './tables.ts'

/** Statements per version; `vault_versions` has a row for each that was applied. Append only. */
const versions: readonly string[] = [
  `create table vault_webhooks (
     webhook_id text primary key,
     market text not null,
     url text not null,
     description text not null,
     events text not null,
     status text not null check (status in ('enabled', 'disabled')),
     disabled_reason text,
     secret text not null,
     previous_secret text,
     previous_until integer,
     created_at integer not null
   ) strict;
   create table vault_keys (
     key_id text primary key,
     name text not null,
     role text not null check (role in ('admin', 'operator', 'reader')),
     hint text not null,
     hash text not null unique,
     created_at integer not null,
     revoked_at integer
   ) strict;`,
  `create table vault_requests (
     request_id text primary key,
     hash text not null,
     answer text,
     asked_at integer not null
   ) strict;
   create index vault_requests_by_time on vault_requests (asked_at);`,
  `alter table vault_webhooks add column format text not null default 'detour';
   alter table vault_webhooks add column labels text not null default '[]';
   alter table vault_webhooks add column concurrency integer not null default 4;
   alter table vault_webhooks add column credential text;`,
  'create table vault_secrets (name text primary key, secret text not null, made_at integer not null) strict;',
  'alter table vault_webhooks add column carries_links integer not null default 0;',
]

/**
 * The tables in the file of the log.
 * @param path the log's file, made (mode 0600) when it does not exist
 * @throws VAULT_NEWER when a newer Detour wrote it, LOG_DAMAGED, LOG_NEWER, LOG_UNAVAILABLE
 */
export function openSqliteTables(path: string): VaultTables {
  const db = openVaultDatabase(path)
  const statements = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = db.prepare(sql.replaceAll('$', '?'))
    statements.set(sql, statement)
    return statement
  }
  return {
    schema: '',
    order: 'rowid',
    rows: async (sql, values = []) => guarded(() => prepared(sql).all(...values)),
    change: async (sql, values = []) => guarded(() => Number(prepared(sql).run(...values).changes)),
    close: async () => {
      if (db.isOpen) db.close()
    },
  }
}

function openVaultDatabase(path: string): DatabaseSync {
  const db = openLogDatabase(path)
  try {
    // The tables are small: no need for the log's page cache.
    db.exec('pragma cache_size = -512; pragma secure_delete = on')
    upgrade(db, path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function upgrade(db: DatabaseSync, path: string): void {
  guarded(() => {
    db.exec('begin immediate')
    try {
      db.exec('create table if not exists vault_versions (version integer primary key) strict')
      const row = db.prepare('select coalesce(max(version), 0) as found from vault_versions').get()
      const found = Number(row?.found)
      if (found > versions.length) throw fail('VAULT_NEWER', { path, found, known: versions.length })
      const note = db.prepare('insert into vault_versions (version) values (?)')
      versions.slice(found).forEach((statements, i) => {
        db.exec(statements)
        note.run(found + i + 1)
      })
      db.exec('commit')
    } catch (error) {
      if (db.isTransaction) db.exec('rollback')
      throw error
    }
  })
}

/** A statement that failed, and a connection that is closed. */
const sqliteCodes = new Set<unknown>(['ERR_SQLITE_ERROR', 'ERR_INVALID_STATE'])

/** What `work` returns; VAULT_UNAVAILABLE in place of what SQLite throws. */
function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!sqliteCodes.has((error as { code?: unknown } | null)?.code)) throw error
    throw fail('VAULT_UNAVAILABLE', { reason: reasonOf(error) }, { cause: error })
  }
}
