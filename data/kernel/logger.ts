// Structured logging to standard error. It never logs secrets: known secret fields are cut out by name.

import { type Logger, pino } from 'pino'

export type { Logger } from 'pino'

const secrets = ['token', 'secret', 'password', 'authorization', 'apiKey', 'key']

/**
 * A logger that writes JSON lines to standard error.
 * @param level lowest level written
 */
export function createLogger(level: string): Logger {
  const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  return pino(
    { level, base: null, redact: { paths, censor: '[secret]' } },
    pino.destination({ fd: 2, sync: true }),
  )
}
