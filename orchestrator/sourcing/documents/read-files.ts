// Reads a network from CSV files: all of it, or what is wrong with every row. It changes nothing anywhere.

import type { api } from '#data/contracts'
import {
  type NetworkEntry as Entry,
  emptyNetwork,
  entryId,
  type ListName,
  listNames,
} from '#orchestrator/core'
import { parseCsv } from './csv.ts'
import { Faults, type FileFault } from './faults.ts'
import { completed, fromText, type Path } from './shapes.ts'
import { type Table, type TableColumn, tables } from './tables.ts'

/** What files say. */
export interface ReadNetwork {
  /** Entries to put, complete. */
  put: Partial<api.NetworkDocument>
  /** At most 1,000; none = it can be used. */
  faults: readonly FileFault[]
  faultCount: number
}

/** How files are taken. */
export interface ReadOptions {
  /** What is there: entries keep the parts that no file tells of. */
  base?: api.NetworkDocument
  /** Names of entries that are nowhere: faults, or left for others to find. */
  references?: 'fault' | 'keep'
}

interface TableRow {
  row: number
  /** Id of the entry it is, or belongs to. */
  id: string
  value: unknown
}

/** The network in files, by their names. Cost: their characters. */
export function readNetworkFiles(
  files: Readonly<Record<string, string>>,
  { base = emptyNetwork, references = 'fault' }: ReadOptions = {},
): ReadNetwork {
  const faults = new Faults()
  const texts = new Map<string, { name: string; text: string }>()
  for (const [name, text] of Object.entries(files)) {
    const table = tableNamed(name)
    if (table === undefined) {
      const known = tables.map(({ file }) => file).join(', ')
      faults.add(name, null, null, `is no file of a network; they are ${known}`)
    } else if (texts.has(table.file)) faults.add(name, null, null, 'is there twice')
    else texts.set(table.file, { name, text })
  }
  const rows = new Map<Table, TableRow[]>()
  for (const table of tables) {
    const given = texts.get(table.file)
    if (given !== undefined) rows.set(table, readTable(table, given.name, given.text, faults))
  }
  const put: Partial<Record<ListName, readonly Entry[]>> = {}
  for (const list of listNames) {
    const entries = entriesOf(list, rows, base, faults)
    if (entries.length > 0) put[list] = entries
  }
  const document = put as Partial<api.NetworkDocument>
  if (references === 'fault') findUnknown(document, rows, base, faults)
  return { put: document, faults: faults.named, faultCount: faults.count }
}

/** The table that a file of this name holds, whatever folder it is in. */
export function tableNamed(name: string): Table | undefined {
  const bare = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).toLowerCase()
  return tables.find(({ file }) => file === bare)
}

function readTable(table: Table, file: string, text: string, faults: Faults): TableRow[] {
  const { rows, fault } = parseCsv(text)
  if (fault !== null) faults.add(file, fault.row, null, fault.reason)
  const [head, ...body] = rows
  if (head === undefined) return []
  const columns = headOf(table, file, head.row, head.cells, faults)
  if (columns === null) return []
  return body.flatMap(({ row, cells }) => {
    if (cells.length !== head.cells.length) {
      faults.add(file, row, null, `has ${cells.length} values, the names are ${head.cells.length}`)
      return []
    }
    const read = readRow(table, columns, cells, (field, reason) => faults.add(file, row, field, reason))
    return read === null ? [] : [{ row, ...read }]
  })
}

/** Column of each place; of the key where it is no field of the row. null where rows cannot be read by it. */
function headOf(table: Table, file: string, row: number, cells: readonly string[], faults: Faults) {
  const before = faults.count
  const names = cells.map((name) => name.toLowerCase())
  const known = new Map<string, TableColumn | 'key'>(table.columns.map((column) => [column.name, column]))
  if (table.part !== null) known.set(table.key, 'key')
  names.forEach((name, i) => {
    if (!known.has(name)) {
      faults.add(file, row, name, `is no column here; they are ${[...known.keys()].join(', ')}`)
    } else if (names.indexOf(name) !== i) faults.add(file, row, name, 'is there twice')
  })
  if (!names.includes(table.key)) faults.add(file, row, table.key, 'this column is missing')
  return faults.count > before ? null : names.map((name) => known.get(name) ?? 'key')
}

