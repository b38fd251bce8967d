// The statements on the events table in PostgreSQL. It knows nothing of groups or of who waits.

import type { NewEvent } from './event-log.ts'
import type { Ask } from './postgres-line.ts'

/** An append with its data as text. */
export interface TextAppend {
  stream: string
  expectedSeq: number
  recordedAt: number
  events: readonly NewEvent[]
  /** JSON of the data of each event. */
  texts: readonly string[]
}

/**
 * All rows or none. The key (stream, seq) lets one writer win each seq; the guard refuses to leave a gap: rows are
 * never deleted, so an event that was there before this statement began still is when it ends.
 */
const insertAll = `
  insert into detour.events (stream, seq, event_id, type, recorded_at, data)
  select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[])
  where not exists (
    select from unnest($7::text[], $8::bigint[]) as head (stream, seq)
    where head.seq > 0 and not exists (
      select from detour.events as event where event.stream = head.stream and event.seq = head.seq
    )
  )`

/**
 * Inserts the appends in one statement, which commits by itself.
 * @param appends those to one stream follow each other without gaps
 * @returns whether the rows are there; false = none was written, for lack of the event before one of them
 */
export async function insertEvents(
  ask: Ask,
  appends: readonly TextAppend[],
): Promise<{ isDone: boolean; isDoubtful: boolean }> {
  const columns: [string[], number[], string[], string[], number[], string[]] = [[], [], [], [], [], []]
  const heads = new Map<string, number>()
  for (const { stream, expectedSeq, recordedAt, events, texts } of appends) {
    if (!heads.has(stream)) heads.set(stream, expectedSeq)
    events.forEach(({ eventId, type }, i) => {
      columns[0].push(stream)
      columns[1].push(expectedSeq + 1 + i)
      columns[2].push(eventId)
      columns[3].push(type)
      columns[4].push(recordedAt)
      columns[5].push(texts[i] as string)
    })
  }
  const { count, isDoubtful } = await ask(insertAll, [...columns, [...heads.keys()], [...heads.values()]])
  return { isDone: count === columns[0].length, isDoubtful }
}

/** Last seq of the stream, 0 where there is none. */
export async function selectTail(ask: Ask, stream: string): Promise<number> {
  const { rows } = await ask('select max(seq) from detour.events where stream = $1', [stream])
  return Number(rows[0]?.[0] ?? 0)
}

/** The first of the ids that is in the stream already, null where none is. */
export async function selectKnownId(ask: Ask, stream: string, ids: string[]): Promise<string | null> {
  const { rows } = await ask(
    'select event_id from detour.events where stream = $1 and event_id = any($2) order by seq limit 1',
    [stream, ids],
  )
  return (rows[0]?.[0] as string | undefined) ?? null
}

const columns = 'seq, event_id, type, recorded_at, data'

/**
 * The range is bounded at both ends, so that no plan reads further; the end of the stream, seen by the same snapshot,
 * tells an end from a gap.
 */
const selectRange = `
  select last.seq, event.seq, event.event_id, event.type, event.recorded_at, event.data
  from (select max(seq) as seq from detour.events where stream = $1) as last
  left join detour.events as event
    on event.stream = $1 and event.seq > $2::bigint and event.seq <= $2::bigint + $3::bigint
  order by event.seq`

/** Rows of up to `limit` events after `afterSeq`, in order; null where some of them are missing. */
export async function selectEvents(
  ask: Ask,
  stream: string,
  afterSeq: number,
  limit: number,
): Promise<unknown[][] | null> {
  const { rows } = await ask(selectRange, [stream, afterSeq, limit])
  const last = Number(rows[0]?.[0] ?? 0)
  const found = rows[0]?.[1] === null ? [] : rows.map((row) => row.slice(1))
  return found.length === Math.min(limit, Math.max(0, last - afterSeq)) ? found : null
}

/** Rows of the events of one command, in order. */
export async function selectCommand(ask: Ask, stream: string, commandId: string): Promise<unknown[][]> {
  // '0' follows '/' in the order of bytes; "a/b/0" lies in that range but is no event of command "a".
  const { rows } = await ask(
    `select ${columns} from detour.events where stream = $1 and event_id > $2 and event_id < $3 order by seq`,
    [stream, `${commandId}/`, `${commandId}0`],
  )
  return rows.filter((row) => /^\d+$/.test(String(row[1]).slice(commandId.length + 1)))
}

const selectNames = `
  with recursive found (stream) as (
    (select stream from detour.events order by stream limit 1)
    union all
    select (
      select event.stream from detour.events as event where event.stream > found.stream order by event.stream limit 1
    )
    from found where found.stream is not null
  )
  select stream from found where stream is not null`

/** Names of the streams, sorted by bytes; one step of the index for each. */
export async function selectStreams(ask: Ask): Promise<string[]> {
  return (await ask(selectNames)).rows.map((row) => row[0] as string)
}
