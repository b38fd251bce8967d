// Local time over changes of the clocks, against what the runtime says and against instants that are known.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dayNumber,
  dayText,
  minuteOf,
  weekdayOf,
  type ZoneClock,
  zoneClock,
} from '../../../orchestrator/sourcing/network/zone-clock.ts'

const hourMs = 3_600_000

function clockOf(timeZone: string): ZoneClock {
  const clock = zoneClock(timeZone)
  if (clock === null) throw new Error(`no zone ${timeZone}`)
  return clock
}

function instant(timeZone: string, date: string, time: string): string {
  return new Date(clockOf(timeZone).instant(dayNumber(date) ?? 0, minuteOf(time) ?? 0)).toISOString()
}

const zones = [
  'UTC',
  'America/New_York',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Havana',
  'Europe/Berlin',
  'Europe/London',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Antarctica/Troll',
]

test('a zone has one clock however its name is written, and a name of none has no clock', () => {
  expect(zoneClock('europe/BERLIN')).toBe(clockOf('Europe/Berlin'))
  expect([zoneClock('Europe/Atlantis'), zoneClock(''), zoneClock('constructor')]).toEqual([null, null, null])
})

describe('a clock of a zone', () => {
  test('has the offset that the runtime shows, at any instant of the years 2000 to 2037', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2037, 11, 31) / 1000 }),
        (timeZone, seconds) => {
          const format = new Intl.DateTimeFormat('sv-SE', {
            timeZone,
            dateStyle: 'short',
            timeStyle: 'medium',
          })
          const local = Date.parse(`${format.format(seconds * 1000).replace(' ', 'T')}Z`)
          expect(clockOf(timeZone).offsetAt(seconds * 1000)).toBe(local - seconds * 1000)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('knows the minute at which clocks change', () => {
    const before = Date.parse('2026-03-08T06:59:59.999Z')
    expect(clockOf('America/New_York').offsetAt(before)).toBe(-5 * hourMs)
    expect(clockOf('America/New_York').offsetAt(before + 1)).toBe(-4 * hourMs)
    const fold = Date.parse('2026-11-01T06:00:00Z')
    expect(clockOf('America/New_York').offsetAt(fold - 1)).toBe(-4 * hourMs)
    expect(clockOf('America/New_York').offsetAt(fold)).toBe(-5 * hourMs)
  })

  test.each([
    ['a usual time', 'America/New_York', '2026-07-01', '14:00', '2026-07-01T18:00:00.000Z'],
    ['the hour before the gap', 'America/New_York', '2026-03-08', '01:59', '2026-03-08T06:59:00.000Z'],
    [
      'a time in the gap: when it is jumped over',
      'America/New_York',
      '2026-03-08',
      '02:30',
      '2026-03-08T07:00:00.000Z',
    ],
    ['the end of the gap', 'America/New_York', '2026-03-08', '03:00', '2026-03-08T07:00:00.000Z'],
    ['the first of two such times', 'America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30:00.000Z'],
    ['the end of the fold', 'America/New_York', '2026-11-01', '02:00', '2026-11-01T07:00:00.000Z'],
    ['a gap in spring in Berlin', 'Europe/Berlin', '2026-03-29', '02:15', '2026-03-29T01:00:00.000Z'],
    ['a fold in Berlin', 'Europe/Berlin', '2026-10-25', '02:15', '2026-10-25T00:15:00.000Z'],
    ['a gap at midnight', 'America/Sao_Paulo', '2018-11-04', '00:00', '2018-11-04T03:00:00.000Z'],
    ['a change of half an hour', 'Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:30:00.000Z'],
    ['a day that never was', 'Pacific/Apia', '2011-12-30', '12:00', '2011-12-30T10:00:00.000Z'],
    ['quarters of hours', 'Asia/Kathmandu', '2026-05-01', '09:00', '2026-05-01T03:15:00.000Z'],
  ])('gives the instant of %s', (_, timeZone, date, time, expected) => {
    expect(instant(timeZone, date, time)).toBe(expected)
  })

  test('never goes back when local time goes on, and finds the way back from every instant', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 15_000, max: 24_000 }),
        fc.integer({ min: 0, max: 2_879 }),
        fc.integer({ min: 0, max: 600 }),
        (timeZone, day, minute, later) => {
          const clock = clockOf(timeZone)
          const at = clock.instant(day, minute)
          expect(clock.instant(day, minute + later)).toBeGreaterThanOrEqual(at)
          const local = at + clock.offsetAt(at)
          expect(local).toBeGreaterThanOrEqual(day * 86_400_000 + minute * 60_000)
          expect(clock.instant(0, local / 60_000)).toBeLessThanOrEqual(at)
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

test('days and times that are none are null', () => {
  expect(dayNumber('2026-02-30')).toBeNull()
  expect(dayNumber('2026-2-3')).toBeNull()
  expect(dayNumber(null)).toBeNull()
  expect(minuteOf('24:00')).toBeNull()
  expect(minuteOf('noon')).toBeNull()
  expect(minuteOf('7:05')).toBe(425)
  expect(zoneClock('Mars/Olympus')).toBeNull()
  expect(dayText(dayNumber('2028-02-29') ?? 0)).toBe('2028-02-29')
  expect([weekdayOf(0), weekdayOf(-1), weekdayOf(dayNumber('2026-11-26') ?? 0)]).toEqual([4, 3, 4])
})
