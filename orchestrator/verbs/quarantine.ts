// `detour quarantine`: look at the records that were set aside, take them out to mend, and try them again.

import { Type } from 'typebox'
import { exportQuarantine, listQuarantine, replayQuarantine } from '#ingest'
import { show as showIngest } from './ingest.ts'
import { showNumber, showTable } from './table.ts'
import { defineVerb } from './verb.ts'

const filter = {
  provider: Type.Optional(Type.String({ minLength: 1 })),
  code: Type.Optional(Type.String({ minLength: 1, description: 'reason as a word' })),
  role: Type.Optional(Type.String({ minLength: 1, description: 'part of the mapping the file plays' })),
  ids: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
}
const closed = { additionalProperties: false }

/** Lists records that were set aside. */
export const quarantineListVerb = defineVerb({
  name: 'quarantine-list',
  schema: Type.Object(
    {
      ...filter,
      status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('replayed')])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    },
    closed,
  ),
  run: (args, context) => listQuarantine(args, context),
  show: ({ total, rows }) => {
    if (total === 0) return 'No record is set aside here.'
    const cells = rows.map((row) => [
      row.quarantineId,
      row.provider,
      row.path.split('/').at(-1),
      row.line === null ? `record ${row.rowNumber}` : `line ${row.line}`,
      row.field,
      row.code,
      row.reason,
    ])
    const cut = rows.length < total ? ' (raise --limit for more)' : ''
    return [
      showTable(['id', 'provider', 'file', 'place', 'field', 'code', 'reason'], cells),
      `${rows.length} of ${showNumber(total, 'record')}${cut}. Mend them with "detour quarantine export --file FILE".`,
    ].join('\n')
  },
})

/** Writes the records to files where they can be mended. */
export const quarantineExportVerb = defineVerb({
  name: 'quarantine-export',
  schema: Type.Object({ ...filter, file: Type.String({ minLength: 1 }) }, closed),
  run: (args, context) => exportQuarantine(args, context),
  show: ({ files, records }) => {
    const names = files.map(({ file }) => file)
    const next = names.map((name) => `  npx detour quarantine replay --file ${name}`)
    return [
      `${showNumber(records, 'record')} written to ${names.join(', ')}. Mend them, then:`,
      ...next,
    ].join('\n')
  },
})

/** Tries records again, as they are or as mended in a file. */
export const quarantineReplayVerb = defineVerb({
  name: 'quarantine-replay',
  schema: Type.Object(
    {
      ...filter,
      file: Type.Optional(Type.String({ minLength: 1 })),
      mapping: Type.Optional(Type.String({ minLength: 1, description: 'name of a shipped mapping or path' })),
    },
    closed,
  ),
  changesData: true,
  run: (args, context) => replayQuarantine(args, context),
  show: ({ replayed, stillOpen, summaries }) => {
    const line = `${showNumber(replayed, 'record')} accepted now, ${showNumber(stillOpen, 'record')} still set aside.`
    return [line, ...summaries.map(showIngest)].join('\n')
  },
})
