// Whether the rows of a query can be learned from, as far as their columns tell. It trains nothing.

import type { api } from '#data/contracts'
import { querySql, type SqlColumn, type SqlContext } from '#orchestrator/sql'

/** What a query gives, and what is wrong with it for the definition. */
export interface Checked {
  columns: SqlColumn[]
  /** Rows looked at. */
  rows: number
  faults: string[]
}

const rowsMost = 1_000
const timeType = /^(DATE|TIMESTAMP)/

/** Asks the query for a few rows. @throws SQL_* where it cannot be asked */
export async function faultsOf(
  { query, keyColumn, timeColumn, target, ignored }: api.OwnModelDraft,
  workspace: SqlContext,
): Promise<Checked> {
  const { columns, rowCount } = await querySql({ query, limit: rowsMost }, workspace)
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  const asked = [keyColumn, timeColumn, ...(target === null ? [] : [target])]
  const faults = [...new Set(asked)].flatMap((name) =>
    types.has(name) ? [] : [`the query gives no column ${name}`],
  )
  if (new Set(asked).size < asked.length) faults.push('key, time and target must be different columns')
  if (types.has(timeColumn) && !timeType.test(types.get(timeColumn) ?? '')) {
    faults.push(`${timeColumn} is ${types.get(timeColumn)}, and no time or date`)
  }
  const left = columns.filter(({ name }) => !asked.includes(name) && !ignored.includes(name))
  if (left.length === 0) faults.push('no column is left to learn from')
  if (new Set(columns.map(({ name }) => name)).size < columns.length) faults.push('columns share a name')
  return { columns, rows: rowCount, faults }
}
