// The tables of the vault in the PostgreSQL database of the log, apart from its events. It never touches a vault that a
// newer program wrote, and never shows a statement's values.

import { DetourError, type Effects, fail } from '#data/kernel'
import { PostgresLines, placeOf, postgresFailure, upgradeTables } from '#data/log'
import type { Row, VaultTables } from './tables.ts'

/** Statements per version. Append only. */
const versions: readonly string[] = [
  `create table detour.vault_webhooks (
     webhook_id text primary key,
     market text not null,
     url text not null,
     description text not null,
     events text not null,
     status text not null check (status in ('enabled', 'disabled')),
     disabled_reason text,
     secret text not null,
     previous_secret text,
     previous_until bigint,
     created_at bigint not null,
     made bigint generated always as identity
   );
   create table detour.vault_keys (
     key_id text primary key,
     name text not null,
     role text not null check (role in ('admin', 'operator', 'reader')),
     hint text not null,
     hash text not null unique,
     created_at bigint not null,
     revoked_at bigint,
     made bigint generated always as identity
   );
   create table detour.vault_requests (
     request_id text primary key,
     hash text not null,
     answer text,
     asked_at bigint not null
   );
   create index vault_requests_by_time on detour.vault_requests (asked_at)`,
  `alter table detour.vault_webhooks add column format text not null default 'detour';
   alter table detour.vault_webhooks add column labels text not null default '[]';
   alter table detour.vault_webhooks add column concurrency integer not null default 4;
   alter table detour.vault_webhooks add column credential text`,
  'create table detour.vault_secrets (name text primary key, secret text not null, made_at bigint not null)',
  'alter table detour.vault_webhooks add column carries_links integer not null default 0',
]

const connections = 4
/** Longest statement, ms: one that waits longer for a standby is given up. */
const limitMs = 15_000

/**
 * The tables in a PostgreSQL database.
 * @param url `postgres://user:password@host:port/database`
 * @throws VAULT_NEWER when a newer Detour wrote it, VAULT_UNAVAILABLE, LOG_UNSAFE
 */
export async function openPostgresTables(
  url: string,
  effects: Pick<Effects, 'clock' | 'random'>,
  options: { isSingleNode: boolean },
): Promise<VaultTables> {
  const lines = new PostgresLines(connections, { url, limitMs, ...options }, effects)
  const guarded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (error instanceof DetourError && error.code !== 'LOG_UNAVAILABLE') throw error
      throw unavailable(String(postgresFailure(error, url).details.reason), error)
    }
  }
  const newer = (found: number) => fail('VAULT_NEWER', { path: placeOf(url), found, known: versions.length })
  try {
    await guarded(upgradeTables(lines, 'vault', versions, newer))
  } catch (error) {
    await lines.close()
    throw error
  }
  return {
    schema: 'detour.',
    order: 'made',
    rows: async (sql, values = []) => {
      const { rows, columns } = await guarded(lines.ask(sql, [...values]))
      return rows.map((cells) => Object.fromEntries(columns.map((name, i) => [name, cells[i]])) as Row)
    },
    change: async (sql, values = []) => {
      const { count, isDoubtful } = await guarded(lines.ask(sql, [...values]))
      if (isDoubtful) throw unavailable('the change may not have reached the standbys of the server')
      return count
    },
    close: () => lines.close(),
  }
}

function unavailable(reason: string, cause?: unknown): DetourError {
  return fail('VAULT_UNAVAILABLE', { reason }, { cause })
}
