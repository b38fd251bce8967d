// `detour backup`: the log, the lake, mappings and models of a home in a folder, also while the home is served.

import { Type } from 'typebox'
import { showBytes, showCount } from '#data/kernel'
import { type BackupSummary, backUp } from '#orchestrator/backup'
import { showNumber, showSeconds } from './table.ts'
import { defineVerb } from './verb.ts'

/** Copies what cannot be made anew, with models. */
export const backupVerb = defineVerb({
  name: 'backup',
  isExclusive: false,
  schema: Type.Object(
    {
      out: Type.String({ minLength: 1, description: 'folder, absolute; empty or missing' }),
      withoutLog: Type.Optional(Type.Boolean({ description: 'only what is beside a log in PostgreSQL' })),
    },
    { additionalProperties: false },
  ),
  run: ({ out, withoutLog = false }, { paths, effects, onProgress }) =>
    backUp({
      ...{ paths, effects, folder: out, withoutLog },
      onProgress: (step, done, total) => onProgress({ step, done, total }),
    }),
  show: showBackup,
})

function showBackup({ folder, files, bytes, streams, seconds }: BackupSummary): string {
  const events = Object.values(streams ?? {}).reduce((sum, seq) => sum + seq, 0)
  const log = streams === null ? 'without the log' : `${showNumber(events, 'event')} of the log`
  return [
    `Backed up to ${folder}: ${log}, ${showCount(files)} files, ${showBytes(bytes)}, in ${showSeconds(seconds)}.`,
    `"detour restore ${folder} --home DIR" puts it back.`,
  ].join('\n')
}
