// Route of the scoring of a table that is sent along. It keeps nothing; the arithmetic is done in a thread, one table
// at a time.

import { api } from '#data/contracts'
import { type Effects, fail } from '#data/kernel'
import { openTableDetector, sayReasons, type Table, type TableColumn, type TableDetector } from '#models'
import type { App } from '../parts.ts'
import { problems } from '../problem.ts'

/** Bytes of a body. */
const bodyLimit = 20_000_000
/** Cells of a table. */
const cellsAtMost = 600_000
/** Share of cells that have to be numbers for a column to be one of numbers. */
const numberShare = 0.8

/** Adds the route; its threads start with the first table. */
export function addScoring(app: App, effects: Effects): void {
  let detector: TableDetector | null = null
  let isBusy = false
  app.addHook('onClose', async () => detector?.close())
  app.post(
    '/analysis/score',
    {
      bodyLimit,
      schema: {
        tags: ['analysis'],
        summary: 'How odd each row of a table is, and why; nothing is kept',
        body: api.scoreRequest,
        response: { 200: api.scoreAnswer, ...problems },
      },
      config: { access: 'ask' },
    },
    async ({ body: { columns, clean, ignore = [], seed = 'detour' } }) => {
      if (isBusy) throw fail('HTTP_BUSY', { reason: 'another table is being scored' })
      const [table, usual] = [tableOf(columns), clean === undefined ? null : tableOf(clean)]
      isBusy = true
      try {
        detector ??= openTableDetector(effects, { threads: 1 })
        const ways = { ignored: ignore, seed, ...(usual === null ? {} : { clean: usual }) }
        return answerOf(await detector.score(table, ways))
      } finally {
        isBusy = false
      }
    },
  )
}

function answerOf({
  scores,
  pValues,
  reasons,
  columns,
  notes,
}: Awaited<ReturnType<TableDetector['score']>>): api.ScoreAnswer {
  const odd = [...reasons].map(([row, own]) => ({ row: row + 1, reasons: own, text: sayReasons(own) }))
  return {
    columns,
    notes,
    scores: [...scores],
    pValues: [...pValues],
    odd: odd.sort((a, b) => (scores[b.row - 1] ?? 0) - (scores[a.row - 1] ?? 0) || a.row - b.row),
  }
}

function tableOf(columns: api.ScoreRequest['columns']): Table {
  const rows = columns[0]?.values.length ?? 0
  if (columns.some(({ values }) => values.length !== rows)) {
    throw fail('HTTP_BODY_INVALID', { reason: `every column must have ${rows} entries, as the first has` })
  }
  if (new Set(columns.map(({ name }) => name)).size < columns.length) {
    throw fail('HTTP_BODY_INVALID', { reason: 'two columns have the same name' })
  }
  if (rows * columns.length > cellsAtMost) {
    throw fail('HTTP_BODY_INVALID', { reason: `there may be ${cellsAtMost} cells in all` })
  }
  return { rows, columns: columns.map(columnOf) }
}

/** A column of numbers where most cells are, else of texts. */
function columnOf({ name, values }: api.ScoreRequest['columns'][number]): TableColumn {
  const present = values.filter((value) => value !== null)
  const numbers = present.filter((value) => typeof value === 'number')
  if (numbers.length < numberShare * present.length) {
    return { name, values: values.map((value) => (value === null ? null : String(value))) }
  }
  const strange = values.flatMap((value, row): [number, string][] =>
    typeof value === 'string' || typeof value === 'boolean' ? [[row, String(value)]] : [],
  )
  const own = Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN))
  return { name, values: own, ...(strange.length === 0 ? {} : { unreadable: new Map(strange) }) }
}
