// Writes a network as CSV files, the same text for the same network. It leaves nothing out: what it writes can be read
// again.

import type { api } from '#data/contracts'
import { type NetworkEntry as Entry, entryId } from '#orchestrator/core'
import { writeCsv } from './csv.ts'
import { toText } from './shapes.ts'
import { type Table, type TableColumn, tables } from './tables.ts'

/** Text of each file, by its name; those without rows hold the names of their columns. */
export function writeNetworkFiles(document: api.NetworkDocument): Record<string, string> {
  return Object.fromEntries(tables.map((table) => [table.file, writeCsv(rowsOf(table, document))]))
}

function* rowsOf({ list, part, key, columns }: Table, document: api.NetworkDocument): Generator<string[]> {
  yield [...(part === null ? [] : [key]), ...columns.map(({ name }) => name)]
  for (const entry of document[list] as Entry[]) {
    if (part === null) yield cellsOf(columns, entry)
    else {
      const items = (entry as unknown as Record<string, unknown[]>)[part] ?? []
      for (const item of items) yield [entryId(list, entry), ...cellsOf(columns, item)]
    }
  }
}

function cellsOf(columns: readonly TableColumn[], value: unknown): string[] {
  return columns.map(({ path }) => toText(path.reduce<unknown>(fieldOf, value)))
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined
}
