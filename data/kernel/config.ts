// The settings of one process: read once from the environment, checked, frozen. Nothing else reads the environment.

import { isIP } from 'node:net'
import { availableParallelism, totalmem } from 'node:os'
import { fail } from './errors.ts'

/** The settings. Every one has a default; command line options win over the environment. */
export interface Config {
  /** Folder of all run-time files. Default `./var`. DETOUR_HOME */
  home: string
  /**
   * Where the event log lies: null = SQLite in the home, else the address of a PostgreSQL database, which may hold a
   * password: never shown. Default `sqlite`. DETOUR_LOG
   */
  logUrl: string | null
  /** Whether a PostgreSQL server without standbys may hold the log. Default no; 1 = yes. DETOUR_LOG_SINGLE_NODE */
  isLogSingleNode: boolean
  /** Folder of landed files, also one that processes share; null = `lake` in the home. Default null. DETOUR_LAKE */
  lake: string | null
  /** How long a process may write a market without being heard of, ms. Default 5,000. DETOUR_LEASE_MS */
  leaseMs: number
  /** Address by which other processes on the same log reach this one; null = where it listens. DETOUR_PEER_URL */
  peerUrl: string | null
  /** Markets to write where they are free, with commas; none = all alike. Default none. DETOUR_MARKETS */
  markets: readonly string[]
  /** Port of `detour serve`, 0 = any free one. Default 4380. DETOUR_PORT */
  port: number
  /** Address of `detour serve`; others than 127.0.0.1 need an admin key. Default 127.0.0.1. DETOUR_HOST */
  host: string
  /** Host names that requests may name beside the loopback ones, with commas. Default none. DETOUR_ALLOWED_HOSTS */
  allowedHosts: readonly string[]
  /**
   * Host names (`*.` in front for all below), addresses and ranges (CIDR), with commas, that webhooks may go to beside
   * public https addresses; plain http too. Default none. DETOUR_WEBHOOK_ALLOW
   */
  webhookAllow: readonly string[]
  /** Mail server, `smtp(s)://user:password@host:port`; never shown. null = none, the default. DETOUR_SMTP_URL */
  smtpUrl: string | null
  /** Sender of mail, `name@example.com`. null = none, the default. DETOUR_MAIL_FROM */
  mailFrom: string | null
  /** Address at which people open the dashboard, for links in messages; null = no links. DETOUR_PUBLIC_URL */
  publicUrl: string | null
  /** Largest file taken over HTTP, bytes. Default 1,000,000,000. DETOUR_MAX_UPLOAD_BYTES */
  maxUploadBytes: number
  /** Least rest between two turns of the loop, ms. Default 5,000. DETOUR_LIVE_CYCLE_MS */
  liveCycleMs: number
  /** Days without activity after which an order of a file stays history. Default 30. DETOUR_LIVE_DAYS */
  liveDays: number
  /** Days after which an order that has ended leaves memory. Default 14. DETOUR_ARCHIVE_DAYS */
  archiveDays: number
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
    logUrl: logUrl(environment.DETOUR_LOG ?? ''),
    isLogSingleNode: oneOf(environment, 'DETOUR_LOG_SINGLE_NODE', '0', ['0', '1']) === '1',
    lake: environment.DETOUR_LAKE || null,
    leaseMs: number('DETOUR_LEASE_MS', 5_000, 500, 600_000),
    peerUrl: peerUrl(environment.DETOUR_PEER_URL ?? ''),
    markets: marketNames(environment.DETOUR_MARKETS ?? '', 'DETOUR_MARKETS'),
    port: number('DETOUR_PORT', 4380, 0, 65535),
    host: environment.DETOUR_HOST || '127.0.0.1',
    allowedHosts: hostNames(environment.DETOUR_ALLOWED_HOSTS ?? ''),
    webhookAllow: places(environment.DETOUR_WEBHOOK_ALLOW ?? ''),
    smtpUrl: smtpUrl(environment.DETOUR_SMTP_URL ?? ''),
    mailFrom: mailFrom(environment.DETOUR_MAIL_FROM ?? ''),
    publicUrl: publicUrl(environment.DETOUR_PUBLIC_URL ?? ''),
    maxUploadBytes: number('DETOUR_MAX_UPLOAD_BYTES', 1_000_000_000, 1, Number.MAX_SAFE_INTEGER),
    liveCycleMs: number('DETOUR_LIVE_CYCLE_MS', 5_000, 100, 3_600_000),
    liveDays: number('DETOUR_LIVE_DAYS', 30, 1, 36_500),
    archiveDays: number('DETOUR_ARCHIVE_DAYS', 14, 1, 36_500),
    logLevel: oneOf(environment, 'DETOUR_LOG_LEVEL', 'warn', logLevels),
    memoryMb: number('DETOUR_MEMORY_MB', Math.min(2000, Math.max(512, quarterMb)), 64, 1_000_000),
    threads: number('DETOUR_THREADS', Math.min(8, availableParallelism()), 1, 256),
    cycleCron: environment.DETOUR_CYCLE_CRON ?? '*/5 * * * *',
    sqlTimeoutMs: number('DETOUR_SQL_TIMEOUT_MS', 30_000, 1, 3_600_000),
    sqlMemoryMb: number('DETOUR_SQL_MEMORY_MB', 512, 64, 1_000_000),
    maxRecordBytes: number('DETOUR_MAX_RECORD_BYTES', 1_000_000, 100, 100_000_000),
  })
}

