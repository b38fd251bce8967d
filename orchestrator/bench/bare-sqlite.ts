// The yardstick of the log's measurements: node:sqlite used directly, in this thread, with the log's own
// schema.

import { openLogDatabase } from '#data/log'

/** An event as a caller has it, before it is made text. */
export interface BareRow {
  stream: string
  eventId: string
  type: string
  data: unknown
}

/** The events table without a thread, groups or fence. */
export class BareTable {
  readonly #db: ReturnType<typeof openLogDatabase>
  readonly #seqs = new Map<string, number>()

  /** @param path file, made when it does not exist */
  constructor(path: string) {
    this.#db = openLogDatabase(path)
  }

  /**
   * Writes the rows in transactions of the given sizes, the rest in a last one.
   * @returns rows per second, and how long each transaction took from its begin to its commit, ms
   */
  write(rows: readonly BareRow[], sizes: readonly number[]): { perSecond: number; commitMs: number[] } {
    const insert = this.#db.prepare(
      'insert into events (stream, seq, event_id, type, recorded_at, data) values (?, ?, ?, ?, ?, ?)',
    )
    const recordedAt = 1_700_000_000_000
    const commitMs: number[] = []
    const start = performance.now()
    for (let done = 0, group = 0; done < rows.length; group++) {
      const from = performance.now()
      const end = done + (sizes[group] ?? rows.length)
      this.#db.exec('begin immediate')
      for (const row of rows.slice(done, end)) {
        const seq = (this.#seqs.get(row.stream) ?? 0) + 1
        this.#seqs.set(row.stream, seq)
        insert.run(row.stream, seq, row.eventId, row.type, recordedAt, JSON.stringify(row.data))
      }
      this.#db.exec('commit')
      commitMs.push(performance.now() - from)
      done = end
    }
    return { perSecond: (rows.length / (performance.now() - start)) * 1000, commitMs }
  }

  /** Events of a stream read and parsed per second. */
  readPerSecond(stream: string): number {
    const start = performance.now()
    const rows = this.#db
      .prepare('select seq, event_id, type, recorded_at, data from events where stream = ? order by seq')
      .all(stream)
    for (const row of rows) row.data = JSON.parse(String(row.data))
    return (rows.length / (performance.now() - start)) * 1000
  }

  close(): void {
    this.#db.close()
  }
}
