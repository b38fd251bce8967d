// Leases in the PostgreSQL database that holds the log. Time is the database's alone: a process whose clock is wrong
// can neither hold a lease too long nor take one too early.

import { randomBytes } from 'node:crypto'
import { type Effects, fail } from '#data/kernel'
import { PostgresLine, placeOf, postgresFailure, upgradeTables } from '#data/log'
import type { Candidate, Lease, Leases } from './lease.ts'

/** Statements per version of the tables; append only. */
const versions: readonly string[] = [
  `create table detour.leases (
     stream text collate "C" primary key,
     owner text not null,
     url text not null,
     epoch bigint not null,
     expires_at timestamptz not null
   );
   create table detour.peers (
     only_row boolean primary key default true check (only_row),
     secret text not null
   )`,
]

const columns = `
  stream, owner, url, epoch,
  greatest(0, ceil(extract(epoch from expires_at - clock_timestamp()) * 1000))::bigint as left_ms`

/** Rows in the order of their streams: two processes that ask at once wait for each other and never lock up. */
const takeSql = `
  insert into detour.leases as held (stream, owner, url, epoch, expires_at)
  select stream, $2, $3, 1, clock_timestamp() + $4 * interval '1 millisecond'
  from unnest($1::text[]) as asked (stream) order by stream
  on conflict (stream) do update set
    owner = excluded.owner,
    url = excluded.url,
    epoch = held.epoch + (held.owner <> excluded.owner)::int,
    expires_at = clock_timestamp() + $4 * interval '1 millisecond'
  where held.owner = excluded.owner or held.expires_at <= clock_timestamp()
  returning ${columns}`

const releaseSql = `
  update detour.leases set expires_at = '-infinity' where owner = $1 and stream = any($2::text[])`

const listSql = `select ${columns.replace('expires_at -', "greatest(expires_at, 'epoch') -")} from detour.leases`

/** Longest time of a statement, ms: who does not know in time whether it holds a lease must act as if it did not. */
const limitMs = 3_000

/** The schema has version `found`, which this program does not know. */
function newer(path: string) {
  return (found: number) => fail('LOG_NEWER', { path, found, known: versions.length })
}

/**
 * The leases of the log in a PostgreSQL database, their table made when it is not there.
 * @param url `postgres://user:password@host:port/database`
 * @throws LOG_UNSAFE, LOG_NEWER, LOG_UNAVAILABLE
 */
export async function openPostgresLeases(
  url: string,
  effects: Pick<Effects, 'clock' | 'random'>,
  options: { isSingleNode?: boolean } = {},
): Promise<Leases> {
  const line = new PostgresLine({ url, isSingleNode: options.isSingleNode ?? false, limitMs }, effects)
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw postgresFailure(error, url)
    }
  }
  try {
    await guarded(() => upgradeTables(line, 'leases', versions, newer(placeOf(url))))
  } catch (error) {
    await line.close()
    throw error
  }
  const ask = (text: string, values: unknown[] = []) => guarded(() => line.ask(text, values))
  return {
    take: async ({ owner, url: reached }: Candidate, streams, ttlMs) => {
      if (streams.length === 0) return []
      const { rows } = await ask(takeSql, [streams, owner, reached, ttlMs])
      return rows.map(leaseOf)
    },
    release: async (owner, streams) => {
      if (streams.length > 0) await ask(releaseSql, [owner, streams])
    },
    list: async () => {
      const { rows } = await ask(`${listSql} order by stream`)
      return rows.map(leaseOf)
    },
    secret: async () => {
      const made = randomBytes(32).toString('base64url')
      await ask('insert into detour.peers (secret) values ($1) on conflict do nothing', [made])
      const { rows } = await ask('select secret from detour.peers')
      return String(rows[0]?.[0])
    },
    close: () => line.close(),
  }
}

function leaseOf(row: unknown[]): Lease {
  const [stream, owner, url, epoch, leftMs] = row as [string, string, string, unknown, unknown]
  return { stream, owner, url, epoch: Number(epoch), leftMs: Number(leftMs) }
}
