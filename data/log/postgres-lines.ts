// Several connections to one PostgreSQL database, for work whose order does not matter. It never holds more than it was
// made with.

import { type Ask, type LineEffects, type LineOptions, PostgresLine, type Rows } from './postgres-line.ts'

/** Connections that share work: each piece goes to the one with the least to do. */
export class PostgresLines {
  readonly #lines: PostgresLine[]

  /** @param count connections, made when they are needed */
  constructor(count: number, options: LineOptions, effects: LineEffects) {
    this.#lines = Array.from({ length: count }, () => new PostgresLine(options, effects))
  }

  /** What `work` gives, which has a connection for itself until then. @throws as `PostgresLine.take` */
  take<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const line = this.#lines.reduce((least, other) => (other.waiting < least.waiting ? other : least))
    return line.take(work)
  }

  /** One statement. @throws as `take` */
  ask(text: string, values?: unknown[]): Promise<Rows> {
    return this.take((ask) => ask(text, values))
  }

  /** Lets work that was asked for before end, then disconnects. */
  async close(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.close()))
  }
}
