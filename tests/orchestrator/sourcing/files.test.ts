// Problems in files: the guide is true, faults are named, a converted workbook gives the known optimum.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tables } from '../../../orchestrator/sourcing/documents/tables.ts'
import { sourceFiles } from '../../../orchestrator/verbs/source.ts'

const data = process.env.DETOUR_TEST_DATA ?? ''
const hasData = data !== ''
if (!hasData) console.warn('DETOUR_TEST_DATA is not set: the workbook of Brunel University is not solved')

const clock = { now: () => performance.now() } as never
const source = (args: Parameters<typeof sourceFiles>[0]) => sourceFiles(args, { clock }, () => undefined)

let folder: string
let guide: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-files-'))
  guide = await readFile(join(import.meta.dirname, '../../../orchestrator/sourcing/FILES.md'), 'utf8')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A folder with the files of the guide, some of them changed; null takes one away. */
async function problem(name: string, changes: Record<string, string | null> = {}) {
  const home = join(folder, name)
  await mkdir(join(home, 'network'), { recursive: true })
  const blocks = Object.fromEntries(
    [...guide.matchAll(/```csv (\S+)\n([\s\S]*?)```/g)].map(([, file = '', text = '']) => [file, text]),
  )
  for (const [file, text] of Object.entries({ ...blocks, ...changes })) {
    if (text !== null) await writeFile(join(home, file.startsWith('orders.') ? '' : 'network', file), text)
  }
  return { network: join(home, 'network'), orders: join(home, 'orders.csv') }
}

describe('The first problem of the guide', () => {
  test('costs what the guide says', async () => {
    const report = await source(await problem('first'))
    const example = JSON.parse(/```json\n(\{ "served"[\s\S]*?)```/.exec(guide)?.[1] ?? '{}')
    const { seconds: _, ...said } = example
    expect(report).toMatchObject(said)
    expect(report.seconds).toBeGreaterThanOrEqual(0)
    expect(report.cost).toBeLessThanOrEqual(report.nearest.cost)
  })

  test('is read the same from JSON', async () => {
    const files = await problem('json')
    const orders = join(folder, 'json', 'orders.json')
    const to = { latitude: 29.8, longitude: -95.4 }
    const lines = [
      { sku: 'MUG', quantity: 3, weight_g: 350 },
      { sku: 'TEA', quantity: 1, weight_g: 100 },
    ]
    const first = { order_id: '1', latitude: 33.4, longitude: -112.1 }
    const list = [
      { ...first, lines: [{ sku: 'MUG', quantity: 2, weight_g: 350 }] },
      { order_id: '2', ...to, lines },
    ]
    await writeFile(orders, JSON.stringify(list))
    const [csv, json] = [await source(files), await source({ ...files, orders })]
    expect({ ...json, seconds: 0 }).toEqual({ ...csv, seconds: 0 })
  })

  test('lists every file of a network with its columns', () => {
    for (const { file, part, key, columns } of tables) {
      const names = [...(part === null ? [] : [key]), ...columns.map(({ name }) => name)]
      expect(guide.replaceAll(/ +/g, ' ')).toContain(`| \`${file}\` | \`${names.join(', ')}\` |`)
    }
  })

  test('goes out as rows, one for each line at a node and one for what has none', async () => {
    const out = join(folder, 'out.csv')
    const files = await problem('out', { 'stock.csv': 'node_id,sku,available\nreno,MUG,4\ndallas,TEA,\n' })
    const report = await source({ ...files, out })
    const rows = (await readFile(out, 'utf8')).trim().split('\r\n').slice(1)
    const units = rows.reduce((sum, row) => sum + Number(row.split(',')[2]), 0)
    expect(units).toBe(6)
    expect(report).toMatchObject({ units: { served: 5, unserved: 1 }, partly: 1, served: 1, files: [out] })
    expect(report.refused.map(({ code, units: left }) => [code, left])).toEqual([['no_stock', 1]])
  })
})

