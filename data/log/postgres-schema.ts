// The tables that Detour keeps in a PostgreSQL database, brought up to date by whoever comes first. It never touches
// tables that a newer program wrote.

import { fail } from '#data/kernel'
import type { Ask, PostgresLine } from './postgres-line.ts'

/** Parts with tables of their own, each with its own count of versions. */
export type PostgresPart = 'log' | 'vault' | 'leases'

/** Everything lies in this schema, so that a database may be shared with others. */
export const schemaName = 'detour'

/**
 * Statements per version of the log's tables; `detour.versions` has a row for each that was applied. Append only.
 * Names sort by bytes, whatever the database's locale.
 */
export const logVersions: readonly string[] = [
  `create table detour.events (
     stream text collate "C" not null,
     seq bigint not null,
     event_id text collate "C" not null,
     type text not null,
     recorded_at bigint not null,
     data text not null,
     constraint events_pkey primary key (stream, seq),
     constraint events_by_id unique (stream, event_id)
   )`,
]

/** Processes that start together take turns: key of the lock, "DTUR". */
const lockKey = 0x44545552

/**
 * Applies the versions that are missing, all or none.
 * @param newer error to throw where the tables are of a later version
 */
export async function upgradeTables(
  line: Pick<PostgresLine, 'take'>,
  part: PostgresPart,
  versions: readonly string[],
  newer: (found: number) => Error,
): Promise<void> {
  await line.take(async (ask) => {
    if ((await versionOf(ask, part, newer, versions.length)) === versions.length) return
    await ask('begin')
    try {
      await ask('select pg_advisory_xact_lock($1)', [lockKey])
      await ask(`create schema if not exists ${schemaName}`)
      await ask(
        'create table if not exists detour.versions (part text, version integer, primary key (part, version))',
      )
      const found = await versionOf(ask, part, newer, versions.length)
      for (let i = found; i < versions.length; i++) {
        for (const statement of (versions[i] as string).split(';')) await ask(statement)
        await ask('insert into detour.versions (part, version) values ($1, $2)', [part, i + 1])
      }
      await ask('commit')
    } catch (error) {
      await ask('rollback').catch(() => {})
      throw error
    }
  })
}

async function versionOf(
  ask: Ask,
  part: PostgresPart,
  newer: (found: number) => Error,
  known: number,
): Promise<number> {
  const table = await ask(`select to_regclass('detour.versions') is not null`)
  if (table.rows[0]?.[0] !== true) return 0
  const { rows } = await ask('select coalesce(max(version), 0) from detour.versions where part = $1', [part])
  const found = Number(rows[0]?.[0])
  if (found > known) throw newer(found)
  return found
}

/** The error of a log that a newer Detour wrote. */
export function newerLog(path: string): (found: number) => Error {
  return (found) => fail('LOG_NEWER', { path, found, known: logVersions.length })
}
