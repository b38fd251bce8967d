// The mapping guide and the templates are true: their mappings run, their tables are those of the contracts.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EntityName, entities } from '#data/contracts'
import { ingest, listQuarantine } from '#ingest'
import { oddities } from '../../ingest/entity/flags.ts'
import { readMapping } from '../../ingest/mapping/read.ts'
import { fieldTable, templateTable } from './field-tables.ts'
import { openTestHome, type TestHome } from './home.ts'
import { loadMapped } from './mapped.ts'

const folder = join(import.meta.dirname, '..', '..', 'ingest')
const templates = join(folder, 'templates')
const names = Object.keys(entities) as EntityName[]

let home: TestHome
let guide: string
beforeAll(async () => {
  home = await openTestHome()
  guide = await readFile(join(folder, 'MAPPING.md'), 'utf8')
})
afterAll(() => home.close())

/** A text without what a formatter may change: blanks, and the length of rules in tables. */
const plain = (text: string) => text.replaceAll(/ +/g, '').replaceAll(/-{3,}/g, '---')

/** Blocks of the guide that carry a file's name. */
const blocks = (name: string) =>
  [...guide.matchAll(/```\w+ (\S+)\n([\s\S]*?)```/g)]
    .filter((match) => match[1] === name)
    .map((match) => match[2] ?? '')
const block = (name: string) => {
  const [only, ...more] = blocks(name)
  expect(only, name).toBeDefined()
  expect(more).toEqual([])
  return only ?? ''
}

describe('the guide', () => {
  test.each(names)('lists the fields of %s as the contract has them', (name) => {
    expect(plain(guide)).toContain(
      plain(`(\`${name}\`)

O${entities[name].grain.slice(1)}.

${fieldTable(name)}
`),
    )
  })

  test('names the flags every source gets', () => {
    const flags = Object.values(oddities).flatMap((each) => Object.keys(each ?? {}))
    for (const flag of flags) expect(guide).toContain(`\`${flag}\``)
  })

  test('explains codes that exist', async () => {
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
    const source = (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n')
    const section = guide.slice(guide.indexOf('## Quarantine'), guide.indexOf('## Loading again'))
    const codes = section
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map((match) => match[1]))
    expect(codes.length).toBeGreaterThan(15)
    for (const code of codes) expect(source).toContain(`'${code}'`)
  })

  test('has links that lead somewhere', async () => {
    const anchors = [...guide.matchAll(/^#+ (.*)$/gm)].map(
      (match) =>
        `#${(match[1] ?? '')
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-')}`,
    )
    for (const [, target = ''] of guide.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) expect(anchors).toContain(target)
      else await readFile(join(folder, target))
    }
  })

  test('gives a first mapping that works', async () => {
    const summary = await loadMapped(home, block('webshop.yaml'), {
      'export-2026-03.csv': block('export-2026-03.csv'),
    })
    expect(summary).toMatchObject({ accepted: 3, quarantined: 0 })
    const rows = await home.warehouse.all(
      `SELECT order_external_id AS id, status, placed_at::VARCHAR AS at, total_cents FROM raw_file_orders
       WHERE provider = 'webshop' ORDER BY 1`,
    )
    expect(rows[0]).toEqual({
      id: '1001',
      status: 'validated',
      at: '2026-03-02 07:14:00+00',
      total_cents: 6890,
    })
    expect(rows.map((row) => row.status)).toEqual(['validated', 'shipped', 'cancelled'])
  })

  test('gives a JSON mapping that works', async () => {
    const order = {
      id: 7,
      created_at: '2026-03-02T08:14:09+01:00',
      currency: 'JPY',
      address: { city: 'Osaka' },
    }
    const items = [{ id: 1, sku: 'S', quantity: 2, price: '1500' }]
    const summary = await loadMapped(home, block('shop-json.yaml'), {
      'orders.json': JSON.stringify({
        orders: [
          { ...order, items },
          { ...order, id: 8, state: 'shipped', items: [] },
        ],
      }),
    })
    expect(summary).toMatchObject({ records: 2, accepted: 2, quarantined: 0 })
    const lines = await home.warehouse.all(
      `SELECT order_external_id AS id, sku, unit_price_cents FROM raw_file_order_lines WHERE provider = 'shop_json'`,
    )
    expect(lines).toEqual([{ id: '7', sku: 'S', unit_price_cents: 1500 }])
  })

  test('quotes the shipped mapping of Olist', async () => {
    const shipped = await readFile(join(folder, 'mappings', 'olist.yaml'), 'utf8')
    expect(blocks('olist.yaml').length).toBeGreaterThan(5)
    for (const part of blocks('olist.yaml')) expect(plain(shipped)).toContain(plain(part))
  })
})

const row = (values: Record<string, string>) => ({
  'Project Code': '100-CI-T01',
  'PQ #': 'Pre-PQ Process',
  Country: "Côte d'Ivoire",
  'Managed By': 'PMO - US',
  'Fulfill Via': 'Direct Drop',
  'Vendor INCO Term': 'EXW',
  'Shipment Mode': 'Air',
  'PQ First Sent to Client Date': 'Pre-PQ Process',
  'PO Sent to Vendor Date': 'Date Not Captured',
  'Scheduled Delivery Date': '2-Jun-06',
  'Delivered to Client Date': '2-Jun-06',
  'Delivery Recorded Date': '2-Jun-06',
  'Product Group': 'HRDT',
  'Sub Classification': 'HIV test',
  Vendor: 'Vendor One',
  'Item Description': 'Test kit, 25 tests',
  'Unit of Measure (Per Pack)': '25',
  'Line Item Quantity': '10',
  'Pack Price': '20.00',
  'Weight (Kilograms)': '13',
  'Freight Cost (USD)': '780.34',
  'Line Item Insurance (USD)': '',
  ...values,
})