describe('A problem with a fault is refused whole, by file, row and column', () => {
  const head = 'order_id,sku,quantity\n'
  test.each([
    [
      'a column nobody knows',
      'orders.csv',
      'order_id,sku,quantity,colour\n1,MUG,1,red\n',
      /colour.*no column/,
    ],
    ['no units', 'orders.csv', `${head}1,MUG,0\n`, /row 2.*quantity/],
    ['part of a unit', 'orders.csv', `${head}1,MUG,1.5\n`, /row 2.*quantity/],
    ['a number that is none', 'orders.csv', `${head}1,MUG,NaN\n`, /row 2.*quantity/],
    ['a line twice', 'orders.csv', 'order_id,line_id,sku,quantity\n1,a,MUG,1\n1,a,TEA,1\n', /line twice/],
    [
      'two customers of one order',
      'orders.csv',
      'order_id,sku,quantity,customer\n1,MUG,1,a\n1,TEA,1,b\n',
      /row 3, customer/,
    ],
    ['a method nobody knows', 'orders.csv', 'order_id,sku,quantity,method\n1,MUG,1,drone\n', /method/],
    ['a negative cost', 'nodes.csv', 'node_id,unit_cost_cents\nreno,-1\n', /row 2, unit_cost_cents/],
    ['a negative stock', 'stock.csv', 'node_id,sku,available\nreno,MUG,-1\n', /row 2, available/],
    ['a file nobody knows', 'node.csv', 'node_id\nreno\n', /no file of this format/],
    ['a service nobody defined', 'rate_cards.csv', 'rate_card_id,service_id\nground-2026,air\n', /air/],
    [
      'no column of orders',
      'orders.csv',
      'order,sku,quantity\n1,MUG,1\n',
      /order_id: this column is missing/,
    ],
    ['no text at all', 'orders.csv', '', /order_id: this column is missing/],
    [
      'a column twice',
      'orders.csv',
      'order_id,sku,quantity,quantity\n1,MUG,1,2\n',
      /quantity is there twice/,
    ],
    ['a value without a column', 'orders.csv', `${head}1,MUG,1,red\n`, /row 2.*4 values, the names are 3/],
    ['a fault in a later line', 'orders.csv', `${head}1,MUG,1\n\n1,TEA,x\n`, /row 4, quantity/],
    ['a number in hexadecimal', 'orders.csv', `${head}1,MUG,0x3\n`, /row 2, quantity/],
    ['half a place', 'orders.csv', 'order_id,sku,quantity,latitude\n1,MUG,1,50\n', /row 2, longitude/],
    ['a time zone nobody knows', 'orders.csv', 'order_id,sku,quantity,time_zone\n1,MUG,1,Mars\n', /Mars/],
    ['a day nobody can read', 'orders.csv', 'order_id,sku,quantity,placed_at\n1,MUG,1,1.5.2026\n', /instant/],
    ['stock twice', 'stock.csv', 'node_id,sku,available\nreno,MUG,1\nreno,MUG,2\n', /row 3.*first in row 2/],
    ['stock nowhere', 'stock.csv', 'node_id,sku,available\nrneo,MUG,1\n', /row 2, node_id: there is no rneo/],
    ['a product twice', 'products.csv', 'sku,weight_g\nMUG,1\nMUG,2\n', /row 3.*first in row 2/],
    ['a quote that never ends', 'orders.csv', `${head}1,"MUG,1\n`, /orders\.csv/],
  ])('%s', async (name, file, text, says) => {
    const refused = await source(await problem(name.replaceAll(' ', '-'), { [file]: text })).catch((e) => e)
    expect(refused).toMatchObject({ code: 'SOURCING_FILE_INVALID' })
    expect(`${refused.details.file} ${refused.message}`).toMatch(says)
  })

  test('every fault of a file is named', async () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => `${i},MUG,0`).join('\n')
    const refused = await source(await problem('many', { 'orders.csv': `${head}${rows}\n` })).catch((e) => e)
    expect(refused.details).toMatchObject({ count: 1_200 })
    expect(refused.details.faults).toHaveLength(1_000)
  })

  test('a strategy with a constraint nobody knows, a folder that is not there', async () => {
    const files = await problem('strategy')
    const strategy = join(folder, 'strategy.yaml')
    await writeFile(
      strategy,
      'constraints: [{ name: no_mondays, kind: hard, limit: null, priceCents: 0, values: [] }]',
    )
    await expect(source({ ...files, strategy })).rejects.toMatchObject({ code: 'SOURCING_FILE_INVALID' })
    const network = join(folder, 'nowhere')
    await expect(source({ ...files, network })).rejects.toMatchObject({ code: 'SOURCING_FILE_INVALID' })
    await expect(source({ from: 'brunel' })).rejects.toMatchObject({ code: 'CLI_USAGE' })
  })
})

