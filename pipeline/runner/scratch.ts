// Temporary tables of cycles: `cycle_*` of one cycle, `light_*` of all light ones since the last whole one. It knows
// none of them by its rows.

import { quoteName } from '#data/kernel'
import type { Queries } from '#data/warehouse'

/** What can be asked in a cycle, and its temporary tables. */
export interface Scratch extends Queries {
  /** Whether there is a temporary table of that name. */
  has(name: string): boolean
  /**
   * Makes a temporary table of what a query answers, or puts that in the place of the rows it had: a table that stays
   * the same is one that statements over it need not be planned anew for.
   */
  fill(name: string, query: string): Promise<void>
  /** Drops the tables whose names begin so. */
  drop(...beginnings: string[]): Promise<void>
}

/** The temporary tables as earlier cycles left them. */
export async function openScratch(queries: Queries): Promise<Scratch> {
  const rows = await queries.all<{ table_name: string }>(
    `SELECT table_name FROM duckdb_tables()
     WHERE temporary AND (starts_with(table_name, 'cycle_') OR starts_with(table_name, 'light_'))`,
  )
  return new TemporaryTables(queries, new Set(rows.map((row) => row.table_name)))
}

class TemporaryTables implements Scratch {
  readonly #names: Set<string>
  readonly run: Queries['run']
  readonly all: Queries['all']
  readonly one: Queries['one']
  readonly keepsPlans: boolean

  constructor(queries: Queries, names: Set<string>) {
    this.#names = names
    this.run = queries.run.bind(queries)
    this.all = queries.all.bind(queries)
    this.one = queries.one.bind(queries)
    this.keepsPlans = queries.keepsPlans
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  async fill(name: string, query: string): Promise<void> {
    const table = `temp.${quoteName(name)}`
    if (this.#names.has(name)) {
      await this.run(`DELETE FROM ${table}`)
      await this.run(`INSERT INTO ${table} ${query}`)
      return
    }
    await this.run(`CREATE TEMP TABLE ${quoteName(name)} AS ${query}`)
    this.#names.add(name)
  }

  async drop(...beginnings: string[]): Promise<void> {
    const gone = [...this.#names].filter((name) => beginnings.some((each) => name.startsWith(each)))
    if (gone.length === 0) return
    await this.run(gone.map((name) => `DROP TABLE temp.${quoteName(name)}`).join(';\n'))
    for (const name of gone) this.#names.delete(name)
  }
}
