// What sourcing saves on days of the demo retailer: its own orders, stock, network and history by the default strategy,
// each order from its nearest node against Detour. It measures; it changes nothing.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { api } from '#data/contracts'
import type { Effects } from '#data/kernel'
import { generateWorld, networkDocumentOf } from '#data/world'
import { defaultStrategy } from '#orchestrator/core'
import {
  type LearnedView,
  ordersOfFiles,
  parseCsv,
  type SourcingFiles,
  type SourcingWorld,
  worldOfFiles,
} from '#orchestrator/sourcing'
import type { BenchRow } from '../row.ts'
import { type Compared, compareIn, savingRow } from './networks.ts'

type Row = Record<string, string>

/** Days that are sourced, each at 14:00 UTC with the stock of the evening before. */
const days = ['2026-11-17', '2026-11-18', '2026-11-19']
const hourMs = 3_600_000
/** A spread of fewer than these is not told. */
const seenLeast = 20

/** A row for each day of the demo retailer. About 15 s. */
export async function demoRows({ clock }: Effects, seconds = 5): Promise<BenchRow[]> {
  return (await compareDemo(seconds, clock)).map(savingRow)
}

/** The days, one after the other. */
export async function compareDemo(seconds: number, clock: Effects['clock']): Promise<Compared[]> {
  const folder = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  try {
    await generateWorld(folder, { orders: 20_000, days: 30 })
    const tables = await readTables(folder)
    const all: Compared[] = []
    for (const day of days) {
      const now = Date.parse(`${day}T14:00:00Z`)
      const files = filesOf(tables, day)
      const setting = { currency: 'USD', now }
      const world: SourcingWorld = {
        ...worldOfFiles(files, setting),
        learned: learnedFrom(tables, now),
        rounding: 'cents',
      }
      const orders = ordersOfFiles(files.orders, setting)
      all.push(await compareIn(`demo retailer, ${day}`, orders, world, seconds, clock))
    }
    return all
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const names = [
  'orders',
  'order_lines',
  'nodes',
  'products',
  'inventory',
  'fulfillment_orders',
  'shipments',
] as const
type Tables = Record<(typeof names)[number], Row[]>

async function readTables(folder: string): Promise<Tables> {
  const read = async (name: string): Promise<Row[]> => {
    const [head, ...body] = parseCsv(await readFile(join(folder, `${name}.csv`), 'utf8')).rows
    const columns = head?.cells ?? []
    return body.map(({ cells }) => Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])))
  }
  const entries = await Promise.all(names.map(async (name) => [name, await read(name)] as const))
  return Object.fromEntries(entries) as Tables
}

const text = (value: string | undefined) => (value ? value : null)
const number = (value: string | undefined) => (value ? Number(value) : null)

/** The orders of a day with the stock that was there before it. */
function filesOf(tables: Tables, day: string): SourcingFiles {
  const placed = tables.orders.filter(({ placed_at }) => placed_at?.startsWith(day) === true)
  const lines = Map.groupBy(tables.order_lines, ({ order_external_id }) => order_external_id)
  // Rows come in the order of their counts: the last of a pair is what is there.
  const counted = tables.inventory.filter(({ counted_at = '' }) => counted_at < `${day}T14`)
  const last = new Map(counted.map((row) => [`${row.sku}/${row.node_external_id}`, row]))
  return {
    network: networkFrom(tables.nodes),
    stock: [...last.values()].map((row) => ({
      nodeId: row.node_external_id ?? '',
      sku: row.sku ?? '',
      available: Math.max(0, leftOf(row)),
    })),
    products: tables.products.map((row) => ({
      sku: row.sku ?? '',
      weightG: number(row.weight_g),
      lengthMm: number(row.length_mm),
      widthMm: number(row.width_mm),
      heightMm: number(row.height_mm),
    })),
    orders: placed.map((row) => orderOf(row, lines.get(row.order_external_id) ?? [])),
    strategy: { ...defaultStrategy, sourceLists: [] },
  }
}