describe('Without a strategy', () => {
  test('what the network says of nodes holds', async () => {
    const nodes =
      'node_id,latitude,longitude,orders_per_day,safety_units\nreno,39.5,-119.8,1,\ndallas,32.8,-96.8,,2\n'
    const orders = 'order_id,sku,quantity,weight_g\n1,MUG,1,350\n2,MUG,1,350\n3,MUG,1,350\n'
    const report = await source(await problem('held', { 'nodes.csv': nodes, 'orders.csv': orders }))
    expect(report).toMatchObject({ served: 2, unserved: 1, late: null })
    expect(report.nodes.map(({ nodeId, units }) => [nodeId, units])).toEqual([
      ['dallas', 1],
      ['reno', 1],
    ])
  })

  test('work waits for opening hours, and what comes late is counted', async () => {
    const nodes =
      'node_id,time_zone,latitude,longitude,calendar_id,processing_median_hours,processing_p90_hours\n' +
      'reno,America/Los_Angeles,39.5,-119.8,week,2,4\n'
    const orders =
      'order_id,sku,quantity,weight_g,placed_at,promised_at\n' +
      '1,MUG,1,350,2026-03-06T22:00:00-08:00,2026-03-09T08:00:00-07:00\n' +
      '2,MUG,1,350,2026-03-06T22:00:00-08:00,2026-03-12T08:00:00-07:00\n'
    const files = await problem('waits', {
      'nodes.csv': nodes,
      'orders.csv': orders,
      'stock.csv': 'node_id,sku,available\nreno,MUG,\n',
      'services.csv': 'service_id,carrier_id,transit_median_hours,transit_p90_hours\nground,ups,24,30\n',
      'calendars.csv': 'calendar_id\nweek\n',
      'calendar_hours.csv': 'calendar_id,day,opens,closes\nweek,1,08:00,16:00\n',
    })
    const out = join(folder, 'waits.csv')
    expect(await source({ ...files, out })).toMatchObject({ served: 2, late: 1 })
    const first = (await readFile(out, 'utf8')).split('\r\n')[1]
    // Monday 08:00 and two hours of work in Reno, then a day on the road
    expect(first).toContain('2026-03-09T17:00:00.000Z,2026-03-10T17:00:00.000Z')
  })
})

test('A search that is ended gives what it has, says so and names what it did not reach', async () => {
  const orders = Array.from({ length: 300 }, (_, i) => `${i},MUG,1,350,33.4,-112.1`).join('\n')
  const files = await problem('ended', {
    'orders.csv': `order_id,sku,quantity,weight_g,latitude,longitude\n${orders}\n`,
    'stock.csv': 'node_id,sku,available\nreno,MUG,\ndallas,MUG,\n',
  })
  const slow = { now: () => performance.now() * 1_000 } as never
  const ended = await sourceFiles(
    files,
    { clock: slow },
    () => undefined,
    () => true,
  )
  expect(ended.stopped).toBe('cancelled')
  expect(ended.served + ended.unserved).toBe(300)
  expect(new Set(ended.refused.map(({ code }) => code))).toEqual(
    new Set(ended.unserved > 0 ? ['not_reached'] : []),
  )
  const timed = await sourceFiles({ ...files, timeLimit: 0.1 }, { clock: slow }, () => undefined)
  expect(timed).toMatchObject({ served: 300 })
  expect(timed.cost).toBeLessThanOrEqual(timed.nearest.cost)
})

test('What is odd and was worked around is told', async () => {
  const files = await problem('odd', {
    'orders.csv': 'order_id,sku,quantity\n1,MUG,1\n2,TEA,1\n',
    'rate_bands.csv':
      'rate_card_id,weight_from_g,weight_to_g,base_cents\nground-2026,0,1000,400\nground-2026,900,500,1\n',
  })
  const { findings, cost } = await source(files)
  expect(cost).toBe(8.3)
  expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['weight_unknown']))
  expect(findings.find(({ code }) => code === 'weight_unknown')?.text).toContain('2 orders (such as 1)')
  expect(findings.length).toBeGreaterThan(1)
})

describe.skipIf(!hasData)('The workbook of Brunel University', () => {
  const csv = join(data, 'brunel', 'csv')

  test.each([
    [1, 2_444, 1_189_281.73],
    [9, 9_215, 15_516_673.81],
  ])(
    'with %d times the capacity serves %d orders for %d, proven',
    async (capacityFactor, served, cost) => {
      const report = await source({ from: 'brunel', path: csv, capacityFactor, timeLimit: 300 })
      expect(report).toMatchObject({
        served,
        unserved: 9_215 - served,
        cost,
        bound: cost,
        gap: 0,
        stopped: null,
      })
      expect(report.terms.carriage ?? 0).toBeGreaterThan(0)
      expect((report.terms.carriage ?? 0) + (report.terms.processing ?? 0)).toBeCloseTo(cost, 1)
    },
    300_000,
  )

  test('reads the same from the workbook, and from the files it was written to', async () => {
    const path = join(data, 'brunel', 'supply-chain-logistics-problem.xlsx')
    const write = join(folder, 'brunel')
    const report = await source({ from: 'brunel', path, capacityFactor: 9, write, timeLimit: 300 })
    expect(report).toMatchObject({ served: 9_215, cost: 15_516_673.81, gap: 0 })
    const again = await source({
      network: join(write, 'network'),
      orders: join(write, 'orders.csv'),
      strategy: join(write, 'strategy.yaml'),
      timeLimit: 300,
    })
    expect(again).toMatchObject({ served: 9_215, cost: 15_516_673.81, gap: 0 })
  }, 300_000)
})
