// The settings of one process: read once from the environment, checked, frozen. Nothing else reads the environment.

import { availableParallelism, totalmem } from 'node:os'
import { fail } from './errors.ts'

/** The settings. Every one has a default; command line options win over the environment. */
export interface Config {
  /** Folder of all run-time files. Default `./var`. DETOUR_HOME */
  home: string
  /** Port of `detour serve`, 0 = any free one. Default 4380. DETOUR_PORT */
  port: number
  /** Lowest level logged: trace, debug, info, warn, error, silent. Default warn. DETOUR_LOG_LEVEL */
  logLevel: string
  /** Memory of DuckDB before it spills to disk, MB. Default a quarter of the machine, 512 to 2,000. DETOUR_MEMORY_MB */
  memoryMb: number
  /** DuckDB's threads. Default the machine's cores, at most 8. DETOUR_THREADS */
  threads: number
  /** Cron expression of the pipeline cycle while serving. Default every 5 minutes. DETOUR_CYCLE_CRON */
  cycleCron: string
  /** Longest time of one user query, ms. Default 30,000. DETOUR_SQL_TIMEOUT_MS */
  sqlTimeoutMs: number
  /** Memory of one user query, MB. Default 512. DETOUR_SQL_MEMORY_MB */
  sqlMemoryMb: number
  /** Longest record (line) of a loaded file, bytes. Default 1,000,000. DETOUR_MAX_RECORD_BYTES */
  maxRecordBytes: number
}

type Environment = Record<string, string | undefined>

/**
 * The settings of this process, frozen.
 * @param environment by default the process's own
 * @throws CONFIG_INVALID when a value is not usable
 */
export function readConfig(environment: Environment = process.env): Config {
  const number = (name: string, fallback: number, low: number, high: number): number => {
    const text = environment[name]
    if (text === undefined || text === '') return fallback
    const value = Number(text)
    if (Number.isInteger(value) && value >= low && value <= high) return value
    throw fail('CONFIG_INVALID', { name, reason: `"${text}" is not a whole number from ${low} to ${high}` })
  }
  const quarterMb = Math.floor(totalmem() / 4e6)
  return Object.freeze({
    home: environment.DETOUR_HOME ?? './var',
    port: number('DETOUR_PORT', 4380, 0, 65535),
    logLevel: oneOf(environment, 'DETOUR_LOG_LEVEL', 'warn', logLevels),
    memoryMb: number('DETOUR_MEMORY_MB', Math.min(2000, Math.max(512, quarterMb)), 64, 1_000_000),
    threads: number('DETOUR_THREADS', Math.min(8, availableParallelism()), 1, 256),
    cycleCron: environment.DETOUR_CYCLE_CRON ?? '*/5 * * * *',
    sqlTimeoutMs: number('DETOUR_SQL_TIMEOUT_MS', 30_000, 1, 3_600_000),
    sqlMemoryMb: number('DETOUR_SQL_MEMORY_MB', 512, 64, 1_000_000),
    maxRecordBytes: number('DETOUR_MAX_RECORD_BYTES', 1_000_000, 100, 100_000_000),
  })
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent']

function oneOf(environment: Environment, name: string, fallback: string, allowed: string[]): string {
  const value = environment[name] ?? fallback
  if (allowed.includes(value)) return value
  throw fail('CONFIG_INVALID', { name, reason: `"${value}" is none of ${allowed.join(', ')}` })
}
