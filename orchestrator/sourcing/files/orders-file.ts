// Reads orders, stock and products of files: CSV with a row per line, or JSON. Every fault is named with its place; a
// file with one is refused whole.

import { type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { methods } from '#data/contracts'
import { Faults } from '../documents/faults.ts'
import type { FileOrder, FileProduct, StockRow } from './problem-files.ts'
import { refuse } from './refuse.ts'
import { columnKey, type Row, type Sheet } from './sheets.ts'

const id = Type.String({ minLength: 1, maxLength: 200 })
const closed = { additionalProperties: false }
const nullable = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))
const words = nullable(Type.String({ minLength: 1, maxLength: 500 }))
const amount = nullable(Type.Number({ minimum: 0, maximum: 1e15 }))
const instant = nullable(Type.Union([Type.String({ format: 'date-time' }), Type.String({ format: 'date' })]))

const fileLine = Type.Object(
  {
    line_id: nullable(id),
    sku: id,
    quantity: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }),
    unit_price: amount,
    weight_g: amount,
  },
  closed,
)
const headerFields = {
  order_id: id,
  method: nullable(Type.Unsafe<(typeof methods)[number]>({ type: 'string', enum: [...methods] })),
  channel: words,
  customer: words,
  country: words,
  region: words,
  city: words,
  postal_code: words,
  zone: words,
  time_zone: words,
  latitude: nullable(Type.Number({ minimum: -90, maximum: 90 })),
  longitude: nullable(Type.Number({ minimum: -180, maximum: 180 })),
  placed_at: instant,
  promised_at: instant,
  freight: nullable(Type.Unsafe<'prepaid' | 'collect'>({ type: 'string', enum: ['prepaid', 'collect'] })),
  order_weight_g: amount,
}

/** An order as a JSON file has it; a CSV file has the same columns, those of a line beside those of its order. */
export const fileOrder = Type.Object(
  { ...headerFields, lines: Type.Array(fileLine, { minItems: 1, maxItems: 1_000 }) },
  closed,
)
type RawOrder = Type.Static<typeof fileOrder>

const numbers: ReadonlySet<string> = new Set(
  'quantity unit_price weight_g latitude longitude order_weight_g available length_mm width_mm height_mm'.split(
    ' ',
  ),
)
const lineNames = Object.keys(fileLine.properties)
const headerNames = Object.keys(headerFields)

/**
 * Orders of a CSV table.
 * @throws SOURCING_FILE_INVALID
 */
export function ordersOfSheet(sheet: Sheet): FileOrder[] {
  const faults = new Faults()
  blameColumns(sheet, [...headerNames, ...lineNames], faults)
  const raw: Raw[] = []
  for (const rows of Map.groupBy(sheet.rows, (row) => valueIn(row, 'order_id')).values()) {
    const [first] = rows
    if (first === undefined) continue
    const header = pick(first, headerNames)
    for (const row of rows) blameOther(sheet, row, header, faults)
    raw.push({ row: first.row, order: { ...header, lines: rows.map((row) => pick(row, lineNames)) } })
  }
  return checked(sheet.file, raw, faults)
}

/**
 * Orders of a JSON document: a list.
 * @throws SOURCING_FILE_INVALID
 */
export function ordersOfJson(file: string, document: unknown): FileOrder[] {
  const faults = new Faults()
  if (!Array.isArray(document)) faults.add(file, null, null, 'it is no list of orders')
  const list: unknown[] = Array.isArray(document) ? document : []
  return checked(
    file,
    list.map((order, i) => ({ row: i + 1, order })),
    faults,
  )
}

/** Columns that the format does not have are refused: a slip in a name must not lose what stands below it. */
function blameColumns({ file, columns }: Sheet, names: readonly string[], faults: Faults): void {
  const known = new Set(names.map(columnKey))
  for (const column of columns) {
    if (!known.has(columnKey(column)))
      faults.add(file, 1, column, `is no column of this file; they are ${names.join(', ')}`)
  }
}

function blameOther({ file }: Sheet, row: Row, header: Record<string, unknown>, faults: Faults): void {
  for (const name of headerNames) {
    const value = valueIn(row, name)
    if (value !== null && value !== (header[name] ?? null))
      faults.add(file, row.row, name, 'is not what the first row of the order says')
  }
}

function pick(row: Row, names: readonly string[]): Record<string, unknown> {
  const fields = names.map((name) => [name, valueIn(row, name)] as const)
  return Object.fromEntries(fields.filter(([, value]) => value !== null))
}

