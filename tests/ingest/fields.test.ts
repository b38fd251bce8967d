// How single values are read: times and zones, promises given as a day, and where a value comes from.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestHome, type TestHome } from './home.ts'
import { type Trial, valuesOf } from './mapped.ts'

let home: TestHome
beforeAll(async () => {
  home = await openTestHome()
})
afterAll(() => home.close())

type Case = [title: string, trial: Trial, cells: (string | string[])[], values: string[]]

const times: Case[] = [
  [
    'times without an offset are UTC, with one they are what they say',
    { field: 'placed_at' },
    ['2026-01-05T10:00:00', '2026-01-05 10:00:00Z', '2026-01-05T10:00:00-05:00', '2026-01-05', '2026/1/5'],
    [
      '2026-01-05 10:00:00+00',
      '2026-01-05 10:00:00+00',
      '2026-01-05 15:00:00+00',
      '2026-01-05 00:00:00+00',
      '2026-01-05 00:00:00+00',
    ],
  ],
  [
    "the mapping's zone holds for times without an offset only",
    { field: 'placed_at', top: 'timeZone: America/Sao_Paulo' },
    ['2026-01-05 10:00:00', '2026-01-05T10:00:00Z', '2026-01-05T10:00:00+09:00'],
    ['2026-01-05 13:00:00+00', '2026-01-05 10:00:00+00', '2026-01-05 01:00:00+00'],
  ],
  [
    'an offset may follow a blank, or minutes',
    { field: 'placed_at', top: 'timeZone: Asia/Tokyo' },
    ['2026-01-05T10:00Z', '2026-01-05 10:00:00 +01:00', '2026-01-05 10:00 -0500', '2026-01-05 10:00'],
    ['2026-01-05 10:00:00+00', '2026-01-05 09:00:00+00', '2026-01-05 15:00:00+00', '2026-01-05 01:00:00+00'],
  ],
  [
    'also where no zone is declared',
    { field: 'placed_at' },
    ['2026-01-05T10:00Z', '2026-01-05 10:00:00 +01:00', '2026-01-05T10:00 Mars', '2026-01-05T25:00Z'],
    ['2026-01-05 10:00:00+00', '2026-01-05 09:00:00+00', '[date_invalid]', '[date_invalid]'],
  ],
  [
    "a field's zone wins over the mapping's",
    { field: 'placed_at', how: '{ column: x, timeZone: Asia/Tokyo }', top: 'timeZone: America/Sao_Paulo' },
    ['2026-01-05 10:00:00'],
    ['2026-01-05 01:00:00+00'],
  ],
  [
    'an hour that daylight saving skips is read one hour later, one that comes twice as the second',
    { field: 'placed_at', top: 'timeZone: America/New_York' },
    ['2026-03-08 01:59:59', '2026-03-08 02:30:00', '2026-03-08 03:00:00', '2026-11-01 01:30:00'],
    ['2026-03-08 06:59:59+00', '2026-03-08 07:30:00+00', '2026-03-08 07:00:00+00', '2026-11-01 06:30:00+00'],
  ],
  [
    'of several formats the first that fits counts',
    { field: 'placed_at', how: `{ column: x, format: ["%d-%b-%y", "%m/%d/%y", "%m/%d/%Y %I:%M %p"] }` },
    ['2-Jun-06', '11/13/06', '5/6/2013 1:05 PM', '13/11/06', '2006-06-02'],
    [
      '2006-06-02 00:00:00+00',
      '2006-11-13 00:00:00+00',
      '2013-05-06 13:05:00+00',
      '[date_invalid]',
      '[date_invalid]',
    ],
  ],
  [
    'a format may carry an offset, beside others that do not',
    { field: 'placed_at', how: `{ column: x, format: ["%Y%m%dT%H%M%S%z", "%Y%m%d"], timeZone: Asia/Tokyo }` },
    ['20260105T100000+0900', '20260105T100000-0500', '20260105'],
    ['2026-01-05 01:00:00+00', '2026-01-05 15:00:00+00', '2026-01-04 15:00:00+00'],
  ],
  [
    'what is no date goes to quarantine, or is left empty and flagged',
    { field: 'shipped_at', how: '{ column: x, unreadable: empty, nulls: ["Pre-PQ Process"] }' },
    ['2026-02-01', 'Date Not Captured', 'Pre-PQ Process', '', '1400-01-01'],
    ['2026-02-01 00:00:00+00', 'null shipped_at_unreadable', 'null', 'null', '[date_implausible]'],
  ],
]

