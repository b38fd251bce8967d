// What the columns of an own model are for: which is foretold, which tell something, which are left out and why.
// It learns nothing.

import { fail } from '#data/kernel'
import type { Frame, FrameColumn } from './frame.ts'

/** What an analyst asked for, as far as columns go. */
export interface Wanted {
  /** Column to be foretold; null = find what is odd. */
  target: string | null
  keyColumn: string
  timeColumn: string
  /** Columns that must not be learned from. */
  ignored: readonly string[]
}

/** What is foretold: one of several words, or a number. */
export type Aim = { kind: 'class'; labels: string[]; positive: string | null } | { kind: 'number' }

/** The columns by what they are for. */
export interface Roles {
  features: string[]
  aim: Aim | null
  /** In words, for people. */
  notes: string[]
}

/** Rows with a known outcome that are needed. */
export const rowsLeast = 200
const labelsMost = 20
const labelLeast = 10
const yes = new Set(['true', '1', 'yes', 'y', 't'])

/** @throws MODELS_DATA_UNUSABLE with a reason in words */
export function rolesOf(frame: Frame, wanted: Wanted): Roles {
  const { target, keyColumn, timeColumn, ignored } = wanted
  for (const name of [keyColumn, ...(target === null ? [] : [target])]) {
    if (!frame.columns.has(name))
      throw unusable(`the column ${name} is not in the query, or of a type not read`)
  }
  const apart = new Set([keyColumn, timeColumn, ...(target === null ? [] : [target])])
  const unknown = ignored.filter((name) => !frame.columns.has(name))
  const notes = frame.left.map(({ name, reason }) => `${name}: ${reason}`)
  notes.push(...unknown.map((name) => `${name} was to be ignored and is not in the query`))
  if (frame.older > 0) notes.push(`${frame.older} older rows were left out`)
  const outcome = target === null ? null : (frame.columns.get(target) as FrameColumn)
  const known = outcome === null ? null : rowsWith(outcome)
  const rows = known?.length ?? frame.rows
  if (rows < rowsLeast) {
    const what = target === null ? 'rows with a time' : `rows with a time and a known ${target}`
    throw unusable(`${rows} ${what}, at least ${rowsLeast} are needed`)
  }
  const aim = outcome === null ? null : aimOf(outcome, known ?? [])
  const features: string[] = []
  for (const column of frame.columns.values()) {
    if (apart.has(column.name) || ignored.includes(column.name)) continue
    const fault = faultOf(column, frame.rows)
    if (fault === null) features.push(column.name)
    else notes.push(`${column.name} is left out: ${fault}`)
  }
  if (features.length === 0) throw unusable('no column is left to learn from')
  return { features, aim, notes }
}

function rowsWith({ values }: FrameColumn): number[] {
  return values.flatMap((value, row) => (value === null ? [] : [row]))
}

function aimOf(column: FrameColumn, rows: readonly number[]): Aim {
  if (column.kind === 'time')
    throw unusable(`${column.name} is a time; ask for a number of hours or days instead`)
  const counts = new Map<string, number>()
  for (const row of rows) {
    const label = String(column.values[row])
    counts.set(label, (counts.get(label) ?? 0) + 1)
    if (counts.size > labelsMost) break
  }
  if (counts.size === 1) throw unusable(`${column.name} is ${[...counts.keys()][0]} in every row`)
  if (column.kind === 'number' && counts.size > 2) return { kind: 'number' }
  if (counts.size > labelsMost) throw unusable(`${column.name} has more than ${labelsMost} different words`)
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const rare = byCount.filter(([, count]) => count < labelLeast).map(([label]) => label)
  if (rare.length > 0)
    throw unusable(`${rare.join(', ')} came less than ${labelLeast} times in ${column.name}`)
  const labels = byCount.map(([label]) => label)
  const positive =
    labels.length > 2 ? null : (labels.find((label) => yes.has(label.toLowerCase())) ?? labels[1])
  return { kind: 'class', labels, positive: positive ?? null }
}

/** Why a column tells nothing, null where it does. */
function faultOf({ kind, values }: FrameColumn, rows: number): string | null {
  const seen = new Set<number | string>()
  let known = 0
  for (const value of values) {
    if (value === null) continue
    known++
    if (seen.size <= rows / 2) seen.add(value)
  }
  if (known === 0) return 'it is empty'
  if (seen.size === 1 && known === rows) return 'it is the same in every row'
  if (kind === 'word' && seen.size > known / 2 && seen.size > 20)
    return 'it is different in most rows, as an id'
  return null
}

/** The error for rows that cannot be used. */
export function unusable(reason: string): Error {
  return fail('MODELS_DATA_UNUSABLE', { reason })
}
