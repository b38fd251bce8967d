// What a session must be before the log trusts it: on the primary, of a server that keeps what it acknowledged, without
// time limits of its own. It changes nothing outside the session.

import type { Client } from 'pg'
import { DetourError, fail, reasonOf } from '#data/kernel'

/**
 * Checks and sets up a new session.
 * @throws LOG_UNAVAILABLE when the server is a standby or takes no writes
 * @throws LOG_UNSAFE when the server may lose what it acknowledged
 */
export async function prepareSession(
  client: Client,
  { url, isSingleNode }: { url: string; isSingleNode: boolean },
): Promise<void> {
  const { rows } = await client.query<ServerSettings>(selectSettings)
  const server = rows[0] as ServerSettings
  if (server.is_standby || server.transaction_read_only === 'on') {
    throw fail('LOG_UNAVAILABLE', { reason: `${placeOf(url)} takes no writes now: it is no primary` })
  }
  const reason = dangerOf(server, isSingleNode)
  if (reason !== null) throw fail('LOG_UNSAFE', { path: placeOf(url), reason })
  await client.query(noLimits)
  await client.query(sameEverywhere)
}

interface ServerSettings {
  is_standby: boolean
  transaction_read_only: string
  fsync: string
  synchronous_commit: string
  synchronous_standby_names: string
  server_encoding: string
}

const selectSettings = `
  select pg_is_in_recovery() as is_standby,
    current_setting('transaction_read_only') as transaction_read_only,
    current_setting('fsync') as fsync,
    current_setting('synchronous_commit') as synchronous_commit,
    current_setting('synchronous_standby_names') as synchronous_standby_names,
    current_setting('server_encoding') as server_encoding`

/**
 * A statement that the server cancels while it waits for a standby stays committed on the primary alone: no time limits
 * of the server, whatever the role or the database has set.
 */
const noLimits = `
  select set_config(name, '0', false) from pg_settings
  where name in ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_session_timeout',
    'idle_in_transaction_session_timeout')`

const sameEverywhere = `
  select set_config('client_encoding', 'UTF8', false),
    set_config('default_transaction_isolation', 'read committed', false)`

function dangerOf(server: ServerSettings, isSingleNode: boolean): string | null {
  if (server.server_encoding !== 'UTF8')
    return `its encoding is ${server.server_encoding}; make a UTF8 database`
  if (server.fsync !== 'on') return 'fsync is off; set fsync = on'
  const level = server.synchronous_commit
  if (level === 'off') return 'synchronous_commit is off; set it to on'
  if (isSingleNode) return null
  if (level === 'local') return 'synchronous_commit is local; set it to on, remote_apply or remote_write'
  if (server.synchronous_standby_names.trim() !== '') return null
  return 'it waits for no standby; set synchronous_standby_names, or say DETOUR_LOG_SINGLE_NODE=1 for one server alone'
}

/** The address of a database without its password and options, as messages may show it. */
export function placeOf(url: string): string {
  const { protocol, username, host, pathname } = new URL(url)
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`
}

/** SQLSTATEs of a broken store, and of tables that are gone. */
const damaged = new Set(['XX001', 'XX002', '42P01', '42703'])

/**
 * What was thrown as an error of the log: LOG_DAMAGED for a broken store, else LOG_UNAVAILABLE.
 * @param url of the database
 */
export function postgresFailure(error: unknown, url: string): DetourError {
  const path = placeOf(url)
  if (error instanceof DetourError && error.code !== 'LOG_UNSAFE') return error
  const reason = reasonIn(error)
  if (damaged.has(stateOf(error))) return fail('LOG_DAMAGED', { path, reason }, { cause: error })
  return fail('LOG_UNAVAILABLE', { path, reason }, { cause: error })
}

/** SQLSTATE of what the server said, '' where it said nothing. */
export function stateOf(error: unknown): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

/** Why something failed, in words; errors of the network may have none but their code. */
export function reasonIn(error: unknown): string {
  return reasonOf(error) || stateOf(error) || 'the connection failed'
}
