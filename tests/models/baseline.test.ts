// Proves what the seasonal baseline promises: causal, sensible bands for every unit and length, faults outside them.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { type BandPoint, type SeriesInput, seasonalBaseline } from '#models'
import { counts, hourMs, seriesStart, usualAt } from './series.ts'

const series = (values: (number | null)[], more: Partial<SeriesInput> = {}): SeriesInput => ({
  start: seriesStart,
  stepMs: hourMs,
  values,
  unit: 'orders',
  ...more,
})

const isOutside = (value: number | null, band: BandPoint | null | undefined): boolean =>
  value !== null && band !== null && band !== undefined && (value < band.low || value > band.high)

describe('the seasonal baseline', () => {
  test('follows the hour of the week and leaves few ordinary hours outside its band', () => {
    const values = counts(8 * 168, 40)
    const bands = seasonalBaseline(series(values))
    const later = values.map((_, hour) => hour).filter((hour) => hour >= 4 * 168)
    const errors = later.map((hour) => {
      const usual = usualAt(hour, 40)
      return Math.abs((bands[hour]?.expected ?? 0) - usual) / Math.sqrt(usual)
    })
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.6)
    const outside = later.filter((hour) => isOutside(values[hour] ?? null, bands[hour])).length
    expect(outside / later.length).toBeLessThan(0.03)
  })

  test('finds the hours of a fault and few others', () => {
    const found = { right: 0, wrong: 0, missed: 0 }
    for (let seed = 0; seed < 12; seed++) {
      const fault = { from: 6 * 168 + 24 + 8, to: 6 * 168 + 24 + 20, factor: seed % 2 === 0 ? 0.3 : 2.2 }
      const values = counts(7 * 168, 40, seededRandom(seed), fault)
      const bands = seasonalBaseline(series(values))
      for (let hour = 6 * 168; hour < 7 * 168; hour++) {
        const isFaulty = hour >= fault.from && hour < fault.to
        if (isOutside(values[hour] ?? null, bands[hour])) found[isFaulty ? 'right' : 'wrong']++
        else if (isFaulty) found.missed++
      }
    }
    expect(found.right / (found.right + found.missed)).toBeGreaterThan(0.85)
    expect(found.right / (found.right + found.wrong)).toBeGreaterThan(0.75)
  })

  test('says the same of a bucket whatever comes after it', () => {
    const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 500 }), fc.constant(null)), {
      minLength: 30,
      maxLength: 400,
    })
    fc.assert(
      fc.property(
        values,
        fc.constantFrom('orders', 'share', 'hours', 'cents'),
        fc.nat(400),
        (all, unit, cut) => {
          const scaled = unit === 'share' ? all.map((value) => (value === null ? null : value / 500)) : all
          const whole = seasonalBaseline(series(scaled, { unit }))
          const part = seasonalBaseline(series(scaled.slice(0, cut), { unit }))
          expect(part).toEqual(whole.slice(0, cut))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('gives finite, ordered bands within the unit, whatever the values', () => {
    const values = fc.array(fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.constant(null)), {
      maxLength: 120,
    })
    fc.assert(
      fc.property(values, fc.constantFrom('orders', 'hours', 'cents', 'other'), (all, unit) => {
        for (const band of seasonalBaseline(series(all, { unit }))) {
          if (band === null) continue
          expect(Object.values(band).every(Number.isFinite)).toBe(true)
          expect(band.low).toBeGreaterThanOrEqual(0)
          expect(band.low).toBeLessThanOrEqual(band.expected)
          expect(band.high).toBeGreaterThanOrEqual(band.expected)
        }
      }),
      { numRuns: 60 },
    )
    const shares = seasonalBaseline(series(new Array(200).fill(0.99), { unit: 'share' }))
    expect(shares.at(-1)?.high).toBeLessThanOrEqual(1)
  })

  test('says nothing before 8 values and speaks widely of a short history', () => {
    const random = seededRandom('short')
    const values = Array.from({ length: 20 }, () => random.poisson(30))
    const bands = seasonalBaseline(series(values))
    expect(bands.slice(0, 8)).toEqual(new Array(8).fill(null))
    expect(bands.slice(8).every((band) => band !== null)).toBe(true)
    const last = bands.at(-1)
    expect(last?.expected).toBeGreaterThan(20)
    expect(last?.expected).toBeLessThan(40)
    expect((last?.high ?? 0) - (last?.low ?? 0)).toBeGreaterThan(2 * Math.sqrt(30))
  })

  test('never narrows a band below what counting alone gives', () => {
    const bands = seasonalBaseline(series(new Array(400).fill(25)))
    expect(bands.at(-1)?.sigma).toBeGreaterThan(4)
    const share = seasonalBaseline(
      series(new Array(400).fill(0.1), { unit: 'share', denominators: new Array(400).fill(10) }),
    )
    expect(share.at(-1)?.high).toBeGreaterThan(0.3)
  })

  test('speaks more widely of a ratio with few records below it', () => {
    const values = new Array(300).fill(0.2)
    const few = seasonalBaseline(series(values, { unit: 'share', denominators: new Array(300).fill(4) })).at(
      -1,
    )
    const many = seasonalBaseline(
      series(values, { unit: 'share', denominators: new Array(300).fill(400) }),
    ).at(-1)
    expect(few?.sigma).toBeGreaterThan((many?.sigma ?? 1) * 1.5)
  })

  test('keeps to the clock on the wall when summer time ends', () => {
    const zone = 'America/New_York'
    const start = Date.UTC(2026, 9, 5, 4)
    const changed = Date.UTC(2026, 10, 1, 6)
    const values = Array.from({ length: 6 * 168 }, (_, i) => {
      const at = start + i * hourMs
      const local = (Math.floor(at / hourMs) - (at < changed ? 4 : 5)) % 24
      return local === 10 ? 80 : 2
    })
    const last = values.length - 1 - 24
    const wrong = (timeZone: string) => {
      const bands = seasonalBaseline({ start, stepMs: hourMs, values, unit: 'lines', timeZone })
      return values.filter((value, i) => i > 4 * 168 && i < last && isOutside(value, bands[i])).length
    }
    expect(wrong(zone)).toBe(0)
    expect(wrong('UTC')).toBeGreaterThan(5)
    expect(wrong('No/Such_Zone')).toBe(wrong('UTC'))
  })

  test('gives days a season by weekday', () => {
    const random = seededRandom('days')
    const values = Array.from({ length: 140 }, (_, day) => random.poisson(day % 7 >= 5 ? 40 : 200))
    const bands = seasonalBaseline(series(values, { stepMs: 24 * hourMs }))
    for (let day = 120; day < 140; day++) {
      expect(bands[day]?.expected).toBeGreaterThan(day % 7 >= 5 ? 25 : 160)
      expect(bands[day]?.expected).toBeLessThan(day % 7 >= 5 ? 60 : 240)
    }
  })

  test('takes a lasting shift of level for the new ordinary within two weeks', () => {
    const random = seededRandom('shift')
    const values = [...counts(4 * 168, 20, random), ...counts(3 * 168, 40, random)]
    const bands = seasonalBaseline(series(values))
    const lastWeek = values.map((_, hour) => hour).slice(6 * 168)
    const outside = lastWeek.filter((hour) => isOutside(values[hour] ?? null, bands[hour])).length
    expect(outside / lastWeek.length).toBeLessThan(0.05)
  })
})
