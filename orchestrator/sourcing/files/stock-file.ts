// Reads stock and products of files. Every fault is named with its place; a file with one is refused whole.

import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { Faults } from '../documents/faults.ts'
import { blame, blameColumns, pick } from './checked-rows.ts'
import type { FileProduct, StockRow } from './problem-files.ts'
import { refuse } from './refuse.ts'
import type { Sheet } from './sheets.ts'

const id = Type.String({ minLength: 1, maxLength: 200 })
const closed = { additionalProperties: false }

const stockRow = Type.Object(
  { node_id: id, sku: id, available: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e12 })) },
  closed,
)

/**
 * Stock of a table; empty `available` = as much as is wanted.
 * @param nodes that there are
 * @throws SOURCING_FILE_INVALID
 */
export function stockOfSheet(sheet: Sheet, nodes: ReadonlySet<string>): StockRow[] {
  const faults = new Faults()
  const seen = new Map<string, number>()
  const rows = rowsOf<Type.Static<typeof stockRow>>(sheet, stockRow, ['node_id', 'sku'], faults)
  for (const { row, value } of rows) {
    const { node_id: nodeId, sku } = value
    if (!nodes.has(nodeId)) faults.add(sheet.file, row, 'node_id', `there is no ${nodeId} in nodes.csv`)
    blameTwice(sheet, row, 'sku', `${sku} at ${nodeId}`, seen, faults)
  }
  refuse(faults)
  return rows.map(({ value: { node_id: nodeId, sku, available = null } }) => ({ nodeId, sku, available }))
}

const measure = Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 }))
const productRow = Type.Object(
  { sku: id, weight_g: measure, length_mm: measure, width_mm: measure, height_mm: measure },
  closed,
)

/** Products of a table. @throws SOURCING_FILE_INVALID */
export function productsOfSheet(sheet: Sheet): FileProduct[] {
  const faults = new Faults()
  const seen = new Map<string, number>()
  const rows = rowsOf<Type.Static<typeof productRow>>(sheet, productRow, ['sku'], faults)
  for (const { row, value } of rows) blameTwice(sheet, row, 'sku', value.sku, seen, faults)
  refuse(faults)
  return rows.map(({ value: { sku, weight_g, length_mm, width_mm, height_mm } }) => ({
    sku,
    weightG: weight_g ?? null,
    lengthMm: length_mm ?? null,
    widthMm: width_mm ?? null,
    heightMm: height_mm ?? null,
  }))
}

function blameTwice(
  { file }: Sheet,
  row: number,
  field: string,
  key: string,
  seen: Map<string, number>,
  faults: Faults,
): void {
  const first = seen.get(key)
  if (first !== undefined) faults.add(file, row, field, `${key} is there twice, first in row ${first}`)
  else seen.set(key, row)
}

/** Rows as the schema has them; those that are not are faults. */
function rowsOf<T>(
  sheet: Sheet,
  schema: typeof stockRow | typeof productRow,
  needed: readonly string[],
  faults: Faults,
): { row: number; value: T }[] {
  const names = Object.keys(schema.properties)
  blameColumns(sheet, names, needed, faults)
  refuse(faults)
  return sheet.rows.flatMap((from) => {
    const value = pick(from, names)
    if (Value.Check(schema, value)) return [{ row: from.row, value: value as T }]
    blame({ file: sheet.file, row: from.row }, schema, value, faults)
    return []
  })
}
