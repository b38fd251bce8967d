// Scores of own models: the file that the newest event of a model names becomes its rows. A file that is gone or was
// changed gives no rows; the next scoring brings them back.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { operations } from '#data/contracts'
import { type Effects, quoteText } from '#data/kernel'
import type { StoredEvent } from '#data/log'
import type { BatchHandler, Queries } from '#data/warehouse'
import { type ModelScored, modelStream } from '#orchestrator/learning'

const table = operations.modelScores.name

/** Takes the streams of models. @param lake folder of the files */
export function modelScoresHandler(lake: string): BatchHandler {
  return {
    matches: (stream) => stream.startsWith(modelStream('')),
    land: async (queries, events, effects) => {
      const newest = new Map<string, StoredEvent>()
      for (const event of events) {
        if (event.type !== 'ModelScored' && event.type !== 'ModelDeleted') continue
        newest.set((event.data as { model: string }).model, event)
      }
      for (const [model, { stream, type, data }] of newest) {
        const market = stream.slice(modelStream('').length)
        await queries.run(`DELETE FROM ${table} WHERE market = $1 AND model = $2`, [market, model])
        if (type === 'ModelScored') await fill(queries, market, data as ModelScored, { lake, effects })
      }
    },
  }
}

async function fill(
  queries: Queries,
  market: string,
  { model, version, file, sha256, at }: ModelScored,
  { lake, effects }: { lake: string; effects: Effects },
): Promise<void> {
  const path = join(lake, file)
  const content = await readFile(path).catch(() => null)
  if (content === null || createHash('sha256').update(content).digest('hex') !== sha256) {
    effects.logger.warn(
      { market, model, file },
      'scores of a model are not as they were written; it scores anew',
    )
    return
  }
  await queries.run(
    `INSERT INTO ${table} BY NAME
     SELECT $market AS market, $model AS model, $version AS version, key, row_at, score, p_value, prediction,
       prediction_value, lower, upper, reasons, make_timestamptz(($at * 1000)::BIGINT) AS scored_at
     FROM read_parquet(${quoteText(path)})`,
    { market, model, version, at },
  )
}
