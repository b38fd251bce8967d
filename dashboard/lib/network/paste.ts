// Text that a person types or pastes as rows: dates, opening times, bands of a rate card from a spreadsheet. Pure.

import type { api } from '#data/contracts'

/** What was understood, and in words what was not. */
export interface Parsed<T> {
  rows: T[]
  problems: string[]
}

const datePattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const extraPattern = /^(\S+)\s+(\d{2}:\d{2})\s*[-–]\s*(\d{2}:\d{2})$/
const clockPattern = /^([01]\d|2[0-3]):[0-5]\d$/

/** Lines that say something, without spaces around them. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
}

/** Days, one a line, each once. */
export function parseDates(text: string): Parsed<string> {
  const rows = new Set<string>()
  const problems: string[] = []
  for (const line of linesOf(text)) {
    if (isDate(line)) rows.add(line)
    else problems.push(`“${line}” is no day such as 2026-12-25.`)
  }
  return { rows: [...rows].sort(), problems }
}

function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

type ExtraDay = api.WorkCalendar['extraDays'][number]

/** Days with hours of their own, `2026-12-20 09:00-16:00`, one a line. */
export function parseExtraDays(text: string): Parsed<ExtraDay> {
  const rows: ExtraDay[] = []
  const problems: string[] = []
  for (const line of linesOf(text)) {
    const [, date = '', opens = '', closes = ''] = extraPattern.exec(line) ?? []
    if (isDate(date) && clockPattern.test(opens) && clockPattern.test(closes))
      rows.push({ date, opens, closes })
    else problems.push(`“${line}” is no day such as 2026-12-20 09:00-16:00.`)
  }
  return { rows, problems }
}

/** Days with hours as the text that `parseExtraDays` reads. */
export function extraDaysText(days: readonly ExtraDay[]): string {
  return days.map(({ date, opens, closes }) => `${date} ${opens}-${closes}`).join('\n')
}

/** A column of a table of bands; amounts and weights are shown in units that people use. */
export interface BandColumn {
  field: keyof api.RateBand
  title: string
  kind: 'text' | 'weight' | 'distance' | 'money'
  /** Whether empty means without end. */
  isOpen?: boolean
}

/** Columns of bands, in the order in which rows without a heading are read. */
export const bandColumns: readonly BandColumn[] = [
  { field: 'origin', title: 'From', kind: 'text' },
  { field: 'destination', title: 'To', kind: 'text' },
  { field: 'zone', title: 'Zone', kind: 'text', isOpen: true },
  { field: 'weightFromG', title: 'From kg', kind: 'weight' },
  { field: 'weightToG', title: 'To kg', kind: 'weight', isOpen: true },
  { field: 'distanceFromKm', title: 'From km', kind: 'distance' },
  { field: 'distanceToKm', title: 'To km', kind: 'distance', isOpen: true },
  { field: 'baseCents', title: 'Base', kind: 'money' },
  { field: 'perKgCents', title: 'Per kg', kind: 'money' },
  { field: 'perKmCents', title: 'Per km', kind: 'money' },
  { field: 'minimumCents', title: 'Minimum', kind: 'money' },
]

/** A band that says nothing yet. */
export const blankBand: api.RateBand = {
  origin: '*',
  destination: '*',
  zone: null,
  weightFromG: 0,
  weightToG: null,
  distanceFromKm: 0,
  distanceToKm: null,
  baseCents: 0,
  perKgCents: 0,
  perKmCents: 0,
  minimumCents: 0,
}

/** How many of the stored unit one shown unit is. */
export function bandScale({ kind }: BandColumn, whole: number): number {
  return kind === 'weight' ? 1000 : kind === 'money' ? whole : 1
}

/** A column by its place, with how many stored units its numbers count. */
interface Source {
  column: BandColumn
  scale: number
}

/**
 * Bands of rows from a spreadsheet: cells apart by tabs, semicolons or commas; a first row of names says which is
 * which, either as the table has them or as in files (`weight_from_g`, `base_cents`).
 * @param whole minor units of a whole one, 100 for dollars
 */
export function parseBands(text: string, whole: number): Parsed<api.RateBand> {
  const lines = linesOf(text)
  const [first] = lines
  if (first === undefined) return { rows: [], problems: [] }
  const mark = ['\t', ';', ','].find((one) => first.includes(one)) ?? '\t'
  const table = lines.map((line) => line.split(mark).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1')))
  const headed = sourcesOf(table[0] ?? [], whole)
  const sources = headed ?? bandColumns.map((column) => ({ column, scale: bandScale(column, whole) }))
  const rows: api.RateBand[] = []
  const problems: string[] = []
  table.slice(headed === null ? 0 : 1).forEach((cells, i) => {
    const row = bandOf(cells, sources)
    if (typeof row === 'string') problems.push(`Row ${i + 1 + (headed === null ? 0 : 1)}: ${row}.`)
    else rows.push(row)
  })
  return { rows, problems }
}

/** Columns by a row of names; null where it is a row of values. */
function sourcesOf(names: readonly string[], whole: number): (Source | null)[] | null {
  const found = names.map((name) => sourceOf(name, whole))
  return found.filter((one) => one !== null).length >= 2 ? found : null
}

function sourceOf(name: string, whole: number): Source | null {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '')
  for (const column of bandColumns) {
    const field = column.field.toLowerCase()
    if (plain === field) return { column, scale: 1 }
    const isTitle = plain === column.title.toLowerCase().replace(/[^a-z]/g, '')
    const isPlain = plain === field.replace(/(g|km|cents)$/, '') || plain === field.replace(/g$/, 'kg')
    if (isTitle || isPlain) return { column, scale: bandScale(column, whole) }
  }
  return null
}

function bandOf(cells: readonly string[], sources: readonly (Source | null)[]): api.RateBand | string {
  const band: Record<string, unknown> = { ...blankBand }
  for (const [i, source] of sources.entries()) {
    const cell = cells[i] ?? ''
    if (source === null || cell === '') continue
    const { column, scale } = source
    if (column.kind === 'text') {
      band[column.field] = cell
      continue
    }
    const value = numberOf(cell)
    if (value === null) return `“${cell}” is no number for “${column.title}”`
    band[column.field] = Number((value * scale).toPrecision(12))
  }
  return band as unknown as api.RateBand
}

/** A number that is not below 0, also with a currency's sign or commas between thousands; null where it is none. */
function numberOf(cell: string): number | null {
  const plain = cell.replace(/[$€£\s]/g, '').replace(/,(?=\d{3}(\D|$))/g, '')
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null
}
