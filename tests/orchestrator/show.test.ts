// How results read for people, and how words of the command line become arguments.

import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { absolute, list, mapping, present, whole } from '../../orchestrator/cli/options.ts'
import { showMetrics } from '../../orchestrator/verbs/metrics.ts'
import { showNumber, showSeconds, showTable } from '../../orchestrator/verbs/table.ts'

/** Cells of a table's lines, without its frame. */
function cellsOf(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.startsWith('│'))
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split('│')
      .map((cell) => cell.trim()),
  )
}

describe('tables', () => {
  test('show counts with separators, nothing for null, and cut what is long', () => {
    const rows = [
      ['a', 1234.5, null],
      ['x'.repeat(200), null, { b: [1] }],
    ]
    const [head, first, second] = cellsOf(showTable(['name', 'count', 'more'], rows))
    expect(head).toEqual(['name', 'count', 'more'])
    expect(first).toEqual(['a', '1,234.5', ''])
    expect(second).toEqual([`${'x'.repeat(97)}...`, '', '{"b":[1]}'])
  })

  test('keep one row on one line whatever its text holds', () => {
    const table = showTable(['text'], [['a\nb\r\n\tc'], ['\u001b[31mred\u0007']])
    expect(cellsOf(table).slice(1)).toEqual([['a b c'], ['?[31mred?']])
  })

  test('times and counts are said in words', () => {
    expect([showSeconds(0.04), showSeconds(59.94), showSeconds(125)]).toEqual([
      '0.0 s',
      '59.9 s',
      '2 min 5 s',
    ])
    expect([showNumber(1, 'row'), showNumber(1200, 'row')]).toEqual(['1 row', '1,200 rows'])
  })
})

test('figures are shown in their unit; shares change in points, others in per cent', () => {
  const metric = (
    title: string,
    value: number | null,
    unit: string,
    previous: number | null,
    better = 0,
  ) => ({
    name: title,
    title,
    betterWhen: (['lower', 'neither', 'higher'] as const)[better + 1] ?? 'neither',
    value,
    unit,
    previous,
    change: null,
  })
  const table = showMetrics([
    metric('orders', 1100, 'orders', 1000, 1),
    metric('late share', 0.031, 'share', 0.045, -1),
    metric('revenue', 123456, 'cents', 0),
    metric('lead time', 26.04, 'hours', null),
    metric('returns', 4, 'orders', 3, -1),
  ])
  expect(cellsOf(table).slice(1)).toEqual([
    ['orders', '1,100 orders', '1,000 orders', '+10 %, better'],
    ['late share', '3.1 %', '4.5 %', '-1.4 pt, better'],
    ['revenue', '1,234.56', '0', ''],
    ['lead time', '26 hours', 'none', ''],
    ['returns', '4 orders', '3 orders', '+33.3 %, worse'],
  ])
})

describe('options', () => {
  test('take whole numbers within bounds only', () => {
    const parse = whole(1, 10)
    expect([parse('1'), parse('10')]).toEqual([1, 10])
    for (const text of ['0', '11', '1.5', 'x', '', ' ', '1e99', 'NaN'])
      expect(() => parse(text), text).toThrow()
  })

  test('split lists, and make paths absolute but leave names of mappings', () => {
    expect(list('a, b,c')).toEqual(['a', 'b', 'c'])
    expect(() => list('a,,b')).toThrow()
    expect(absolute('x')).toBe(resolve('x'))
    expect([mapping('olist'), mapping('my.yaml'), mapping('dir/my')]).toEqual([
      'olist',
      resolve('my.yaml'),
      resolve('dir/my'),
    ])
    expect(present({ a: 1, b: undefined, c: null })).toEqual({ a: 1, c: null })
  })
})
