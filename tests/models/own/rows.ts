// Made rows for own models: shipments whose lateness depends on carrier, load and weekday, as a Parquet file.

import { quoteText, type Random, seededRandom } from '#data/kernel'
import { openWarehouse } from '#data/warehouse'

export const start = Date.parse('2026-01-01T00:00:00Z')
const hourMs = 3_600_000

/** How rows are made. */
export interface Made {
  rows?: number
  seed?: string
  /** Share of rows, the newest, whose outcome is not known yet. */
  open?: number
  /** What is added to the outcome of a row, and whether it is odd. */
  shift?: (row: number, random: Random) => number
}

/** Rows in the order of time; `is_late`, `days` and `step` are outcomes. */
export function madeRows({ rows = 1_000, seed = 'rows', open = 0.1, shift = () => 0 }: Made = {}) {
  const random = seededRandom(seed)
  return Array.from({ length: rows }, (_, row) => {
    const carrier = random.pick(['north', 'south', 'air'])
    const load = random.next()
    const weekend = Math.floor((row * 2) / 24) % 7 >= 5
    const days = 1 + 3 * load + (carrier === 'south' ? 2 : 0) + (weekend ? 1 : 0) + random.normal(0, 0.5)
    const moved = days + shift(row, random)
    const isKnown = row < rows * (1 - open)
    return {
      order_id: `o${row}`,
      placed_at: new Date(start + row * 2 * hourMs).toISOString(),
      carrier,
      load: row % 50 === 7 ? null : load,
      units: random.int(1, 9),
      ship_by: new Date(start + row * 2 * hourMs + (24 + 24 * random.next()) * hourMs).toISOString(),
      constant: 1,
      is_late: isKnown ? moved > 3.5 : null,
      days: isKnown ? Math.max(0, moved) : null,
      step: isKnown ? (moved > 4.5 ? 'late' : moved > 2.5 ? 'on time' : 'early') : null,
    }
  })
}

/** Writes rows as a Parquet file with fitting types. */
export async function writeRows(path: string, rows: readonly object[]): Promise<void> {
  const warehouse = await openWarehouse(':memory:', { memoryMb: 500, threads: 1 })
  try {
    await warehouse.run(
      `CREATE TABLE made AS SELECT r.* FROM (SELECT unnest(from_json($1::JSON,
         '[{"order_id":"VARCHAR","placed_at":"TIMESTAMPTZ","carrier":"VARCHAR","load":"DOUBLE","units":"BIGINT",
            "ship_by":"TIMESTAMP","constant":"INTEGER","is_late":"BOOLEAN","days":"DOUBLE","step":"VARCHAR"}]')) AS r)`,
      [JSON.stringify(rows)],
    )
    await warehouse.run(`COPY made TO ${quoteText(path)} (FORMAT parquet)`)
  } finally {
    await warehouse.close()
  }
}