function leftOf({ on_hand, allocated, reserved, safety_stock }: Row): number {
  return Number(on_hand) - Number(allocated) - Number(reserved) - Number(safety_stock)
}

/** The document of the demo with what its files tell of nodes. */
function networkFrom(rows: readonly Row[]): api.NetworkDocument {
  const document = networkDocumentOf({}, (externalId) => externalId)
  const told = new Map(rows.map((row) => [row.node_external_id, row]))
  const nodes = document.nodes.map((node) => {
    const row = told.get(node.nodeId) ?? {}
    return {
      ...node,
      name: text(row.name),
      type: text(row.type) as api.NetworkNode['type'],
      timeZone: text(row.time_zone),
      country: text(row.country),
      region: text(row.region),
      city: text(row.city),
      postalCode: text(row.postal_code),
      cutOff: text(row.cut_off),
      orderCostCents: (number(row.processing_cost) ?? 0) * 100,
      capacity: { ...node.capacity, ordersPerDay: number(row.daily_capacity) },
    }
  })
  return { ...document, nodes }
}

function orderOf(row: Row, lines: readonly Row[]): SourcingFiles['orders'][number] {
  return {
    orderId: row.order_external_id ?? '',
    method: row.method as 'delivery',
    channel: text(row.channel),
    customerRef: text(row.customer_ref),
    destination: {
      country: text(row.ship_to_country),
      region: text(row.ship_to_region),
      city: text(row.ship_to_city),
      postalCode: text(row.ship_to_postal_code),
      ...{ zone: null, latitude: null, longitude: null },
      timeZone: text(row.ship_to_time_zone),
    },
    placedAt: Date.parse(row.placed_at ?? ''),
    promisedAt: row.promised_at ? Date.parse(row.promised_at) : null,
    lines: lines.map((line) => ({
      lineId: line.line_external_id ?? '',
      sku: line.sku ?? '',
      quantity: Number(line.quantity),
      unitPriceCents: Number(line.unit_price) * 100,
      weightG: null,
    })),
    freight: 'prepaid',
    weightG: null,
  }
}

/** Times of work and carriage that history had told by then, by node, carrier and region, by carrier where few. */
function learnedFrom(tables: Tables, now: number): LearnedView {
  const before = (at: string | undefined) => at !== undefined && at !== '' && Date.parse(at) < now
  const works = tables.fulfillment_orders.filter(({ shipped_at }) => before(shipped_at))
  const processing = spreads(
    works,
    ({ node_external_id }) => node_external_id ?? '',
    'released_at',
    'shipped_at',
  )
  const region = new Map(tables.orders.map((row) => [row.order_external_id, row.ship_to_region]))
  const sent = tables.shipments.filter(({ delivered_at }) => before(delivered_at))
  const pair = (row: Row) => `${row.node_external_id}/${row.carrier}/${region.get(row.order_external_id)}`
  const narrow = spreads(sent, pair, 'shipped_at', 'delivered_at')
  const wide = spreads(sent, ({ carrier }) => carrier ?? '', 'shipped_at', 'delivered_at')
  return {
    processing: (nodeId) => processing.get(nodeId) ?? null,
    transit: (nodeId, carrierId, to) =>
      narrow.get(`${nodeId}/${carrierId}/${to}`) ?? wide.get(carrierId ?? '') ?? null,
    carriageCents: () => null,
    stretch: () => 1,
    carriers: () => [],
  }
}

function spreads(rows: readonly Row[], keyOf: (row: Row) => string, from: string, to: string) {
  const found = new Map<string, api.Spread>()
  for (const [key, some] of Map.groupBy(rows, keyOf)) {
    const hours = some
      .map((row) => (Date.parse(row[to] ?? '') - Date.parse(row[from] ?? '')) / hourMs)
      .filter((each) => each >= 0)
      .sort((a, b) => a - b)
    const at = (share: number) => hours[Math.floor(hours.length * share)] ?? 0
    if (hours.length >= seenLeast) found.set(key, { medianHours: at(0.5), p90Hours: at(0.9) })
  }
  return found
}
