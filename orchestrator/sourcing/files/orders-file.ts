// Reads orders of files: CSV with a row per line, or JSON. Every fault is named with its place; a file with one is
// refused whole.

import { type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { methods } from '#data/contracts'
import { Faults } from '../documents/faults.ts'
import { zoneClock } from '../network/zone-clock.ts'
import { blame, blameColumns, pick, valueIn } from './checked-rows.ts'
import type { FileOrder } from './problem-files.ts'
import { refuse } from './refuse.ts'
import type { Row, Sheet } from './sheets.ts'

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

const lineNames = Object.keys(fileLine.properties)
const headerNames = Object.keys(headerFields)

/**
 * Orders of a CSV table.
 * @throws SOURCING_FILE_INVALID
 */
export function ordersOfSheet(sheet: Sheet): FileOrder[] {
  const faults = new Faults()
  blameColumns(sheet, [...headerNames, ...lineNames], ['order_id', 'sku', 'quantity'], faults)
  refuse(faults)
  const raw: Raw[] = []
  for (const rows of Map.groupBy(sheet.rows, (row) => valueIn(row, 'order_id')).values()) {
    const [first] = rows
    if (first === undefined) continue
    const header = pick(first, headerNames)
    for (const row of rows) blameOther(sheet, row, header, faults)
    const lines = rows.map((row) => pick(row, lineNames))
    raw.push({ row: first.row, rows: rows.map(({ row }) => row), order: { ...header, lines } })
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

function blameOther({ file }: Sheet, row: Row, header: Record<string, unknown>, faults: Faults): void {
  for (const name of headerNames) {
    const value = valueIn(row, name)
    if (value !== null && value !== (header[name] ?? null))
      faults.add(file, row.row, name, 'is not what the first row of the order says')
  }
}

interface Raw {
  row: number
  /** Rows of the lines, where each has its own. */
  rows?: readonly number[]
  order: unknown
}

function checked(file: string, raw: readonly Raw[], faults: Faults): FileOrder[] {
  const orders: FileOrder[] = []
  const seen = new Set<string>()
  for (const { row, rows, order } of raw) {
    if (!Value.Check(fileOrder, order)) {
      blame({ file, row, ...(rows === undefined ? {} : { rows }) }, fileOrder, order, faults)
      continue
    }
    blameOdd(order, (field, reason) => faults.add(file, row, field, reason))
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

/** What is well-formed and cannot be meant all the same. */
function blameOdd(order: RawOrder, add: (field: string, reason: string) => void): void {
  if ((order.latitude ?? null) === null && (order.longitude ?? null) !== null)
    add('latitude', 'is missing beside the longitude')
  if ((order.longitude ?? null) === null && (order.latitude ?? null) !== null)
    add('longitude', 'is missing beside the latitude')
  if (order.time_zone != null && zoneClock(order.time_zone) === null)
    add('time_zone', `there is no time zone ${order.time_zone}`)
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
