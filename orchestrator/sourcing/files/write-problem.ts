// Writes problems and assignments as files of the format that FILES.md describes. It solves nothing.

import { mkdir, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { stringify } from 'yaml'
import { fail, reasonOf } from '#data/kernel'
import { writeCsv } from '../documents/csv.ts'
import { writeNetworkFiles } from '../documents/write-files.ts'
import type { SourcingPlan } from '../world.ts'
import type { FileOrder, SourcingFiles } from './problem-files.ts'

const text = (value: string | number | null) => (value === null ? '' : String(value))
const instant = (ms: number | null) => (ms === null ? '' : new Date(ms).toISOString())

/**
 * Writes a problem into a folder.
 * @returns names of the files
 * @throws SOURCING_FILE_INVALID
 */
export async function writeProblem(folder: string, files: SourcingFiles): Promise<string[]> {
  const stock = (files.stock ?? []).map(({ nodeId, sku, available }) => [nodeId, sku, text(available)])
  const products = files.products.map((product) => [
    product.sku,
    ...[product.weightG, product.lengthMm, product.widthMm, product.heightMm].map(text),
  ])
  const contents: Record<string, string> = {
    ...writeNetworkFiles(files.network),
    ...(files.stock === null ? {} : { 'stock.csv': writeCsv([['node_id', 'sku', 'available'], ...stock]) }),
    'products.csv': writeCsv([['sku', 'weight_g', 'length_mm', 'width_mm', 'height_mm'], ...products]),
  }
  const beside = { 'orders.csv': ordersText(files.orders), 'strategy.yaml': stringify(files.strategy) }
  const network = join(folder, 'network')
  await writing(folder, async () => {
    await mkdir(network, { recursive: true })
    for (const [name, content] of Object.entries(contents)) await writeFile(join(network, name), content)
    for (const [name, content] of Object.entries(beside)) await writeFile(join(folder, name), content)
  })
  return [...Object.keys(contents).map((name) => `network/${name}`), ...Object.keys(beside)].sort()
}

const orderColumns = [
  ...[
    'order_id',
    'line_id',
    'sku',
    'quantity',
    'unit_price',
    'weight_g',
    'order_weight_g',
    'method',
    'freight',
  ],
  ...['channel', 'customer', 'country', 'region', 'city', 'postal_code', 'zone', 'time_zone', 'latitude'],
  ...['longitude', 'placed_at', 'promised_at'],
]

function ordersText(orders: readonly FileOrder[]): string {
  const rows = orders.flatMap((order) =>
    order.lines.map((line) => {
      const { destination: to } = order
      return [
        ...[order.orderId, line.lineId, line.sku, String(line.quantity)],
        ...[line.unitPriceCents === null ? '' : String(line.unitPriceCents / 100)],
        ...[text(line.weightG), text(order.weightG), order.method, order.freight],
        ...[order.channel, order.customerRef, to.country, to.region, to.city, to.postalCode, to.zone].map(
          text,
        ),
        ...[to.timeZone, to.latitude, to.longitude].map(text),
        ...[instant(order.placedAt), instant(order.promisedAt)],
      ]
    }),
  )
  return writeCsv([orderColumns, ...rows])
}

/**
 * Writes what came of a problem: a row for each line at each node, and for units without one.
 * @throws SOURCING_FILE_INVALID
 */
export async function writeAssignments(file: string, plans: readonly SourcingPlan[]): Promise<void> {
  const content =
    extname(file).toLowerCase() === '.json' ? JSON.stringify(plans, null, 2) : assignmentsText(plans)
  await writing(file, () => writeFile(file, content))
}

function assignmentsText(plans: readonly SourcingPlan[]): string {
  const columns = [
    ...[
      'order_id',
      'line_id',
      'quantity',
      'node_id',
      'carrier_id',
      'service_id',
      'dispatch_at',
      'arrives_at',
    ],
    ...['work_cost_cents', 'code', 'reason'],
  ]
  const rows = plans.flatMap(({ orderId, work, unserved }) => [
    ...work.flatMap((piece) =>
      piece.lines.map(({ lineId, quantity }) => [
        ...[orderId, lineId, String(quantity), piece.nodeId, text(piece.carrierId), text(piece.serviceId)],
        ...[instant(piece.dispatchAt), instant(piece.arrivesAt), String(piece.costCents), '', ''],
      ]),
    ),
    ...unserved.map(({ lineId, quantity, code, reason }) => [
      ...[orderId, lineId, String(quantity), '', '', '', '', '', '', code, reason],
    ]),
  ])
  return writeCsv([columns, ...rows])
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    throw fail('SOURCING_FILE_INVALID', { file: path, row: null, reason: reasonOf(error) }, { cause: error })
  }
}
