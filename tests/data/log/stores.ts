// The kinds of stores a log may lie in, so that every driver meets the same tests.

import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { type EventLog, openPostgresLog, openSqliteLog } from '#data/log'
import type { PostgresServer } from '../../postgres/server.ts'
import { effects, newLogPath } from './folder.ts'

/** What the drivers' options share. */
export interface StoreOptions {
  onCommit?: (events: number) => void
}

/** A new, empty store. */
export interface Store {
  /** Another log on it, with a connection of its own; closed when the test has ended. */
  open(options?: StoreOptions): Promise<EventLog>
  /** Takes an event away, as no log ever would. */
  ruin(seq: number): Promise<void>
}

/** A kind of store. */
export interface StoreKind {
  name: string
  newStore(): Promise<Store>
}

/** SQLite, and PostgreSQL where there is a server. */
export function kindsOf(server: PostgresServer | null): StoreKind[] {
  return server === null ? [sqlite] : [sqlite, postgres(server)]
}

const sqlite: StoreKind = {
  name: 'SQLite',
  newStore: async () => {
    const path = newLogPath()
    return {
      open: (options) => closing(openSqliteLog(path, effects, options)),
      ruin: async (seq) => {
        const db = new DatabaseSync(path)
        db.exec(`delete from events where seq = ${seq}`)
        db.close()
      },
    }
  },
}

function postgres(server: PostgresServer): StoreKind {
  return {
    name: 'PostgreSQL',
    newStore: async () => {
      const url = await server.newDatabase()
      return {
        open: (options) => closing(openPostgresLog(url, effects, { ...options, isSingleNode: true })),
        ruin: async (seq) => {
          await server.query(`delete from detour.events where seq = ${seq}`, url)
        },
      }
    },
  }
}

async function closing(opening: Promise<EventLog>): Promise<EventLog> {
  const log = await opening
  onTestFinished(() => log.close())
  return log
}
