// When silences hold: once, on days of the week in their zone, and over changes of the clocks; and what they match.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { fits, nextStart, stateOf, stretchAt } from '#orchestrator/alerting'
import type { Silence } from '#orchestrator/core'
import { Place } from './place.ts'

const at = (text: string) => Date.parse(text)
const iso = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString().slice(0, 16))

const silence = (more: Partial<Silence>): Silence => ({
  silenceId: 's',
  kind: 'maintenance',
  why: 'stocktaking',
  matchers: [{ label: 'dimension', op: 'is', value: 'node' }],
  startsAt: '2026-01-01T00:00:00Z',
  endsAt: null,
  repeat: null,
  holdsReroutes: false,
  by: 'Mia',
  createdAt: '2026-01-01T00:00:00Z',
  endedAt: null,
  endedBy: null,
  ...more,
})

/** Sundays from 23:30 for two hours in Berlin, whose clocks change on 2026-03-29 and 2026-10-25. */
const weekly = silence({
  repeat: { weekdays: [7], at: '23:30', minutes: 120, timeZone: 'Europe/Berlin' },
})

describe('a silence', () => {
  test('that does not repeat holds from its start to its end, or until somebody ends it', () => {
    const once = silence({ endsAt: '2026-01-02T00:00:00Z' })
    expect(stretchAt(once, at('2025-12-31T23:59:59Z'))).toBeNull()
    expect(iso(stretchAt(once, at('2026-01-01T00:00:00Z'))?.to)).toBe('2026-01-02T00:00')
    expect(stretchAt(once, at('2026-01-02T00:00:00Z'))).toBeNull()
    const ended = { ...once, endedAt: '2026-01-01T12:00:00Z' }
    expect([stateOf(ended, at('2026-01-01T11:00:00Z')), stateOf(ended, at('2026-01-01T12:00:00Z'))]).toEqual([
      ...(['active', 'ended'] as const),
    ])
  })

  test('that repeats holds over midnight of its zone, whatever the clocks say', () => {
    expect(iso(nextStart(weekly, at('2026-03-24T00:00:00Z')))).toBe('2026-03-29T21:30')
    expect(iso(nextStart(weekly, at('2026-03-18T00:00:00Z')))).toBe('2026-03-22T22:30')
    expect(iso(stretchAt(weekly, at('2026-03-29T22:30:00Z'))?.to)).toBe('2026-03-29T23:30')
    expect(stretchAt(weekly, at('2026-03-29T23:30:00Z'))).toBeNull()
    expect(stateOf(weekly, at('2026-03-30T00:00:00Z'))).toBe('upcoming')
    const till = { ...weekly, endsAt: '2026-03-29T22:00:00Z' }
    expect(iso(stretchAt(till, at('2026-03-29T21:45:00Z'))?.to)).toBe('2026-03-29T22:00')
    expect(nextStart(till, at('2026-03-29T21:45:00Z'))).toBeNull()
  })

  test('that lasts longer than a day holds on the days after', () => {
    const long = silence({ repeat: { weekdays: [5], at: '18:00', minutes: 3 * 1_440, timeZone: 'UTC' } })
    expect(iso(stretchAt(long, at('2026-01-12T17:59:00Z'))?.from)).toBe('2026-01-09T18:00')
    expect(stretchAt(long, at('2026-01-12T18:00:00Z'))).toBeNull()
  })

  test.each<[string, Partial<api.SilenceDraft>]>([
    ['silence_without_end', { endsAt: null }],
    ['silence_ends_before_it_starts', { endsAt: '2025-01-01T00:00:00Z' }],
    ['silence_too_long', { endsAt: '2029-01-01T00:00:00Z' }],
    ['time_zone_unknown', { repeat: { weekdays: [1], at: '08:00', minutes: 60, timeZone: 'Mars/Base' } }],
    ['matcher_invalid', { matchers: [{ label: 'severity', op: 'at_least', value: 'high' }] }],
    ['matcher_invalid', { matchers: [{ label: 'node', op: 'below', value: '0.5' }] }],
  ])('is refused: %s', (_, more) => {
    const place = new Place()
    const { silenceId, by, createdAt, endedAt, endedBy, ...draft } = silence({})
    const data = { silenceId, draft: { ...draft, endsAt: '2026-01-02T00:00:00Z', ...more }, by }
    expect(place.run('AddSilence', data)).toBe('refused')
    expect([createdAt, endedAt, endedBy]).toHaveLength(3)
  })

  test('counts only while it is not over, and makes way once it is', () => {
    const place = new Place()
    const add = (silenceId: string) => {
      const draft = {
        ...{ kind: 'silence' as const, why: 'x', repeat: null, holdsReroutes: false },
        matchers: [{ label: 'node', op: 'is' as const, value: 'a' }],
        startsAt: new Date(place.now).toISOString(),
        endsAt: new Date(place.now + 60_000).toISOString(),
      }
      return place.run('AddSilence', { silenceId, draft, by: 'x' })
    }
    for (let i = 0; i < 500; i++) expect(add(`s${i}`)).toBe('done')
    expect(add('one-more')).toBe('refused')
    place.now += 60_000
    for (let i = 0; i < 10; i++) expect(add(`t${i}`)).toBe('done')
    expect(place.state.alerting.silences.size).toBe(500)
    expect(place.state.alerting.silences.has('t9')).toBe(true)
  })

  test('matches labels of incidents', () => {
    const incident = {
      incidentId: 'i',
      metric: 'backlog',
      dimension: 'node',
      dimensionValue: 'shop:reno-2',
      severity: 0.5,
    }
    const holds = (label: string, op: api.LabelMatcher['op'], value: string) =>
      fits([{ label, op, value }], incident)
    expect(holds('node', 'is', 'shop:reno-2')).toBe(true)
    expect(holds('carrier', 'is', 'shop:reno-2')).toBe(false)
    expect(holds('carrier', 'is_not', 'ups')).toBe(true)
    expect(holds('value', 'like', 'SHOP:*-2')).toBe(true)
    expect(holds('value', 'like', '*reno')).toBe(false)
    expect(holds('value', 'like', 'shop:reno-2*2')).toBe(false)
    expect(holds('severity', 'is', 'medium')).toBe(true)
    expect(holds('severity', 'at_least', '0.5')).toBe(true)
    expect(holds('severity', 'below', '0.5')).toBe(false)
    expect(holds('constructor', 'is', 'Object')).toBe(false)
    expect(holds('value', 'like', `${'*a'.repeat(2_000)}`)).toBe(false)
  })
})
