// What an analyst fills in for a model of their own: columns guessed from a query's answer, ids, schedules. Pure.

import type { api } from '#data/contracts'

type Column = api.SqlResult['columns'][number]

/** A query that shows what such a model can do. */
export const firstQuery = `SELECT order_id, placed_at, node_id, channel, region, method, line_count, unit_count,
  total_cents, is_late
FROM orders`

/** Whether a column says when. */
export const isTime = ({ type }: Column) => /^(TIMESTAMP|DATE)/i.test(type)

/** The column that most likely tells rows apart, and the one that most likely says when. */
export function guessedRoles(columns: readonly Column[]): { keyColumn: string; timeColumn: string } {
  const key = columns.find(({ name }) => /(^|_)id$/i.test(name)) ?? columns[0]
  const times = columns.filter(isTime)
  const time = times.find(({ name }) => /(placed|created|released|recorded)/i.test(name)) ?? times[0]
  return { keyColumn: key?.name ?? '', timeColumn: time?.name ?? '' }
}

/** An id of a name: lower case letters, digits and `_`, a letter first; empty where the name has none. */
export function idOf(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 48)
}

/** Schedules to choose from: crons of five fields, UTC; empty = only when asked. */
export const schedules = [
  { value: '0 * * * *', title: 'every hour' },
  { value: '0 3 * * *', title: 'every day at 03:00 UTC' },
  { value: '0 3 * * 1', title: 'every Monday at 03:00 UTC' },
  { value: '0 3 1 * *', title: 'on the first of every month at 03:00 UTC' },
  { value: '', title: 'only when asked' },
] as const

/** A schedule in words; one that is none of these is told as it is written. */
export function scheduleWords(cron: string | null): string {
  return schedules.find(({ value }) => value === (cron ?? ''))?.title ?? `by the cron ${cron} in UTC`
}

/** What a model looks for. */
export function aimWords({ target }: Pick<api.OwnModelDraft, 'target'>): string {
  return target === null ? 'what is odd' : `what ${target} will be`
}

/** The rows that stand out most among the scores of a model. */
export function scoresQuery(model: string, market: string, most: number): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
  return `SELECT key, row_at, score, p_value, prediction, lower, upper, reasons
FROM model_scores
WHERE market = ${quoted(market)} AND model = ${quoted(model)}
ORDER BY score DESC
LIMIT ${most}`
}
