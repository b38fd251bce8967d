// Compares rows of the warehouse with what they should be. It changes nothing but a temporary table.

import { columnsOf, type RowOf, type TableContract } from '#data/contracts'
import { quoteName } from '#data/kernel'
import { jsonText, type Queries } from '#data/warehouse'
import { replaceRows } from './write.ts'

const scratch = 'rows_expected'

/**
 * Keys of which the table has other rows than expected, or none, or some where none should be.
 * @param key columns (snake_case) by which rows belong together
 * @param keys values of `key` to compare, also those without any expected row
 */
export async function differingKeys<T extends TableContract>(
  queries: Queries,
  contract: T,
  rows: readonly RowOf<T>[],
  key: readonly string[],
  keys: readonly (readonly string[])[],
): Promise<string[][]> {
  if (keys.length === 0) return []
  const columns = columnsOf(contract).map(({ name }) => quoteName(name))
  const list = columns.join(', ')
  const names = key.map(quoteName).join(', ')
  await queries.run(`CREATE OR REPLACE TEMP TABLE ${scratch} AS SELECT ${list} FROM ${contract.name} LIMIT 0`)
  try {
    await replaceRows(queries, { ...contract, name: scratch }, rows, key)
    const values = key.map((_, i) => `k[${i + 1}]`).join(', ')
    const found = await queries.all<Record<string, string>>(
      `WITH wanted AS (SELECT (${values}) AS v FROM (SELECT unnest(from_json($1::JSON, '[["VARCHAR"]]')) AS k)),
            actual AS (SELECT ${list} FROM ${contract.name} WHERE (${names}) IN (SELECT v FROM wanted)),
            differing AS (
              (SELECT * FROM actual EXCEPT ALL SELECT * FROM ${scratch})
              UNION ALL
              (SELECT * FROM ${scratch} EXCEPT ALL SELECT * FROM actual))
       SELECT DISTINCT ${names} FROM differing ORDER BY ALL`,
      [jsonText(keys)],
    )
    return found.map((row) => key.map((name) => String(row[name])))
  } finally {
    await queries.run(`DROP TABLE IF EXISTS ${scratch}`)
  }
}
