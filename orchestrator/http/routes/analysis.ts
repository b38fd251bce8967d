// Route of the analysis of data that is sent along: detection in series. It keeps nothing, and lets other work run
// between rows.

import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { judgeRows, tellColumn } from '#orchestrator/analysis'
import type { App } from '../parts.ts'
import { problems } from '../problem.ts'

/** Bytes of a body: 100,000 rows fit. */
const bodyLimit = 10_000_000
/** Values of all columns together. */
const valuesAtMost = 200_000

/** Adds the route. */
export function addAnalysis(app: App): void {
  app.post(
    '/analysis/detect',
    {
      bodyLimit,
      schema: {
        tags: ['analysis'],
        summary: 'How odd each row of time series is, judged by the rows before it alone; nothing is kept',
        body: api.detectRequest,
        response: { 200: api.detectAnswer, ...problems },
      },
      config: { access: 'ask' },
    },
    async ({ body }) => {
      check(body)
      const judged = await judgeRows({
        times: Float64Array.from(body.times, (time) => (typeof time === 'number' ? time : Date.parse(time))),
        ids: body.ids ?? null,
        columns: body.columns.map(({ name, values }) => ({
          name,
          values: Float64Array.from(values, (value) => value ?? Number.NaN),
        })),
      })
      return { ...judged, columns: judged.columns.map(tellColumn) }
    },
  )
}

function check({ times, ids, columns }: api.DetectRequest): void {
  const lists = [...(ids === undefined ? [] : [ids]), ...columns.map(({ values }) => values)]
  if (lists.some((list) => list.length !== times.length)) {
    throw fail('HTTP_BODY_INVALID', { reason: `every list must have ${times.length} entries, as times has` })
  }
  if (times.length * columns.length > valuesAtMost) {
    throw fail('HTTP_BODY_INVALID', { reason: `there may be ${valuesAtMost} values in all columns together` })
  }
}
