// `detour sql`: one read-only question over the tables.

import { Type } from 'typebox'
import { querySql, type SqlAnswer } from '#orchestrator/sql'
import { showNumber, showSeconds, showTable } from './table.ts'
import { defineVerb } from './verb.ts'

/** Answers one query. */
export const sqlVerb = defineVerb({
  name: 'sql',
  schema: Type.Object(
    {
      query: Type.String(),
      format: Type.Optional(Type.Union(['rows', 'csv', 'parquet'].map((word) => Type.Literal(word)))),
      file: Type.Optional(Type.String({ minLength: 1, description: 'where the result goes, absolute' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    },
    { additionalProperties: false },
  ),
  isExclusive: false,
  run: (args, context) => querySql(args as Parameters<typeof querySql>[0], context),
  show,
})

function show(answer: SqlAnswer): string {
  const age = `data copied ${showSeconds(answer.snapshotAgeMs / 1000)} ago`
  if (answer.file !== null) return `${showNumber(answer.rowCount, 'row')} written to ${answer.file} (${age}).`
  const names = answer.columns.map((column) => column.name)
  const rows = answer.rows.map((row) => names.map((name) => row[name]))
  const cut = answer.truncated ? ', cut here: use --limit, --csv or --parquet for more' : ''
  return [
    showTable(names, rows),
    `${showNumber(answer.rowCount, 'row')} in ${showSeconds(answer.seconds)}${cut} (${age}).`,
  ].join('\n')
}
