// How single values are read: numbers, units, money in its currency, and words.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHome, type TestHome } from './home.ts'
import { type Trial, valuesOf } from './mapped.ts'

let home: TestHome
beforeAll(async () => {
  home = await openTestHome()
})
afterAll(() => home.close())

type Case = [title: string, trial: Trial, cells: (string | string[])[], values: string[]]

const numbers: Case[] = [
  [
    'thousands separators count only in threes',
    { entity: 'inventory', field: 'on_hand' },
    ['1,234', '1,234,567', '12,34', '3.0', '2.5', '-4', '1e3', 'many'],
    [
      '1234',
      '1234567',
      '[number_invalid]',
      '3',
      '[number_invalid]',
      '-4 negative_on_hand',
      '1000',
      '[number_invalid]',
    ],
  ],
  [
    'a decimal comma',
    { field: 'total_cents', how: '{ column: x, decimal: "," }' },
    ['1.234,50', '1234,5', '12', '12.5', '1.234'],
    ['123450', '123450', '1200', '[number_invalid]', '123400'],
  ],
  [
    'money in major units is rounded half up to the cent, in minor units taken as it is',
    { field: 'total_cents' },
    ['12.34', '12.345', '0.69517', '-1', '$5'],
    ['1234', '1235', '70', '[number_out_of_range]', '[number_invalid]'],
  ],
  [
    'minor units',
    { field: 'total_cents', how: '{ column: x, unit: minor }' },
    ['1234', '12.5'],
    ['1234', '[number_invalid]'],
  ],
  [
    'kilograms',
    { entity: 'products', field: 'weight_g', how: '{ column: x, unit: kg }' },
    ['1.5', '-1', 'nan'],
    ['1500.0', '[number_out_of_range]', '[number_invalid]'],
  ],
  ['pounds', { entity: 'products', field: 'weight_g', how: '{ column: x, unit: lb }' }, ['2'], ['907.18474']],
  ['inches', { entity: 'products', field: 'length_mm', how: '{ column: x, unit: in }' }, ['10'], ['254.0']],
  [
    'centimetres',
    { entity: 'products', field: 'width_mm', how: '{ column: x, unit: cm }' },
    ['1,000.5'],
    ['10005.0'],
  ],
  ['latitudes', { entity: 'nodes', field: 'latitude' }, ['-23.5', '91'], ['-23.5', '[number_out_of_range]']],
]

const currencies: Case[] = [
  [
    'yen have no cents',
    { field: 'total_cents', beside: { currency: '{ value: JPY }' } },
    ['1500', '1500.4'],
    ['1500', '1500'],
  ],
  [
    'Kuwaiti dinars have a thousand',
    { field: 'total_cents', beside: { currency: '{ value: kwd }' } },
    ['1.234'],
    ['1234'],
  ],
  [
    "every record's own currency counts",
    { field: 'total_cents', columns: ['x', 'c'], beside: { currency: 'c' } },
    [
      ['12.34', 'USD'],
      ['1500', 'jpy'],
      ['1.234', 'KWD'],
      ['5', 'ZZZ'],
      ['5', ''],
    ],
    ['1234', '1500', '1234', '[currency_unknown]', '[value_missing]'],
  ],
  [
    'also when a map tells it',
    {
      field: 'total_cents',
      columns: ['x', 'c'],
      beside: { currency: '{ column: c, map: { ¥: JPY, $: USD } }' },
    },
    [
      ['12.34', '$'],
      ['1500', '¥'],
      ['1', '€'],
    ],
    ['1234', '1500', '[value_unknown]'],
  ],
  [
    'entities without a currency field take it from "currency" of the entity',
    {
      entity: 'order_lines',
      field: 'unit_price_cents',
      columns: ['x', 'c'],
      entityTop: 'currency: { column: c, default: JPY }',
    },
    [
      ['12.34', 'USD'],
      ['1500', ''],
    ],
    ['1234', '1500'],
  ],
  [
    'or from the mapping',
    { entity: 'order_lines', field: 'unit_price_cents', top: 'currency: JPY' },
    ['1500'],
    ['1500'],
  ],
]

const words: Case[] = [
  [
    'known words in any case',
    { field: 'status' },
    ['Shipped', 'CREATED', 'teleported'],
    ['shipped', 'created', '[value_unknown]'],
  ],
  [
    'a map is the whole list',
    { field: 'status', how: '{ column: x, map: { P: packed, "1": shipped } }' },
    ['P', '1', 'p', 'shipped'],
    ['packed', 'shipped', '[value_unknown]', '[value_unknown]'],
  ],
  [
    'unless it says "otherwise: keep"',
    { field: 'status', how: '{ column: x, map: { P: packed }, otherwise: keep }' },
    ['P', 'shipped', 'Q'],
    ['packed', 'shipped', '[value_unknown]'],
  ],
  [
    '"otherwise: empty"',
    { field: 'channel', how: '{ column: x, map: { W: web }, otherwise: empty }' },
    ['W', 'Z'],
    ['web', 'null'],
  ],
  [
    'a map of a text sets strangers aside',
    { field: 'channel', how: '{ column: x, map: { W: web } }' },
    ['W', 'Z', ''],
    ['web', '[value_unknown]', 'null'],
  ],
  [
    'yes and no',
    { entity: 'nodes', field: 'is_active' },
    ['yes', 'N', '1', 'FALSE', 'perhaps'],
    ['true', 'false', 'true', 'false', '[value_unknown]'],
  ],
  [
    'time zones',
    { field: 'ship_to_time_zone' },
    ['Europe/Paris', 'Mars/Base'],
    ['Europe/Paris', '[time_zone_unknown]'],
  ],
]

describe.each([
  ['numbers', numbers],
  ['currencies', currencies],
  ['words', words],
])('%s', (_, cases) => {
  test.each(cases)('%s', async (_title, trial, cells, values) => {
    expect(await valuesOf(home, trial, ...cells)).toEqual(values)
  })
})
