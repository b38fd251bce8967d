// The parts of a world by themselves: work queues, local time, holidays, draws, CSV bytes.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Calendar, WorkingDays, zones } from '../../../data/world/calendar.ts'
import { CsvFile, DateTexts } from '../../../data/world/csv.ts'
import { holidaysOf } from '../../../data/world/holidays.ts'
import { lottery } from '../../../data/world/lottery.ts'
import { WorkQueue } from '../../../data/world/queue.ts'

const second = (iso: string): number => Date.parse(iso) / 1000

it('does work in the order of arrival and never faster than its capacity', () => {
  const rates = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 6, maxLength: 48 })
  const jobs = fc.array(fc.tuple(fc.integer({ min: 0, max: 7200 }), fc.integer({ min: 1, max: 4 })), {
    maxLength: 30,
  })
  fc.assert(
    fc.property(rates, jobs, (hourly, list) => {
      const queue = new WorkQueue(0, Float64Array.from(hourly))
      let arrival = 0
      let last = 0
      let total = 0
      for (const [gap, work] of list) {
        arrival += gap
        if (arrival >= hourly.length * 3600) break
        const begun = queue.begin(arrival)
        const ended = queue.finish(arrival, work)
        total += work
        expect(begun).toBeGreaterThanOrEqual(arrival)
        expect(ended).toBeGreaterThanOrEqual(begun)
        expect(ended).toBeGreaterThanOrEqual(last)
        last = ended
      }
      const possible = hourly.slice(0, Math.ceil(last / 3600)).reduce((sum, rate) => sum + rate, 0)
      if (last < hourly.length * 3600) expect(total).toBeLessThanOrEqual(possible + 1e-6)
    }),
  )
})

it('lets a backlog grow while capacity is low and clears it afterwards', () => {
  const slow = new WorkQueue(
    0,
    Float64Array.from({ length: 48 }, (_, hour) => (hour < 12 ? 2 : 12)),
  )
  const waits = Array.from({ length: 120 }, (_, i) => slow.finish(i * 720, 1) - i * 720)
  expect(Math.max(...waits)).toBeGreaterThan(5 * 3600)
  expect(waits.at(-1)).toBeLessThan(1800)
})

it('knows local time on both sides of the change to summer time', () => {
  const calendar = new Calendar(second('2026-03-01T00:00:00Z'), second('2026-03-20T00:00:00Z'))
  const eastern = zones.indexOf('America/New_York')
  expect(calendar.offset(eastern, second('2026-03-08T06:59:59Z'))).toBe(-5 * 3600)
  expect(calendar.offset(eastern, second('2026-03-08T07:00:00Z'))).toBe(-4 * 3600)
  expect(calendar.instantOf(eastern, second('2026-03-09T00:00:00Z') / 86_400, 86_399)).toBe(
    second('2026-03-10T03:59:59Z'),
  )
  expect(calendar.offset(zones.indexOf('America/Phoenix'), second('2026-03-15T12:00:00Z'))).toBe(-7 * 3600)
})

it('finds the holidays of any year by rule', () => {
  const dayOf = (year: number, name: string): string | undefined => {
    const found = holidaysOf(year).find((holiday) => holiday.name === name)
    return found && new Date(found.day * 86_400_000).toISOString().slice(0, 10)
  }
  expect(dayOf(2026, 'Thanksgiving')).toBe('2026-11-26')
  expect(dayOf(2026, 'Memorial Day')).toBe('2026-05-25')
  expect(dayOf(2027, 'Labor Day')).toBe('2027-09-06')
  expect(dayOf(2024, 'Martin Luther King Jr. Day')).toBe('2024-01-15')
})

it('skips Sundays and closed holidays when it counts delivery days', () => {
  const calendar = new Calendar(second('2026-11-20T00:00:00Z'), second('2026-12-01T00:00:00Z'))
  const days = new WorkingDays(calendar, false)
  const day = (iso: string): number => second(`${iso}T00:00:00Z`) / 86_400
  expect(days.after(day('2026-11-25'), 1)).toBe(day('2026-11-27'))
  expect(days.after(day('2026-11-28'), 1)).toBe(day('2026-11-30'))
  expect(days.after(day('2026-11-29'), 2)).toBe(day('2026-12-01'))
})

it('draws in proportion to the weights', () => {
  const draw = lottery([1, 0, 3], 1000)
  const counts = [0, 0, 0]
  for (let i = 0; i < 1000; i++) {
    const index = draw.draw(i / 1000)
    counts[index] = (counts[index] ?? 0) + 1
  }
  expect(counts).toEqual([250, 0, 750])
})

it('writes instants, money and ids as the layout says, and nothing beyond the horizon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'detour-csv-'))
  try {
    const horizon = second('2026-08-02T00:00:00Z')
    const day = Math.floor(horizon / 86_400)
    const file = new CsvFile(join(folder, 'a.csv'), ['a', 'b'], new DateTexts(day - 3, day), horizon)
    const row = (first: () => void, then: () => void): void => {
      first()
      then()
      file.end()
    }
    row(
      () => file.instant(second('2026-08-01T14:03:09Z')),
      () => file.instant(horizon),
    )
    row(
      () => file.deadline(second('2026-12-31T23:59:59Z')),
      () => file.deadline(2 ** 31 - 1),
    )
    row(
      () => file.money(1905),
      () => file.money(-7),
    )
    row(
      () => file.integer(-1_234_567),
      () => file.id('X-', 42, 5, '-S1'),
    )
    row(
      () => file.truth(true),
      () => file.empty(),
    )
    file.close()
    expect(readFileSync(join(folder, 'a.csv'), 'utf8')).toBe(
      'a,b\n2026-08-01T14:03:09Z,\n2026-12-31T23:59:59Z,\n19.05,-0.07\n-1234567,X-00042-S1\ntrue,\n',
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
