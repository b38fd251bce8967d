// When work is done and leaves: by instants that are known, and against a calendar looked at minute by minute.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { compileNetwork } from '#orchestrator/sourcing'
import { MinuteCalendar, minutesOf, type Plain } from './minute-calendar.ts'
import { networkDocument, networkNode, weekCalendar } from './network-draft.ts'

const hourMs = 3_600_000
const at = (text: string) => Date.parse(text)
const iso = (instant: number | null) =>
  instant === null ? null : new Date(instant).toISOString().slice(0, 16)

const workdays = [1, 2, 3, 4, 5]
const everyday = [...workdays, 6, 7]

function networkOf(calendar: api.WorkCalendar | null, given: Partial<api.NetworkNode> = {}) {
  const node = networkNode('N', {
    timeZone: 'America/New_York',
    calendarId: calendar?.calendarId ?? null,
    ...given,
  })
  return compileNetwork({
    document: networkDocument({ nodes: [node], calendars: calendar === null ? [] : [calendar] }),
    version: 1,
    nodes: [],
  })
}

const office = weekCalendar('office', workdays, '08:00', '17:00')
const collected = { cutOff: '14:00', pickups: [{ carrierId: null, days: [], time: '16:00' }] }

describe('a departure', () => {
  const list = (network: ReturnType<typeof networkOf>, from: string, count = 1, hours = 0, carrier = 'C') =>
    network
      .departures('N', carrier, at(from), count, hours)
      .map((one) => [one.day, iso(one.at), iso(one.cutOffAt)])

  test('is the pick-up of the day for what comes by the cut-off, of the next working day for what comes later', () => {
    const network = networkOf(office, collected)
    const friday = ['2026-03-06', '2026-03-06T21:00', '2026-03-06T19:00']
    const monday = ['2026-03-09', '2026-03-09T20:00', '2026-03-09T18:00']
    expect(list(network, '2026-03-06T19:00:00Z')).toEqual([friday])
    expect(list(network, '2026-03-06T19:00:00.001Z')).toEqual([monday])
    expect(list(network, '2026-03-07T12:00:00Z')).toEqual([monday])
    expect(list(network, '2026-03-06T12:00:00Z', 2)).toEqual([friday, monday])
  })

  test('waits for the work to be done in working hours', () => {
    const network = networkOf(office, collected)
    expect(list(network, '2026-03-06T18:00:00Z', 1, 3)).toEqual([
      ['2026-03-06', '2026-03-06T21:00', '2026-03-06T19:00'],
    ])
    // Four hours after 13:00 are 17:00: too late for 16:00, so Monday's pick-up.
    expect(list(network, '2026-03-06T18:00:00Z', 1, 4)).toEqual([
      ['2026-03-06', '2026-03-09T20:00', '2026-03-06T19:00'],
    ])
  })

  test('passes over holidays, and is there on extra days', () => {
    const calendar = weekCalendar('office', workdays, '08:00', '17:00', {
      holidays: ['2026-12-24', '2026-12-25'],
      extraDays: [{ date: '2026-12-26', opens: '10:00', closes: '13:00' }],
    })
    const network = networkOf(calendar, { ...collected, cutOff: '12:00' })
    expect(list(network, '2026-12-23T20:00:00Z', 3).map(([day]) => day)).toEqual([
      '2026-12-26',
      '2026-12-28',
      '2026-12-29',
    ])
  })

  test('goes by slots of its carrier and of all; a carrier without any leaves when the goods are ready', () => {
    const pickups = [
      { carrierId: 'EARLY', days: [], time: '09:00' },
      { carrierId: 'FRIDAY', days: [5], time: '15:00' },
    ]
    const network = networkOf(office, { pickups })
    const from = '2026-03-03T15:00:00Z'
    expect(list(network, from, 1, 0, 'EARLY').map(([, time]) => time)).toEqual(['2026-03-04T14:00'])
    expect(list(network, from, 1, 0, 'FRIDAY').map(([, time]) => time)).toEqual(['2026-03-06T20:00'])
    expect(list(network, from, 1, 1, 'OTHER').map(([, time]) => time)).toEqual(['2026-03-03T16:00'])
    const all = networkOf(office, { pickups: [...pickups, { carrierId: null, days: [], time: '12:00' }] })
    expect(list(all, from, 1, 0, 'EARLY').map(([, time]) => time)).toEqual(['2026-03-03T17:00'])
  })

  test('of a night shift counts on the day when the shift began', () => {
    const night = weekCalendar('night', workdays, '22:00', '06:00')
    const network = networkOf(night, {
      cutOff: '04:00',
      pickups: [{ carrierId: null, days: [], time: '05:00' }],
    })
    // Friday's shift goes on into Saturday, on which none begins.
    expect(list(network, '2026-03-07T08:30:00Z')).toEqual([
      ['2026-03-06', '2026-03-07T10:00', '2026-03-07T09:00'],
    ])
    expect(list(network, '2026-03-07T09:01:00Z')).toEqual([
      ['2026-03-09', '2026-03-10T09:00', '2026-03-10T08:00'],
    ])
  })

  test('is within the active days of the node', () => {
    const network = networkOf(office, { ...collected, activeFrom: '2026-03-10', activeUntil: '2026-03-11' })
    expect(list(network, '2026-03-06T12:00:00Z', 9).map(([day]) => day)).toEqual(['2026-03-10', '2026-03-11'])
    expect(list(network, '2026-03-12T12:00:00Z', 9)).toEqual([])
  })

  test('of a node without calendar is any day, any hour', () => {
    const network = networkOf(null)
    expect(network.departures('N', null, at('2026-03-08T02:00:00Z'), 1).map((one) => iso(one.at))).toEqual([
      '2026-03-08T02:00',
    ])
    expect(network.findings.map(({ code }) => code)).toContain('node_calendar_missing')
  })

  test('is none where a node never opens or its carrier never comes, and findings say so', () => {
    const never = networkOf({ ...office, hours: [] })
    expect(never.departures('N', null, at('2026-03-06T12:00:00Z'), 5)).toEqual([])
    expect(never.addWorkingTime('N', at('2026-03-06T12:00:00Z'), 1)).toBeNull()
    expect(never.findings.map(({ code }) => code)).toContain('node_never_opens')
    const sunday = networkOf(office, { pickups: [{ carrierId: null, days: [7], time: '12:00' }] })
    expect(sunday.departures('N', 'C', at('2026-03-06T12:00:00Z'), 5)).toEqual([])
    expect(sunday.findings.map(({ code }) => code)).toContain('pickup_never')
    const closed = Array.from({ length: 100 }, (_, i) =>
      new Date(at('2026-03-01') + i * 24 * hourMs).toISOString().slice(0, 10),
    )
    expect(list(networkOf({ ...office, holidays: closed }), '2026-03-02T12:00:00Z')).toEqual([])
    expect(
      list(networkOf({ ...office, holidays: closed }), '2026-05-02T12:00:00Z').map(([day]) => day),
    ).toEqual(['2026-06-09'])
  })

  test('is none for numbers that are no instants, nodes that are not there and nothing asked for', () => {
    const network = networkOf(office)
    for (const from of [Number.NaN, Number.POSITIVE_INFINITY, -1e18, 1e18]) {
      expect(network.departures('N', 'C', from, 3)).toEqual([])
      expect(network.addWorkingTime('N', from, 1)).toBeNull()
      expect(network.dayAt('N', from)).toBeNull()
    }
    const from = at('2026-03-06T12:00:00Z')
    expect(network.departures('nobody', 'C', from, 3)).toEqual([])
    expect(network.departures('N', 'C', from, 0)).toEqual([])
    expect(network.departures('N', 'C', from, Number.NaN)).toEqual([])
    expect(network.departures('N', 'C', from, 3, -1)).toEqual([])
    expect(network.departures('N', 'C', from, 3, Number.NaN)).toEqual([])
    expect(network.departures('N', 'C', from, 1e9).length).toBeLessThanOrEqual(366)
  })
})

