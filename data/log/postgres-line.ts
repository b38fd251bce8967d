// One connection to PostgreSQL, made when it is needed and made anew after it broke. It never repeats a statement: who
// asked decides what a lost answer means.

import { Client, type ClientConfig } from 'pg'
import { backoffMs, type Effects, fail } from '#data/kernel'
import { prepareSession, reasonIn, stateOf } from './postgres-session.ts'

/** What of the world outside a connection needs. */
export type LineEffects = Pick<Effects, 'clock' | 'random'>

/** Where and how to connect. */
export interface LineOptions {
  /** `postgres://user:password@host:port/database`. */
  url: string
  /** Whether a server without standbys will do. */
  isSingleNode: boolean
  /** Longest time of one statement, ms, after which the connection is cut; null = as long as it takes. */
  limitMs: number | null
}

/** The rows of one statement, each an array of its columns; `count` also where it returns none. */
export interface Rows {
  rows: unknown[][]
  /** Names of the columns. */
  columns: string[]
  count: number
  /** Whether the server warned while it ran: then a commit may be less than was asked for. */
  isDoubtful: boolean
}

/** Runs one statement. */
export type Ask = (text: string, values?: unknown[]) => Promise<Rows>

/** Longest time to connect, ms. */
const connectMs = 3000
/** Longest time to say goodbye, ms. */
const goodbyeMs = 1000
/** Rests between attempts to connect. */
const rest = { attempts: Number.POSITIVE_INFINITY, baseMs: 25, capMs: 2000 }

/**
 * A connection. While the server cannot be reached calls fail at once or within seconds, and the first call after a
 * short rest tries again.
 */
export class PostgresLine {
  readonly #options: LineOptions
  readonly #effects: LineEffects
  #client: Client | null = null
  #opening: Promise<Client> | null = null
  #failures = 0
  #triedAt = 0
  #reason = ''
  /** The work before, done or not: one at a time. */
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #warnings = 0
  #isClosed = false

  constructor(options: LineOptions, effects: LineEffects) {
    this.#options = options
    this.#effects = effects
  }

  /** How many pieces of work wait or run. */
  get waiting(): number {
    return this.#waiting
  }

  /**
   * What `work` gives, which has the connection for itself until then.
   * @throws LOG_UNAVAILABLE where there is no connection, LOG_UNSAFE, and what the server says (with its SQLSTATE)
   */
  async take<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw unavailable('the connection is closed')
    this.#waiting++
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    await before
    try {
      const client = await this.#connected()
      return await work((text, values) => this.#ask(client, text, values))
    } finally {
      this.#waiting--
      resolve()
    }
  }

  /** One statement. @throws as `take` */
  ask(text: string, values?: unknown[]): Promise<Rows> {
    return this.take((ask) => ask(text, values))
  }

  /** Breaks the connection: a statement under way is rejected, its outcome unknown. */
  cut(reason: string): void {
    this.#reason = reason
    const client = this.#client
    this.#client = null
    client?.end().catch(() => {})
  }

  /** Lets work that was asked for before end, then disconnects. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
    const client = this.#client
    this.#client = null
    if (client === null) return
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = this.#effects.clock.after(goodbyeMs, resolve)
    await Promise.race([client.end(), late])
    cancel()
  }

  async #ask(client: Client, text: string, values: unknown[] = []): Promise<Rows> {
    const { limitMs } = this.#options
    const tooLong = () => this.cut(`a statement took longer than ${limitMs} ms`)
    const cancel = limitMs === null ? () => {} : this.#effects.clock.after(limitMs, tooLong)
    const warned = this.#warnings
    try {
      const result = await client.query({ text, values, rowMode: 'array' })
      const columns = result.fields.map(({ name }) => name)
      return {
        rows: result.rows,
        columns,
        count: result.rowCount ?? 0,
        isDoubtful: this.#warnings !== warned,
      }
    } catch (error) {
      // Who cut the connection knows better than the connection why it ended.
      if (this.#client !== client && stateOf(error) === '') throw unavailable(this.#reason)
      throw error
    } finally {
      cancel()
    }
  }

  async #connected(): Promise<Client> {
    if (this.#client !== null) return this.#client
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async #open(): Promise<Client> {
    const { clock, random } = this.#effects
    const since = clock.now() - this.#triedAt
    const pause = this.#failures === 0 ? 0 : backoffMs(this.#failures, rest, random)
    if (since >= 0 && since < pause) throw unavailable(this.#reason)
    const client = new Client(settings(this.#options.url))
    client.on('error', (error) => this.#lose(client, reasonIn(error)))
    client.on('end', () => this.#lose(client, 'the connection ended'))
    client.on('notice', () => this.#warnings++)
    try {
      await client.connect()
      await this.#prepare(client)
      this.#failures = 0
      this.#client = client
      return client
    } catch (error) {
      client.end().catch(() => {})
      this.#failures++
      this.#triedAt = clock.now()
      this.#reason = reasonIn(error)
      throw error
    }
  }

  async #prepare(client: Client): Promise<void> {
    const cancel = this.#effects.clock.after(connectMs, () => void client.end().catch(() => {}))
    try {
      await prepareSession(client, this.#options)
    } finally {
      cancel()
    }
  }

  #lose(client: Client, reason: string): void {
    if (this.#client !== client) return
    this.#client = null
    this.#reason = reason
  }
}

function settings(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'detour',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
  }
}

function unavailable(reason: string): Error {
  return fail('LOG_UNAVAILABLE', { reason })
}