const promises: Case[] = [
  [
    'a promise given as a day is kept until that day ends',
    { field: 'promised_at' },
    ['2026-01-05', '2026/1/5', '2026-01-05T00:00:00', '2026-01-05T18:00:00-05:00'],
    [
      '2026-01-05 23:59:59.999999+00',
      '2026-01-05 23:59:59.999999+00',
      '2026-01-05 00:00:00+00',
      '2026-01-05 23:00:00+00',
    ],
  ],
  [
    'also when the day is written in a format of its own',
    { field: 'promised_at', how: '{ column: x, format: ["%m/%d/%y", "%m/%d/%y %H:%M"] }' },
    ['11/13/26', '11/13/26 12:00'],
    ['2026-11-13 23:59:59.999999+00', '2026-11-13 12:00:00+00'],
  ],
  [
    "the day ends where the mapping's zone says, daylight saving included",
    { field: 'promised_at', top: 'timeZone: America/New_York' },
    ['2026-03-07', '2026-03-08', '2026-11-01'],
    ['2026-03-08 04:59:59.999999+00', '2026-03-09 03:59:59.999999+00', '2026-11-02 04:59:59.999999+00'],
  ],
  [
    'without a declared zone it ends at the destination',
    {
      field: 'promised_at',
      columns: ['x', 'c', 'r', 'z'],
      beside: { ship_to_country: 'c', ship_to_region: 'r', ship_to_time_zone: 'z' },
    },
    [
      ['2026-01-05', 'US', 'CA', ''],
      ['2026-01-05', '', 'ny', ''],
      ['2026-01-05', 'JP', '', ''],
      ['2026-01-05', 'BR', 'SP', ''],
      ['2026-01-05', 'BR', 'SP', 'America/Sao_Paulo'],
    ],
    [
      '2026-01-06 07:59:59.999999+00',
      '2026-01-06 04:59:59.999999+00',
      '2026-01-05 14:59:59.999999+00',
      '2026-01-05 23:59:59.999999+00',
      '2026-01-06 02:59:59.999999+00',
    ],
  ],
  [
    '"endOf: day" takes the day as it is written, whatever the clock or offset beside it',
    { field: 'promised_at', how: '{ column: x, endOf: day }', top: 'timeZone: Asia/Tokyo' },
    ['2026-01-05 00:00:00', '2026-01-05T00:00:00+09:00', '2026-01-05T23:00Z'],
    ['2026-01-05 14:59:59.999999+00', '2026-01-05 14:59:59.999999+00', '2026-01-05 14:59:59.999999+00'],
  ],
]

const sources: Case[] = [
  [
    'the first column that has something',
    { field: 'channel', how: '{ firstOf: [x, y] }', columns: ['x', 'y'] },
    [
      ['a', 'b'],
      [' ', 'b'],
      ['', ''],
    ],
    ['a', 'b', 'null'],
  ],
  ['a constant', { field: 'channel', how: '{ value: web }' }, ['a'], ['web']],
  [
    'a default, before the map',
    { field: 'channel', how: '{ column: x, default: W, map: { W: web } }' },
    [''],
    ['web'],
  ],
  [
    'words for nothing at every level',
    { field: 'channel', how: '{ column: x, nulls: ["-"] }', top: 'nulls: ["N/A"]' },
    ['N/A', ' - ', 'NULL'],
    ['null', 'null', 'NULL'],
  ],
  [
    'an expression',
    { field: 'channel', how: `{ expr: "upper(trim(x)) || '-' || y" }`, columns: ['x', 'y'] },
    [
      [' a', 'b'],
      ['a', ''],
    ],
    ['A-b', 'null'],
  ],
  [
    'an expression that fails gives nothing',
    { field: 'total_cents', how: `{ expr: "x::INTEGER * 2" }` },
    ['4', 'four'],
    ['800', 'null'],
  ],
  [
    'an expression over several lines, with a remark',
    { field: 'channel', how: `\n        expr: |\n          -- a remark\n          lower(x) -- another` },
    ['AB'],
    ['ab'],
  ],
  [
    'an expression that gives a time',
    { field: 'placed_at', how: '{ expr: "to_timestamp(x::BIGINT)" }' },
    ['1767607200'],
    ['2026-01-05 10:00:00+00'],
  ],
]

describe.each([
  ['times', times],
  ['promises', promises],
  ['where a value comes from', sources],
])('%s', (_, cases) => {
  test.each(cases)('%s', async (_title, trial, cells, values) => {
    expect(await valuesOf(home, trial, ...cells)).toEqual(values)
  })
})
