// What happened to incidents, what was said of them and to whom, and silences, as rows of the warehouse: from their
// events alone, so that the same event gives the same rows.

import { operations, type RowOf } from '#data/contracts'
import { isControlEvent, type StoredEvent } from '#data/log'
import { jsonText, type Queries } from '#data/warehouse'
import { type CoreEvent, coreEvent, incidentWordsOf, type Notice, type Silence } from '#orchestrator/core'
import { insertRows, replaceRows } from './write.ts'

type HistoryRow = RowOf<typeof operations.incidentHistory>
type NoticeRow = RowOf<typeof operations.incidentNotices>
type CommentRow = RowOf<typeof operations.incidentComments>
type SilenceRow = RowOf<typeof operations.silences>

const instant = (ms: number) => new Date(ms).toISOString()
const ofAlerting = /^(Incident|NoticeGiven|Silence|FeedbackGiven)/

/** Whether rows of this room follow from the event. */
export function isOfAlerting({ type }: Pick<StoredEvent, 'type'>): boolean {
  return !isControlEvent(type) && ofAlerting.test(type)
}

/** Writes what the events of a market say of incidents and silences. */
export async function landIncidentRows(
  queries: Queries,
  market: string,
  stored: readonly StoredEvent[],
): Promise<void> {
  const events = stored.filter(isOfAlerting).map((one) => ({ seq: one.seq, event: coreEvent(one) }))
  if (events.length === 0) return
  const history = events.flatMap(({ seq, event }) => historyRow(market, seq, event) ?? [])
  const comments = events.flatMap(({ event }) => commentRow(market, event) ?? [])
  const notices = events.flatMap(({ seq, event }) =>
    event.type === 'NoticeGiven' ? noticeRows(market, seq, event.data.at, event.data.notice) : [],
  )
  // Each event lands exactly once.
  await insertRows(queries, operations.incidentHistory, history)
  await insertRows(queries, operations.incidentComments, comments)
  await insertRows(queries, operations.incidentNotices, notices)
  await landSilences(queries, market, events)
}

function historyRow(market: string, seq: number, event: CoreEvent): HistoryRow | null {
  const words = incidentWordsOf(event)
  if (words === null) return null
  const { finding, impact } = event.data as {
    finding?: { severity: number } | null
    impact?: { ordersAtRisk: number; centsAtRisk: number } | null
  }
  return {
    market,
    seq,
    incidentId: words.incidentId,
    happenedAt: instant(event.data.at),
    event: event.type,
    saidBy: words.by,
    text: words.text,
    severity: finding?.severity ?? null,
    ordersAtRisk: impact?.ordersAtRisk ?? null,
    centsAtRisk: impact?.centsAtRisk ?? null,
  }
}

function commentRow(market: string, event: CoreEvent): CommentRow | null {
  if (event.type !== 'IncidentCommented') return null
  const { commentId, incidentId, at, by, text } = event.data
  return { commentId, market, incidentId, saidAt: instant(at), saidBy: by, text }
}

function noticeRows(market: string, seq: number, at: number, notice: Notice): NoticeRow[] {
  const { noticeId, kind, routeId, groupKey, receivers, level } = notice
  return notice.incidents.map(({ incidentId, severity, ordersAtRisk, reasons }) => ({
    ...{ noticeId, market, incidentId, seq, kind, givenAt: instant(at), routeId, groupKey },
    ...{ receivers: [...receivers], reasons: [...reasons], level, severity, ordersAtRisk },
  }))
}

/** The last word on each silence; an end is noted in the row that is there. */
async function landSilences(
  queries: Queries,
  market: string,
  events: readonly { event: CoreEvent }[],
): Promise<void> {
  const rows = new Map<string, SilenceRow>()
  const ended: { silenceId: string; at: string; by: string }[] = []
  for (const { event } of events) {
    if (event.type === 'SilenceAdded' || event.type === 'SilenceChanged') {
      rows.set(event.data.silence.silenceId, rowOfSilence(market, event.data.silence))
    } else if (event.type === 'SilenceEnded') {
      const { silenceId, at, by } = event.data
      ended.push({ silenceId, at: instant(at), by })
    }
  }
  await replaceRows(queries, operations.silences, [...rows.values()], ['silence_id'])
  if (ended.length === 0) return
  await queries.run(
    `UPDATE silences SET ended_at = e.at::TIMESTAMPTZ, ended_by = e."by"
     FROM (SELECT unnest(from_json($1::JSON, '[{"silenceId":"VARCHAR","at":"VARCHAR","by":"VARCHAR"}]'),
                         recursive := true)) AS e
     WHERE silences.silence_id = e.silenceId`,
    [jsonText(ended)],
  )
}

function rowOfSilence(market: string, silence: Silence): SilenceRow {
  const { silenceId, kind, why, matchers, startsAt, endsAt, repeat, holdsReroutes } = silence
  const { by, createdAt, endedAt, endedBy } = silence
  // Logs of earlier versions have instants as they were asked for, which the warehouse cannot read in each way.
  const read = (text: string) => (Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString())
  const times = { startsAt: read(startsAt) ?? createdAt, endsAt: endsAt === null ? null : read(endsAt) }
  return {
    ...{ silenceId, market, kind, why, ...times, holdsReroutes, createdAt, endedAt, endedBy },
    matchers: JSON.stringify(matchers),
    repeat: repeat === null ? null : JSON.stringify(repeat),
    createdBy: by,
  }
}