/** Four lines of a history: the last has no quantity. */
const history: Record<string, string>[] = [
  row({ ID: '1', 'PO / SO #': 'PO-1', 'ASN/DN #': 'ASN-8', 'PO Sent to Vendor Date': '11/13/05' }),
  row({
    ID: '2',
    'PO / SO #': 'PO-1',
    'ASN/DN #': 'ASN-8',
    'PQ First Sent to Client Date': '10/31/05',
    'Item Description': 'Gloves, 100',
    'Sub Classification': '',
    'Pack Price': '3.5',
    'Line Item Quantity': '1,200',
    'Freight Cost (USD)': 'See ASN-8 (ID#:1)',
    'Weight (Kilograms)': 'Weight Captured Separately',
    'Delivered to Client Date': '14-Jun-06',
    'Line Item Insurance (USD)': '12.25',
  }),
  row({
    ID: '3',
    'PO / SO #': 'SO-2',
    'ASN/DN #': 'DN-1',
    Vendor: 'From depot',
    'Fulfill Via': 'From RDC',
    'PQ First Sent to Client Date': 'N/A - From RDC',
    'PO Sent to Vendor Date': 'N/A - From RDC',
    'Freight Cost (USD)': 'Freight Included in Commodity Cost',
    'Weight (Kilograms)': '1.5',
  }),
  row({
    ID: '4',
    'PO / SO #': 'SO-2',
    'ASN/DN #': 'DN-2',
    Vendor: 'From depot',
    'Fulfill Via': 'From RDC',
    'Freight Cost (USD)': 'Invoiced Separately',
    'Line Item Quantity': 'n/a',
  }),
]

test('the shipment history of the guide becomes orders, lines, nodes, products and shipments', async () => {
  const mapping = block('shipment-history.yaml')
  const header = [...mapping.matchAll(/^ {6}- "?(.*?)"?$/gm)].map((match) => match[1] ?? '')
  expect(header).toHaveLength(33)
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
  const csv = [header, ...history.map((each) => header.map((name) => each[name] ?? ''))].map((cells) =>
    cells.map(cell).join(','),
  )
  const summary = await loadMapped(home, mapping, { 'history.csv': csv.join('\r\n') })
  expect(summary).toMatchObject({
    records: 4,
    accepted: 3,
    quarantined: 1,
    flags: { placed_unknown: 1, freight_cost_cents_unreadable: 1 },
  })
  expect((await listQuarantine({ provider: 'shipment_history' }, home)).rows).toMatchObject([
    { rowNumber: 4, entity: 'order_lines', field: 'quantity', code: 'number_invalid' },
  ])
  const all = (columns: string, entity: string) =>
    home.warehouse.all(
      `SELECT ${columns} FROM raw_file_${entity} WHERE provider = 'shipment_history' ORDER BY ALL`,
    )
  expect(await all('node_external_id AS n, type', 'nodes')).toEqual([
    { n: 'From depot', type: 'warehouse' },
    { n: 'Vendor One', type: 'dropship' },
  ])
  expect(await all('sku, sku_class AS c, price_cents AS p', 'products')).toEqual([
    { sku: 'Gloves, 100', c: 'HRDT', p: 350 },
    { sku: 'Test kit, 25 tests', c: 'HIV test', p: 2000 },
  ])
  const orders =
    'order_external_id AS o, placed_at::VARCHAR AS at, promised_at::VARCHAR AS due, delivered_at::DATE::VARCHAR AS done'
  expect(await all(orders, 'orders')).toEqual([
    { o: 'PO-1', at: '2005-10-31 00:00:00+00', due: '2006-06-02 23:59:59.999999+00', done: '2006-06-14' },
    { o: 'SO-2', at: '2006-06-02 00:00:00+00', due: '2006-06-02 23:59:59.999999+00', done: '2006-06-02' },
  ])
  expect(await all('line_external_id AS l, quantity AS q, unit_price_cents AS p', 'order_lines')).toEqual([
    { l: '1', q: 10, p: 2000 },
    { l: '2', q: 1200, p: 350 },
    { l: '3', q: 10, p: 2000 },
  ])
  const shipments =
    'shipment_external_id AS s, freight_cost_cents AS f, insurance_cents AS i, weight_g AS g, flags'
  expect(await all(shipments, 'shipments')).toEqual([
    { s: 'ASN-8', f: 78_034, i: 1225, g: 13_000, flags: ['freight_cost_cents_unreadable'] },
    { s: 'DN-1', f: null, i: null, g: 1500, flags: [] },
  ])
})

describe('the templates', () => {
  test('load together without a complaint', async () => {
    const summary = await ingest({ provider: 'detour', paths: [templates] }, home)
    expect(summary).toMatchObject({ quarantined: 0, flags: {}, reasons: {} })
    expect(Object.keys(summary.entities).toSorted()).toEqual(names.toSorted())
    for (const name of names) expect(summary.entities[name]?.added, name).toBeGreaterThan(1)
  })

  test('have the columns of the mapping, and the text beside them explains each', async () => {
    const mapping = await readMapping(join(folder, 'mappings', 'detour.yaml'))
    const readme = await readFile(join(templates, 'README.md'), 'utf8')
    for (const name of names) {
      const csv = await readFile(join(templates, `${name}.csv`), 'utf8')
      expect(csv.split('\n')[0]).toBe(mapping.file.files[name]?.columns?.join(','))
      expect(plain(readme)).toContain(plain(templateTable(name, mapping)))
    }
  })
})
