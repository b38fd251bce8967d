// Rows of tables held against a schema, and what is wrong with them in words. It knows no table by name.

import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Faults } from '../documents/faults.ts'
import { columnKey, type Row, type Sheet } from './sheets.ts'

const numbers: ReadonlySet<string> = new Set(
  'quantity unit_price weight_g latitude longitude order_weight_g available length_mm width_mm height_mm'.split(
    ' ',
  ),
)
const numeric = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/**
 * Notes columns that are missing, and those that the format does not have: a slip in a name must not lose what stands
 * below it.
 */
export function blameColumns(
  { file, columns }: Sheet,
  names: readonly string[],
  needed: readonly string[],
  faults: Faults,
): void {
  const known = new Set(names.map(columnKey))
  const given = new Set(columns.map(columnKey))
  for (const name of needed) {
    if (!given.has(columnKey(name))) faults.add(file, 1, name, 'this column is missing')
  }
  for (const column of columns) {
    if (!known.has(columnKey(column)))
      faults.add(file, 1, column, `is no column of this file; they are ${names.join(', ')}`)
  }
}

/** Values of the named columns that are not empty. */
export function pick(row: Row, names: readonly string[]): Record<string, unknown> {
  const fields = names.map((name) => [name, valueIn(row, name)] as const)
  return Object.fromEntries(fields.filter(([, value]) => value !== null))
}

/** A number where the column is one and the text is one; else as it is, so that the check names it. */
export function valueIn(row: Row, name: string): unknown {
  const value = row.values.get(columnKey(name)) ?? null
  if (numbers.has(name)) return typeof value === 'string' && numeric.test(value) ? Number(value) : value
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'number' ? String(value) : value
}

/** Where a value stands. */
interface At {
  file: string
  row: number
  /** Rows of its `lines`, where each has its own. */
  rows?: readonly number[]
}

/** Notes the first thing that a schema finds wrong. */
export function blame(at: At, schema: TSchema, value: unknown, faults: Faults): void {
  const [field, reason] = wrongIn(schema, value)
  const [, line, own] = /^lines\.(\d+)\.?(.*)$/.exec(field ?? '') ?? []
  const row = line === undefined ? undefined : at.rows?.[Number(line)]
  if (row === undefined) faults.add(at.file, at.row, field, reason)
  else faults.add(at.file, row, own === '' ? null : (own ?? null), reason)
}

interface Wrong {
  keyword: string
  instancePath: string
  params: object
  message: string
}

/** The first thing that a schema finds wrong: where, and in words. */
export function wrongIn(schema: TSchema, value: unknown): [field: string | null, reason: string] {
  const errors: readonly Wrong[] = Value.Errors(schema, value)
  // Of a field that is not known, the schema complains in the field and in what holds it.
  const extra = errors.find(({ keyword }) => keyword === 'additionalProperties')
  const error = extra ?? errors[0]
  if (error === undefined) return [null, 'is not valid']
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const within = (name: string) => (path === '' ? name : `${path}.${name}`)
  const params = error.params as Record<string, unknown>
  const [name] = [params.requiredProperties, params.additionalProperties].flatMap((names) => names ?? [])
  if (error.keyword === 'required') return [within(String(name)), 'is missing']
  if (error.keyword === 'additionalProperties') return [within(String(name)), 'is not known']
  if (error.keyword === 'format') return [path, 'must be an instant such as 2026-03-01T08:00:00Z, or a day']
  return [path === '' ? null : path, error.message]
}