/** A number where the column is one and the text is one; else as it is, so that the check names it. */
function valueIn(row: Row, name: string): unknown {
  const value = row.values.get(columnKey(name)) ?? null
  if (numbers.has(name))
    return typeof value === 'string' && Number.isFinite(Number(value)) ? Number(value) : value
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'number' ? String(value) : value
}

interface Raw {
  row: number
  order: unknown
}

function checked(file: string, raw: readonly Raw[], faults: Faults): FileOrder[] {
  const orders: FileOrder[] = []
  const seen = new Set<string>()
  for (const { row, order } of raw) {
    if (!Value.Check(fileOrder, order)) {
      blame(file, row, fileOrder, order, faults)
      continue
    }
    const lineIds = order.lines.map((line, i) => line.line_id ?? String(i + 1))
    if (seen.has(order.order_id)) faults.add(file, row, 'order_id', `${order.order_id} is there twice`)
    if (new Set(lineIds).size < lineIds.length)
      faults.add(file, row, 'line_id', `order ${order.order_id} has a line twice`)
    seen.add(order.order_id)
    orders.push(orderFrom(order, lineIds))
  }
  refuse(faults)
  return orders
}

function blame(file: string, row: number, schema: TSchema, value: unknown, faults: Faults): void {
  const [error] = Value.Errors(schema, value)
  const field = error?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  faults.add(file, row, field === '' ? null : field, error?.message ?? 'is not valid')
}

function orderFrom(raw: RawOrder, lineIds: readonly string[]): FileOrder {
  return {
    orderId: raw.order_id,
    method: raw.method ?? 'delivery',
    channel: raw.channel ?? null,
    customerRef: raw.customer ?? null,
    destination: {
      country: raw.country ?? null,
      region: raw.region ?? null,
      city: raw.city ?? null,
      postalCode: raw.postal_code ?? null,
      zone: raw.zone ?? null,
      latitude: raw.latitude ?? null,
      longitude: raw.longitude ?? null,
      timeZone: raw.time_zone ?? null,
    },
    placedAt: raw.placed_at == null ? null : Date.parse(raw.placed_at),
    promisedAt: raw.promised_at == null ? null : Date.parse(raw.promised_at),
    lines: raw.lines.map((line, i) => ({
      lineId: lineIds[i] ?? '',
      sku: line.sku,
      quantity: line.quantity,
      unitPriceCents: line.unit_price == null ? null : line.unit_price * 100,
      weightG: line.weight_g ?? null,
    })),
    freight: raw.freight ?? 'prepaid',
    weightG: raw.order_weight_g ?? null,
  }
}

const stockRow = Type.Object(
  { node_id: id, sku: id, available: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e12 })) },
  closed,
)

/** Stock of a table; empty `available` = as much as is wanted. @throws SOURCING_FILE_INVALID */
export function stockOfSheet(sheet: Sheet): StockRow[] {
  return rowsOf(sheet, stockRow).map((row) => {
    const { node_id: nodeId, sku, available = null } = row as Type.Static<typeof stockRow>
    return { nodeId, sku, available }
  })
}

const measure = Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 }))
const productRow = Type.Object(
  { sku: id, weight_g: measure, length_mm: measure, width_mm: measure, height_mm: measure },
  closed,
)

/** Products of a table. @throws SOURCING_FILE_INVALID */
export function productsOfSheet(sheet: Sheet): FileProduct[] {
  return rowsOf(sheet, productRow).map((row) => {
    const { sku, weight_g, length_mm, width_mm, height_mm } = row as Type.Static<typeof productRow>
    return {
      sku,
      weightG: weight_g ?? null,
      lengthMm: length_mm ?? null,
      widthMm: width_mm ?? null,
      heightMm: height_mm ?? null,
    }
  })
}

/** Rows as the schema has them, checked. */
function rowsOf(sheet: Sheet, schema: typeof stockRow | typeof productRow): unknown[] {
  const faults = new Faults()
  const names = Object.keys(schema.properties)
  blameColumns(sheet, names, faults)
  const rows = sheet.rows.map((row) => ({ row: row.row, value: pick(row, names) }))
  for (const { row, value } of rows) {
    if (!Value.Check(schema, value)) blame(sheet.file, row, schema, value, faults)
  }
  refuse(faults)
  return rows.map(({ value }) => value)
}
