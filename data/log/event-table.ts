// The statements on the events table of an open SQLite connection. It knows nothing of threads or groups.

import type { DatabaseSync } from 'node:sqlite'
import { fail } from '#data/kernel'
import type { Outcome, PackedRows, Question } from './sqlite-protocol.ts'
import { isConstraint } from './sqlite-schema.ts'

/** An append as it lies among others: the cells from `from` to before `to` are its events, three each. */
export interface AppendView {
  stream: string
  expectedSeq: number
  recordedAt: number
  cells: string[]
  from: number
  to: number
}

type EventRow = [seq: number, eventId: string, type: string, recordedAt: number, data: string]

type ReadQuestion = Pick<Extract<Question, { kind: 'read' }>, 'stream' | 'afterSeq' | 'limit' | 'without'>

/** Events up to this size are read whole, bytes. */
const shortBytes = 1_500
const selectEvents = 'select seq, event_id, type, recorded_at, data from events'
const selectStreams = `
  with recursive found (stream) as (
    select min(stream) from events
    union all
    select (select min(stream) from events where stream > found.stream) from found where stream is not null
  )
  select stream from found where stream is not null`

/** Reads and writes of the events table; every statement is prepared once. */
export class EventTable {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #sql: ReturnType<typeof statementsOf>
  /** Ends of streams seen in the open transaction. */
  readonly #tails = new Map<string, number>()
  /** Reads that leave out so many paths. */
  readonly #cut = new Map<number, RowStatement<EventRow>>()

  /** @param path file behind `db`, for error messages */
  constructor(db: DatabaseSync, path: string) {
    this.#db = db
    this.#path = path
    this.#sql = statementsOf(db)
  }

  /** Opens a transaction that no other writer can come between. */
  begin(): void {
    this.#tails.clear()
    this.#sql.begin.run()
  }

  /** Makes everything since `begin` durable. */
  commit(): void {
    this.#sql.commit.run()
  }

  /** Undoes everything since `begin`, where SQLite has not done so already. */
  rollback(): void {
    if (this.#db.isTransaction) this.#sql.rollback.run()
  }

  /**
   * Last seq of the stream after the append, or why it was left out; its neighbours are untouched either way.
   * @throws what SQLite throws when the whole transaction has failed
   */
  insert(append: AppendView): Outcome {
    const { stream, from, to, expectedSeq } = append
    const tail = this.#tails.get(stream) ?? this.tail(stream)
    this.#tails.set(stream, tail)
    if (tail !== expectedSeq) return { code: 'LOG_FENCED', details: { stream, seq: expectedSeq + 1, tail } }
    if (to - from <= 3) return this.#insertRows(append)
    this.#sql.save.run()
    const outcome = this.#insertRows(append)
    if (typeof outcome !== 'number') this.#sql.undo.run()
    this.#sql.release.run()
    return outcome
  }

  #insertRows({ stream, expectedSeq, recordedAt, cells, from, to }: AppendView): Outcome {
    const insert = this.#sql.insert
    let seq = expectedSeq
    for (let i = from; i < to; i += 3) {
      seq++
      const eventId = cells[i] as string
      try {
        insert.run(stream, seq, eventId, cells[i + 1] as string, recordedAt, cells[i + 2] as string)
      } catch (error) {
        if (!isConstraint(error)) throw error
        return { code: 'LOG_EVENT_EXISTS', details: { stream, eventId } }
      }
    }
    this.#tails.set(stream, seq)
    return seq
  }

  /** Last seq of the stream, 0 where there is none. */
  tail(stream: string): number {
    return this.#sql.tail.all(stream)[0]?.[0] ?? 0
  }

  /** Names of the streams, sorted by bytes. */
  streams(): string[] {
    return this.#sql.streams.all().map((row) => row.stream as string)
  }

  /** Events of one command, each packed by itself: their seqs need not follow each other. */
  command(stream: string, commandId: string): PackedRows[] {
    // '0' follows '/' in the byte order of SQLite; "a/b/0" lies in that range but is no event of command "a".
    const rows = this.#sql.command.all(stream, `${commandId}/`, `${commandId}0`)
    return rows.filter((row) => /^\d+$/.test(row[1].slice(commandId.length + 1))).map((row) => pack([row]))
  }

  /**
   * @param without paths of data to leave out of long events; cutting a short one costs more than it saves
   * @throws LOG_DAMAGED when seqs do not follow each other
   */
  read({ stream, afterSeq, limit, without }: ReadQuestion): PackedRows {
    const rows =
      without.length === 0
        ? this.#sql.read.all(stream, afterSeq, limit)
        : this.#readWithout(without).all(...without, stream, afterSeq, limit)
    const last = rows.at(-1)
    if (last !== undefined && last[0] !== afterSeq + rows.length) {
      const reason = `stream ${stream} has a gap after event ${afterSeq}`
      throw fail('LOG_DAMAGED', { path: this.#path, reason })
    }
    return pack(rows)
  }

  #readWithout({ length }: readonly string[]): RowStatement<EventRow> {
    const known = this.#cut.get(length)
    if (known !== undefined) return known
    const paths = Array.from({ length }, () => '?').join(', ')
    const data = `iif(octet_length(data) > ${shortBytes}, json_remove(data, ${paths}), data)`
    const sql = `select seq, event_id, type, recorded_at, ${data} from events`
    const statement = rowsOf<EventRow>(this.#db, `${sql} where stream = ? and seq > ? order by seq limit ?`)
    this.#cut.set(length, statement)
    return statement
  }
}

interface RowStatement<T> {
  all(...values: (string | number)[]): T[]
}

function rowsOf<T>(db: DatabaseSync, sql: string): RowStatement<T> {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  return statement as unknown as RowStatement<T>
}

function statementsOf(db: DatabaseSync) {
  const rows = <T>(sql: string) => rowsOf<T>(db, sql)
  return {
    begin: db.prepare('begin immediate'),
    commit: db.prepare('commit'),
    rollback: db.prepare('rollback'),
    save: db.prepare('savepoint one_append'),
    undo: db.prepare('rollback to one_append'),
    release: db.prepare('release one_append'),
    insert: db.prepare(
      'insert into events (stream, seq, event_id, type, recorded_at, data) values (?, ?, ?, ?, ?, ?)',
    ),
    tail: rows<[number]>('select seq from events where stream = ? order by seq desc limit 1'),
    read: rows<EventRow>(`${selectEvents} where stream = ? and seq > ? order by seq limit ?`),
    command: rows<EventRow>(
      `${selectEvents} where stream = ? and event_id > ? and event_id < ? order by seq`,
    ),
    streams: db.prepare(selectStreams),
  }
}

function pack(rows: EventRow[]): PackedRows {
  return {
    firstSeq: rows[0]?.[0] ?? 0,
    eventIds: rows.map((row) => row[1]),
    types: rows.map((row) => row[2]),
    recordedAt: Float64Array.from(rows, (row) => row[3]),
    data: `[${rows.map((row) => row[4]).join(',')}]`,
  }
}