describe('working time', () => {
  const done = (from: string, hours: number) => iso(networkOf(office).addWorkingTime('N', at(from), hours))

  test('goes on over nights, weekends and the change of clocks', () => {
    expect(done('2026-03-06T20:00:00Z', 1)).toBe('2026-03-06T21:00')
    expect(done('2026-03-06T20:00:00Z', 2)).toBe('2026-03-06T22:00')
    expect(done('2026-03-06T20:00:00Z', 3)).toBe('2026-03-09T13:00')
    expect(done('2026-03-07T20:00:00Z', 0)).toBe('2026-03-09T12:00')
    expect(done('2026-03-06T20:00:00Z', 9 * 10)).toBe('2026-03-20T19:00')
  })

  test('of a shift over the change of clocks is what really passes', () => {
    const night = weekCalendar('night', everyday, '22:00', '06:00')
    const network = networkOf(night)
    const begins = (date: string) => at(`${date}T22:00:00-05:00`)
    const hoursOf = (from: number) => {
      const next = network.addWorkingTime('N', from + 12 * hourMs, 0) ?? 0
      const rest = network.addWorkingTime('N', from, 8) ?? 0
      return [(next - from) / hourMs, (rest - from) / hourMs]
    }
    // The night of the gap has seven hours: the eighth is of the next night.
    expect(hoursOf(begins('2026-03-07'))).toEqual([23, 24])
    expect(hoursOf(begins('2026-03-05'))).toEqual([24, 8])
    expect(hoursOf(at('2026-10-31T22:00:00-04:00'))).toEqual([25, 8])
  })
})

const quarter = fc.integer({ min: 0, max: 95 }).filter((i) => i < 4 || i > 12)
const time = quarter.map((i) => `${String(i >> 2).padStart(2, '0')}:${String((i % 4) * 15).padStart(2, '0')}`)
const changes = [
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Europe/Berlin', '2026-03-29'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Asia/Kolkata', '2026-05-10'],
] as const
const minuteTables = changes.map(([timeZone, date]) =>
  minutesOf(timeZone, at(date) - 8 * 24 * hourMs, at(date) + 14 * 24 * hourMs),
)
const nearby = (date: string) =>
  fc
    .integer({ min: -4, max: 8 })
    .map((days) => new Date(at(date) + days * 24 * hourMs).toISOString().slice(0, 10))