/** The address as it was given; a complaint never repeats it, since it may hold a password. */
function logUrl(text: string): string | null {
  if (text === '' || text === 'sqlite') return null
  const url = URL.parse(text)
  const isPostgres = url !== null && ['postgres:', 'postgresql:'].includes(url.protocol)
  if (isPostgres && url.hostname !== '' && url.pathname.length > 1) return text
  const reason =
    'write "sqlite", or "postgres://user:password@host:5432/database" with its special characters escaped'
  throw fail('CONFIG_INVALID', { name: 'DETOUR_LOG', reason })
}

function peerUrl(text: string): string | null {
  if (text === '') return null
  const url = URL.parse(text)
  if (url !== null && url.protocol === 'http:' && url.pathname === '/' && url.search === '') return url.origin
  throw fail('CONFIG_INVALID', {
    name: 'DETOUR_PEER_URL',
    reason: `"${text}" is no address like http://host:4380`,
  })
}

/** As `logUrl`: a complaint never repeats it. */
function smtpUrl(text: string): string | null {
  if (text === '') return null
  const url = URL.parse(text)
  if (url !== null && ['smtp:', 'smtps:'].includes(url.protocol) && url.hostname !== '') return text
  const reason =
    'write "smtp://user:password@host:587" (or smtps, port 465) with its special characters escaped'
  throw fail('CONFIG_INVALID', { name: 'DETOUR_SMTP_URL', reason })
}

function mailFrom(text: string): string | null {
  if (text === '') return null
  if (/^[^\s@<>",;:]{1,64}@[a-z0-9.-]{1,250}$/i.test(text)) return text
  throw fail('CONFIG_INVALID', { name: 'DETOUR_MAIL_FROM', reason: `"${text}" is no mail address` })
}

function publicUrl(text: string): string | null {
  if (text === '') return null
  const url = URL.parse(text)
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === ''
  if (isPlain) return url.href.replace(/\/+$/, '')
  const reason = `"${text}" is no address like https://detour.example.com`
  throw fail('CONFIG_INVALID', { name: 'DETOUR_PUBLIC_URL', reason })
}

/** Host names, addresses and ranges in lower case. */
function places(text: string): readonly string[] {
  const given = text
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '')
  for (const each of given) {
    if (isRange(each) || /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(each)) continue
    const reason = `"${each}" is no host name, address or range like 10.0.0.0/8`
    throw fail('CONFIG_INVALID', { name: 'DETOUR_WEBHOOK_ALLOW', reason })
  }
  return Object.freeze(given)
}

function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return (
    rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  )
}

/**
 * Names of markets with commas between them.
 * @throws CONFIG_INVALID naming the setting `name`
 */
export function marketNames(text: string, name: string): readonly string[] {
  const names = text.split(',').map((each) => each.trim())
  const given = names.filter((each) => each !== '')
  const wrong = given.find((each) => !/^[a-z][a-z0-9_-]{0,62}$/.test(each))
  if (wrong === undefined) return Object.freeze(given)
  throw fail('CONFIG_INVALID', { name, reason: `"${wrong}" is no name of a market` })
}

/** Names without ports, in lower case. */
function hostNames(text: string): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  for (const name of names) {
    if (/^[a-z0-9.:[\]_-]+$/.test(name) && !/^[^[]*:\d+$/.test(name)) continue
    const reason = `"${name}" is no host name; write names without scheme and port`
    throw fail('CONFIG_INVALID', { name: 'DETOUR_ALLOWED_HOSTS', reason })
  }
  return Object.freeze(names)
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent']

function oneOf(environment: Environment, name: string, fallback: string, allowed: string[]): string {
  const value = environment[name] || fallback
  if (allowed.includes(value)) return value
  throw fail('CONFIG_INVALID', { name, reason: `"${value}" is none of ${allowed.join(', ')}` })
}