function readRow(
  table: Table,
  columns: readonly (TableColumn | 'key')[],
  cells: readonly string[],
  blame: (field: string | null, reason: string) => void,
): { id: string; value: unknown } | null {
  const raw: { value: unknown } = { value: table.shape.type === 'object' ? {} : undefined }
  let id = ''
  columns.forEach((column, i) => {
    const text = cells[i] ?? ''
    if (column === 'key') id = text
    else if (column.path.length === 0) raw.value = fromText(column.shape, text)
    else set(raw.value as Record<string, unknown>, column.path, fromText(column.shape, text))
  })
  const value = completed(table.shape, raw.value, [], (at, reason) => blame(columnAt(table, at), reason))
  if (table.part === null) id = entryId(table.list, value as Entry)
  else if (id === '') blame(table.key, 'is missing')
  return id === '' ? null : { id, value }
}

function set(fields: Record<string, unknown>, path: readonly string[], value: unknown): void {
  if (value === undefined) return
  const [name = '', ...rest] = path
  if (rest.length === 0) {
    fields[name] = value
    return
  }
  fields[name] ??= {}
  set(fields[name] as Record<string, unknown>, rest, value)
}

function columnAt(table: Table, at: Path): string | null {
  const names = at.filter((part) => typeof part === 'string').join('.')
  return table.columns.find(({ path }) => path.join('.') === names)?.name ?? (names === '' ? null : names)
}

/** Entries of a list with their parts. */
function entriesOf(
  list: ListName,
  rows: ReadonlyMap<Table, readonly TableRow[]>,
  base: api.NetworkDocument,
  faults: Faults,
): Entry[] {
  const [own, ...parts] = tables.filter((table) => table.list === list)
  if (own === undefined) return []
  const known = new Map((base[list] as Entry[]).map((entry) => [entryId(list, entry), entry]))
  const entries = new Map<string, Record<string, unknown>>()
  const places = new Map<string, number>()
  for (const { row, id, value } of rows.get(own) ?? []) {
    const first = places.get(id)
    if (first !== undefined) faults.add(own.file, row, own.key, `${id} is there twice, first in row ${first}`)
    places.set(id, row)
    const before = known.get(id) as unknown as Record<string, unknown> | undefined
    const kept = parts.map(({ part }) => [part, before?.[part ?? ''] ?? []])
    entries.set(id, { ...(value as object), ...Object.fromEntries(kept) })
  }
  for (const table of parts) addParts(table, rows, { own, known, entries }, faults)
  return [...entries.values()] as unknown as Entry[]
}

interface Parents {
  own: Table
  known: ReadonlyMap<string, Entry>
  entries: Map<string, Record<string, unknown>>
}

/** Puts the rows of a part into their entries: those of the files, else those that are there already. */
function addParts(
  table: Table,
  rows: ReadonlyMap<Table, readonly TableRow[]>,
  { own, known, entries }: Parents,
  faults: Faults,
): void {
  const given = rows.get(table)
  const { part } = table
  if (given === undefined || part === null) return
  for (const entry of entries.values()) entry[part] = []
  const begun = new Set<string>(entries.keys())
  const most = partMost(own, part)
  for (const { row, id, value } of given) {
    const entry = entries.get(id) ?? copyOf(known.get(id))
    if (entry === undefined) {
      faults.add(table.file, row, table.key, `there is no ${id} in ${own.file}`)
      continue
    }
    if (!begun.has(id)) entry[part] = []
    begun.add(id)
    entries.set(id, entry)
    const items = entry[part] as unknown[]
    if (items.length === most) faults.add(table.file, row, table.key, `${id} has more than ${most} rows`)
    else items.push(value)
  }
}

function copyOf(entry: Entry | undefined): Record<string, unknown> | undefined {
  return entry === undefined ? undefined : { ...(entry as unknown as Record<string, unknown>) }
}

function partMost({ list }: Table, part: string): number {
  return tables.find((table) => table.list === list && table.part === part)?.most ?? 0
}

/** Names of entries that are neither in the files nor there already. */
function findUnknown(
  put: Partial<api.NetworkDocument>,
  rows: ReadonlyMap<Table, readonly TableRow[]>,
  base: api.NetworkDocument,
  faults: Faults,
): void {
  const ids = new Map<ListName, Set<string>>()
  for (const list of listNames) {
    const entries = [...(base[list] as Entry[]), ...((put[list] ?? []) as Entry[])]
    ids.set(list, new Set(entries.map((entry) => entryId(list, entry))))
  }
  for (const [{ file, columns }, given] of rows) {
    for (const { name, path, refersTo } of columns) {
      if (refersTo === null) continue
      for (const { row, value } of given) {
        const id = path.reduce<unknown>((inner, field) => (inner as Record<string, unknown>)[field], value)
        if (typeof id !== 'string' || ids.get(refersTo)?.has(id)) continue
        faults.add(file, row, name, `${id} is not one of the ${refersTo}`)
      }
    }
  }
}