const world = fc.constantFrom(...changes).chain(([timeZone, date]) =>
  fc.record({
    timeZone: fc.constant(timeZone),
    date: fc.constant(date),
    plain: fc.record({
      calendar: fc.record({
        calendarId: fc.constant('K'),
        name: fc.constant('K'),
        hours: fc.array(fc.record({ day: fc.constantFrom(...everyday), opens: time, closes: time }), {
          minLength: 1,
          maxLength: 9,
        }),
        holidays: fc.array(nearby(date), { maxLength: 3 }),
        extraDays: fc.array(fc.record({ date: nearby(date), opens: time, closes: time }), { maxLength: 2 }),
      }),
      cutOff: fc.option(time),
      pickups: fc.array(
        fc.record({
          carrierId: fc.constantFrom('A', 'B', null),
          days: fc.array(fc.constantFrom(...everyday), { maxLength: 3 }),
          time,
        }),
        { maxLength: 4 },
      ),
    }),
    from: fc.integer({ min: -4 * 1440, max: 4 * 1440 }).map((minute) => at(date) + minute * 60_000),
    later: fc.integer({ min: 0, max: 3 * 1440 * 60_000 }),
    workMinutes: fc.constantFrom(0, 0, 15, 90, 480, 700),
    carrierId: fc.constantFrom('A', 'B', 'C', null),
  }),
)

function slowly({ date, timeZone, plain }: { date: string; timeZone: string; plain: Plain }): MinuteCalendar {
  const i = changes.findIndex((change) => change[0] === timeZone && change[1] === date)
  return new MinuteCalendar(minuteTables[i] ?? [], plain)
}

function compiled(timeZone: string, { calendar, cutOff, pickups }: Plain) {
  const node = networkNode('N', { timeZone, calendarId: 'K', cutOff, pickups: [...pickups] })
  const document = networkDocument({ nodes: [node], calendars: [calendar] })
  return compileNetwork({ document, version: 1, nodes: [] })
}

describe('whatever the calendar', () => {
  test('departures and working time are as minutes on the wall clock have it', () => {
    let compared = 0
    fc.assert(
      fc.property(world, (given) => {
        const { timeZone, plain, from, workMinutes, carrierId } = given
        const network = compiled(timeZone, plain)
        const slow = slowly(given)
        const expected = slow.add(from, workMinutes)
        if (expected !== null) expect(network.addWorkingTime('N', from, workMinutes / 60)).toBe(expected)
        const listed = slow.departures(carrierId, from, workMinutes).slice(0, 5)
        expect(network.departures('N', carrierId, from, listed.length, workMinutes / 60)).toEqual(listed)
        compared += listed.length
      }),
      { numRuns: 400 },
    )
    expect(compared).toBeGreaterThan(400)
  })

  test('none leaves before it came, each leaves while the node works, and who comes later leaves no earlier', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { timeZone, plain, date, from, later, workMinutes, carrierId } = given
        const network = compiled(timeZone, plain)
        const slow = slowly(given)
        const first = network.departures('N', carrierId, from, 4, workMinutes / 60)
        const second = network.departures('N', carrierId, from + later, 4, workMinutes / 60)
        for (const [i, departure] of first.entries()) {
          expect(departure.at).toBeGreaterThanOrEqual(from)
          expect(departure.cutOffAt).toBeGreaterThanOrEqual(from)
          const before = first[i - 1]
          if (before !== undefined) {
            expect(departure.at).toBeGreaterThanOrEqual(before.at)
            expect(departure.day > before.day).toBe(true)
          }
          const after = second[i]
          if (after !== undefined) expect(after.at).toBeGreaterThanOrEqual(departure.at)
          if (departure.at > at(date) + 13 * 24 * hourMs) continue
          const day = at(network.dayAt('N', departure.at) ?? '') / (24 * hourMs)
          expect(slow.isOpenAt(departure.at) || slow.isWorked(day)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('what was kept from earlier questions changes no answer', () => {
    fc.assert(
      fc.property(world, fc.array(fc.integer({ min: -6, max: 9 }), { maxLength: 8 }), (given, days) => {
        const { timeZone, plain, from, workMinutes, carrierId } = given
        const warm = compiled(timeZone, plain)
        const ask = (network: typeof warm, when: number) => [
          network.departures('N', carrierId, when, 3, workMinutes / 60),
          network.departures('N', carrierId, when, 5),
          network.addWorkingTime('N', when, workMinutes / 60),
        ]
        for (const day of days) ask(warm, from + day * 31 * hourMs)
        expect(ask(warm, from)).toEqual(ask(compiled(timeZone, plain), from))
      }),
      { numRuns: 200 },
    )
  })
})
