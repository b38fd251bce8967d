// Puts rows of a contract into its table, one JSON parameter for all of them. It knows no table by name.

import { type Column, columnsOf, type RowOf, type TableContract } from '#data/contracts'
import { quoteName, quoteText } from '#data/kernel'
import { jsonText, type Queries } from '#data/warehouse'

/**
 * Writes rows; those with the same values in `key` go first, also where fewer come back.
 * @param key columns (snake_case) of what is replaced
 * @param gone values of `key` whose rows go, whether or not new ones come; default those of the rows
 */
export async function replaceRows<T extends TableContract>(
  queries: Queries,
  contract: T,
  rows: readonly RowOf<T>[],
  key: readonly string[],
  gone?: readonly (readonly string[])[],
): Promise<void> {
  const columns = columnsOf(contract)
  const fields = key.map((name) => columns.find((column) => column.name === name)?.field ?? name)
  const keys =
    gone ?? rows.map((row) => fields.map((field) => String((row as Record<string, unknown>)[field])))
  if (keys.length === 0) return
  const values = key.map((_, i) => `k[${i + 1}]`).join(', ')
  await queries.run(
    `DELETE FROM ${contract.name} WHERE (${key.map(quoteName).join(', ')}) IN (
       SELECT (${values}) FROM (SELECT unnest(from_json($1::VARCHAR, '[["VARCHAR"]]')) AS k))`,
    [jsonText(keys)],
  )
  if (rows.length > 0) await insertRows(queries, contract, rows)
}

/** Rows of one statement: whoever waits for the thread gets it between two. */
const perStatement = 500

/** Adds rows to those that are there. */
export async function insertRows<T extends TableContract>(
  queries: Queries,
  contract: T,
  rows: readonly RowOf<T>[],
): Promise<void> {
  const columns = columnsOf(contract)
  const shape = JSON.stringify([Object.fromEntries(columns.map(({ field, type }) => [field, shapeOf(type)]))])
  const list = columns.map(({ name, field, type }) => {
    const value = `r.${quoteName(field)}`
    return `${type === 'JSON' ? `${value}::JSON` : value} AS ${quoteName(name)}`
  })
  for (let at = 0; at < rows.length; at += perStatement) {
    const some = rows.slice(at, at + perStatement).map((row) => readable(row, columns))
    await queries.run(
      `INSERT INTO ${contract.name} BY NAME
       SELECT ${list.join(', ')} FROM (SELECT unnest(from_json($1::VARCHAR, ${quoteText(shape)})) AS r)`,
      [jsonText(some)],
    )
  }
}

/** The row with documents that DuckDB takes. */
function readable(row: object, columns: readonly Column[]): object {
  let out: Record<string, unknown> = row as Record<string, unknown>
  for (const { field, type } of columns) {
    const document = out[field]
    if (type !== 'JSON' || typeof document !== 'string' || !document.includes('\\ud')) continue
    out = { ...out, [field]: jsonText(JSON.parse(document)) }
  }
  return out
}

/** A document stands as text in its row, and is text until it is cast. */
function shapeOf(type: string): unknown {
  if (type === 'JSON') return 'VARCHAR'
  return type.endsWith('[]') ? [type.slice(0, -2)] : type
}
