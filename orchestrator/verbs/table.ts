// Results as text: tables without colour, counts, seconds. It computes nothing.

import Table from 'cli-table3'
import { showCount } from '#data/kernel'

/** A table with a head; cells are texts or numbers, numbers stand to the right. */
export function showTable(head: string[], rows: unknown[][]): string {
  const isNumeric = head.map((_, i) => rows.length > 0 && rows.every((row) => isNumber(row[i])))
  const table = new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: isNumeric.map((numeric) => (numeric ? 'right' : 'left')),
  })
  for (const row of rows) table.push(row.map(showCell))
  return table.toString()
}

/** `1.2 s`, `3 min 5 s`. */
export function showSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** `2026-11-20 14:59 UTC` of an ISO 8601 instant in UTC. */
export function showInstant(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`
}

/** `1 row`, `2 rows`. */
export function showNumber(count: number, singular: string, plural = `${singular}s`): string {
  return `${showCount(count)} ${count === 1 ? singular : plural}`
}

const longestCell = 100

function showCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 3 })
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const line = printable(text)
  return line.length > longestCell ? `${line.slice(0, longestCell - 3)}...` : line
}

/** Without line breaks and control characters, which data could use to write anywhere on a terminal. */
function printable(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').replace(/\p{Cc}/gu, '?')
}

function isNumber(value: unknown): boolean {
  return value === null || value === undefined || typeof value === 'number'
}
