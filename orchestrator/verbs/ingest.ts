// `detour ingest`: files of a provider into the home; what cannot be used is set aside with a reason.

import { Type } from 'typebox'
import { showBytes, showCount } from '#data/kernel'
import { type IngestSummary, ingest } from '#ingest'
import { showNumber, showSeconds, showTable } from './table.ts'
import { defineVerb } from './verb.ts'

const schema = Type.Object(
  {
    provider: Type.String({
      minLength: 1,
      description: 'name of a shipped mapping or path of a mapping file',
    }),
    paths: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: 'files and folders, absolute',
    }),
    market: Type.Optional(Type.String({ minLength: 1 })),
    as: Type.Optional(
      Type.String({ minLength: 1, description: 'provider id, if other than the mapping says' }),
    ),
  },
  { additionalProperties: false },
)

/** Loads files. */
export const ingestVerb = defineVerb({
  name: 'ingest',
  schema,
  changesData: true,
  run: (args, context) => ingest(args, context),
  hasFailed: (summary) => summary.files.some((file) => file.error != null),
  show,
})

/** The summary of a load for people. */
export function show(summary: IngestSummary): string {
  const files = summary.files.map((file) => [
    file.path.split('/').at(-1) ?? file.path,
    file.role,
    file.bytes === undefined ? '' : showBytes(file.bytes),
    file.records,
    file.accepted,
    file.quarantined,
    file.error == null ? '' : `${file.error.code}: ${file.error.message}`,
  ])
  const entities = Object.entries(summary.entities).map(([name, counts]) => [
    name,
    counts.added,
    counts.changed,
    counts.unchanged,
  ])
  const parts = [
    summary.alreadyLoaded
      ? `These files were loaded before for ${summary.provider}: nothing changed.`
      : `Loaded ${showNumber(summary.accepted, 'record')} of ${showCount(summary.records)} for ` +
        `${summary.provider} in ${showSeconds(summary.seconds)} ` +
        `(${showCount(Math.round(summary.rowsPerSecond))} records/s).`,
    showTable(['file', 'role', 'size', 'records', 'accepted', 'set aside', 'error'], files),
  ]
  if (entities.length > 0) parts.push(showTable(['rows', 'added', 'changed', 'unchanged'], entities))
  parts.push(...countsOf('set aside because', summary.reasons), ...countsOf('usable, but odd', summary.flags))
  if (summary.quarantined > 0) {
    parts.push(
      `${showNumber(summary.quarantined, 'record')} set aside: see "detour quarantine list", mend them with ` +
        '"detour quarantine export" and "replay".',
    )
  }
  if (!summary.alreadyLoaded) parts.push('Next: "detour cycle" brings the tables and metrics up to date.')
  return parts.join('\n')
}

function countsOf(title: string, counts: Record<string, number>): string[] {
  const rows = Object.entries(counts).toSorted(([, a], [, b]) => b - a)
  return rows.length === 0 ? [] : [showTable([title, 'records'], rows)]
}
