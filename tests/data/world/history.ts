// Generates a world into a temporary folder and reads it back as plain records. It asserts nothing.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EntityName } from '#data/contracts'
import { generateWorld, type WorldOptions, type WorldSummary } from '#data/world'

/** A row by column name. */
export type Row = Record<string, string>

/** A generated world, read back. */
export interface History {
  summary: WorldSummary
  tables: Record<EntityName, Row[]>
  headers: Record<EntityName, string>
  /** Rows whose number of fields differs from that of the header. */
  ragged: number
}

/** Runs `use` with a new folder, which is removed afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'detour-world-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A world made and read back. */
export function historyOf(options: Partial<WorldOptions>): Promise<History> {
  return withFolder(async (folder) => {
    const summary = await generateWorld(folder, options)
    const tables: Partial<Record<EntityName, Row[]>> = {}
    const headers: Partial<Record<EntityName, string>> = {}
    let ragged = 0
    for (const name of Object.keys(summary.rows) as EntityName[]) {
      const [header = '', ...lines] = (await readFile(join(folder, `${name}.csv`), 'utf8'))
        .trimEnd()
        .split('\n')
      const columns = header.split(',')
      headers[name] = header
      tables[name] = lines.map((line) => {
        const fields = line.split(',')
        if (fields.length !== columns.length) ragged++
        return Object.fromEntries(columns.map((column, i) => [column, fields[i] ?? '']))
      })
    }
    return { summary, ragged, tables, headers } as History
  })
}

/** Epoch seconds of an ISO instant, NaN where it is empty. */
export const secondOf = (text: string | undefined): number => Date.parse(text ?? '') / 1000

/** The value of a column, as a number. */
export const numberOf = (row: Row, column: string): number => Number(row[column])

/** The mean, NaN of nothing. */
export const meanOf = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length
