// What the dashboard says of silences and of the life of incidents, in words, and what its form sends.

import { describe, expect, test } from 'vitest'
import { fits, routesFor } from '#orchestrator/alerting'
import {
  areMeant,
  draftOf,
  freshFields,
  isWhole,
  matcherText,
  matchText,
  repeatText,
  trialOf,
} from '../../dashboard/lib/alerting/silences.ts'
import { lifeChips } from '../../dashboard/lib/incidents/chips.ts'

const now = Date.UTC(2026, 10, 20, 12)

describe('the form of silences', () => {
  test('begins with what an incident is about, and needs a reason and values', () => {
    const fields = freshFields('node:shop:reno', 'America/Denver')
    expect(fields.matchers).toEqual([{ label: 'node', op: 'is', value: 'shop:reno' }])
    expect(isWhole(fields)).toBe(false)
    expect(isWhole({ ...fields, why: 'Stocktaking' })).toBe(true)
    expect(isWhole({ ...fields, why: 'Stocktaking', matchers: [] })).toBe(false)
    expect(isWhole({ ...fields, why: 'Stocktaking', isRepeated: true, weekdays: [] })).toBe(false)
    expect(isWhole({ ...freshFields('', 'UTC'), why: 'x' })).toBe(false)
  })

  test.each([
    ['node', 'shop:reno'],
    ['all', 'all'],
    ['sku', 'Board 2 x 4'],
    ['node x carrier', 'fab:A x UPS'],
    ['region x method x carrier', 'us-west x express x SwiftPost'],
  ])('begins with conditions that match the incident of %s %s', (dimension, dimensionValue) => {
    const incident = { incidentId: 'inc-1', metric: 'backlog', severity: 0.5, dimension, dimensionValue }
    const { matchers } = freshFields(`${dimension}:${dimensionValue}`, 'UTC')
    expect(matchers.map(({ label }) => label)).toEqual(dimension.split(' x '))
    expect(fits(matchers, incident)).toBe(true)
    expect(fits(matchers, { ...incident, dimensionValue: 'other' })).toBe(false)
    expect(routesFor(trialOf(matchers), incident)).toHaveLength(1)
    expect(routesFor(trialOf(matchers), { ...incident, dimensionValue: 'other' })).toEqual([])
  })

  test('says how many open incidents the conditions match, once they are whole', () => {
    const incident = (routes: { routeId: string; receivers: string[] }[]) => ({
      ...{ incidentId: 'inc-1', title: 'Reno is behind', routes },
    })
    const [is, isNot] = [incident([{ routeId: 'tried', receivers: [] }]), incident([])]
    expect(matchText({ incidents: [isNot] })).toBe('Matches no open incident now')
    expect(matchText({ incidents: [is, isNot] })).toBe('Matches 1 open incident now')
    expect(matchText({ incidents: [is, is] })).toBe('Matches 2 open incidents now')
    expect(areMeant(freshFields('', 'UTC').matchers)).toBe(false)
    expect(areMeant(freshFields('node:a', 'UTC').matchers)).toBe(true)
  })

  test('sends an end, or days on which it comes back', () => {
    const fields = { ...freshFields('node:a', 'America/Denver'), why: ' Stocktaking ' }
    expect(draftOf(fields, now)).toMatchObject({
      why: 'Stocktaking',
      endsAt: '2026-11-20T14:00:00.000Z',
      repeat: null,
    })
    const again = draftOf({ ...fields, isRepeated: true, weekdays: [7, 6] }, now)
    expect(again).toMatchObject({ endsAt: null, repeat: { weekdays: [6, 7], timeZone: 'America/Denver' } })
  })

  test('says conditions and repetitions in words', () => {
    expect(matcherText({ label: 'severity', op: 'at_least', value: '0.7' })).toBe('severity is at least 0.7')
    const repeat = { weekdays: [1, 5], at: '22:00', minutes: 150, timeZone: 'UTC' }
    expect(repeatText(repeat)).toBe('Mon, Fri from 22:00 for 2 h 30 min, UTC')
    expect(repeatText({ ...repeat, weekdays: [1, 2, 3, 4, 5, 6, 7], minutes: 45 })).toBe(
      'every day from 22:00 for 45 min, UTC',
    )
    expect(repeatText(null)).toBeNull()
  })
})

test('an incident says in a few words each how it is being looked after', () => {
  const calm = {
    status: 'open' as const,
    owner: null,
    acknowledgedBy: null,
    snoozedUntil: null,
    isFlapping: false,
    isSilenced: false,
    isRerouteHeld: false,
    reopened: 0,
    severitySetBy: null,
    commentCount: 0,
  }
  const words = (change: object) =>
    lifeChips({ ...calm, ...change }, (at) => at.slice(11, 16)).map(({ text }) => text)
  expect(words({})).toEqual([])
  expect(words({ status: 'acknowledged', acknowledgedBy: 'Mia', owner: 'Mia' })).toEqual([
    'Acknowledged by Mia',
  ])
  expect(words({ status: 'snoozed', snoozedUntil: '2026-11-20T14:30:00Z', owner: 'Tom' })).toEqual([
    ...['Snoozed until 14:30', 'Owner Tom'],
  ])
  expect(words({ status: 'snoozed' })).toEqual(['Snoozed until it changes'])
  expect(words({ isFlapping: true, reopened: 2, isSilenced: true, isRerouteHeld: true })).toEqual([
    ...['Comes and goes', 'Silenced, reroutes held', 'Came back 2 times'],
  ])
  expect(words({ severitySetBy: 'Mia', commentCount: 1 })).toEqual(['Severity set by Mia', '1 comment'])
})
