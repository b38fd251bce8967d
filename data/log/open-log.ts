// Opens the log where the settings say it lies. Which driver holds it matters to nobody else.

import type { Effects } from '#data/kernel'
import type { EventLog } from './event-log.ts'
import { openPostgresLog } from './postgres-log.ts'
import { placeOf } from './postgres-session.ts'
import { openSqliteLog } from './sqlite-log.ts'

/**
 * The log of this process: the PostgreSQL database of the setting `logUrl`, else the SQLite file of the home.
 * @param paths of the home (`HomePaths`)
 * @throws LOG_UNSAFE, LOG_DAMAGED, LOG_NEWER, LOG_UNAVAILABLE
 */
export function openEventLog(
  paths: { log: string },
  effects: Pick<Effects, 'clock' | 'random' | 'config'>,
): Promise<EventLog> {
  const { logUrl, isLogSingleNode } = effects.config
  if (logUrl === null) return openSqliteLog(paths.log, effects)
  return openPostgresLog(logUrl, effects, { isSingleNode: isLogSingleNode })
}

/** Where the log of this process lies, as messages may show it: a path, or an address without its password. */
export function logPlace(paths: { log: string }, { config }: Pick<Effects, 'config'>): string {
  return config.logUrl === null ? paths.log : placeOf(config.logUrl)
}
