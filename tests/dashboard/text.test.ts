// Numbers, times, errors, CSV and addresses as the dashboard writes them.

import { describe, expect, test } from 'vitest'
import { queryText } from '../../dashboard/lib/api.ts'
import { age, change, count, counted, duration, inUnit, money, percent } from '../../dashboard/lib/numbers.ts'
import { ApiError, type Problem, unreachable, wordsOf } from '../../dashboard/lib/problem.ts'
import { csvOf } from '../../dashboard/lib/sql/csv.ts'
import { clockTime, fullMoment, moment, shortMoment, wallMs } from '../../dashboard/lib/times.ts'

/** Thin spaces as plain ones, so that expectations can be read. */
const plain = (text: string) => text.replaceAll('\u2060', '').replaceAll('\u2009', ' ')

describe('numbers', () => {
  test('have groups, thin spaces, real minus signs, and a dash where there is none', () => {
    expect(count(8412)).toBe('8,412')
    expect(count(-3)).toBe('\u22123')
    expect(count(null)).toBe('–')
    expect(counted(1, 'order')).toBe('1 order')
    expect(counted(0, 'order')).toBe('0 orders')
    expect(percent(0.9412)).toBe('94.1\u2060\u2009\u2060%')
    expect(plain(inUnit(5.24, 'hours', null))).toBe('5.2 h')
    expect(plain(inUnit(0.5, 'share', null))).toBe('50.0 %')
    expect(inUnit(12.5, 'orders', null)).toBe('12.5')
  })

  test('give money in its currency and its minor units', () => {
    expect(money(684, 'USD')).toBe('$6.84')
    expect(money(912_000, 'USD')).toBe('$9,120')
    expect(money(912_050, 'USD', true)).toBe('$9,120.50')
    expect(money(-750, 'USD')).toBe('\u2212$7.50')
    expect(money(500, 'JPY')).toBe('¥500')
    expect(money(null, 'USD')).toBe('–')
    expect(() => money(100, 'not a code')).not.toThrow()
  })

  test('sign a change and use points for shares', () => {
    expect(plain(change(0.38, 'orders'))).toBe('+38 %')
    expect(plain(change(-0.031, 'share'))).toBe('\u22123.1 pt')
    expect(plain(change(0, 'orders'))).toBe('±0.0 %')
    expect(change(null, 'orders')).toBe('–')
  })

  test('say how long in at most two units', () => {
    expect(plain(duration(47))).toBe('47 min')
    expect(plain(duration(125))).toBe('2 h 05 min')
    expect(plain(duration(120))).toBe('2 h')
    expect(plain(duration(4560))).toBe('3 d 4 h')
    expect(plain(age(4_000))).toBe('4 s')
    expect(plain(age(-5))).toBe('0 s')
    expect(plain(age(3 * 3_600_000))).toBe('3 h')
  })
})

describe('times', () => {
  const at = '2026-11-24T12:40:00Z'

  test('stand in the zone that is asked for, with its name', () => {
    expect(moment(at, 'America/Los_Angeles')).toBe('Tue 24 Nov, 04:40')
    expect(clockTime(at, 'UTC')).toBe('12:40')
    expect(fullMoment(at, 'America/New_York')).toBe('Tue 24 Nov 2026, 07:40 EST')
    expect(fullMoment(at, 'not/a-zone')).toBe('Tue 24 Nov 2026, 12:40 UTC')
  })

  test('name the year only where it is another than now', () => {
    expect(shortMoment(at, 'UTC', Date.parse('2026-12-30T00:00:00Z'))).toBe('24 Nov 12:40')
    expect(shortMoment(at, 'UTC', Date.parse('2027-01-02T00:00:00Z'))).toBe('24 Nov 2026 12:40')
  })

  test('go over the change of the clocks', () => {
    const hourMs = 3_600_000
    const before = Date.parse('2026-11-01T05:30:00Z')
    expect(wallMs(before, 'America/New_York')).toBe(Date.parse('2026-11-01T01:30:00Z'))
    expect(wallMs(before + hourMs, 'America/New_York')).toBe(Date.parse('2026-11-01T01:30:00Z'))
  })
})

describe('errors', () => {
  const problem: Problem = {
    status: 400,
    code: 'SQL_FAILED',
    detail: 'the query failed: no',
    retryable: false,
  }

  test('say what happened, what it means and what to do', () => {
    expect(wordsOf(new ApiError(unreachable, false))).toEqual({
      what: 'Detour does not answer',
      meaning: 'Your data is not affected; what is on screen may be older.',
      advice: 'See whether "npx detour serve" still runs, then try again.',
    })
    expect(wordsOf(new ApiError(problem, true)).meaning).toBe('Nothing was changed.')
  })

  test('do not claim to know what became of a write that got no answer', () => {
    for (const status of [0, 500, 503]) {
      const words = wordsOf(new ApiError({ ...problem, status }, true))
      expect(words.meaning).toBe('It is not known whether the change was made.')
    }
  })

  test('send whoever comes with a link that was used, or is over, to what there is now', () => {
    const said = (status: number, code: string) =>
      wordsOf(new ApiError({ ...problem, status, code }, true)).advice
    expect(said(409, 'REROUTE_LINK_USED')).toBe('The page Reroutes shows what was decided.')
    expect(said(410, 'REROUTE_PLAN_EXPIRED')).toBe('The page Reroutes shows what is proposed now.')
    expect(said(403, 'REROUTE_LINK_INVALID')).toBe('Ask whoever sent the link for a new one.')
  })

  test('put the reasons of the core into words', () => {
    const details = { reason: 'picking_began' }
    const refusal = {
      status: 409,
      code: 'CORE_REFUSED',
      detail: 'x: picking_began',
      retryable: false,
      details,
    }
    expect(wordsOf(new ApiError(refusal, true)).what).toBe(
      'That cannot be done now: the node has already begun to pick it',
    )
  })

  test('are words also where something else was thrown', () => {
    expect(wordsOf(new Error('boom')).what).toBe('Boom')
    expect(wordsOf(undefined).what).toBe('Something unexpected happened')
  })
})

describe('the address', () => {
  test('leaves out what is empty and repeats lists', () => {
    expect(queryText({ q: 'a b&c', open: true, node: '', from: null, status: ['a', 'b'] })).toBe(
      '?q=a+b%26c&open=true&status=a&status=b',
    )
    expect(queryText({})).toBe('')
  })
})

describe('CSV', () => {
  const columns = [{ name: 'a' }, { name: 'b' }]

  test('quotes what has to be quoted and writes nothing for null', () => {
    expect(
      csvOf(columns, [
        { a: 'x,"y"', b: null },
        { a: 'two\nlines', b: { c: 1 } },
      ]),
    ).toBe('a,b\r\n"x,""y""",\r\n"two\nlines","{""c"":1}"\r\n')
  })

  test('keeps formulas as text and numbers as numbers', () => {
    expect(csvOf(columns, [{ a: '=1+1', b: '-12.5' }])).toBe("a,b\r\n'=1+1,-12.5\r\n")
  })
})
