// What the tests of the PostgreSQL log share: logs that are closed, connections that are broken, commands that insist.

import { onTestFinished } from 'vitest'
import type { Effects } from '#data/kernel'
import { type EventLog, openPostgresLog } from '#data/log'
import type { PostgresServer } from '../../postgres/server.ts'
import { type Counter, type MoveAnswer, move } from './counter.ts'
import { effects, idsOf } from './folder.ts'

/** For a server without standbys. */
export const single = { isSingleNode: true }

/** The log in the database, closed when the test has ended. */
export async function openLog(url: string, world: Effects = effects): Promise<EventLog> {
  const log = await openPostgresLog(url, world, single)
  onTestFinished(() => log.close())
  return log
}

/** Message of the error that the promise rejects with, "none" where it resolves. */
export function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: Error) => error.message,
  )
}

/** Ends every connection of a log to this database, or cancels what it does. */
export function disturb(server: PostgresServer, url: string, how: 'terminate' | 'cancel'): Promise<unknown> {
  return server.query(
    `select pg_${how}_backend(pid) from pg_stat_activity
     where datname = '${nameOf(url)}' and application_name = 'detour'`,
  )
}

/** Waits until an append waits for a standby. */
export async function untilItWaits(server: PostgresServer): Promise<void> {
  for (;;) {
    const waiting = await server.query(`select 1 from pg_stat_activity where wait_event = 'SyncRep'`)
    if (waiting.length > 0) return
  }
}

/** The answer to a move of 1, asked for again and again until there is one. */
export async function insist(actor: Counter, commandId: string): Promise<MoveAnswer> {
  for (;;) {
    try {
      return (await actor.execute(move(commandId, 1))).answer
    } catch (error) {
      if ((error as { code?: string }).code !== 'LOG_UNAVAILABLE') throw error
      await effects.clock.sleep(10)
    }
  }
}

/** Ids of the events of commands in a stream, without those of its writers. */
export async function commandEvents(log: EventLog, stream = 'main'): Promise<string[]> {
  return (await idsOf(log, stream)).filter((id) => !id.startsWith('writer:'))
}

/** Name of the database. */
export function nameOf(url: string): string {
  return new URL(url).pathname.slice(1)
}
