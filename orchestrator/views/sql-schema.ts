// The tables people can query, in words: for completion and reference beside the SQL editor. It reads no data.

import { columnsOf, marts, operations, type TableContract } from '#data/contracts'

/** A column of a table. */
export interface SqlColumn {
  name: string
  type: string
  isNullable: boolean
  description: string
}

/** A table. */
export interface SqlTable {
  name: string
  /** What one row is. */
  grain: string
  group: 'marts' | 'operations'
  columns: SqlColumn[]
}

/** Every table of the contracts with its columns. */
export function sqlSchema(): SqlTable[] {
  return [...tablesOf('marts', marts), ...tablesOf('operations', operations)]
}

function tablesOf(group: SqlTable['group'], contracts: Record<string, unknown>): SqlTable[] {
  return Object.values(contracts as Record<string, TableContract>).map((contract) => ({
    name: contract.name,
    grain: contract.grain,
    group,
    columns: columnsOf(contract).map(({ name, type, nullable, description }) => ({
      name,
      type,
      isNullable: nullable,
      description,
    })),
  }))
}
