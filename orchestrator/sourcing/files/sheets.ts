// Reads tables out of a workbook or a folder of CSV files: rows by the names of their columns, blanks around names and
// values left out. It knows no table by name.

import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import readWorkbook from 'read-excel-file/node'
import { DetourError, fail, reasonOf } from '#data/kernel'
import { type CsvRow, decodeText, parseCsv } from '../documents/csv.ts'

/** A row: values by `columnKey`. */
export interface Row {
  /** As spreadsheets count. */
  row: number
  /** Where it is, for messages. */
  file: string
  values: ReadonlyMap<string, unknown>
}

/** A table. */
export interface Sheet {
  file: string
  /** Names of the columns as they stand. */
  columns: readonly string[]
  rows: readonly Row[]
}

/** Tables by their lower-case names. */
export type Sheets = ReadonlyMap<string, Sheet>

/** Bytes of a workbook or a CSV file at most. */
const bytesMost = 200_000_000

/** Case, blanks and punctuation of column names do not count. */
export function columnKey(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/**
 * Tables of an .xlsx workbook, or of the .csv files of a folder.
 * @throws SOURCING_FILE_INVALID
 */
export async function readSheets(path: string): Promise<Sheets> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) return await readFolder(path)
    if (found.size > bytesMost)
      throw fail('SOURCING_FILE_INVALID', { file: path, reason: 'it is larger than 200 MB' })
    if (extname(path).toLowerCase() !== '.xlsx')
      throw fail('SOURCING_FILE_INVALID', {
        file: path,
        reason: 'it is no folder of CSV files and no .xlsx workbook',
      })
    const sheets = await readWorkbook(path)
    return new Map(
      sheets.map(({ sheet, data: [head = [], ...lines] }) => [
        sheet.trim().toLowerCase(),
        sheetFrom(
          `${basename(path)}, ${sheet}`,
          head,
          lines.map((cells, i) => ({ row: i + 2, cells })),
        ),
      ]),
    )
  } catch (error) {
    if (error instanceof DetourError) throw error
    throw fail('SOURCING_FILE_INVALID', { file: path, reason: reasonOf(error) }, { cause: error })
  }
}

async function readFolder(path: string): Promise<Sheets> {
  const sheets = new Map<string, Sheet>()
  for (const file of (await readdir(path)).filter((name) => extname(name).toLowerCase() === '.csv')) {
    sheets.set(basename(file, extname(file)).toLowerCase(), await readSheet(join(path, file)))
  }
  return sheets
}

/** The table of a CSV file. @throws SOURCING_FILE_INVALID */
export async function readSheet(path: string): Promise<Sheet> {
  const file = basename(path)
  const { rows, fault } = parseCsv(await readText(path))
  const [head = { row: 1, cells: [] }, ...body] = rows
  const found =
    fault ?? headFault(head) ?? body.map((row) => longFault(row, head)).find((each) => each !== null)
  if (found != null) {
    const { row, reason } = found
    throw fail('SOURCING_FILE_INVALID', { file, row, reason: `row ${row}: ${reason}` })
  }
  return sheetFrom(
    file,
    head.cells,
    body.map(({ row, cells }) => ({ row, cells })),
  )
}

function headFault({ row, cells }: CsvRow) {
  const keys = cells.map(columnKey)
  const twice = cells.find((name, i) => name !== '' && keys.indexOf(columnKey(name)) !== i)
  return twice === undefined ? null : { row, reason: `the column ${twice} is there twice` }
}

/** Values that stand under no name would be lost. */
function longFault({ row, cells }: CsvRow, head: CsvRow) {
  const isLong = cells.some((cell, i) => cell.trim() !== '' && (head.cells[i] ?? '') === '')
  return isLong ? { row, reason: `it has ${cells.length} values, the names are ${head.cells.length}` } : null
}

/** The text of a file. @throws SOURCING_FILE_INVALID */
export async function readText(path: string): Promise<string> {
  const refuse = (reason: string) => fail('SOURCING_FILE_INVALID', { file: path, row: null, reason })
  try {
    if ((await stat(path)).size > bytesMost) throw refuse('it is larger than 200 MB')
    const text = decodeText(await readFile(path))
    if (text === null) throw refuse('it is no UTF-8 text')
    return text
  } catch (error) {
    throw error instanceof DetourError ? error : refuse(reasonOf(error))
  }
}

/** @param head names of the columns */
function sheetFrom(
  file: string,
  head: readonly unknown[],
  lines: readonly { row: number; cells: readonly unknown[] }[],
): Sheet {
  const columns = head.map((name) => String(name ?? '').trim())
  const keys = columns.map(columnKey)
  const rows = lines
    .map(({ row, cells }) => ({ file, row, values: new Map(keys.map((key, at) => [key, plain(cells[at])])) }))
    .filter(({ values }) => [...values.values()].some((value) => value !== null))
  return { file, columns: columns.filter((name) => name !== ''), rows }
}

function plain(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null
  const text = value.trim()
  return text === '' ? null : text
}

/** A table by its name. @throws SOURCING_FILE_INVALID */
export function sheetOf(sheets: Sheets, name: string): Sheet {
  const sheet = sheets.get(name.toLowerCase())
  if (sheet === undefined)
    throw fail('SOURCING_FILE_INVALID', { file: name, reason: 'this table is missing' })
  return sheet
}

/** The value of the first of the columns that is there; null = empty. @throws SOURCING_FILE_INVALID where none is */
export function cell(row: Row, names: readonly string[]): unknown {
  const key = names.map(columnKey).find((name) => row.values.has(name))
  if (key === undefined) throw faulty(row, names, 'there is no such column')
  return row.values.get(key)
}

/** The same as text. @throws SOURCING_FILE_INVALID where it is empty */
export function textIn(row: Row, names: readonly string[]): string {
  const value = cell(row, names)
  if (value === null) throw faulty(row, names, 'is empty')
  return String(value)
}

/** The same as a number of 0 or more. @throws SOURCING_FILE_INVALID where it is none */
export function numberIn(row: Row, names: readonly string[]): number {
  const value = cell(row, names)
  const read = typeof value === 'string' ? Number(value) : value
  if (typeof read !== 'number' || !Number.isFinite(read) || read < 0)
    throw faulty(row, names, 'is no number of 0 or more')
  return read
}

function faulty({ file, row }: Row, names: readonly string[], reason: string): Error {
  return fail('SOURCING_FILE_INVALID', { file, row, reason: `row ${row}, ${names.join(' or ')}: ${reason}` })
}
