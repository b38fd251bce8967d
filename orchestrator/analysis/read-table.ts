// A CSV file as a table for the table detector: columns whose cells are mostly numbers become numbers, the others stay
// texts. It decides nothing else.

import type { Table, TableColumn } from '#models'
import { type CsvTable, isMissing } from './csv-table.ts'

/** Whether each column is one of numbers. */
export type TableKinds = ReadonlyMap<string, 'number' | 'text'>

/** Share of cells that have to be numbers for a column to be one of numbers. */
const numberShare = 0.8
/** Columns that are counted by one query: planning it takes the square of them. */
const columnsAtOnce = 25
/** Cells that are no numbers kept as they are, by column. */
const unreadableMost = 1000

/**
 * All columns but the ignored ones.
 * @param kinds how columns were taken in a file that this one is held against
 * @throws ANALYSIS_COLUMN_UNKNOWN where an ignored column is not in the file
 */
export async function readTable(
  csv: CsvTable,
  ignored: readonly string[],
  kinds?: TableKinds,
): Promise<{ table: Table; kinds: TableKinds }> {
  for (const name of ignored) csv.column(name)
  const names = csv.header.filter((name) => !ignored.includes(name))
  const counts = await countsOf(csv, names)
  const found = kinds ?? new Map(counts.map((count) => [count.name, kindOf(count)]))
  const columns = new Map<string, TableColumn>()
  const isNumber = (name: string) => found.get(name) === 'number'
  const numbers = names.filter(isNumber)
  const values = await csv.numbers(numbers)
  const strange = new Set(
    counts.filter(({ present, readable }) => readable < present).map(({ name }) => name),
  )
  for (const [i, name] of numbers.entries()) {
    const own = values[i] as Float64Array
    columns.set(name, strange.has(name) ? await withUnreadable(csv, name, own) : { name, values: own })
  }
  const texts = names.filter((name) => !isNumber(name))
  for (const [i, cells] of (await csv.texts(texts)).entries()) {
    const name = texts[i] as string
    columns.set(name, { name, values: cells.map((cell) => (isMissing(cell) ? null : cell)) })
  }
  return {
    table: { rows: csv.rows, columns: names.map((name) => columns.get(name) as TableColumn) },
    kinds: found,
  }
}

interface CellCount {
  name: string
  /** Cells that are not missing, and those of them that are numbers. */
  present: number
  readable: number
}

function kindOf({ present, readable }: CellCount): 'number' | 'text' {
  return readable >= numberShare * present ? 'number' : 'text'
}

async function countsOf(csv: CsvTable, names: string[]): Promise<CellCount[]> {
  const found: CellCount[] = []
  for (let from = 0; from < names.length; from += columnsAtOnce) {
    const part = names.slice(from, from + columnsAtOnce)
    const counts = part.flatMap((name, i) => {
      const column = csv.column(name)
      const missing = missingSql(column)
      return [
        `sum(CASE WHEN ${missing} THEN 0 ELSE 1 END)::DOUBLE AS p${i}`,
        `sum(CASE WHEN ${missing} OR TRY_CAST(${column} AS DOUBLE) IS NULL THEN 0 ELSE 1 END)::DOUBLE AS n${i}`,
      ]
    })
    const [row] = await csv.query(`SELECT ${counts.join(', ')} FROM t`)
    for (const [i, name] of part.entries()) {
      found.push({ name, present: Number(row?.[`p${i}`] ?? 0), readable: Number(row?.[`n${i}`] ?? 0) })
    }
  }
  return found
}

/** The texts of `isMissing`, in SQL. */
function missingSql(column: string): string {
  const texts = `'', 'na', 'n/a', 'nan', 'null', 'none', 'nil', '?', '-', '#n/a'`
  return `(${column} IS NULL OR lower(trim(${column})) IN (${texts}))`
}

async function withUnreadable(csv: CsvTable, name: string, values: Float64Array): Promise<TableColumn> {
  const column = csv.column(name)
  const rows = await csv.query(
    `SELECT rowid::DOUBLE AS row, ${column} AS text FROM t
     WHERE NOT ${missingSql(column)} AND TRY_CAST(${column} AS DOUBLE) IS NULL LIMIT ${unreadableMost}`,
  )
  const odd = rows.filter(({ row }) => Number.isNaN(values[Number(row)]))
  if (odd.length === 0) return { name, values }
  return { name, values, unreadable: new Map(odd.map(({ row, text }) => [Number(row), String(text)])) }
}
