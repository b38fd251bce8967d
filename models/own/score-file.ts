// Scores as a Parquet file that the warehouse reads. It scores nothing.

import { quoteText } from '#data/kernel'
import { openWarehouse } from '#data/warehouse'
import type { RowScore } from './ask.ts'

/** A score with the row it is of. */
export interface KeyedScore extends RowScore {
  key: string
  /** Time of the row, epoch ms. */
  at: number
}

const rowsAtOnce = 2_000

/** Writes scores; the file is there as a whole when this resolves. */
export async function writeScores(path: string, scores: readonly KeyedScore[]): Promise<void> {
  const warehouse = await openWarehouse(':memory:', { memoryMb: 500, threads: 1 })
  try {
    await warehouse.run(
      `CREATE TABLE scores (key VARCHAR, row_at TIMESTAMPTZ, score DOUBLE, p_value DOUBLE, prediction VARCHAR,
         prediction_value DOUBLE, lower DOUBLE, upper DOUBLE, reasons JSON)`,
    )
    for (let from = 0; from < scores.length; from += rowsAtOnce) {
      await warehouse.run(
        `INSERT INTO scores
         SELECT s.key, make_timestamptz((s.at * 1000)::BIGINT), s.score, s."pValue", s.prediction,
           s."predictionValue", s.lower, s.upper, s.reasons
         FROM (SELECT unnest(from_json($1::JSON, '[{"key":"VARCHAR","at":"DOUBLE","score":"DOUBLE",
           "pValue":"DOUBLE","prediction":"VARCHAR","predictionValue":"DOUBLE","lower":"DOUBLE",
           "upper":"DOUBLE","reasons":"JSON"}]')) AS s)`,
        [JSON.stringify(scores.slice(from, from + rowsAtOnce))],
      )
    }
    await warehouse.run(
      `COPY (FROM scores ORDER BY key) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`,
    )
  } finally {
    await warehouse.close()
  }
}
