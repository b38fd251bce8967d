// Charts as pure functions: specs against golden files, sparklines, words for those who do not see them.

import { describe, expect, test } from 'vitest'
import { type Palette, paletteFrom } from '../../dashboard/lib/charts/palette.ts'
import { aloneIn, rowsOf, ticksBetween } from '../../dashboard/lib/charts/rows.ts'
import { seriesSpec } from '../../dashboard/lib/charts/series-spec.ts'
import { sparkline } from '../../dashboard/lib/charts/sparkline.ts'
import { summaryOf } from '../../dashboard/lib/charts/summary.ts'
import { daysBetween } from '../../dashboard/lib/times.ts'
import { backlog, series } from './series.ts'

const palette: Palette = paletteFrom((token) => `var(${token})`)
const golden = (name: string) => `./golden/${name}.json`
const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

describe('the spec of a series', () => {
  test('draws band, ghost, line, diamonds and reroutes as the golden file has them', async () => {
    const marks = [{ at: '2026-11-23T05:10:00Z', text: '118 orders rerouted' }]
    const spec = seriesSpec({ series: series(8), marks, palette, height: 300 })
    await expect(text(spec)).toMatchFileSnapshot(golden('series-hours'))
  })

  test('shows shares in percent and money in whole units, and no marks outside its period', async () => {
    const share = series(6, { metric: { ...backlog, unit: 'share' } })
    const marks = [{ at: '2026-11-29T00:00:00Z', text: 'later' }]
    await expect(text(seriesSpec({ series: share, marks, palette, height: 260 }))).toMatchFileSnapshot(
      golden('series-share'),
    )
    const money = series(6, { metric: { ...backlog, unit: 'cents' }, currency: 'USD' })
    expect(rowsOf(money)[0]?.value).toBe(1)
    expect(rowsOf(money, 0)[0]?.value).toBe(100)
  })

  test('shows single points between gaps, and no range where nothing was measured', () => {
    const whole = series(7)
    const points = whole.points.map((point, i) => (i % 2 === 0 ? point : { ...point, value: null }))
    const rows = rowsOf({ ...whole, points })
    expect(rows.map(({ high }) => high !== null)).toEqual([true, false, true, false, true, false, true])
    expect(aloneIn(rows, 'value')).toHaveLength(4)
    expect(aloneIn(rows, 'previous')).toHaveLength(0)
    const drawn = text(seriesSpec({ series: { ...whole, points }, marks: [], palette, height: 300 }))
    expect(drawn).toContain('"filled": true')
  })

  test('stands on the days of UTC where its buckets are days', () => {
    expect(rowsOf(series(1, { grain: 'day' }))[0]?.t).toBe(Date.parse('2026-11-23T00:00:00Z'))
    expect(daysBetween('2018-07-20T00:00:00Z', '2018-10-17T00:00:00Z', 'UTC', Date.UTC(2026, 1))).toBe(
      '20 Jul – 17 Oct 2018',
    )
  })

  test('survives a series without points', () => {
    expect(() => seriesSpec({ series: series(0), marks: [], palette, height: 300 })).not.toThrow()
  })
})

describe('rows and ticks', () => {
  test('stand at the wall clock of the zone', () => {
    expect(rowsOf(series(1))[0]?.t).toBe(Date.parse('2026-11-22T16:00:00Z'))
    expect(rowsOf(series(1, { timeZone: 'Asia/Kolkata' }))[0]?.t).toBe(Date.parse('2026-11-23T05:30:00Z'))
    expect(rowsOf(series(1, { timeZone: 'Nowhere/At all' }))[0]?.t).toBe(Date.parse('2026-11-23T00:00:00Z'))
  })

  test.each([
    [1, '%H:%M'],
    [7, '%a %-d'],
    [28, '%-d %b'],
    [90, '%-d %b'],
    [800, '%b %Y'],
  ])('are few and round over %d days', (days, format) => {
    const from = Date.parse('2026-01-05T03:20:00Z')
    const ticks = ticksBetween(from, from + days * 86_400_000)
    expect(ticks.format).toBe(format)
    expect(ticks.values.length).toBeGreaterThan(2)
    expect(ticks.values.length).toBeLessThan(10)
    expect(ticks.values.every((at) => at % 3_600_000 === 0)).toBe(true)
  })
})

describe('a sparkline', () => {
  test('breaks where values are missing and marks the last odd point', () => {
    const { line, band, odd } = sparkline(series(8).points, 200, 44)
    expect(line.match(/M/g)).toHaveLength(2)
    expect(band.endsWith('Z')).toBe(true)
    expect(odd?.x).toBe(1)
    expect(`${line}${band}`).not.toContain('NaN')
  })

  test('is empty without values and flat with one value', () => {
    expect(sparkline([], 200, 44)).toEqual({ line: '', band: '', odd: null })
    const one = series(1).points.map((point) => ({ ...point, low: null, high: null, anomaly: null }))
    expect(sparkline(one, 200, 44).line).toBe('M100.0 22.0h0.1')
  })
})

describe('the summary', () => {
  test('tells newest value, expected range, extremes and odd points', () => {
    expect(summaryOf(series(8))).toBe(
      'Backlog, all nodes: 120 at Sun 22 Nov, 23:00 PST, expected 100 to 140. From 100 to 140 over 8 hours. ' +
        '2 points are outside the expected range, the last at Sun 22 Nov, 23:00 PST.',
    )
  })

  test('says so where there are no values', () => {
    expect(summaryOf(series(0))).toBe('Backlog: no values in this period.')
  })
})
